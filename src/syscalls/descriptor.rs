//! Descriptors: close(2), dup(2), pipe(2), fstat(2), lseek(2).

use crate::abi::system_call::table::{
    CloseArguments, Compat50Fstat30Arguments, Dup2Arguments, Dup3Arguments, DupArguments, Fstat50Arguments,
    LseekArguments, Pipe2Arguments,
};
use crate::errno::{Errno, Result};
use crate::file::{FileAttributes, FileObject, FileStatus, OpenFile};
use crate::memory;
use crate::pipe as pipes;
use crate::sched::Lwp;
use crate::syscall::{DONE, ReturnValue};
use crate::user_memory::{AddressSpace, UserAddress};
use alloc::boxed::Box;
use alloc::sync::Arc;

const OPEN_NONBLOCK: i32 = 0x4;
const OPEN_CLOSE_ON_EXEC: i32 = 0x40_0000;
const OPEN_NO_SIGPIPE: i32 = 0x100_0000;

pub(super) fn close(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = CloseArguments::from_slots(slots);
    lwp.process.descriptors.close(&lwp.process, call.fd).map(|()| DONE)
}

pub(super) fn dup(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = DupArguments::from_slots(slots);
    let file = lwp.process.descriptors.get(call.fd)?;
    Ok(lwp.process.descriptors.insert(file, 0, lwp.process.descriptor_limit(), false)?.into())
}

fn duplicate_to(lwp: &Lwp, from: i32, to: i32, close_on_exec: bool) -> Result<ReturnValue> {
    let descriptors = &lwp.process.descriptors;
    let file = descriptors.get(from)?;
    if from == to {
        return Ok(to.into());
    }
    descriptors.replace(&lwp.process, to, file, close_on_exec)?;
    Ok(to.into())
}

pub(super) fn dup2(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Dup2Arguments::from_slots(slots);
    duplicate_to(lwp, call.from, call.to, false)
}

pub(super) fn dup3(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Dup3Arguments::from_slots(slots);
    if call.flags & !(OPEN_CLOSE_ON_EXEC | OPEN_NONBLOCK | OPEN_NO_SIGPIPE) != 0 {
        return Err(Errno::EINVAL);
    }
    let result = duplicate_to(lwp, call.from, call.to, call.flags & OPEN_CLOSE_ON_EXEC != 0)?;
    if call.flags & OPEN_NONBLOCK != 0 {
        let file = lwp.process.descriptors.get(call.to)?;
        file.set_status(file.status() | FileStatus::NONBLOCK);
    }
    Ok(result)
}

pub(super) fn pipe(lwp: &Lwp, _slots: &[u64]) -> Result<ReturnValue> {
    make_pipe(lwp, 0)
}

fn make_pipe(lwp: &Lwp, flags: i32) -> Result<ReturnValue> {
    memory::check_room(memory::SMALL)?;
    let process = &lwp.process;
    let (read_end, write_end) = pipes::pair(process.kernel.now());
    let mut status = FileStatus::empty();
    status.set(FileStatus::NONBLOCK, flags & OPEN_NONBLOCK != 0);
    status.set(FileStatus::NO_SIGPIPE, flags & OPEN_NO_SIGPIPE != 0);
    let install = |object: Box<dyn FileObject>, direction| {
        let file = Arc::new(OpenFile::new(object, status | direction, process.credentials()));
        process.descriptors.insert(file, 0, process.descriptor_limit(), flags & OPEN_CLOSE_ON_EXEC != 0)
    };
    let reader = install(read_end, FileStatus::READ)?;
    match install(write_end, FileStatus::WRITE) {
        Ok(writer) => Ok(ReturnValue(i64::from(reader), i64::from(writer))),
        Err(error) => {
            process.descriptors.close(process, reader)?;
            Err(error)
        }
    }
}

pub(super) fn pipe2(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Pipe2Arguments::from_slots(slots);
    if call.flags & !(OPEN_CLOSE_ON_EXEC | OPEN_NONBLOCK | OPEN_NO_SIGPIPE) != 0 {
        return Err(Errno::EINVAL);
    }
    let ReturnValue(reader, writer) = make_pipe(lwp, call.flags)?;
    let numbers = [reader as i32, writer as i32];
    if let Err(error) = lwp.process.space.write(numbers, call.fildes) {
        for number in numbers {
            lwp.process.descriptors.close(&lwp.process, number)?;
        }
        return Err(error);
    }
    Ok(DONE)
}

pub(super) fn fstat(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Fstat50Arguments::from_slots(slots);
    let file = lwp.process.descriptors.get(call.fd)?;
    write_status(lwp.process.space, &file.object().status()?, call.sb)?;
    Ok(DONE)
}

pub(super) fn fstat_30(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Compat50Fstat30Arguments::from_slots(slots);
    let file = lwp.process.descriptors.get(call.fd)?;
    write_status_30(lwp.process.space, &file.object().status()?, call.sb)?;
    Ok(DONE)
}

/// Writes a `struct stat` as it was up to NetBSD 5.0: devices and seconds have 32 bits.
///
/// # Errors
/// `EFAULT`.
pub fn write_status_30(space: AddressSpace, status: &FileAttributes, to: UserAddress) -> Result<()> {
    const SIZE: usize = 136;
    let mut bytes = [0u8; SIZE];
    let mut put = |at: usize, value: &[u8]| bytes[at..at + value.len()].copy_from_slice(value);
    put(0, &(status.device as u32).to_ne_bytes());
    put(4, &status.mode.to_ne_bytes());
    put(8, &status.number.to_ne_bytes());
    put(16, &status.links.to_ne_bytes());
    put(20, &status.user.to_ne_bytes());
    put(24, &status.group.to_ne_bytes());
    put(28, &(status.names_device as u32).to_ne_bytes());
    let times = [status.access_time, status.modification_time, status.change_time, status.birth_time];
    for (index, time) in times.iter().enumerate() {
        put(32 + index * 16, &(time.seconds as i32).to_ne_bytes());
        put(40 + index * 16, &time.nanoseconds.to_ne_bytes());
    }
    put(96, &status.size.to_ne_bytes());
    put(104, &status.blocks.to_ne_bytes());
    put(112, &status.block_size.to_ne_bytes());
    put(116, &status.flags.to_ne_bytes());
    put(120, &status.generation.to_ne_bytes());
    space.copy_out(&bytes, to)
}

/// Writes a `struct stat` to a program.
///
/// # Errors
/// `EFAULT`.
pub fn write_status(space: AddressSpace, status: &FileAttributes, to: UserAddress) -> Result<()> {
    const SIZE: usize = 152;
    let mut bytes = [0u8; SIZE];
    let mut put = |at: usize, value: &[u8]| bytes[at..at + value.len()].copy_from_slice(value);
    put(0, &status.device.to_ne_bytes());
    put(8, &status.mode.to_ne_bytes());
    put(16, &status.number.to_ne_bytes());
    put(24, &status.links.to_ne_bytes());
    put(28, &status.user.to_ne_bytes());
    put(32, &status.group.to_ne_bytes());
    put(40, &status.names_device.to_ne_bytes());
    let times = [status.access_time, status.modification_time, status.change_time, status.birth_time];
    for (index, time) in times.iter().enumerate() {
        put(48 + index * 16, &time.seconds.to_ne_bytes());
        put(56 + index * 16, &time.nanoseconds.to_ne_bytes());
    }
    put(112, &status.size.to_ne_bytes());
    put(120, &status.blocks.to_ne_bytes());
    put(128, &status.block_size.to_ne_bytes());
    put(132, &status.flags.to_ne_bytes());
    put(136, &status.generation.to_ne_bytes());
    space.copy_out(&bytes, to)
}

pub(super) fn lseek(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    const SET: i32 = 0;
    const CURRENT: i32 = 1;
    const END: i32 = 2;
    let call = LseekArguments::from_slots(slots);
    let file = lwp.process.descriptors.get(call.fd)?;
    if !file.object().is_seekable() {
        return Err(Errno::ESPIPE);
    }
    let mut offset = file.offset();
    let base = match call.whence {
        SET => 0,
        CURRENT => *offset,
        END => file.object().end()?,
        _ => return Err(Errno::EINVAL),
    };
    let base = i64::try_from(base).map_err(|_| Errno::EOVERFLOW)?;
    let new = base.checked_add(call.offset).ok_or(Errno::EOVERFLOW)?;
    *offset = u64::try_from(new).map_err(|_| Errno::EINVAL)?;
    Ok(new.into())
}

//! fcntl(2) and ioctl(2): what they do to descriptors, whatever is behind them.

use crate::abi::system_call::table::{FcntlArguments, IoctlArguments};
use crate::errno::{Errno, Result};
use crate::file::{FileStatus, OpenFile};
use crate::sched::Lwp;
use crate::signal::ReadySignal;
use crate::syscall::{DONE, ReturnValue};
use crate::user_memory::UserAddress;

mod command {
    pub const DUPLICATE: i32 = 0;
    pub const GET_DESCRIPTOR_FLAGS: i32 = 1;
    pub const SET_DESCRIPTOR_FLAGS: i32 = 2;
    pub const GET_STATUS: i32 = 3;
    pub const SET_STATUS: i32 = 4;
    pub const GET_OWNER: i32 = 5;
    pub const SET_OWNER: i32 = 6;
    pub const CLOSE_FROM: i32 = 10;
    pub const HIGHEST: i32 = 11;
    pub const DUPLICATE_CLOSE_ON_EXEC: i32 = 12;
    pub const GET_NO_SIGPIPE: i32 = 13;
    pub const SET_NO_SIGPIPE: i32 = 14;
}

const CLOSE_ON_EXEC: u64 = 1;

pub(super) fn fcntl(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = FcntlArguments::from_slots(slots);
    let process = &lwp.process;
    let descriptors = &process.descriptors;
    let argument = call.arg.value();
    if call.cmd == command::CLOSE_FROM {
        return close_from(lwp, call.fd);
    }
    if call.cmd == command::HIGHEST {
        return Ok(descriptors.highest_number().unwrap_or(-1).into());
    }
    let file = descriptors.get(call.fd)?;
    match call.cmd {
        command::DUPLICATE | command::DUPLICATE_CLOSE_ON_EXEC => {
            let lowest = usize::try_from(argument as i32).map_err(|_| Errno::EINVAL)?;
            if lowest >= process.descriptor_limit() {
                return Err(Errno::EINVAL);
            }
            let close = call.cmd == command::DUPLICATE_CLOSE_ON_EXEC;
            Ok(descriptors.insert(file, lowest, process.descriptor_limit(), close)?.into())
        }
        command::GET_DESCRIPTOR_FLAGS => Ok(i64::from(descriptors.close_on_exec(call.fd)?).into()),
        command::SET_DESCRIPTOR_FLAGS => {
            descriptors.set_close_on_exec(call.fd, argument & CLOSE_ON_EXEC != 0)?;
            Ok(DONE)
        }
        command::GET_STATUS => Ok(status_for_program(&file).into()),
        command::SET_STATUS => {
            let status = FileStatus::from_bits_truncate(argument as u32);
            set_status(lwp, &file, status).map(|()| DONE)
        }
        command::GET_OWNER => owned(&file).map(|owner| owner.owner().into()),
        command::SET_OWNER => owned(&file)?.set_owner(process, argument as i32).map(|()| DONE),
        command::GET_NO_SIGPIPE => Ok(i64::from(file.status().contains(FileStatus::NO_SIGPIPE)).into()),
        command::SET_NO_SIGPIPE => {
            let mut status = file.status();
            status.set(FileStatus::NO_SIGPIPE, argument != 0);
            file.set_status(status);
            Ok(DONE)
        }
        other => Ok(file.object().file_control(&file, lwp, other, argument)?.into()),
    }
}

/// Changes what `F_SETFL` may change, and what follows from it.
///
/// # Errors
/// `ENOMEM`.
fn set_status(lwp: &Lwp, file: &OpenFile, new: FileStatus) -> Result<()> {
    file.set_status(new);
    file.ready_signal.follow(&lwp.process.kernel, file.object(), file.status())
}

/// Who is told when the file is ready.
///
/// # Errors
/// `ENOTTY` for files that never tell.
fn owned(file: &OpenFile) -> Result<&ReadySignal> {
    if file.object().tells_when_ready() { Ok(&file.ready_signal) } else { Err(Errno::ENOTTY) }
}

/// `O_*` of an open file: the access mode counts from 0 there.
fn status_for_program(file: &OpenFile) -> i64 {
    let bits = file.status().bits();
    let access = bits & 3;
    i64::from((bits & !3) | access.wrapping_sub(1) & 3)
}

fn close_from(lwp: &Lwp, lowest: i32) -> Result<ReturnValue> {
    if lowest < 0 {
        return Err(Errno::EBADF);
    }
    let descriptors = &lwp.process.descriptors;
    let mut from = lowest;
    while let Some(number) = descriptors.next_number(from, &|_| true) {
        from = number.saturating_add(1);
        // Another thread may have closed it meanwhile, which is as well.
        let _ = descriptors.close(&lwp.process, number);
    }
    Ok(DONE)
}

mod request {
    pub const CLOSE_ON_EXEC: u64 = 0x2000_6601;
    pub const NO_CLOSE_ON_EXEC: u64 = 0x2000_6602;
    pub const NONBLOCK: u64 = 0x8004_667e;
    pub const ASYNC: u64 = 0x8004_667d;
    pub const SET_OWNER: u64 = 0x8004_667c;
    pub const GET_OWNER: u64 = 0x4004_667b;
    /// `TIOCSPGRP`, `TIOCGPGRP`: as the two before, with a group that is not negated.
    pub const SET_GROUP: u64 = 0x8004_7476;
    pub const GET_GROUP: u64 = 0x4004_7477;
    /// `FIONREAD`, `FIONWRITE`, `FIONSPACE`: what objects without an answer of their own say.
    pub const READABLE_BYTES: u64 = 0x4004_667f;
    pub const WRITTEN_BYTES: u64 = 0x4004_6679;
    pub const ROOM: u64 = 0x4004_6678;
}

pub(super) fn ioctl(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = IoctlArguments::from_slots(slots);
    let descriptors = &lwp.process.descriptors;
    let file = descriptors.get(call.fd)?;
    if !file.status().intersects(FileStatus::READ | FileStatus::WRITE) {
        return Err(Errno::EBADF);
    }
    let data: UserAddress = call.data;
    match call.com {
        request::CLOSE_ON_EXEC => descriptors.set_close_on_exec(call.fd, true).map(|()| DONE),
        request::NO_CLOSE_ON_EXEC => descriptors.set_close_on_exec(call.fd, false).map(|()| DONE),
        request::NONBLOCK | request::ASYNC => {
            let on = lwp.process.space.read::<i32>(data)? != 0;
            let flag =
                if call.com == request::NONBLOCK { FileStatus::NONBLOCK } else { FileStatus::ASYNCHRONOUS };
            let mut status = file.status();
            status.set(flag, on);
            set_status(lwp, &file, status).map(|()| DONE)
        }
        other => match file.object().control(lwp, other, data) {
            Ok(value) => Ok(value.into()),
            Err(Errno::ENOTTY) => general_request(lwp, &file, other, data).map(|()| DONE),
            Err(error) => Err(error),
        },
    }
}

/// What is the same for all objects that do not say otherwise.
///
/// # Errors
/// `ENOTTY`; as [`ReadySignal::set_owner`](crate::signal::ReadySignal::set_owner); `EFAULT`.
fn general_request(lwp: &Lwp, file: &OpenFile, request: u64, data: UserAddress) -> Result<()> {
    let space = lwp.process.space;
    let negated = |id: i32| id.checked_neg().filter(|&id| id <= 0).ok_or(Errno::EINVAL);
    match request {
        request::SET_OWNER => owned(file)?.set_owner(&lwp.process, space.read(data)?),
        request::SET_GROUP => owned(file)?.set_owner(&lwp.process, negated(space.read(data)?)?),
        request::GET_OWNER => space.write(owned(file)?.owner(), data),
        request::GET_GROUP => space.write(owned(file)?.owner().wrapping_neg(), data),
        request::READABLE_BYTES => {
            let offset = *file.offset();
            space.write(file.object().bytes_behind(offset)? as i32, data)
        }
        request::WRITTEN_BYTES | request::ROOM => {
            file.object().bytes_behind(0)?;
            space.write(0i32, data)
        }
        _ => Err(Errno::ENOTTY),
    }
}

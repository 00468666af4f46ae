//! `_ksem_*`: what sem_open(3) and its kin are made of.

use crate::abi::system_call::table::{
    KsemCloseArguments, KsemDestroyArguments, KsemGetvalueArguments, KsemInitArguments, KsemOpenArguments,
    KsemPostArguments, KsemTimedwaitArguments, KsemTrywaitArguments, KsemUnlinkArguments, KsemWaitArguments,
};
use crate::errno::{Errno, Result};
use crate::file::{FileStatus, OpenFile};
use crate::sched::Lwp;
use crate::semaphore::{LONGEST_NAME, Semaphore, SemaphoreFile, SemaphoreWait};
use crate::syscall::{DONE, ReturnValue};
use crate::time::Timespec;
use crate::user_memory::UserAddress;
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;

const CREATE: i32 = 0x200;
const EXCLUSIVE: i32 = 0x800;

fn number(id: isize) -> Result<i32> {
    i32::try_from(id).map_err(|_| Errno::EINVAL)
}

fn find(lwp: &Lwp, id: isize) -> Result<Arc<Semaphore>> {
    let file = lwp.process.descriptors.get(number(id)?).map_err(|_| Errno::EINVAL)?;
    file.object_as::<SemaphoreFile>().map(|file| Arc::clone(&file.0)).ok_or(Errno::EINVAL)
}

/// Makes a semaphore a descriptor and tells the program.
fn install(lwp: &Lwp, semaphore: Arc<Semaphore>, id: UserAddress) -> Result<ReturnValue> {
    let process = &lwp.process;
    let status = FileStatus::READ | FileStatus::WRITE;
    let file = OpenFile::new(Box::new(SemaphoreFile(semaphore)), status, process.credentials());
    let number = process.descriptors.insert(Arc::new(file), 0, process.descriptor_limit(), false)?;
    if let Err(error) = process.space.write(i64::from(number), id) {
        process.descriptors.close(process, number)?;
        return Err(error);
    }
    Ok(DONE)
}

pub(super) fn init(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = KsemInitArguments::from_slots(slots);
    let semaphore = lwp.process.kernel.semaphores.unnamed(call.value, &lwp.process.credentials())?;
    install(lwp, semaphore, call.idp)
}

fn read_name(lwp: &Lwp, from: UserAddress) -> Result<Vec<u8>> {
    lwp.process.space.copy_in_string(from, LONGEST_NAME + 1)
}

pub(super) fn open(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = KsemOpenArguments::from_slots(slots);
    let name = read_name(lwp, call.name)?;
    let create = (call.oflag & CREATE != 0).then_some((call.mode, call.value));
    let exclusive = call.oflag & EXCLUSIVE != 0;
    let who = lwp.process.credentials();
    let semaphore = lwp.process.kernel.semaphores.open(&name, create, exclusive, &who)?;
    install(lwp, semaphore, call.idp)
}

pub(super) fn unlink(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = KsemUnlinkArguments::from_slots(slots);
    let name = read_name(lwp, call.name)?;
    lwp.process.kernel.semaphores.unlink(&name, &lwp.process.credentials()).map(|()| DONE)
}

pub(super) fn close(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = KsemCloseArguments::from_slots(slots);
    find(lwp, call.id)?;
    lwp.process.descriptors.close(&lwp.process, number(call.id)?).map(|()| DONE)
}

pub(super) fn destroy(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = KsemDestroyArguments::from_slots(slots);
    let semaphore = find(lwp, call.id)?;
    if semaphore.is_named() {
        return Err(Errno::EINVAL);
    }
    if semaphore.has_waiters() {
        return Err(Errno::EBUSY);
    }
    lwp.process.descriptors.close(&lwp.process, number(call.id)?).map(|()| DONE)
}

pub(super) fn post(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = KsemPostArguments::from_slots(slots);
    find(lwp, call.id)?.post().map(|()| DONE)
}

pub(super) fn wait(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = KsemWaitArguments::from_slots(slots);
    find(lwp, call.id)?.wait(SemaphoreWait::Forever).map(|()| DONE)
}

pub(super) fn trywait(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = KsemTrywaitArguments::from_slots(slots);
    find(lwp, call.id)?.wait(SemaphoreWait::No).map(|()| DONE)
}

pub(super) fn timedwait(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = KsemTimedwaitArguments::from_slots(slots);
    let semaphore = find(lwp, call.id)?;
    let until: Timespec = lwp.process.space.read(call.abstime)?;
    if !until.is_valid_duration() {
        return Err(Errno::EINVAL);
    }
    let left = until.since(lwp.process.kernel.now());
    semaphore.wait(SemaphoreWait::For(left)).map(|()| DONE)
}

pub(super) fn getvalue(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = KsemGetvalueArguments::from_slots(slots);
    lwp.process.space.write(find(lwp, call.id)?.value(), call.value)?;
    Ok(DONE)
}

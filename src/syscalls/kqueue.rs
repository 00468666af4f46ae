//! kqueue(2) and kevent(2).

use super::poll::{read_timespec, read_timespec_50};
use crate::abi::system_call::table::{Compat50KeventArguments, Kevent50Arguments, Kqueue1Arguments};
use crate::errno::{Errno, Result};
use crate::file::{FileStatus, OpenFile};
use crate::kqueue::{self, Event, EventFlags, Queue, QueueFile};
use crate::sched::Lwp;
use crate::sync::Deadline;
use crate::syscall::ReturnValue;
use crate::time::Timespec;
use crate::user_memory::UserAddress;
use alloc::sync::Arc;

const CLOSE_ON_EXEC: i32 = 0x40_0000;

pub(super) fn kqueue(lwp: &Lwp, _slots: &[u64]) -> Result<ReturnValue> {
    kqueue::create(lwp, FileStatus::empty(), false).map(ReturnValue::from)
}

pub(super) fn kqueue1(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Kqueue1Arguments::from_slots(slots);
    let kept = FileStatus::NONBLOCK | FileStatus::NO_SIGPIPE;
    let status = FileStatus::from_bits_retain(call.flags as u32) & kept;
    kqueue::create(lwp, status, call.flags & CLOSE_ON_EXEC != 0).map(ReturnValue::from)
}

/// Applies the changes. What fails is put down as an event, as long as there is room; says how many that are.
fn apply_changes(lwp: &Lwp, queue: &Arc<Queue>, call: &Kevent50Arguments) -> Result<usize> {
    let space = lwp.process.space;
    let mut reports = 0;
    for index in 0..call.nchanges {
        let place = index.checked_mul(Event::SIZE).ok_or(Errno::EFAULT)?;
        let mut change = Event::read(space, call.changelist.offset(place)?)?;
        change.flags.remove(EventFlags::RESERVED);
        let result = queue.register(lwp, &change);
        if result.is_ok() && !change.flags.contains(EventFlags::RECEIPT) {
            continue;
        }
        if reports == call.nevents {
            result?;
            continue;
        }
        change.flags = EventFlags::ERROR;
        change.data = result.err().map_or(0, |error| i64::from(error.number()));
        change.write(space, call.eventlist.offset(reports * Event::SIZE)?)?;
        reports += 1;
    }
    Ok(reports)
}

fn kevent_common(lwp: &Lwp, call: &Kevent50Arguments, timeout: Option<Timespec>) -> Result<ReturnValue> {
    let space = lwp.process.space;
    let file = lwp.process.descriptors.get(call.fd)?;
    let queue = file.object_as::<QueueFile>().ok_or(Errno::EBADF)?.queue();
    let reports = apply_changes(lwp, queue, call)?;
    if reports > 0 || call.nevents == 0 {
        return Ok(reports.into());
    }
    let mut place = call.eventlist;
    let mut deliver = |events: &[Event]| {
        for event in events {
            event.write(space, place)?;
            place = UserAddress::offset(place, Event::SIZE)?;
        }
        Ok(())
    };
    let still_open = || is_still(lwp, call.fd, &file);
    if timeout.is_some_and(|timeout| !timeout.is_valid_duration()) {
        return Err(Errno::EINVAL);
    }
    let deadline = Deadline::after(timeout);
    queue.collect(call.nevents, deadline, &still_open, &mut deliver).map(ReturnValue::from)
}

fn is_still(lwp: &Lwp, descriptor: i32, file: &Arc<OpenFile>) -> bool {
    lwp.process.descriptors.get(descriptor).is_ok_and(|now| Arc::ptr_eq(&now, file))
}

pub(super) fn kevent(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Kevent50Arguments::from_slots(slots);
    let timeout = read_timespec(lwp, call.timeout)?;
    kevent_common(lwp, &call, timeout)
}

pub(super) fn compat_50_kevent(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Compat50KeventArguments::from_slots(slots);
    let call = Kevent50Arguments {
        fd: call.fd,
        changelist: call.changelist,
        nchanges: call.nchanges,
        eventlist: call.eventlist,
        nevents: call.nevents,
        timeout: call.timeout,
    };
    let timeout = read_timespec_50(lwp, call.timeout)?;
    kevent_common(lwp, &call, timeout)
}

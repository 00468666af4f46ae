//! The system calls.

use crate::AsynchronousIo;
use crate::control_block::{ControlBlock, JobState};
use crate::job::{Job, JobList, Operation};
use crate::queue::{Cancellation, MOST_JOBS};
use alloc::sync::Arc;
use alloc::vec::Vec;
use rump::abi::system_call::table::{
    AioCancelArguments, AioErrorArguments, AioFsyncArguments, AioReadArguments, AioReturnArguments,
    AioSuspend50Arguments, AioWriteArguments, LioListioArguments, number,
};
use rump::errno::{Errno, Result};
use rump::memory;
use rump::sched::Lwp;
use rump::signal::Notification;
use rump::syscall::{DONE, ReturnValue, register};
use rump::time::Timespec;
use rump::uio::UserRange;
use rump::user_memory::UserAddress;

/// Registers all of them.
pub(crate) fn load() {
    register(&[
        (number::AIO_CANCEL, cancel),
        (number::AIO_ERROR, error),
        (number::AIO_FSYNC, fsync),
        (number::AIO_READ, read),
        (number::AIO_RETURN, return_value),
        (number::AIO_SUSPEND50, suspend),
        (number::AIO_WRITE, write),
        (number::LIO_LISTIO, listio),
    ]);
}

fn block(lwp: &Lwp, address: UserAddress) -> ControlBlock {
    ControlBlock { space: lwp.process.space, address }
}

/// Enters a job. `operation` gets what a list's control block asks for, and `None` of it is no job.
fn enqueue(
    lwp: &Lwp,
    address: UserAddress,
    operation: impl FnOnce(i32) -> Result<Option<Operation>>,
    list: Option<Arc<JobList>>,
) -> Result<()> {
    let block = block(lwp, address);
    let request = block.request()?;
    let Some(operation) = operation(request.operation)? else { return Ok(()) };
    let moves = !matches!(operation, Operation::Synchronise { .. });
    if moves && request.buffer.is_null() {
        return Err(Errno::EINVAL);
    }
    let job = Job {
        block,
        descriptor: request.descriptor,
        file: lwp.process.descriptors.get(request.descriptor)?,
        operation,
        range: UserRange { address: request.buffer, length: request.length },
        offset: request.offset,
        notification: request.notification,
        list,
    };
    AsynchronousIo::of(&lwp.process.kernel)?.queue(&lwp.process)?.add(job)
}

fn read(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = AioReadArguments::from_slots(slots);
    enqueue(lwp, call.aiocbp, |_| Ok(Some(Operation::Read)), None).map(|()| DONE)
}

fn write(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = AioWriteArguments::from_slots(slots);
    enqueue(lwp, call.aiocbp, |_| Ok(Some(Operation::Write)), None).map(|()| DONE)
}

fn fsync(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    const DATA: i32 = 0x1_0000;
    const EVERYTHING: i32 = 0x80;
    let call = AioFsyncArguments::from_slots(slots);
    let data_only = match call.op {
        DATA => true,
        EVERYTHING => false,
        _ => return Err(Errno::EINVAL),
    };
    enqueue(lwp, call.aiocbp, |_| Ok(Some(Operation::Synchronise { data_only })), None).map(|()| DONE)
}

fn error(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = AioErrorArguments::from_slots(slots);
    let (state, errno, _) = block(lwp, call.aiocbp).state()?;
    if state == JobState::None as i32 { Err(Errno::EINVAL) } else { Ok(errno.into()) }
}

fn return_value(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = AioReturnArguments::from_slots(slots);
    let block = block(lwp, call.aiocbp);
    let (state, errno, result) = block.state()?;
    if state != JobState::Done as i32 {
        return Err(Errno::EINVAL);
    }
    block.set_state(JobState::None, errno, result)?;
    Ok(result.into())
}

fn cancel(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = AioCancelArguments::from_slots(slots);
    lwp.process.descriptors.get(call.fildes)?;
    let queue = AsynchronousIo::of(&lwp.process.kernel)?.find(&lwp.process);
    let block = (!call.aiocbp.is_null()).then_some(call.aiocbp);
    let result = queue.map_or(Ok(Cancellation::AllDone), |queue| queue.cancel(call.fildes, block))?;
    Ok((result as i32).into())
}

/// Reads a list of addresses of control blocks.
fn read_list(lwp: &Lwp, from: UserAddress, count: i32) -> Result<Vec<UserAddress>> {
    let count = usize::try_from(count).ok().filter(|count| (1..=MOST_JOBS).contains(count));
    let count = count.ok_or(Errno::EINVAL)?;
    let mut list = memory::vector(count)?;
    for index in 0..count {
        list.push(UserAddress::new(lwp.process.space.read(from.offset(index * 8)?)?));
    }
    Ok(list)
}

fn suspend(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = AioSuspend50Arguments::from_slots(slots);
    let list = read_list(lwp, call.list, call.nent)?;
    let timeout: Option<Timespec> =
        if call.timeout.is_null() { None } else { Some(lwp.process.space.read(call.timeout)?) };
    if timeout.is_some_and(|timeout| !timeout.is_valid_duration()) {
        return Err(Errno::EINVAL);
    }
    let one_is_done = || {
        for &address in list.iter().filter(|address| !address.is_null()) {
            if block(lwp, address).state()?.0 != JobState::Running as i32 {
                return Ok(true);
            }
        }
        Ok(false)
    };
    let queue = AsynchronousIo::of(&lwp.process.kernel)?.queue(&lwp.process)?;
    queue.wait(timeout, &one_is_done).map(|()| DONE)
}

fn listio(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    const NO_WAIT: i32 = 0;
    const WAIT: i32 = 1;
    let call = LioListioArguments::from_slots(slots);
    let wants_signal = call.mode == NO_WAIT && !call.sig.is_null();
    let notification = match call.mode {
        WAIT | NO_WAIT if wants_signal => Notification::read(lwp.process.space, call.sig)?,
        WAIT | NO_WAIT => Notification::default(),
        _ => return Err(Errno::EINVAL),
    };
    let blocks = read_list(lwp, call.list, call.nent)?;
    let list = JobList::new(notification);
    let mut all_entered = true;
    for address in blocks.into_iter().filter(|address| !address.is_null()) {
        all_entered &= enqueue(lwp, address, list_operation, Some(Arc::clone(&list))).is_ok();
    }
    let waited = match AsynchronousIo::of(&lwp.process.kernel)?.find(&lwp.process) {
        Some(queue) if call.mode == WAIT => queue.wait_for_list(&list),
        _ => Ok(()),
    };
    if list.leave() {
        list.send(&lwp.process);
    }
    waited?;
    if all_entered { Ok(DONE) } else { Err(Errno::EIO) }
}

/// The operation that a list's control block asks for (`LIO_*`).
fn list_operation(operation: i32) -> Result<Option<Operation>> {
    match operation {
        0 => Ok(None),
        1 => Ok(Some(Operation::Write)),
        2 => Ok(Some(Operation::Read)),
        _ => Err(Errno::EINVAL),
    }
}

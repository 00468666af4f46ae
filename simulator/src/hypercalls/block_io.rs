//! Block I/O: requests that a thread of the world carries out, in an order of its own, while the kernel goes on. That thread
//! has no lwp: callbacks that need one enter the kernel that they belong to.

use super::file::disk_of;
use crate::world::{Host, current_host};
use core::ffi::{c_int, c_void};
use core::slice;
use simulator_world::{Event, Guard, Wait, create_thread, current, locked};

const READ: c_int = 0x01;
const SYNC: c_int = 0x04;
/// A request waits for up to this many nanoseconds.
const SLOWEST: u64 = 3_000_000;

type CompletionFunction = extern "C" fn(*mut c_void, usize, c_int);

struct Request {
    descriptor: c_int,
    operation: c_int,
    data: *mut c_void,
    length: usize,
    offset: i64,
    done: CompletionFunction,
    argument: *mut c_void,
}

// SAFETY: the submitter gives the memory away until the callback.
unsafe impl Send for Request {}

/// What has been submitted in a world.
#[derive(Default)]
pub struct RequestQueue {
    waiting: Vec<Request>,
    has_worker: bool,
}

/// # Safety
/// `data` is memory for `length` bytes that is not used otherwise until `done` is called with `argument`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_bio(
    descriptor: c_int,
    operation: c_int,
    data: *mut c_void,
    length: usize,
    offset: i64,
    done: CompletionFunction,
    argument: *mut c_void,
) {
    let (shared, me) = current();
    let starts_worker = {
        let host = current_host();
        let mut queue = locked(&host.requests);
        queue.waiting.push(Request { descriptor, operation, data, length, offset, done, argument });
        !std::mem::replace(&mut queue.has_worker, true)
    };
    if starts_worker {
        create_thread("block I/O", work);
    }
    let state = shared.scheduler.enter(me, Event::Other, offset.cast_unsigned());
    shared.scheduler.leave(state, me);
}

/// The worker ends when nothing waits; the next request starts another.
fn work() {
    let ((shared, me), host) = (current(), current_host());
    loop {
        let mut state = shared.scheduler.enter(me, Event::Other, 0);
        let deadline = state.now.saturating_add(state.random.below(SLOWEST));
        (state, _) = shared.scheduler.block(state, me, Wait::Sleep, Some(deadline));
        let request = {
            let mut queue = locked(&host.requests);
            if queue.waiting.is_empty() {
                queue.has_worker = false;
                return;
            }
            let chosen = state.random.index(queue.waiting.len());
            queue.waiting.remove(chosen)
        };
        let outcome = request.carry_out(&host, &mut state);
        drop(state);
        let (count, error) = outcome.map_or_else(|error| (0, error), |count| (count, 0));
        (request.done)(request.argument, count, error);
    }
}

impl Request {
    fn carry_out(&self, host: &Host, state: &mut Guard<'_>) -> Result<usize, c_int> {
        let reads = self.operation & READ != 0;
        let disk = disk_of(host, self.descriptor, !reads)?;
        // SAFETY: the submitter's memory, ours until the callback.
        let data = unsafe { slice::from_raw_parts_mut(self.data.cast::<u8>(), self.length) };
        if reads {
            return disk.read(self.offset, data, &mut state.random);
        }
        let count = disk.write(self.offset, data, &mut state.random)?;
        if self.operation & SYNC != 0 {
            disk.sync()?;
        }
        Ok(count)
    }
}

//! Who a thread is to the kernel, and its errno.

use core::cell::Cell;
use core::ffi::{c_int, c_void};
use simulator_world::{Event, current};

thread_local! {
    static ERRNO: Cell<c_int> = const { Cell::new(0) };
}

/// What the kernel last set the calling thread's `errno` to, in NetBSD's numbers.
#[must_use]
pub fn last_errno() -> i32 {
    ERRNO.get()
}

#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_seterrno(errno: c_int) {
    ERRNO.set(errno);
}

/// The kernel keeps the current lwp itself; a change of it is a moment to switch.
#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_curlwpop(operation: c_int, _lwp: *mut c_void) {
    let (shared, me) = current();
    let state = shared.scheduler.enter(me, Event::Other, operation as u64);
    shared.scheduler.leave(state, me);
}

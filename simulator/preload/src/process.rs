//! UNSAFE. Processes that the program makes of itself.

use crate::host;
use crate::start::end_with;
use core::ffi::{c_int, c_void};
use core::{mem, ptr};
use simulator_world::{Shared, try_current};
use std::sync::Arc;

/// fork(2). The new process goes on in a world of its own, which is like this one but for the other threads: the host does not
/// copy them. What the two processes tell each other comes when the host lets it.
///
/// # Safety
/// As fork(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fork() -> libc::pid_t {
    type Fork = unsafe extern "C" fn() -> libc::pid_t;
    // SAFETY: the C library's function of that name.
    let host = unsafe { mem::transmute::<*mut c_void, Fork>(host::FORK.address()) };
    let Some((shared, me)) = try_current() else {
        // SAFETY: the caller's contract.
        return unsafe { host() };
    };
    // Held by nobody else at that moment, in either process.
    let mut state = shared.scheduler.lock();
    // SAFETY: the caller's contract.
    let process = unsafe { host() };
    if process == 0 {
        state.keep_only(me);
        drop(state);
        start_watcher(shared);
    }
    process
}

extern "C" fn watcher(shared: *mut c_void) -> *mut c_void {
    // SAFETY: what `start_watcher` gave up.
    let shared = unsafe { Arc::from_raw(shared.cast::<Shared>()) };
    end_with(&shared)
}

/// A thread outside of the world, which ends the process when the world fails.
fn start_watcher(shared: Arc<Shared>) {
    type Entry = extern "C" fn(*mut c_void) -> *mut c_void;
    type Create =
        unsafe extern "C" fn(*mut libc::pthread_t, *const libc::pthread_attr_t, Entry, *mut c_void) -> c_int;
    let mut thread = 0;
    let argument = Arc::into_raw(shared).cast_mut().cast();
    // SAFETY: the C library's function of that name; the thread takes the argument over.
    unsafe {
        let host = mem::transmute::<*mut c_void, Create>(host::PTHREAD_CREATE.address());
        host(&raw mut thread, ptr::null(), watcher, argument);
    }
}

//! Threads of the kernel.

use crate::world::{create_thread, join_thread};
use core::ffi::{CStr, c_char, c_int, c_void};
use core::ptr;

type ThreadFunction = extern "C" fn(*mut c_void) -> *mut c_void;

struct Task(ThreadFunction, *mut c_void);

// SAFETY: the creator gives the argument to the new thread.
unsafe impl Send for Task {}

impl Task {
    fn run(self) {
        (self.0)(self.1);
    }
}

/// # Safety
/// `name` is null or a C string; `cookie` is writable if `joinable`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_thread_create(
    function: ThreadFunction,
    argument: *mut c_void,
    name: *const c_char,
    joinable: c_int,
    _priority: c_int,
    _cpu: c_int,
    cookie: *mut *mut c_void,
) -> c_int {
    // SAFETY: the caller's contract.
    let name = if name.is_null() { c"" } else { unsafe { CStr::from_ptr(name) } };
    let task = Task(function, argument);
    let number = create_thread(&name.to_string_lossy(), move || task.run());
    if joinable != 0 {
        // SAFETY: the caller's contract. Numbers of threads begin at 1: no cookie is null.
        unsafe { *cookie = ptr::without_provenance_mut(number) };
    }
    0
}

#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_thread_join(cookie: *mut c_void) -> c_int {
    join_thread(cookie.addr());
    0
}

//! UNSAFE. The program's threads.

use crate::host;
use core::ffi::{c_int, c_void};
use core::{mem, ptr};
use simulator_world::{ThreadNumber, create_thread, join_thread, locked, step, try_current};
use std::collections::BTreeMap;
use std::sync::Mutex;

type Body = unsafe extern "C" fn(*mut c_void) -> *mut c_void;
type Create =
    unsafe extern "C" fn(*mut libc::pthread_t, *const libc::pthread_attr_t, Body, *mut c_void) -> c_int;
type Join = unsafe extern "C" fn(libc::pthread_t, *mut *mut c_void) -> c_int;
type Detach = unsafe extern "C" fn(libc::pthread_t) -> c_int;

/// What threads have returned that are not joined yet, as addresses.
static RESULTS: Mutex<BTreeMap<ThreadNumber, usize>> = Mutex::new(BTreeMap::new());

struct Task(Body, *mut c_void);

// SAFETY: the creator gives the argument to the new thread.
unsafe impl Send for Task {}

impl Task {
    fn run(self) {
        // SAFETY: the program's function, with the argument that it wants it to have.
        let result = unsafe { (self.0)(self.1) };
        if let Some((_, me)) = try_current() {
            locked(&RESULTS).insert(me, result.expose_provenance());
        }
    }
}

/// pthread_create(3), within the world: attributes are not looked at.
///
/// # Safety
/// As pthread_create(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pthread_create(
    thread: *mut libc::pthread_t,
    attributes: *const libc::pthread_attr_t,
    body: Body,
    argument: *mut c_void,
) -> c_int {
    let Some((shared, _)) = try_current() else {
        // SAFETY: the C library's function of that name, with its caller's arguments.
        return unsafe {
            mem::transmute::<*mut c_void, Create>(host::PTHREAD_CREATE.address())(
                thread, attributes, body, argument,
            )
        };
    };
    let task = Task(body, argument);
    let number = create_thread("program", move || task.run());
    // SAFETY: the caller's contract. Nobody has the handle yet to join the thread with.
    unsafe { *thread = shared.host_handle(number).unwrap_or_default() };
    0
}

/// pthread_join(3).
///
/// # Safety
/// As pthread_join(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pthread_join(thread: libc::pthread_t, result: *mut *mut c_void) -> c_int {
    let Some(number) = try_current().and_then(|(shared, _)| shared.thread_of(thread)) else {
        // SAFETY: the C library's function of that name, with its caller's arguments.
        return unsafe { mem::transmute::<*mut c_void, Join>(host::PTHREAD_JOIN.address())(thread, result) };
    };
    if !join_thread(number) {
        return libc::EINVAL;
    }
    let returned = locked(&RESULTS).remove(&number).unwrap_or_default();
    if !result.is_null() {
        // SAFETY: the caller's contract.
        unsafe { *result = ptr::with_exposed_provenance_mut(returned) };
    }
    0
}

/// pthread_detach(3). A thread of the world goes on, and leaves its stack behind.
///
/// # Safety
/// As pthread_detach(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pthread_detach(thread: libc::pthread_t) -> c_int {
    if try_current().and_then(|(shared, _)| shared.thread_of(thread)).is_some() {
        return 0;
    }
    // SAFETY: the C library's function of that name, with its caller's argument.
    unsafe { mem::transmute::<*mut c_void, Detach>(host::PTHREAD_DETACH.address())(thread) }
}

/// sched_yield(2).
#[unsafe(no_mangle)]
pub extern "C" fn sched_yield() -> c_int {
    if try_current().is_some() {
        step();
    } else {
        std::hint::spin_loop();
    }
    0
}

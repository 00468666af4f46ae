//! Host threads for the kernel's threads.

use core::ffi::{CStr, c_char, c_int, c_void};
use core::time::Duration;
use core::{mem, ptr};

use crate::arch::thread_entry;
use crate::errno_translation::{HostErrno, hypercall_result};
use crate::futex::set_host_cpus;
use crate::hypervisor::without_virtual_cpu;
use crate::parameter::online_cpus;

/// The longest name of a thread on Linux, without its NUL.
const THREAD_NAME_LENGTH: usize = 15;
/// How often, and how long after one another, a host that is short of threads is asked.
const CREATION_ATTEMPTS: u32 = 10;
const CREATION_PAUSE: Duration = Duration::from_millis(10);

/// What a thread runs. It ends by coming back or by [`rumpuser_thread_exit`](crate::arch::rumpuser_thread_exit).
pub type ThreadFunction = unsafe extern "C" fn(*mut c_void) -> *mut c_void;

/// What a new thread needs to know.
struct Start {
    task: Task,
    /// A C string, empty for the name of the process.
    name: [c_char; THREAD_NAME_LENGTH + 1],
}

/// A function to call, and with what.
#[repr(C)]
pub(crate) struct Task {
    function: ThreadFunction,
    argument: *mut c_void,
}

/// The first thing that every thread does, before its task. It names itself: from outside, a detached
/// thread could be gone.
///
/// # Safety
/// `start` is the `Start` that [`rumpuser_thread_create`] has made for this thread.
pub(crate) unsafe extern "C" fn prepare(start: *mut c_void) -> Task {
    // SAFETY: the caller's contract.
    let Start { task, name } = unsafe { *Box::from_raw(start.cast::<Start>()) };
    if name[0] != 0 {
        // SAFETY: a C string that is short enough. A name is decoration: a failure changes nothing.
        unsafe { libc::pthread_setname_np(libc::pthread_self(), name.as_ptr()) };
    }
    task
}

fn short_name(name: &CStr) -> [c_char; THREAD_NAME_LENGTH + 1] {
    let mut short = [0; THREAD_NAME_LENGTH + 1];
    for (to, from) in short.iter_mut().zip(name.to_bytes()).take(THREAD_NAME_LENGTH) {
        *to = from.cast_signed();
    }
    short
}

/// Adapts the locks to the host's CPUs.
#[unsafe(no_mangle)]
pub extern "C" fn rumpuser__thrinit() {
    set_host_cpus(online_cpus());
}

fn create(argument: *mut c_void, joinable: bool) -> Result<libc::pthread_t, HostErrno> {
    // SAFETY: plain data that the call below initialises.
    let mut attributes: libc::pthread_attr_t = unsafe { mem::zeroed() };
    let mut thread: libc::pthread_t = 0;
    // SAFETY: `attributes` is writable.
    let error = unsafe { libc::pthread_attr_init(&raw mut attributes) };
    if error != 0 {
        return Err(HostErrno(error));
    }
    let state = if joinable { libc::PTHREAD_CREATE_JOINABLE } else { libc::PTHREAD_CREATE_DETACHED };
    let mut error = libc::EAGAIN;
    for attempt in 0..CREATION_ATTEMPTS {
        if attempt > 0 {
            std::thread::sleep(CREATION_PAUSE);
        }
        // SAFETY: initialised attributes; the entry is made for this argument.
        unsafe {
            libc::pthread_attr_setdetachstate(&raw mut attributes, state);
            error = libc::pthread_create(&raw mut thread, &raw const attributes, thread_entry, argument);
        }
        if error != libc::EAGAIN {
            break;
        }
    }
    // SAFETY: initialised above.
    unsafe { libc::pthread_attr_destroy(&raw mut attributes) };
    if error == 0 { Ok(thread) } else { Err(HostErrno(error)) }
}

/// Starts a thread. A joinable one stores a cookie for [`rumpuser_thread_join`]. The host schedules as it sees
/// fit: priority and CPU are not passed on.
///
/// Errors: those of pthread_create(3), EAGAIN after a tenth of a second of asking.
///
/// # Safety
/// `function` can be called with `argument`; `name` is null or a C string; `cookie` is writable if
/// `joinable`.
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
    let start = Box::into_raw(Box::new(Start { task: Task { function, argument }, name: short_name(name) }));
    match create(start.cast(), joinable != 0) {
        Ok(thread) => {
            if joinable != 0 {
                // SAFETY: the caller's contract.
                unsafe { *cookie = ptr::with_exposed_provenance_mut(thread as usize) };
            }
            0
        }
        Err(error) => {
            // SAFETY: no thread has taken it.
            drop(unsafe { Box::from_raw(start) });
            hypercall_result(Err(error))
        }
    }
}

/// Waits, without a virtual CPU, until a joinable thread has ended.
///
/// Errors: those of pthread_join(3).
///
/// # Safety
/// `cookie` comes from [`rumpuser_thread_create`] and has not been joined yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_thread_join(cookie: *mut c_void) -> c_int {
    let thread = cookie.expose_provenance() as libc::pthread_t;
    // SAFETY: the caller's contract.
    let error = without_virtual_cpu(|| unsafe { libc::pthread_join(thread, ptr::null_mut()) });
    hypercall_result(if error == 0 { Ok(()) } else { Err(HostErrno(error)) })
}

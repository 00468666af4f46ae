//! The kernel's entry points for its host ("upcalls"), and giving back the virtual CPU around a wait.

use core::cell::UnsafeCell;
use core::ffi::{c_char, c_int, c_long, c_void};
use core::ptr;

use crate::current_lwp::Lwp;
use crate::errno_translation::{HostErrno, hypercall_result};
use crate::random::rumpuser__random_init;
use crate::thread::rumpuser__thrinit;

/// The version of the hypercall interface that this library implements.
pub const RUMPUSER_VERSION: c_int = 17;

/// What the kernel offers to its host: `struct rumpuser_hyperup`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct RumpuserHyperup {
    /// Take a virtual CPU and, if the thread has none, a context.
    pub hyp_schedule: Option<unsafe extern "C" fn()>,
    /// The reverse of `hyp_schedule`.
    pub hyp_unschedule: Option<unsafe extern "C" fn()>,
    /// Give the virtual CPU back before a wait: stores the number of kernel locks dropped.
    pub hyp_backend_unschedule: Option<unsafe extern "C" fn(c_int, *mut c_int, *mut c_void)>,
    /// Take a virtual CPU after a wait, and the kernel lock that many times.
    pub hyp_backend_schedule: Option<unsafe extern "C" fn(c_int, *mut c_void)>,
    /// Change to another context.
    pub hyp_lwproc_switch: Option<unsafe extern "C" fn(*mut Lwp)>,
    /// Give up the current context.
    pub hyp_lwproc_release: Option<unsafe extern "C" fn()>,
    /// A new process with a context in it.
    pub hyp_lwproc_rfork: Option<unsafe extern "C" fn(*mut c_void, c_int, *const c_char) -> c_int>,
    /// A new context in the process with this id.
    pub hyp_lwproc_newlwp: Option<unsafe extern "C" fn(libc::pid_t) -> c_int>,
    /// The current context.
    pub hyp_lwproc_curlwp: Option<unsafe extern "C" fn() -> *mut Lwp>,
    /// Run a system call for a remote client.
    pub hyp_syscall: Option<unsafe extern "C" fn(c_int, *mut c_void, *mut c_long) -> c_int>,
    /// Make the contexts of the current process leave.
    pub hyp_lwpexit: Option<unsafe extern "C" fn()>,
    /// A remote client has replaced its program.
    pub hyp_execnotify: Option<unsafe extern "C" fn(*const c_char)>,
    /// The id of the current process.
    pub hyp_getpid: Option<unsafe extern "C" fn() -> libc::pid_t>,
    /// Room for upcalls to come.
    pub hyp_extra: [*mut c_void; 8],
}

const _: () = assert!(size_of::<RumpuserHyperup>() == 21 * size_of::<*mut c_void>());

/// Where the upcalls are kept; C code of old sees it as a plain structure.
#[repr(transparent)]
pub struct Upcalls(UnsafeCell<RumpuserHyperup>);

// SAFETY: written by rumpuser_init alone, which the kernel calls before it starts threads.
unsafe impl Sync for Upcalls {}

/// The upcalls of the kernel, empty until it calls [`rumpuser_init`].
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static rumpuser__hyp: Upcalls = Upcalls(UnsafeCell::new(RumpuserHyperup {
    hyp_schedule: None,
    hyp_unschedule: None,
    hyp_backend_unschedule: None,
    hyp_backend_schedule: None,
    hyp_lwproc_switch: None,
    hyp_lwproc_release: None,
    hyp_lwproc_rfork: None,
    hyp_lwproc_newlwp: None,
    hyp_lwproc_curlwp: None,
    hyp_syscall: None,
    hyp_lwpexit: None,
    hyp_execnotify: None,
    hyp_getpid: None,
    hyp_extra: [ptr::null_mut(); 8],
}));

/// The upcalls as the kernel gave them.
pub(crate) fn upcalls() -> &'static RumpuserHyperup {
    // SAFETY: no writer while the kernel runs, see `Upcalls`.
    unsafe { &*rumpuser__hyp.0.get() }
}

/// The kernel's first hypercall: it names the version it was built for and hands over its upcalls.
///
/// Errors: EINVAL for another version (with a message) or without upcalls; whatever keeps the host's
/// random numbers from us.
///
/// # Safety
/// `upcalls` is null or points to a structure whose functions stay callable; no other hypercall runs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_init(version: c_int, upcalls: *const RumpuserHyperup) -> c_int {
    if version != RUMPUSER_VERSION {
        eprintln!("rumpuser: the kernel wants hypercalls of version {version}, these are {RUMPUSER_VERSION}");
        return hypercall_result(Err(HostErrno(libc::EINVAL)));
    }
    if upcalls.is_null() {
        return hypercall_result(Err(HostErrno(libc::EINVAL)));
    }
    let random = rumpuser__random_init();
    if random != 0 {
        return hypercall_result(Err(HostErrno(random)));
    }
    rumpuser__thrinit();
    // SAFETY: the caller's contract; nothing reads it yet.
    unsafe { *rumpuser__hyp.0.get() = *upcalls };
    0
}

/// Gives the virtual CPU back before the calling thread waits. The answer is the number of kernel locks
/// that were held, for [`take_virtual_cpu`]. `interlock` is a mutex that the kernel may want to take
/// before the CPU is free, or null.
pub(crate) fn release_virtual_cpu(interlock: *mut c_void) -> c_int {
    let mut locks = 0;
    if let Some(unschedule) = upcalls().hyp_backend_unschedule {
        // SAFETY: the kernel's function, called as its contract says.
        unsafe { unschedule(0, &raw mut locks, interlock) };
    }
    locks
}

/// Takes a virtual CPU after [`release_virtual_cpu`].
pub(crate) fn take_virtual_cpu(locks: c_int, interlock: *mut c_void) {
    if let Some(schedule) = upcalls().hyp_backend_schedule {
        // SAFETY: the kernel's function, called as its contract says.
        unsafe { schedule(locks, interlock) };
    }
}

/// Runs something that may block, without a virtual CPU.
pub(crate) fn without_virtual_cpu<R>(blocking: impl FnOnce() -> R) -> R {
    let locks = release_virtual_cpu(ptr::null_mut());
    let result = blocking();
    take_virtual_cpu(locks, ptr::null_mut());
    result
}

/// Runs an upcall that needs a virtual CPU, on a thread that has none.
pub(crate) fn with_virtual_cpu<R>(upcall: impl FnOnce(&RumpuserHyperup) -> R) -> R {
    let upcalls = upcalls();
    if let Some(schedule) = upcalls.hyp_schedule {
        // SAFETY: the kernel's function, on a thread outside the kernel.
        unsafe { schedule() };
    }
    let result = upcall(upcalls);
    if let Some(unschedule) = upcalls.hyp_unschedule {
        // SAFETY: pairs with the call above.
        unsafe { unschedule() };
    }
    result
}

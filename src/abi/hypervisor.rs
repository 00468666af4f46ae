//! What the host calls back: it schedules threads of its own, and gives the virtual CPU back around calls that block.

use super::system_call::give_results;
use super::{errno_of, in_kernel, kernel, lwproc};
use crate::host::Upcalls;
use crate::init;
use crate::kqueue;
use crate::sched;
use crate::syscall;
use core::ffi::{c_char, c_int, c_long, c_void};
use core::ptr::null_mut;

/// The table that the host gets at `rumpuser_init`.
pub static UPCALLS: Upcalls = Upcalls {
    schedule,
    unschedule,
    backend_unschedule,
    backend_schedule,
    lwproc_switch,
    lwproc_release,
    lwproc_rfork,
    lwproc_newlwp,
    lwproc_curlwp,
    syscall: system_call,
    lwpexit,
    execnotify,
    getpid,
    extra: [null_mut(); 8],
};

extern "C" fn schedule() {
    sched::schedule(init::default_kernel);
}

extern "C" fn unschedule() {
    sched::unschedule();
}

/// The host is about to block. A thread that holds no virtual CPU has none to give, and says so by 0.
pub(super) extern "C" fn backend_unschedule(_locks: c_int, held: *mut c_int, _interlock: *mut c_void) {
    let gave = sched::pause();
    if !held.is_null() {
        // SAFETY: the host passes the place of an int of its own.
        unsafe { held.write(c_int::from(gave)) };
    }
}

pub(super) extern "C" fn backend_schedule(held: c_int, _interlock: *mut c_void) {
    if held != 0 {
        sched::resume();
    }
}

extern "C" fn lwproc_switch(lwp: *mut c_void) {
    lwproc::switch(lwp);
}

extern "C" fn lwproc_release() {
    lwproc::release();
}

extern "C" fn lwproc_rfork(_client: *mut c_void, flags: c_int, _command: *const c_char) -> c_int {
    errno_of(lwproc::rfork(flags))
}

extern "C" fn lwproc_newlwp(process: i32) -> c_int {
    errno_of(lwproc::new_lwp(process))
}

extern "C" fn lwproc_curlwp() -> *mut c_void {
    lwproc::current()
}

extern "C" fn system_call(number: c_int, arguments: *mut c_void, results: *mut c_long) -> c_int {
    const SLOTS: usize = 8;
    if arguments.is_null() || results.is_null() {
        return crate::errno::Errno::EFAULT.number();
    }
    // SAFETY: the host's proxy server passes a full argument block.
    let slots = unsafe { core::slice::from_raw_parts(arguments.cast::<u64>(), SLOTS) };
    let number = usize::try_from(number).unwrap_or(usize::MAX);
    let result = in_kernel(|lwp| syscall::dispatch(lwp, number, slots));
    // SAFETY: the host passes room for two results.
    unsafe { give_results(result, results) }
}

/// The lwp of a client that went away ends.
extern "C" fn lwpexit() {
    lwproc::release();
}

/// A client has become another program: descriptors marked so are closed.
extern "C" fn execnotify(_command: *const c_char) {
    if let Some(lwp) = sched::bound() {
        let descriptors = &lwp.process.descriptors;
        let mut from = 0;
        while let Some(number) = descriptors.next_number(from, &|descriptor| descriptor.close_on_exec) {
            from = number.saturating_add(1);
            // Another thread may have closed it meanwhile, which is as well.
            let _ = descriptors.close(&lwp.process, number);
        }
        lwp.process.note(kqueue::note::EXEC, 0);
    }
}

extern "C" fn getpid() -> i32 {
    sched::bound().map_or_else(|| kernel().map_or(0, |_| 1), |lwp| lwp.process.id)
}

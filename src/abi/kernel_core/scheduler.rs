//! Virtual CPUs by hand.
//!
//! Where the original is given an interlock, it may be the lock of a virtual CPU, which is then taken or let go along with the
//! CPU. No such lock can be had here: an interlock is its caller's business, and stays as it is.

use super::lwps::known_lwp;
use crate::abi::{hypervisor, kernel};
use crate::errno::Errno;
use crate::host::console;
use crate::sched;
use crate::time::Timespec;
use core::ffi::{c_int, c_void};
use core::ptr;

/// The kernel is about to block: gives up the big lock and the virtual CPU. `held` becomes what
/// [`rump_user_schedule`] wants to know: 0, if there was no virtual CPU to give.
#[unsafe(no_mangle)]
pub extern "C" fn rump_user_unschedule(locks: c_int, held: *mut c_int, interlock: *mut c_void) {
    hypervisor::backend_unschedule(locks, held, interlock);
}

/// Takes again what [`rump_user_unschedule`] gave up.
#[unsafe(no_mangle)]
pub extern "C" fn rump_user_schedule(held: c_int, interlock: *mut c_void) {
    hypervisor::backend_schedule(held, interlock);
}

/// Takes a virtual CPU for an lwp that has none; sleeps in the host while none is free.
#[unsafe(no_mangle)]
pub extern "C" fn rump_schedule_cpu(lwp: *mut c_void) {
    if let Some(lwp) = known_lwp("rump_schedule_cpu", lwp) {
        sched::take_cpu(&lwp);
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn rump_schedule_cpu_interlock(lwp: *mut c_void, _interlock: *mut c_void) {
    rump_schedule_cpu(lwp);
}

/// Gives an lwp's virtual CPU back. Soft interrupts need not be run before: they have threads of their own.
#[unsafe(no_mangle)]
pub extern "C" fn rump_unschedule_cpu(lwp: *mut c_void) {
    if let Some(lwp) = known_lwp("rump_unschedule_cpu", lwp) {
        sched::give_cpu(&lwp);
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn rump_unschedule_cpu_interlock(lwp: *mut c_void, _interlock: *mut c_void) {
    rump_unschedule_cpu(lwp);
}

#[unsafe(no_mangle)]
pub extern "C" fn rump_unschedule_cpu1(lwp: *mut c_void, _interlock: *mut c_void) {
    rump_unschedule_cpu(lwp);
}

/// Sleeps without a virtual CPU until `condition`, a condition variable of the host, is signalled by a thread that holds one, or
/// a while has passed: the caller looks at what it waits for, and calls again. A signal is never waited out for longer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_schedlock_cv_wait(condition: *mut c_void) {
    // SAFETY: the caller's promise.
    let _ = unsafe { sched::wait_for_signal(condition, None) };
}

/// The same until `timeout` has passed at the latest; `EWOULDBLOCK` if it has, otherwise 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_schedlock_cv_timedwait(
    condition: *mut c_void,
    timeout: *const Timespec,
) -> c_int {
    // SAFETY: the caller passes a condition variable, and a timespec or null.
    let in_time = unsafe { sched::wait_for_signal(condition, timeout.as_ref().copied()) };
    if in_time { 0 } else { Errno::ETIMEDOUT.number() }
}

/// Has everybody who runs on the virtual CPU, or on all if `cpu` is null, come to a point outside the kernel or asleep in it once.
#[unsafe(no_mangle)]
pub extern "C" fn rump_xc_highpri(_cpu: *mut c_void) {
    // One virtual CPU cannot be asked for: threads go from one to the other. So all are.
    sched::cross_call(&|_| {});
}

/// Has what was put off on that virtual CPU done. It is done by threads of its own, which have been woken when it was put off.
#[unsafe(no_mangle)]
pub extern "C" fn rump_softint_run(_cpu: *mut c_void) {}

/// The number of virtual CPUs that there will be where `count` are asked for: 256 at most.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_cpus_bootstrap(count: *mut c_int) {
    if count.is_null() {
        return;
    }
    // SAFETY: the caller passes the place of an int.
    unsafe {
        let most = crate::kernel::Configuration::MOST_CPUS as c_int;
        count.write(count.read().clamp(1, most));
    }
}

/// Announces a virtual CPU. How many there are is settled before the first of them runs, so that none can come later.
#[unsafe(no_mangle)]
pub extern "C" fn rump_cpu_attach(cpu: *mut c_void) {
    if !ptr::eq(cpu.cast_const().cast(), &raw const super::identities::rump_bootcpu) {
        let count = kernel().map_or(0, |kernel| kernel.cpus.count());
        console::print(format_args!("rump_cpu_attach: RUMP_NCPU says how many there are: {count}\n"));
    }
}

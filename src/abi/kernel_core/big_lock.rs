//! The big lock, for C code that wants one lock for all that it does. Nothing of ours needs it.
//!
//! It is a mutex of the host, `rump_giantlock`. Who has locked it makes the kernel responsible for it with
//! `rump_kernel_bigunwrap`: from then on the lock is given up whenever the lwp sleeps, and taken again before it goes on. With
//! `rump_kernel_bigwrap` the caller takes it over again, still locked: to unlock it, or to wait with it.

use crate::host::{console, giant_lock};
use crate::sched;
use core::ffi::c_int;

/// Makes the lock, as `rump_init` does; a second call changes nothing.
#[unsafe(no_mangle)]
pub extern "C" fn rump_biglock_init() {
    giant_lock::make();
}

/// The kernel takes the lock over, which the caller has locked; `count` is how often it counts as locked.
#[unsafe(no_mangle)]
pub extern "C" fn rump_kernel_bigunwrap(count: c_int) {
    let taken = sched::with_current(|lwp| match (lwp, u32::try_from(count)) {
        (Some(lwp), Ok(count)) if lwp.holds_cpu() && lwp.big_locks() == 0 => {
            lwp.set_big_locks(count);
            true
        }
        _ => false,
    });
    if !taken {
        console::print(format_args!(
            "rump_kernel_bigunwrap: {count} locks cannot be taken over; nothing changed\n"
        ));
    }
}

/// The caller takes the lock over, which stays locked. `count` becomes what it was taken over with, 0 where it was not.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_kernel_bigwrap(count: *mut c_int) {
    let had = sched::with_current(|lwp| lwp.map_or(0, |lwp| lwp.set_big_locks(0)));
    if !count.is_null() {
        // SAFETY: the caller passes the place of an int.
        unsafe { count.write(had as c_int) };
    }
}

//! UNSAFE inside. What C code of the kernel does by hand that others leave to [`enter`](super::enter): lwps and virtual CPUs apart
//! from each other, and sleeping where the host signals.

use super::Lwp;
use super::current::{current_pointer, set_pointer};
use super::virtual_cpu::BACKSTOP;
use crate::errno::{Errno, Result};
use crate::host;
use crate::time::Timespec;
use core::ffi::c_void;
use core::ptr;
use core::sync::atomic::Ordering;

/// Takes a virtual CPU for an lwp that has none.
pub(crate) fn take_cpu(lwp: &Lwp) {
    if !lwp.holds_cpu() {
        lwp.take_cpu(lwp.process.kernel.cpus.acquire(lwp.preferred_cpu()));
    }
}

/// Gives an lwp's virtual CPU back, if it has one.
pub(crate) fn give_cpu(lwp: &Lwp) {
    if lwp.holds_cpu() {
        lwp.process.kernel.cpus.release(lwp.give_cpu());
    }
}

/// Makes `lwp` the calling thread's.
///
/// # Errors
/// `EBUSY` when the thread has one, or a thread has this one.
pub(crate) fn attach(lwp: &Lwp) -> Result<()> {
    if current_pointer().is_some() || lwp.is_running() {
        return Err(Errno::EBUSY);
    }
    set_pointer(Some(lwp));
    if !lwp.implicit {
        lwp.running.store(true, Ordering::Release);
        host::note_current_lwp(ptr::from_ref(lwp).cast(), true);
    }
    Ok(())
}

/// Leaves the calling thread without an lwp.
///
/// # Errors
/// `EINVAL` when its lwp is another one than `lwp`.
pub(crate) fn detach(lwp: &Lwp) -> Result<()> {
    if !current_pointer().is_some_and(|current| ptr::eq(current, lwp)) {
        return Err(Errno::EINVAL);
    }
    if !lwp.implicit {
        host::note_current_lwp(ptr::from_ref(lwp).cast(), false);
        lwp.running.store(false, Ordering::Release);
    }
    set_pointer(None);
    Ok(())
}

/// Sleeps without a virtual CPU until a condition variable of the host is signalled, for a short while at the longest: between
/// giving the CPU up and sleeping a signal would not be heard. `false` when `timeout`, which is from now on, has passed.
///
/// # Safety
/// `condition` is one that nobody waits for in another way.
pub(crate) unsafe fn wait_for_signal(condition: *mut c_void, timeout: Option<Timespec>) -> bool {
    let Some(lwp) = current_pointer() else { return true };
    let most = timeout.map_or(BACKSTOP, |timeout| timeout.min(BACKSTOP));
    let cpus = &lwp.process.kernel.cpus;
    super::blocking(|| {
        // SAFETY: the caller's promise.
        let signalled = unsafe { cpus.monitor().lock().wait_on(condition, most) };
        signalled || timeout.is_none_or(|timeout| timeout > BACKSTOP)
    })
}

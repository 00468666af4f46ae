//! UNSAFE inside. Which lwp the calling host thread runs.
//!
//! A thread's slot holds a borrowed address. It is valid because an lwp that is bound to a thread stays on its process's
//! list (or, an implicit one, on its kernel's) until that same thread unbinds it.

use crate::arch;
use crate::host;
use crate::sched::{CpuIndex, Lwp};
use crate::sync::Parker;
use alloc::sync::Arc;
use core::ptr;
use core::sync::atomic::Ordering;

/// The calling thread's lwp, for the time of one kernel operation.
#[inline]
pub(super) fn current_pointer<'a>() -> Option<&'a Lwp> {
    // SAFETY: the module's rule; users in this folder hold the reference no longer than the thread keeps its binding.
    unsafe { arch::current_slot().cast::<Lwp>().as_ref() }
}

pub(super) fn set_pointer(lwp: Option<&Lwp>) {
    arch::set_current_slot(lwp.map_or(ptr::null(), |lwp| ptr::from_ref(lwp).cast()));
}

/// Runs `operation` on the calling thread's lwp.
pub fn with_current<R>(operation: impl FnOnce(Option<&Lwp>) -> R) -> R {
    operation(current_pointer())
}

/// The calling thread's lwp, kept alive.
#[must_use]
pub fn current() -> Option<Arc<Lwp>> {
    let lwp = current_pointer()?;
    // SAFETY: every lwp is made inside an `Arc`, and the module's rule keeps one reference alive here.
    unsafe {
        Arc::increment_strong_count(ptr::from_ref(lwp));
        Some(Arc::from_raw(ptr::from_ref(lwp)))
    }
}

/// The lwp that the calling thread has bound itself to; implicit ones do not count.
#[must_use]
pub fn bound() -> Option<Arc<Lwp>> {
    current().filter(|lwp| !lwp.implicit)
}

/// Binds the calling thread to `lwp`, or to none. The former one is free for another thread then.
///
/// The virtual CPU, if one is held, goes over from the old lwp to the new; without a new one it is released.
pub fn bind(lwp: Option<&Arc<Lwp>>) {
    let former = current_pointer();
    let cpu = former.filter(|former| former.holds_cpu()).map(Lwp::give_cpu);
    if let Some(lwp) = lwp {
        lwp.running.store(true, Ordering::Release);
        if let Some(cpu) = cpu {
            lwp.take_cpu(cpu);
        }
    }
    set_pointer(lwp.map(Arc::as_ref));
    if let Some(former) = former {
        leave_behind(former, cpu.filter(|_| lwp.is_none()));
    }
    if let Some(lwp) = lwp {
        host::note_current_lwp(Arc::as_ptr(lwp).cast(), true);
    }
}

/// Frees the lwp that the thread no longer runs, and the virtual CPU if no other lwp took it over.
fn leave_behind(former: &Lwp, cpu: Option<CpuIndex>) {
    let kernel = &former.process.kernel;
    // The host knows nothing of lwps that are lent.
    if !former.implicit {
        host::note_current_lwp(ptr::from_ref(former).cast(), false);
    }
    if let Some(cpu) = cpu {
        kernel.cpus.release(cpu);
    }
    if former.implicit {
        kernel.pool_implicit_lwp(former);
    } else {
        former.running.store(false, Ordering::Release);
    }
}

/// Where the calling thread sleeps: its lwp's parker, or a fresh one where it has no lwp.
#[must_use]
pub fn current_parker() -> Arc<Parker> {
    current_pointer().map_or_else(|| Arc::new(Parker::new()), |lwp| Arc::clone(&lwp.parker))
}

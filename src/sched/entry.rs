//! UNSAFE inside. Going into the kernel and out again.

use super::current::{current_pointer, set_pointer};
use super::{CpuIndex, Lwp};
use crate::arch;
use crate::host::giant_lock;
use crate::init;
use crate::kernel::Kernel;
use alloc::sync::Arc;
use core::ptr;

/// What has to be undone on the way out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Undo {
    /// The thread was inside already.
    Nothing,
    /// The virtual CPU.
    Cpu,
    /// The virtual CPU and the borrowed lwp.
    CpuAndLwp,
}

/// A stay in the kernel; dropped, the thread is outside again.
pub struct Entry<'a> {
    lwp: &'a Lwp,
    undo: Undo,
}

impl Entry<'_> {
    /// The lwp that runs.
    #[must_use]
    pub fn lwp(&self) -> &Lwp {
        self.lwp
    }
}

impl Drop for Entry<'_> {
    #[inline]
    fn drop(&mut self) {
        if self.undo == Undo::Cpu && self.lwp.holds_cpu() {
            // The thread has kept its lwp, as almost every operation does.
            self.lwp.process.kernel.cpus.release(self.lwp.give_cpu());
        } else {
            leave(self.undo);
        }
    }
}

/// As [`enter`] with the default kernel, for the system call stubs: they are compiled into this library, so that the way in
/// needs no call.
#[inline(always)]
pub(crate) fn enter_system_call<'a>() -> Option<Entry<'a>> {
    // SAFETY: a thread's slot holds the address of an lwp that lives as long as it is bound there.
    match unsafe { arch::current_slot_inline().cast::<Lwp>().as_ref() } {
        Some(lwp) if !lwp.holds_cpu() => {
            lwp.take_cpu(lwp.process.kernel.cpus.acquire(lwp.preferred_cpu()));
            Some(Entry { lwp, undo: Undo::Cpu })
        }
        _ => enter(init::default_kernel),
    }
}

/// Enters the kernel: the thread's own lwp, or one lent by `kernel()` where it has none. `None` when there is no kernel
/// to lend it, or only one that has been shut down.
#[inline]
pub fn enter<'a>(kernel: impl FnOnce() -> Option<&'a Arc<Kernel>>) -> Option<Entry<'a>> {
    if let Some(lwp) = current_pointer() {
        if lwp.holds_cpu() {
            return Some(Entry { lwp, undo: Undo::Nothing });
        }
        let cpus = &lwp.process.kernel.cpus;
        lwp.take_cpu(cpus.acquire(lwp.preferred_cpu()));
        return Some(Entry { lwp, undo: Undo::Cpu });
    }
    let lwp = borrow_implicit(kernel()?)?;
    Some(Entry { lwp, undo: Undo::CpuAndLwp })
}

/// `rump_schedule`: enters and stays until [`unschedule`].
pub fn schedule<'a>(kernel: impl FnOnce() -> Option<&'a Arc<Kernel>>) -> bool {
    match enter(kernel) {
        Some(entry) => {
            core::mem::forget(entry);
            true
        }
        None => false,
    }
}

/// `rump_unschedule`: leaves, whatever way the thread came in.
pub fn unschedule() {
    if let Some(lwp) = current_pointer()
        && lwp.holds_cpu()
    {
        // Nothing outside is locked by what happens in here.
        if lwp.set_big_locks(0) != 0 {
            giant_lock::exit();
        }
        leave(if lwp.implicit { Undo::CpuAndLwp } else { Undo::Cpu });
    }
}

#[inline]
fn leave(undo: Undo) {
    if undo == Undo::Nothing {
        return;
    }
    // The operation may have bound the thread to another lwp, or to none: what counts is what it has now.
    let Some(lwp) = current_pointer() else { return };
    let kernel = &lwp.process.kernel;
    let cpu = lwp.give_cpu();
    if lwp.implicit {
        set_pointer(None);
        return_implicit(kernel, lwp, cpu);
    }
    kernel.cpus.release(cpu);
}

/// Spreads threads without an lwp over the virtual CPUs: their stacks lie apart.
fn stack_hint(count: usize) -> CpuIndex {
    let here = 0u8;
    (ptr::from_ref(&here).addr() >> 20) % count
}

fn borrow_implicit(kernel: &Arc<Kernel>) -> Option<&Lwp> {
    let cpus = &kernel.cpus;
    let cpu = cpus.acquire(stack_hint(cpus.count()));
    let spare = cpus.take_spare(cpu);
    // SAFETY: a spare is on the kernel's list of implicit lwps, which only grows, and is lent to this thread alone.
    let lwp: &Lwp = match unsafe { spare.as_ref() } {
        Some(lwp) => lwp,
        None => {
            let Ok(lwp) = kernel.implicit_lwp() else {
                cpus.release(cpu);
                return None;
            };
            // SAFETY: as above.
            unsafe { &*Arc::as_ptr(&lwp) }
        }
    };
    lwp.take_cpu(cpu);
    set_pointer(Some(lwp));
    Some(lwp)
}

fn return_implicit(kernel: &Kernel, lwp: &Lwp, cpu: CpuIndex) {
    let former = kernel.cpus.leave_spare(cpu, ptr::from_ref(lwp).cast_mut());
    // SAFETY: as in `borrow_implicit`.
    if let Some(former) = unsafe { former.as_ref() } {
        kernel.pool_implicit_lwp(former);
    }
}

//! Who runs: virtual CPUs, light-weight processes (lwps), kernel threads and callouts.
//!
//! A host thread runs kernel code only while it holds a virtual CPU. It enters with [`enter`] (or stays inside between
//! `rump_schedule` and `rump_unschedule`), and everything that may block in the host goes through [`blocking`].

mod by_hand;
mod callout;
mod cross_call;
mod current;
mod entry;
mod interruption;
mod kernel_thread;
mod lwp;
mod periodic_thread;
mod softint;
mod statistics_clock;
mod virtual_cpu;
mod work_queue;

use crate::host::giant_lock;
use core::sync::atomic::Ordering;

pub(crate) use by_hand::{attach, detach, give_cpu, take_cpu, wait_for_signal};
pub use callout::{Callout, CalloutQueue};
pub(crate) use cross_call::CrossCalls;
pub use cross_call::cross_call;
pub use current::{bind, bound, current, current_parker, with_current};
pub(crate) use entry::enter_system_call;
pub use entry::{Entry, enter, schedule, unschedule};
pub use interruption::{Interruptible, Interruption, sleep_interruptibly};
pub use kernel_thread::KernelThread;
pub use lwp::Lwp;
pub use periodic_thread::PeriodicThread;
pub use softint::Softint;
pub use statistics_clock::{StatisticsClock, TICKS_PER_SECOND};
pub use virtual_cpu::{CpuIndex, VirtualCpus};
pub use work_queue::WorkQueue;

/// Gives the calling thread's virtual CPU back; says whether it held one. [`resume`] takes one again.
pub fn pause() -> bool {
    match current::current_pointer() {
        Some(lwp) if lwp.holds_cpu() => {
            lwp.process.usage.waits.fetch_add(1, Ordering::Relaxed);
            if lwp.big_locks() != 0 {
                giant_lock::exit();
            }
            lwp.process.kernel.cpus.release(lwp.give_cpu());
            true
        }
        _ => false,
    }
}

/// Takes a virtual CPU again after [`pause`].
pub fn resume() {
    if let Some(lwp) = current::current_pointer() {
        if lwp.big_locks() != 0 {
            giant_lock::enter();
        }
        lwp.take_cpu(lwp.process.kernel.cpus.acquire(lwp.preferred_cpu()));
    }
}

/// Runs `wait`, which may block in the host, without a virtual CPU.
pub fn blocking<R>(wait: impl FnOnce() -> R) -> R {
    let held = pause();
    let result = wait();
    if held {
        resume();
    }
    result
}

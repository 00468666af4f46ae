//! Running something on every virtual CPU (xcall(9)).

use super::current::current_pointer;
use super::{CpuIndex, Lwp};
use crate::event_counter::{EventCounter, EventCounters, EventKind};
use crate::sync::Mutex;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// The cross calls of one kernel.
pub(crate) struct CrossCalls {
    /// Held by who makes one.
    turn: Mutex<()>,
    broadcasts: Arc<EventCounter>,
}

impl CrossCalls {
    pub fn new(counters: &EventCounters) -> Self {
        let broadcasts = counters.attach(EventKind::Miscellaneous, "crosscall", "broadcast");
        Self { turn: Mutex::new(()), broadcasts }
    }
}

/// Runs `each` once for every virtual CPU, while the calling thread holds that one. From the first to the last all that have
/// had their turn stay held: when it returns, every other thread has been outside the kernel, or asleep in it, at least once.
/// Does nothing on a thread that holds no virtual CPU. `each` may not block.
#[doc(alias = "xc_broadcast")]
pub fn cross_call(each: &dyn Fn(CpuIndex)) {
    let Some(lwp) = current_pointer().filter(|lwp| lwp.holds_cpu()) else { return };
    let kernel = &lwp.process.kernel;
    // Two at once would each wait for what the other holds.
    let _one_at_a_time = kernel.cross_calls.turn.lock();
    kernel.cross_calls.broadcasts.add(1);
    let own = run_on_held(lwp, each);
    let mut held = Vec::with_capacity(kernel.cpus.count());
    while held.len() + 1 < kernel.cpus.count() {
        let cpu = kernel.cpus.acquire(lwp.preferred_cpu());
        lwp.take_cpu(cpu);
        run_on_held(lwp, each);
        held.push(cpu);
    }
    for cpu in held {
        kernel.cpus.release(cpu);
    }
    lwp.take_cpu(own);
}

/// Runs `each` on the virtual CPU that the lwp has, which it then no longer counts as its own.
fn run_on_held(lwp: &Lwp, each: &dyn Fn(CpuIndex)) -> CpuIndex {
    if let Some(cpu) = lwp.cpu() {
        each(cpu);
    }
    lwp.give_cpu()
}

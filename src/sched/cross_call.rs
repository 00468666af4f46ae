//! Running something on every virtual CPU (xcall(9)).

use super::current::current_pointer;
use super::{CpuIndex, Lwp};
use alloc::vec::Vec;

/// Runs `each` once for every virtual CPU, while the calling thread holds that one. From the first to the last all that have
/// had their turn stay held: when it returns, every other thread has been outside the kernel, or asleep in it, at least once.
/// Does nothing on a thread that holds no virtual CPU. `each` may not block.
#[doc(alias = "xc_broadcast")]
pub fn cross_call(each: &dyn Fn(CpuIndex)) {
    let Some(lwp) = current_pointer().filter(|lwp| lwp.holds_cpu()) else { return };
    let kernel = &lwp.process.kernel;
    // Two at once would each wait for what the other holds.
    let _one_at_a_time = kernel.cross_calls.lock();
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

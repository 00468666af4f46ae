//! Which lwp a thread runs, and on which virtual CPU: the least that the locks need.

#[path = "../../../src/sched/interruption.rs"]
mod interruption;
#[allow(dead_code, reason = "lwps that are lent to threads are not part of the model")]
#[path = "../../../src/sched/virtual_cpu.rs"]
mod virtual_cpu;

use crate::sync::Parker;
use alloc::sync::Arc;
pub use interruption::{Interruptible, Interruption, sleep_interruptibly};
use shuttle::sync::atomic::{AtomicUsize, Ordering};
use std::cell::RefCell;
pub use virtual_cpu::{CpuIndex, VirtualCpus};

const NO_CPU: CpuIndex = CpuIndex::MAX;

/// What the locks know of an lwp.
pub struct Lwp {
    /// Where its thread sleeps.
    pub parker: Arc<Parker>,
    interruption: Interruption,
    cpus: Arc<VirtualCpus>,
    cpu: AtomicUsize,
}

impl Lwp {
    /// An lwp that is to run on one of these.
    #[must_use]
    pub fn new(cpus: &Arc<VirtualCpus>) -> Arc<Self> {
        Arc::new(Self {
            parker: Arc::default(),
            interruption: Interruption::default(),
            cpus: Arc::clone(cpus),
            cpu: AtomicUsize::new(NO_CPU),
        })
    }
}

shuttle::thread_local! {
    static CURRENT: RefCell<Option<Arc<Lwp>>> = const { RefCell::new(None) };
}

/// The calling thread's lwp.
#[must_use]
pub fn current() -> Option<Arc<Lwp>> {
    CURRENT.with(|current| current.borrow().clone())
}

/// Where the calling thread sleeps.
#[must_use]
pub fn current_parker() -> Arc<Parker> {
    current().map_or_else(|| Arc::new(Parker::new()), |lwp| Arc::clone(&lwp.parker))
}

/// Runs `wait` without a virtual CPU.
pub fn blocking<R>(wait: impl FnOnce() -> R) -> R {
    let held = current().filter(|lwp| lwp.cpu.load(Ordering::Relaxed) != NO_CPU);
    let Some(lwp) = held else { return wait() };
    let cpu = lwp.cpu.swap(NO_CPU, Ordering::Relaxed);
    lwp.cpus.release(cpu);
    let result = wait();
    lwp.cpu.store(lwp.cpus.acquire(cpu), Ordering::Relaxed);
    result
}

/// Runs `work` as that lwp and with a virtual CPU.
pub fn run_as<R>(lwp: &Arc<Lwp>, work: impl FnOnce() -> R) -> R {
    CURRENT.with(|current| *current.borrow_mut() = Some(Arc::clone(lwp)));
    lwp.cpu.store(lwp.cpus.acquire(0), Ordering::Relaxed);
    let result = work();
    lwp.cpus.release(lwp.cpu.swap(NO_CPU, Ordering::Relaxed));
    CURRENT.with(|current| *current.borrow_mut() = None);
    result
}

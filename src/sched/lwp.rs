//! A light-weight process: one thread of execution in one process.

use crate::process::Process;
use crate::sched::{CpuIndex, Interruption};
use crate::signal::SignalMask;
use crate::sync::Parker;
use crate::time::Timespec;
use alloc::sync::Arc;
use core::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, AtomicUsize, Ordering};

const NO_CPU: usize = usize::MAX;

/// A light-weight process. A host thread runs at most one at a time, and an lwp is run by one thread at most.
pub struct Lwp {
    /// Unique within its process, from 1.
    pub id: i32,
    /// The number that it tells, which a program can change (`rump_pub_allbetsareoff_setid`).
    pub told_id: AtomicI32,
    /// The process it belongs to.
    pub process: Arc<Process>,
    /// Where its thread sleeps.
    pub parker: Arc<Parker>,
    /// Signals that are held back from it.
    pub signal_mask: SignalMask,
    /// Nanoseconds that it was seen to hold a virtual CPU, while the statistics clock runs.
    pub(super) processor_time: AtomicU64,
    pub(super) interruption: Interruption,
    /// Lent to threads that come without an lwp.
    pub(super) implicit: bool,
    /// Whether a host thread has it as its current one.
    pub(super) running: AtomicBool,
    cpu: AtomicUsize,
    last_cpu: AtomicUsize,
}

impl Lwp {
    /// A new lwp that no thread runs. It is not on its process's list yet.
    #[must_use]
    pub fn new(process: Arc<Process>, id: i32) -> Self {
        Self::build(process, id, false)
    }

    /// An lwp to lend to threads that come without one.
    pub(crate) fn new_implicit(process: Arc<Process>, id: i32) -> Self {
        Self::build(process, id, true)
    }

    fn build(process: Arc<Process>, id: i32, implicit: bool) -> Self {
        Self {
            id,
            told_id: AtomicI32::new(id),
            process,
            parker: Arc::new(Parker::new()),
            signal_mask: SignalMask::default(),
            processor_time: AtomicU64::new(0),
            interruption: Interruption::default(),
            implicit,
            running: AtomicBool::new(false),
            cpu: AtomicUsize::new(NO_CPU),
            last_cpu: AtomicUsize::new(0),
        }
    }

    /// Whether its thread holds a virtual CPU now.
    #[inline]
    #[must_use]
    pub fn holds_cpu(&self) -> bool {
        self.cpu.load(Ordering::Relaxed) != NO_CPU
    }

    /// The virtual CPU that its thread holds now.
    #[must_use]
    pub fn cpu(&self) -> Option<CpuIndex> {
        Some(self.cpu.load(Ordering::Relaxed)).filter(|&cpu| cpu != NO_CPU)
    }

    /// How long it was seen to hold a virtual CPU.
    #[must_use]
    pub fn processor_time(&self) -> Timespec {
        Timespec::from_nanoseconds(self.processor_time.load(Ordering::Relaxed).into())
    }

    /// Whether it is lent to threads that come without one of their own.
    #[must_use]
    pub fn is_lent(&self) -> bool {
        self.implicit
    }

    /// Whether a host thread runs it.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.running.load(Ordering::Relaxed)
    }

    /// The virtual CPU to prefer: the last one, whose caches are warm.
    #[inline]
    pub(super) fn preferred_cpu(&self) -> CpuIndex {
        self.last_cpu.load(Ordering::Relaxed)
    }

    #[inline]
    pub(super) fn take_cpu(&self, cpu: CpuIndex) {
        self.cpu.store(cpu, Ordering::Relaxed);
    }

    /// Forgets the virtual CPU that it holds and says which it was.
    #[inline]
    pub(super) fn give_cpu(&self) -> CpuIndex {
        let cpu = self.cpu.load(Ordering::Relaxed);
        self.cpu.store(NO_CPU, Ordering::Relaxed);
        self.last_cpu.store(cpu, Ordering::Relaxed);
        cpu
    }
}

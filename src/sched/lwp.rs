//! A light-weight process: one thread of execution in one process.

use crate::process::Process;
use crate::sched::{CpuIndex, Interruption};
use crate::signal::SignalMask;
use crate::sync::Parker;
use crate::time::Timespec;
use alloc::sync::Arc;
use core::sync::atomic::{AtomicBool, AtomicI32, AtomicU32, AtomicU64, AtomicUsize, Ordering};

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
    /// How often the big lock counts as locked by it, which its thread alone looks at.
    big_locks: AtomicU32,
    /// How often its thread has asked to keep it, beside the first time.
    holds: AtomicU32,
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
            big_locks: AtomicU32::new(0),
            holds: AtomicU32::new(0),
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

    /// How often the big lock counts as locked by it.
    #[inline]
    pub(crate) fn big_locks(&self) -> u32 {
        self.big_locks.load(Ordering::Relaxed)
    }

    /// Changes that; says what it was.
    pub(crate) fn set_big_locks(&self, count: u32) -> u32 {
        self.big_locks.swap(count, Ordering::Relaxed)
    }

    /// Its thread keeps it until it has given it up once more.
    pub(crate) fn hold(&self) {
        self.holds.fetch_add(1, Ordering::Relaxed);
    }

    /// Gives up what [`hold`](Self::hold) asked for; `false` if nothing was left to give up but the lwp itself.
    pub(crate) fn give_up_hold(&self) -> bool {
        let less = |holds: u32| holds.checked_sub(1);
        self.holds.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok()
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

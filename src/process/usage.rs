//! What processes use (getrusage(2)).

use crate::sched;
use crate::time::Timespec;
use crate::uio::Direction;
use core::sync::atomic::{AtomicU64, Ordering};

/// What a process, or its children, have used.
#[derive(Default)]
pub struct Usage {
    /// Times that an lwp gave its virtual CPU back to wait.
    pub waits: AtomicU64,
    /// Transfers from block devices that it caused.
    pub block_reads: AtomicU64,
    /// Transfers to block devices that it caused.
    pub block_writes: AtomicU64,
    /// Signals sent to it.
    pub signals: AtomicU64,
    /// Nanoseconds of virtual CPUs, while the statistics clock runs. All of it is system time.
    pub processor_time: AtomicU64,
}

/// Counts a transfer between the caches and a block device for the process whose lwp runs.
pub fn count_block_transfer(direction: Direction) {
    sched::with_current(|lwp| {
        if let Some(lwp) = lwp {
            let usage = &lwp.process.usage;
            let count = match direction {
                Direction::Read => &usage.block_reads,
                Direction::Write => &usage.block_writes,
            };
            count.fetch_add(1, Ordering::Relaxed);
        }
    });
}

impl Usage {
    /// How long it used virtual CPUs.
    #[must_use]
    pub fn processor_time(&self) -> Timespec {
        Timespec::from_nanoseconds(self.processor_time.load(Ordering::Relaxed).into())
    }

    /// Adds what another has used.
    pub(super) fn add(&self, other: &Self) {
        for (sum, part) in [
            (&self.waits, &other.waits),
            (&self.block_reads, &other.block_reads),
            (&self.block_writes, &other.block_writes),
            (&self.signals, &other.signals),
            (&self.processor_time, &other.processor_time),
        ] {
            sum.fetch_add(part.load(Ordering::Relaxed), Ordering::Relaxed);
        }
    }
}

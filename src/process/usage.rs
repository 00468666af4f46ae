//! What processes use (getrusage(2)).

use crate::time::Timespec;
use core::sync::atomic::{AtomicU64, Ordering};

/// What a process, or its children, have used.
#[derive(Default)]
pub struct Usage {
    /// Times that an lwp gave its virtual CPU back to wait.
    pub waits: AtomicU64,
    /// Signals sent to it.
    pub signals: AtomicU64,
    /// Nanoseconds of virtual CPUs, while the statistics clock runs. All of it is system time.
    pub processor_time: AtomicU64,
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
            (&self.signals, &other.signals),
            (&self.processor_time, &other.processor_time),
        ] {
            sum.fetch_add(part.load(Ordering::Relaxed), Ordering::Relaxed);
        }
    }
}

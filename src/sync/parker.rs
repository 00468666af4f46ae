//! One thread's place to sleep.

use crate::host::lock::HostMonitor;
use crate::time::Timespec;
use core::sync::atomic::{AtomicU8, Ordering};

const EMPTY: u8 = 0;
const NOTIFIED: u8 = 1;
const PARKED: u8 = 2;

/// A permit that one thread waits for and any thread gives.
pub struct Parker {
    state: AtomicU8,
    monitor: spin::Once<HostMonitor>,
}

impl Parker {
    /// No permit. The host's objects are made at the first sleep.
    #[must_use]
    pub const fn new() -> Self {
        Self { state: AtomicU8::new(EMPTY), monitor: spin::Once::new() }
    }

    /// Sleeps until there is a permit and takes it; `false` when `timeout` passed first. The caller holds no
    /// virtual CPU.
    pub fn park(&self, timeout: Option<Timespec>) -> bool {
        if self.take_permit() {
            return true;
        }
        let monitor = self.monitor.call_once(HostMonitor::new);
        let mut guard = monitor.lock();
        if self.state.compare_exchange(EMPTY, PARKED, Ordering::AcqRel, Ordering::Acquire).is_err() {
            self.state.store(EMPTY, Ordering::Release);
            return true;
        }
        loop {
            let in_time = match timeout {
                None => {
                    guard.wait();
                    true
                }
                Some(timeout) => guard.wait_for(timeout),
            };
            if self.take_permit() {
                return true;
            }
            if !in_time {
                // A permit that arrives between the check and this swap counts.
                return self.state.swap(EMPTY, Ordering::AcqRel) == NOTIFIED;
            }
        }
    }

    fn take_permit(&self) -> bool {
        self.state.compare_exchange(NOTIFIED, EMPTY, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    /// Gives the permit, waking the sleeper.
    pub fn unpark(&self) {
        if self.state.swap(NOTIFIED, Ordering::AcqRel) == PARKED
            && let Some(monitor) = self.monitor.get()
        {
            // Locking orders this signal after the sleeper's wait.
            drop(monitor.lock());
            monitor.signal();
        }
    }
}

impl Default for Parker {
    fn default() -> Self {
        Self::new()
    }
}

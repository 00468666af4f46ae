//! The model's host.

/// Monitors.
pub mod lock {
    use crate::time::Timespec;
    use shuttle::rand::{Rng, thread_rng};
    use shuttle::sync::atomic::{AtomicUsize, Ordering};
    use shuttle::sync::{Condvar, Mutex, MutexGuard};

    /// A mutex and its condition variable, whose sleepers wake without a reason now and then, as hosts allow.
    #[derive(Default)]
    pub struct HostMonitor {
        mutex: Mutex<()>,
        condition: Condvar,
        signals: AtomicUsize,
    }

    impl HostMonitor {
        /// An unlocked one.
        #[must_use]
        pub fn new() -> Self {
            Self::default()
        }

        /// Locks.
        pub fn lock(&self) -> HostGuard<'_> {
            HostGuard { monitor: self, held: self.mutex.lock().ok() }
        }

        /// Wakes one sleeper.
        pub fn signal(&self) {
            self.signals.fetch_add(1, Ordering::SeqCst);
            self.condition.notify_one();
        }
    }

    /// A locked monitor.
    pub struct HostGuard<'a> {
        monitor: &'a HostMonitor,
        held: Option<MutexGuard<'a, ()>>,
    }

    impl HostGuard<'_> {
        /// Sleeps until a signal, or a little.
        pub fn wait(&mut self) {
            if thread_rng().gen_range(0..8) == 0 {
                self.doze();
            } else if let Some(held) = self.held.take() {
                self.held = self.monitor.condition.wait(held).ok();
            }
        }

        /// As [`wait`](Self::wait): in the model all stores are seen at once, so that nothing needs a backstop.
        pub fn wait_with_backstop(&mut self, _most: Timespec) {
            self.wait();
        }

        /// Sleeps for any time; `false` when no signal came meanwhile.
        pub fn wait_for(&mut self, _duration: Timespec) -> bool {
            let before = self.monitor.signals.load(Ordering::SeqCst);
            self.doze();
            self.monitor.signals.load(Ordering::SeqCst) != before
        }

        fn doze(&mut self) {
            drop(self.held.take());
            for _ in 0..thread_rng().gen_range(0..6) {
                shuttle::thread::yield_now();
            }
            self.held = self.monitor.mutex.lock().ok();
        }
    }
}

/// The time, which stands still: how long a timeout takes is for the monitors to choose.
pub mod clock {
    use crate::time::Timespec;

    /// The start of the world.
    #[must_use]
    pub fn monotonic() -> Timespec {
        Timespec::ZERO
    }
}

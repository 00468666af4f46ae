//! The thread that writes back what has been dirty for a while (ioflush).

use crate::state::FileSystems;
use alloc::boxed::Box;
use alloc::sync::{Arc, Weak};
use core::sync::atomic::{AtomicI64, Ordering};
use rump::errno::Result;
use rump::kernel::Kernel;
use rump::sched::PeriodicThread;
use rump::sync::Deadline;
use rump::time::Timespec;

/// Seconds that data stays dirty, about, unless it is set otherwise (`vfs.sync.delay`).
const INTERVAL: i64 = 15;

/// Writes all mounts back again and again. Its thread starts with the first mount.
pub(crate) struct Syncer {
    thread: PeriodicThread,
    /// Seconds.
    interval: AtomicI64,
}

impl Default for Syncer {
    fn default() -> Self {
        Self { thread: PeriodicThread::default(), interval: AtomicI64::new(INTERVAL) }
    }
}

impl Syncer {
    /// Starts the thread if it does not run yet. A kernel that may have no threads writes back what it is told to, and what no
    /// longer finds room in its caches.
    ///
    /// # Errors
    /// `EAGAIN` when the host has no thread for it; `ENOMEM`; `ENXIO` once it has been stopped.
    pub fn ensure(&self, kernel: &Arc<Kernel>) -> Result<()> {
        if !kernel.configuration.threads {
            return Ok(());
        }
        let weak = Arc::downgrade(kernel);
        self.thread.start(kernel, "ioflush", Box::new(move || run(&weak)))
    }

    /// Sleeps for an interval; `false` when the thread is to end.
    fn sleep(&self) -> bool {
        let interval = Timespec { seconds: self.interval(), nanoseconds: 0 };
        self.thread.sleep_until(Deadline::after(Some(interval)))
    }

    /// Seconds between two times of writing back.
    pub fn interval(&self) -> i64 {
        self.interval.load(Ordering::Relaxed)
    }

    /// Sets the seconds between two times of writing back, and has what is dirty written now.
    pub fn set_interval(&self, seconds: i64) {
        self.interval.store(seconds, Ordering::Relaxed);
        self.thread.wake();
    }

    /// Ends the thread.
    pub fn stop(&self) {
        self.thread.stop();
    }
}

fn run(kernel: &Weak<Kernel>) {
    while let Some(kernel) = kernel.upgrade() {
        let Ok(state) = FileSystems::of(&kernel) else { return };
        if !state.syncer.sleep() {
            return;
        }
        for mount in state.mounts() {
            // What fails stays dirty; fsync, sync and unmount tell their callers.
            let _ = mount.file_system().and_then(|file_system| file_system.sync());
        }
    }
}

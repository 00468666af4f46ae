//! The thread that writes back what has been dirty for a while (ioflush).

use crate::state::FileSystems;
use alloc::boxed::Box;
use alloc::sync::{Arc, Weak};
use rump::errno::Result;
use rump::kernel::Kernel;
use rump::sched::KernelThread;
use rump::sync::{Condvar, Mutex};
use rump::time::Timespec;

/// Seconds that data stays dirty, about, unless it is set otherwise (`vfs.sync.delay`).
const INTERVAL: i64 = 15;

struct State {
    thread: Option<KernelThread>,
    stopping: bool,
    /// Seconds.
    interval: i64,
}

impl Default for State {
    fn default() -> Self {
        Self { thread: None, stopping: false, interval: INTERVAL }
    }
}

/// Writes all mounts back again and again. Its thread starts with the first mount.
#[derive(Default)]
pub(crate) struct Syncer {
    state: Mutex<State>,
    wake: Condvar,
}

impl Syncer {
    /// Starts the thread if it does not run yet.
    ///
    /// # Errors
    /// `EAGAIN` when the host has no thread for it.
    pub fn ensure(&self, kernel: &Arc<Kernel>) -> Result<()> {
        let mut state = self.state.lock();
        if state.thread.is_none() && !state.stopping {
            let weak = Arc::downgrade(kernel);
            state.thread = Some(KernelThread::start(kernel, "ioflush", Box::new(move || run(&weak)))?);
        }
        Ok(())
    }

    /// Sleeps for an interval; `false` when the thread is to end.
    fn sleep(&self) -> bool {
        let mut state = self.state.lock();
        if !state.stopping {
            let interval = Timespec { seconds: state.interval, nanoseconds: 0 };
            self.wake.wait_for(&mut state, Some(interval));
        }
        !state.stopping
    }

    /// Seconds between two times of writing back.
    pub fn interval(&self) -> i64 {
        self.state.lock().interval
    }

    /// Sets the seconds between two times of writing back, and has what is dirty written now.
    pub fn set_interval(&self, seconds: i64) {
        self.state.lock().interval = seconds;
        self.wake.notify_all();
    }

    /// Ends the thread.
    pub fn stop(&self) {
        let thread = {
            let mut state = self.state.lock();
            state.stopping = true;
            state.thread.take()
        };
        self.wake.notify_all();
        if let Some(thread) = thread {
            // A thread that cannot be joined has ended already.
            let _ = thread.join();
        }
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

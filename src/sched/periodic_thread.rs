//! Kernel threads that do something again and again.

use super::KernelThread;
use crate::errno::{Errno, Result};
use crate::kernel::Kernel;
use crate::sync::{Condvar, Deadline, Mutex};
use alloc::boxed::Box;
use alloc::sync::Arc;

#[derive(Default)]
struct State {
    thread: Option<KernelThread>,
    is_woken: bool,
    stopping: bool,
}

/// A kernel thread that sleeps between its rounds. It starts when it is needed, and ends with its kernel.
#[derive(Default)]
pub struct PeriodicThread {
    state: Mutex<State>,
    changed: Condvar,
}

impl PeriodicThread {
    /// Starts it unless it runs. `body` is to end when [`sleep_until`](Self::sleep_until) says so.
    ///
    /// # Errors
    /// `EAGAIN` when the host has no thread for it; `ENOMEM`; `ENXIO` once it has been stopped.
    pub fn start(&self, kernel: &Arc<Kernel>, name: &str, body: Box<dyn FnOnce() + Send>) -> Result<()> {
        let mut state = self.state.lock();
        if state.stopping {
            return Err(Errno::ENXIO);
        }
        if state.thread.is_none() {
            state.thread = Some(KernelThread::start(kernel, name, body)?);
        }
        Ok(())
    }

    /// Sleeps until `deadline`, or until somebody [wakes](Self::wake) it, which may have been before. `false` when it is to end.
    pub fn sleep_until(&self, deadline: Deadline) -> bool {
        let mut state = self.state.lock();
        while !state.stopping && !core::mem::take(&mut state.is_woken) {
            let Ok(left) = deadline.left_or(Errno::ETIMEDOUT) else { return true };
            self.changed.wait_for(&mut state, left);
        }
        !state.stopping
    }

    /// Has the next round begin now.
    pub fn wake(&self) {
        self.state.lock().is_woken = true;
        self.changed.notify_all();
    }

    /// Ends it, and waits until it has ended; it does not start again.
    pub fn stop(&self) {
        let thread = {
            let mut state = self.state.lock();
            state.stopping = true;
            state.thread.take()
        };
        self.changed.notify_all();
        if let Some(thread) = thread {
            // A thread that cannot be joined has ended already.
            let _ = thread.join();
        }
    }
}

//! Soft interrupts: work put off to a kernel thread at once (softint(9)).

use super::KernelThread;
use crate::errno::Result;
use crate::kernel::Kernel;
use crate::sync::{Condvar, Mutex};
use alloc::boxed::Box;
use alloc::sync::Arc;

#[derive(Default)]
struct State {
    triggered: bool,
    stopping: bool,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

/// A handler with a thread of its own. Triggers while it is waiting to run fall together.
pub struct Softint {
    shared: Arc<Shared>,
    thread: Option<KernelThread>,
}

impl Softint {
    /// Establishes a handler.
    ///
    /// # Errors
    /// `EAGAIN` when the host has no thread for it.
    pub fn establish(kernel: &Arc<Kernel>, name: &str, handler: Box<dyn Fn() + Send + Sync>) -> Result<Self> {
        let shared = Arc::new(Shared { state: Mutex::default(), changed: Condvar::new() });
        let running = Arc::clone(&shared);
        let thread = KernelThread::start(kernel, name, Box::new(move || running.run(&*handler)))?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Makes the handler run, soon, on its thread.
    pub fn trigger(&self) {
        self.shared.state.lock().triggered = true;
        self.shared.changed.notify_one();
    }
}

impl Shared {
    fn run(&self, handler: &dyn Fn()) {
        let mut state = self.state.lock();
        loop {
            if state.triggered {
                state.triggered = false;
                drop(state);
                handler();
                state = self.state.lock();
            } else if state.stopping {
                return;
            } else {
                self.changed.wait(&mut state);
            }
        }
    }
}

impl Drop for Softint {
    /// Waits for the handler to end; a pending trigger still runs.
    fn drop(&mut self) {
        self.shared.state.lock().stopping = true;
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            // A thread that cannot be joined has ended already.
            let _ = thread.join();
        }
    }
}

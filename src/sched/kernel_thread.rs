//! Threads of the kernel's own.

use super::{Lwp, current, entry};
use crate::errno::{Errno, Result};
use crate::host::thread::{self, JoinHandle};
use crate::kernel::Kernel;
use alloc::boxed::Box;
use alloc::sync::Arc;

/// A running kernel thread. It has an lwp of process 0 and holds a virtual CPU whenever it runs.
pub struct KernelThread {
    handle: JoinHandle,
}

impl KernelThread {
    /// Starts a thread in `kernel`.
    ///
    /// # Errors
    /// The host's errno (`EAGAIN` where it has no more threads); the same where the kernel may have none; `ENXIO` once the kernel has been shut down.
    pub fn start(kernel: &Arc<Kernel>, name: &str, body: Box<dyn FnOnce() + Send>) -> Result<Self> {
        if !kernel.configuration.threads {
            return Err(Errno::EAGAIN);
        }
        let lwp = kernel.processes.system()?.new_lwp()?;
        let unstarted = Arc::clone(&lwp);
        thread::create(name, Box::new(move || run(lwp, body)))
            .map(|handle| Self { handle })
            .inspect_err(|_| unstarted.process.remove_lwp(&unstarted))
    }

    /// Waits, without a virtual CPU, until it has ended.
    ///
    /// # Errors
    /// The host's errno.
    pub fn join(self) -> Result<()> {
        self.handle.join()
    }
}

fn run(lwp: Arc<Lwp>, body: Box<dyn FnOnce() + Send>) {
    current::bind(Some(&lwp));
    if let Some(stay) = entry::enter(|| None) {
        body();
        drop(stay);
    }
    current::bind(None);
    lwp.process.remove_lwp(&lwp);
}

//! Threads of the kernel's own.

use super::{Lwp, current, entry};
use crate::errno::{Errno, Result};
use crate::host::thread::{self, JoinHandle};
use crate::kernel::Kernel;
use crate::process::Process;
use alloc::boxed::Box;
use alloc::sync::Arc;

/// A running kernel thread. It has an lwp, of process 0 or of the process that it works for, and holds a virtual CPU whenever it
/// runs.
pub struct KernelThread {
    handle: JoinHandle,
}

impl KernelThread {
    /// Starts a thread in `kernel`.
    ///
    /// # Errors
    /// The host's errno (`EAGAIN` where it has no more threads); the same where the kernel may have none; `ENXIO` once the kernel
    /// has been shut down.
    pub fn start(kernel: &Arc<Kernel>, name: &str, body: Box<dyn FnOnce() + Send>) -> Result<Self> {
        may_have_threads(kernel)?;
        Self::start_on(kernel.processes.system()?.new_lwp()?, name, body)
    }

    /// Starts a thread that works for `process`: what it does is done with that process's limits and credentials, and counts
    /// as its. The process ends without it: somebody must have the thread end when the process does.
    ///
    /// # Errors
    /// As [`start`](Self::start); `ENOMEM`.
    pub fn start_for(process: &Arc<Process>, name: &str, body: Box<dyn FnOnce() + Send>) -> Result<Self> {
        may_have_threads(&process.kernel)?;
        Self::start_on(process.new_worker_lwp()?, name, body)
    }

    fn start_on(lwp: Arc<Lwp>, name: &str, body: Box<dyn FnOnce() + Send>) -> Result<Self> {
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

/// `RUMP_THREADS=0` is a kernel without.
fn may_have_threads(kernel: &Kernel) -> Result<()> {
    if kernel.configuration.threads { Ok(()) } else { Err(Errno::EAGAIN) }
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

//! Memory made ready ahead: while a file grows in memory, a kernel thread has the host find and clear the pages that it will want
//! next. Otherwise whoever writes waits for them, which takes as long as writing does.

use super::BLOCKS;
use super::blocks::BLOCK;
use crate::errno::Result;
use crate::kernel::Kernel;
use crate::sched::{self, PeriodicThread};
use crate::sync::Deadline;
use alloc::boxed::Box;
use alloc::sync::Arc;
use core::sync::atomic::{AtomicUsize, Ordering};

/// Bytes from which on a file is expected to grow further.
const SMALLEST_FILE: u64 = 2 << 20;
/// Bytes that are ready at most: a fraction of a file at first.
const MOST_AHEAD: u64 = 16 << 20;
const FRACTION: u64 = 4;

/// Keeps free blocks ready for the files of one kernel. Its thread starts with the first large one.
#[derive(Default)]
pub struct Prefaulter {
    thread: PeriodicThread,
    /// Blocks that are to be ready; 0 when the thread has nothing to do.
    wanted: AtomicUsize,
}

/// Says that a file of `size` bytes takes another block of memory, and may go on so. Only a hint: what cannot be done ahead is
/// done later.
pub fn file_grows(size: u64) {
    if size < SMALLEST_FILE {
        return;
    }
    let wanted = ((size / FRACTION).min(MOST_AHEAD) / BLOCK as u64) as usize;
    // Woken for half of it at least. A limit is a promise about all memory, and what is ready is not in use yet.
    if BLOCKS.ready() > wanted / 2 || super::is_low() || super::usage().1 != usize::MAX {
        return;
    }
    sched::with_current(|lwp| {
        if let Some(kernel) = lwp.map(|lwp| &lwp.process.kernel)
            && kernel.configuration.prefault
        {
            // Without a thread the pages come later.
            let _ = kernel.prefaulter.request(kernel, wanted);
        }
    });
}

impl Prefaulter {
    /// Has that many blocks made ready, unless the thread is at work.
    ///
    /// # Errors
    /// Those of starting the thread.
    fn request(&self, kernel: &Arc<Kernel>, wanted: usize) -> Result<()> {
        if self.wanted.swap(wanted, Ordering::Relaxed) != 0 {
            return Ok(());
        }
        let running = Arc::clone(kernel);
        self.thread
            .start(kernel, "prefault", Box::new(move || running.prefaulter.run()))
            .inspect_err(|_| self.wanted.store(0, Ordering::Relaxed))?;
        self.thread.wake();
        Ok(())
    }

    fn run(&self) {
        while self.thread.sleep_until(Deadline::NEVER) {
            let wanted = self.wanted.load(Ordering::Relaxed);
            // Nobody waits for a virtual CPU because of it.
            sched::blocking(|| BLOCKS.fault_in(wanted));
            self.wanted.store(0, Ordering::Relaxed);
        }
    }

    /// Ends the thread.
    pub(crate) fn stop(&self) {
        self.thread.stop();
    }
}

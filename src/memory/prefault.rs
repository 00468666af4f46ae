//! Memory made ready ahead: while a file grows in memory, a kernel thread has the host find and clear the pages that it will want
//! next. Otherwise whoever writes waits for them, which takes as long as writing does.

use super::BLOCKS;
use super::blocks::BLOCK;
use crate::errno::Result;
use crate::kernel::Kernel;
use crate::sched::{self, KernelThread};
use crate::sync::{Condvar, Mutex};
use alloc::boxed::Box;
use alloc::sync::Arc;

/// Bytes from which on a file is expected to grow further.
const SMALLEST_FILE: u64 = 2 << 20;
/// Bytes that are ready at most: a fraction of a file at first.
const MOST_AHEAD: u64 = 16 << 20;
const FRACTION: u64 = 4;

#[derive(Default)]
struct Control {
    thread: Option<KernelThread>,
    /// Blocks that are to be ready; 0 when the thread has nothing to do.
    wanted: usize,
    stopping: bool,
}

/// Keeps free blocks ready for the files of one kernel. Its thread starts with the first large one.
#[derive(Default)]
pub struct Prefaulter {
    control: Mutex<Control>,
    changed: Condvar,
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
    /// Has that many blocks made ready.
    ///
    /// # Errors
    /// Those of starting the thread.
    fn request(&self, kernel: &Arc<Kernel>, wanted: usize) -> Result<()> {
        let mut control = self.control.lock();
        if control.stopping || control.wanted != 0 {
            return Ok(());
        }
        if control.thread.is_none() {
            let running = Arc::clone(kernel);
            let body = Box::new(move || running.prefaulter.run());
            control.thread = Some(KernelThread::start(kernel, "prefault", body)?);
        }
        control.wanted = wanted;
        drop(control);
        self.changed.notify_one();
        Ok(())
    }

    fn run(&self) {
        let mut control = self.control.lock();
        while !control.stopping {
            if control.wanted == 0 {
                self.changed.wait(&mut control);
                continue;
            }
            let wanted = control.wanted;
            drop(control);
            // Nobody waits for a virtual CPU because of it.
            sched::blocking(|| BLOCKS.fault_in(wanted));
            control = self.control.lock();
            control.wanted = 0;
        }
    }

    /// Ends the thread.
    pub(crate) fn stop(&self) {
        let thread = {
            let mut control = self.control.lock();
            control.stopping = true;
            control.thread.take()
        };
        self.changed.notify_all();
        if let Some(thread) = thread {
            // A thread that cannot be joined has ended already.
            let _ = thread.join();
        }
    }
}

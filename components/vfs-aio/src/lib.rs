#![no_std]
#![forbid(unsafe_code)]
//! Component vfs_aio: asynchronous reads and writes (aio(3)).
//!
//! Each process that uses it has a queue and one kernel thread, which does the jobs one after the other, with the process's
//! limits and credentials: a job that
//! synchronises a file finds all earlier writes done. A job's state is kept where its program looks for it, in its
//! `struct aiocb`.

extern crate alloc;

mod control_block;
mod handlers;
mod job;
mod queue;

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use queue::Queue;
use rump::component::{Component, Slot, Stage};
use rump::errno::{Errno, Result};
use rump::kernel::Kernel;
use rump::process::Process;
use rump::sync::Mutex;

/// The component.
pub static COMPONENT: Component = Component::new("vfs_aio", Stage::Late, &[], handlers::load, start);

/// What the component keeps for one kernel: the queues of processes by their numbers.
#[derive(Default)]
struct AsynchronousIo {
    queues: Mutex<BTreeMap<i32, Arc<Queue>>>,
}

impl AsynchronousIo {
    fn of(kernel: &Kernel) -> Result<&Self> {
        kernel.slots.get(Slot::AsynchronousIo).ok_or(Errno::ENOSYS)
    }

    /// The queue of a process, if it has used any call.
    fn find(&self, process: &Process) -> Option<Arc<Queue>> {
        self.queues.lock().get(&process.id).cloned()
    }

    /// The queue of a process, with its thread.
    ///
    /// # Errors
    /// `EAGAIN` when the host has no thread for it.
    fn queue(&self, process: &Arc<Process>) -> Result<Arc<Queue>> {
        let mut queues = self.queues.lock();
        if let Some(queue) = queues.get(&process.id) {
            return Ok(Arc::clone(queue));
        }
        let queue = Queue::start(process).map_err(|_| Errno::EAGAIN)?;
        queues.insert(process.id, Arc::clone(&queue));
        Ok(queue)
    }

    fn end(&self, process: i32) {
        let queue = self.queues.lock().remove(&process);
        if let Some(queue) = queue {
            queue.stop();
        }
    }
}

fn start(kernel: &Arc<Kernel>) -> Result<()> {
    let state = Arc::new(AsynchronousIo::default());
    kernel.slots.set(Slot::AsynchronousIo, state.clone())?;
    let ending = Arc::clone(&state);
    kernel.on_process_end(alloc::boxed::Box::new(move |process| ending.end(process.id)));
    kernel.on_shut_down(alloc::boxed::Box::new(move |_| {
        let all: Vec<i32> = state.queues.lock().keys().copied().collect();
        for process in all {
            state.end(process);
        }
        Ok(())
    }));
    Ok(())
}

//! Work that is put off to kernel threads: one thread does it in order, several at once (workqueue(9), threadpool(9)).

use super::KernelThread;
use crate::errno::Result;
use crate::kernel::Kernel;
use crate::memory;
use crate::sync::{Condvar, Mutex};
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

type Work = Box<dyn FnOnce() + Send>;

#[derive(Default)]
struct State {
    waiting: VecDeque<Work>,
    threads: Vec<KernelThread>,
    /// Threads that wait for work.
    idle: usize,
    /// Works that a thread is doing.
    running: usize,
    stopping: bool,
}

struct Shared {
    state: Mutex<State>,
    added: Condvar,
    done: Condvar,
}

/// A queue with up to so many threads, which start when there is work for them.
#[doc(alias = "workqueue")]
#[doc(alias = "threadpool")]
pub struct WorkQueue {
    kernel: Arc<Kernel>,
    name: String,
    most_threads: usize,
    shared: Arc<Shared>,
}

impl WorkQueue {
    /// An empty queue. With `most_threads` 1 works are done one after the other, as they came.
    #[must_use]
    pub fn new(kernel: &Arc<Kernel>, name: &str, most_threads: usize) -> Self {
        let shared = Shared { state: Mutex::default(), added: Condvar::new(), done: Condvar::new() };
        Self {
            kernel: Arc::clone(kernel),
            name: name.into(),
            most_threads: most_threads.max(1),
            shared: Arc::new(shared),
        }
    }

    /// Adds work. It runs on a kernel thread and may block.
    ///
    /// # Errors
    /// `ENOMEM`; `EAGAIN` when the host has no thread, and the queue has none either.
    pub fn enqueue(&self, work: Work) -> Result<()> {
        memory::check_room(memory::SMALL)?;
        let mut state = self.shared.state.lock();
        if state.idle <= state.waiting.len() && state.threads.len() < self.most_threads {
            let working = Arc::clone(&self.shared);
            let started = KernelThread::start(&self.kernel, &self.name, Box::new(move || working.work()));
            match started {
                Ok(thread) => state.threads.push(thread),
                Err(error) if state.threads.is_empty() => return Err(error),
                Err(_) => {}
            }
        }
        state.waiting.push_back(work);
        drop(state);
        self.shared.added.notify_one();
        Ok(())
    }

    /// Waits until all that has been added is done.
    pub fn drain(&self) {
        let mut state = self.shared.state.lock();
        while !state.waiting.is_empty() || state.running > 0 {
            self.shared.done.wait(&mut state);
        }
    }
}

impl Shared {
    fn work(&self) {
        let mut state = self.state.lock();
        loop {
            if let Some(work) = state.waiting.pop_front() {
                state.running += 1;
                drop(state);
                work();
                state = self.state.lock();
                state.running -= 1;
                self.done.notify_all();
            } else if state.stopping {
                return;
            } else {
                state.idle += 1;
                self.added.wait(&mut state);
                state.idle -= 1;
            }
        }
    }
}

impl Drop for WorkQueue {
    /// Waits until everything is done.
    fn drop(&mut self) {
        let threads = {
            let mut state = self.shared.state.lock();
            state.stopping = true;
            core::mem::take(&mut state.threads)
        };
        self.shared.added.notify_all();
        for thread in threads {
            // A thread that cannot be joined has ended already.
            let _ = thread.join();
        }
    }
}

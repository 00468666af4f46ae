//! The jobs of one process and the thread that does them.

use crate::job::{Job, JobList};
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use rump::errno::{Errno, Result};
use rump::memory;
use rump::process::Process;
use rump::sched::{self, KernelThread, Lwp};
use rump::sync::{Condvar, Deadline, Mutex, MutexGuard};
use rump::time::Timespec;
use rump::user_memory::UserAddress;

/// Jobs that a process may have in its queue (`AIO_LISTIO_MAX`).
pub const MOST_JOBS: usize = 512;

/// How a request to take jobs back ended (`AIO_*`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancellation {
    Cancelled = 1,
    NotCancelled = 2,
    AllDone = 3,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    /// The control block and descriptor of the job that is being done.
    current: Option<(UserAddress, i32)>,
    worker: Option<Arc<Lwp>>,
    stopping: bool,
    ended: bool,
}

/// A process's queue.
pub struct Queue {
    process: Weak<Process>,
    state: Mutex<State>,
    added: Condvar,
    finished: Condvar,
    thread: Mutex<Option<KernelThread>>,
}

impl Queue {
    /// An empty queue with its thread.
    ///
    /// # Errors
    /// The host's errno when it has no thread.
    pub fn start(process: &Arc<Process>) -> Result<Arc<Self>> {
        let queue = Arc::new(Self {
            process: Arc::downgrade(process),
            state: Mutex::default(),
            added: Condvar::new(),
            finished: Condvar::new(),
            thread: Mutex::new(None),
        });
        let working = Arc::clone(&queue);
        let body = Box::new(move || working.work());
        *queue.thread.lock() = Some(KernelThread::start_for(process, "aio", body)?);
        Ok(queue)
    }

    /// Adds a job, after telling the program that it is under way.
    ///
    /// # Errors
    /// `EAGAIN` when there are too many; `EINVAL` when the control block has a job already; `ENOMEM`; `EFAULT`.
    pub fn add(&self, job: Job) -> Result<()> {
        memory::check_room(memory::SMALL)?;
        let mut state = self.state.lock();
        if state.jobs.len() >= MOST_JOBS || state.stopping {
            return Err(Errno::EAGAIN);
        }
        let address = job.block.address;
        let is_current = state.current.is_some_and(|(current, _)| current == address);
        if is_current || state.jobs.iter().any(|known| known.block.address == address) {
            return Err(Errno::EINVAL);
        }
        job.block.set_state(crate::control_block::JobState::Running, Errno::EINPROGRESS.number(), -1)?;
        if let Some(list) = &job.list {
            list.add();
        }
        state.jobs.push_back(job);
        drop(state);
        self.added.notify_one();
        Ok(())
    }

    fn work(&self) {
        let mut state = self.state.lock();
        state.worker = sched::current();
        while !state.stopping {
            let Some(job) = state.jobs.pop_front() else {
                self.added.wait(&mut state);
                continue;
            };
            state.current = Some((job.block.address, job.descriptor));
            drop(state);
            self.run(job);
            state = self.state.lock();
        }
        state.ended = true;
        drop(state);
        self.finished.notify_all();
    }

    /// Does the current job.
    fn run(&self, job: Job) {
        let result = job.run();
        let list_is_done = {
            // At once, so that who is told that it is done can give the control block again.
            let mut state = self.state.lock();
            state.current = None;
            // A block that has gone meanwhile is its program's affair.
            let (_, list_is_done) = job.finish(result);
            list_is_done
        };
        self.finished.notify_all();
        if let Some(process) = self.process.upgrade() {
            job.send_signals(&process, list_is_done);
        }
    }

    /// Takes back the jobs of a descriptor, or the one of a control block.
    ///
    /// # Errors
    /// `EBADF` when the control block is another descriptor's; `EFAULT`.
    pub fn cancel(&self, descriptor: i32, block: Option<UserAddress>) -> Result<Cancellation> {
        let mut state = self.state.lock();
        let is_meant = |address: UserAddress, its: i32| match block {
            Some(block) => block == address,
            None => its == descriptor,
        };
        // With each whether it was the last of its list.
        let mut taken = Vec::new();
        let mut kept = VecDeque::new();
        memory::reserve(&mut taken, state.jobs.len())?;
        kept.try_reserve(state.jobs.len()).map_err(|_| Errno::ENOMEM)?;
        if state.jobs.iter().any(|job| block == Some(job.block.address) && job.descriptor != descriptor) {
            return Err(Errno::EBADF);
        }
        for job in state.jobs.drain(..) {
            if is_meant(job.block.address, job.descriptor) {
                taken.push((job, false))
            } else {
                kept.push_back(job)
            }
        }
        state.jobs = kept;
        let running = state.current.is_some_and(|(address, its)| is_meant(address, its));
        let mut told = Ok(());
        for (job, list_is_done) in &mut taken {
            let (block, is_done) = job.finish(Err(Errno::ECANCELED));
            told = told.and(block);
            *list_is_done = is_done;
        }
        drop(state);
        if let Some(process) = self.process.upgrade() {
            taken.iter().for_each(|(job, list_is_done)| job.send_signals(&process, *list_is_done));
        }
        self.finished.notify_all();
        told?;
        Ok(match (running, taken.is_empty()) {
            (true, _) => Cancellation::NotCancelled,
            (false, false) => Cancellation::Cancelled,
            (false, true) => Cancellation::AllDone,
        })
    }

    /// Waits until `is_done`, which is asked again whenever a job has ended.
    ///
    /// # Errors
    /// `EAGAIN` when `timeout` has passed; `EINTR`; what `is_done` says.
    pub fn wait(&self, timeout: Option<Timespec>, is_done: &dyn Fn() -> Result<bool>) -> Result<()> {
        let deadline = Deadline::after(timeout);
        let mut state = self.state.lock();
        while !is_done()? {
            let left = deadline.left_or(Errno::EAGAIN)?;
            self.finished.wait_interruptibly(&mut state, left)?;
        }
        Ok(())
    }

    /// Waits until all jobs of a list are done.
    ///
    /// # Errors
    /// `EINTR`.
    pub fn wait_for_list(&self, list: &JobList) -> Result<()> {
        self.wait(None, &|| Ok(list.is_done()))
    }

    /// The process ends: what was not begun is dropped, and what waits is interrupted.
    pub fn stop(&self) {
        let mut state = self.state.lock();
        state.stopping = true;
        let dropped = core::mem::take(&mut state.jobs);
        self.added.notify_all();
        while !state.ended {
            self.interrupt_worker(&mut state);
        }
        drop(state);
        drop(dropped);
        if let Some(thread) = self.thread.lock().take() {
            // A thread that cannot be joined has ended already.
            let _ = thread.join();
        }
    }

    /// The worker may be about to sleep, so it is interrupted again until it has ended.
    fn interrupt_worker(&self, state: &mut MutexGuard<'_, State>) {
        const PAUSE: Timespec = Timespec::from_milliseconds(1);
        if let Some(worker) = &state.worker {
            worker.interrupt();
        }
        self.finished.wait_for(state, Some(PAUSE));
    }
}

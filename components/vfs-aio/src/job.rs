//! One read, write or synchronisation.

use crate::control_block::{ControlBlock, JobState};
use alloc::sync::Arc;
use core::sync::atomic::{AtomicU32, Ordering};
use rump::errno::{Errno, Result};
use rump::file::{FileStatus, OpenFile};
use rump::process::Process;
use rump::signal::{self, Information, Notification};
use rump::uio::{Direction, Uio, UserRange};

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    Read,
    Write,
    Synchronise { data_only: bool },
}

/// Jobs that were given together (lio_listio(3)).
pub struct JobList {
    /// Jobs that are not done, and one more for the call that gives them.
    left: AtomicU32,
    notification: Notification,
}

impl JobList {
    /// A list without jobs, held by its maker.
    #[must_use]
    pub fn new(notification: Notification) -> Arc<Self> {
        Arc::new(Self { left: AtomicU32::new(1), notification })
    }

    /// One job more.
    pub fn add(&self) {
        self.left.fetch_add(1, Ordering::Relaxed);
    }

    /// One holder less; says whether it was the last one, who has [`send`](Self::send) to do.
    pub fn leave(&self) -> bool {
        self.left.fetch_sub(1, Ordering::AcqRel) == 1
    }

    /// Sends the signal.
    pub fn send(&self, process: &Process) {
        self.notification.send(process, Information::ASYNC_IO);
    }

    /// Whether its maker alone holds it.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.left.load(Ordering::Acquire) <= 1
    }
}

/// A job in a queue.
pub struct Job {
    pub block: ControlBlock,
    pub descriptor: i32,
    pub file: Arc<OpenFile>,
    pub operation: Operation,
    pub range: UserRange,
    pub offset: u64,
    pub notification: Notification,
    pub list: Option<Arc<JobList>>,
}

impl Job {
    /// Does it, on an lwp of the process that asked. Gives what was moved.
    ///
    /// # Errors
    /// As read(2), write(2), fsync(2).
    pub fn run(&self) -> Result<usize> {
        let direction = match self.operation {
            Operation::Read => Direction::Read,
            Operation::Write => Direction::Write,
            Operation::Synchronise { data_only } => {
                if !self.file.status().contains(FileStatus::WRITE) {
                    return Err(Errno::EBADF);
                }
                return self.file.object().synchronise(data_only).map(|()| 0);
            }
        };
        let mut uio = Uio::user(self.block.space, self.range, direction, self.offset);
        let result = if self.file.object().is_seekable() {
            self.file.transfer_at(&mut uio)
        } else {
            match direction {
                Direction::Read => self.file.read(&mut uio),
                Direction::Write => self.file.write(&mut uio),
            }
        };
        if let Some(signal) = uio.caused_signal() {
            signal::raise(signal);
        }
        let moved = self.range.length - uio.residual();
        match result {
            Err(error) if moved == 0 || uio.has_lost() => Err(error),
            _ => Ok(moved),
        }
    }

    /// Writes how it ended into its control block, which may be given again from now on. Says whether its list is done.
    ///
    /// # Errors
    /// `EFAULT` in the place of the first; the list counts the job all the same.
    pub fn finish(&self, result: Result<usize>) -> (Result<()>, bool) {
        let told = match result {
            Ok(moved) => self.block.set_state(JobState::Done, 0, moved as i64),
            Err(error) => self.block.set_state(JobState::Done, error.number(), -1),
        };
        (told, self.list.as_ref().is_some_and(|list| list.leave()))
    }

    /// Sends its signal, and its list's.
    pub fn send_signals(&self, process: &Process, list_is_done: bool) {
        self.notification.send(process, Information::ASYNC_IO);
        if let Some(list) = self.list.as_ref().filter(|_| list_is_done) {
            list.send(process);
        }
    }
}

//! Waiting for a condition on data under a [`Mutex`](super::Mutex).

use super::{MutexGuard, WaitOutcome, WaitQueue};
use crate::errno::{Errno, Result};
use crate::time::Timespec;

/// A condition variable. Wakes may be spurious: test the condition in a loop.
#[derive(Default)]
pub struct Condvar {
    waiters: WaitQueue,
}

impl Condvar {
    /// Nobody waits yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { waiters: WaitQueue::new() }
    }

    /// Releases the mutex, sleeps until notified, and locks it again.
    pub fn wait<T: ?Sized>(&self, guard: &mut MutexGuard<'_, T>) {
        self.wait_for(guard, None);
    }

    /// As [`wait`](Self::wait), for `timeout` at most; `false` says that it passed.
    pub fn wait_for<T: ?Sized>(&self, guard: &mut MutexGuard<'_, T>, timeout: Option<Timespec>) -> bool {
        let outcome = guard.unlocked(|unlock| self.waiters.wait_after(timeout, unlock));
        outcome == WaitOutcome::Woken
    }

    /// As [`wait_for`](Self::wait_for), but a signal ends the sleep early.
    ///
    /// # Errors
    /// `EINTR` when the calling lwp is wanted elsewhere; the mutex is locked then, too.
    pub fn wait_interruptibly<T: ?Sized>(
        &self,
        guard: &mut MutexGuard<'_, T>,
        timeout: Option<Timespec>,
    ) -> Result<bool> {
        match guard.unlocked(|unlock| self.waiters.wait_interruptibly_after(timeout, unlock)) {
            WaitOutcome::Interrupted => Err(Errno::EINTR),
            outcome => Ok(outcome == WaitOutcome::Woken),
        }
    }

    /// Wakes one waiter.
    pub fn notify_one(&self) {
        self.waiters.wake_one();
    }

    /// Wakes all waiters.
    pub fn notify_all(&self) {
        self.waiters.wake_all();
    }
}

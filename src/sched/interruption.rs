//! Sleeps that a signal ends early.

use super::{Lwp, current};
use crate::errno::{Errno, Result};
use crate::sync::{WaitOutcome, WaitQueue};
use crate::time::Timespec;
use alloc::sync::Arc;
use core::sync::atomic::{AtomicBool, Ordering};

/// Whether an lwp is in an interruptible sleep, and whether it is wanted elsewhere.
#[derive(Default)]
pub struct Interruption {
    sleeps: AtomicBool,
    wanted: AtomicBool,
}

/// The calling thread is in a sleep that may be interrupted, until this is dropped.
pub struct Interruptible {
    lwp: Option<Arc<Lwp>>,
}

impl Interruptible {
    /// Begins the sleep. What came before it does not interrupt it. A thread without an lwp is never interrupted.
    #[must_use]
    pub fn begin() -> Self {
        let lwp = current();
        if let Some(lwp) = &lwp {
            lwp.interruption.wanted.store(false, Ordering::Relaxed);
            lwp.interruption.sleeps.store(true, Ordering::SeqCst);
        }
        Self { lwp }
    }

    /// Whether the sleep is to end.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.lwp.as_ref().is_some_and(|lwp| lwp.interruption.wanted.load(Ordering::SeqCst))
    }
}

/// Sleeps for `duration`, unless a signal ends it.
///
/// # Errors
/// `EINTR`.
pub fn sleep_interruptibly(duration: Timespec) -> Result<()> {
    if duration == Timespec::ZERO {
        return Ok(());
    }
    // Nobody else knows the queue: only time and signals end the sleep.
    match WaitQueue::new().wait_interruptibly_after(Some(duration), || ()) {
        WaitOutcome::Interrupted => Err(Errno::EINTR),
        _ => Ok(()),
    }
}

impl Drop for Interruptible {
    fn drop(&mut self) {
        if let Some(lwp) = &self.lwp {
            lwp.interruption.sleeps.store(false, Ordering::Relaxed);
        }
    }
}

impl Lwp {
    /// Ends the lwp's interruptible sleep. Says whether it was in one.
    pub fn interrupt(&self) -> bool {
        let sleeps = self.interruption.sleeps.load(Ordering::SeqCst);
        if sleeps {
            self.interruption.wanted.store(true, Ordering::SeqCst);
            self.parker.unpark();
        }
        sleeps
    }
}

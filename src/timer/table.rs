//! The timers of one process by number.

use super::Timer;
use crate::errno::{Errno, Result};
use crate::sync::Mutex;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Numbers below this are for setitimer(2).
pub const FIRST: usize = 4;
/// One above the highest number (`TIMER_MAX`).
const END: usize = FIRST + 32;

/// Timers by number: the interval timers first, then those of timer_create(2). Forks do not inherit them.
#[derive(Default)]
pub struct Timers(Mutex<Vec<Option<Arc<Timer>>>>);

impl Timers {
    /// None yet.
    #[must_use]
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// The timer of that number.
    ///
    /// # Errors
    /// `EINVAL` when there is none.
    pub fn get(&self, number: i32) -> Result<Arc<Timer>> {
        let number = usize::try_from(number).map_err(|_| Errno::EINVAL)?;
        self.0.lock().get(number).cloned().flatten().ok_or(Errno::EINVAL)
    }

    /// The interval timer of that number, made by `make` when it is not there.
    ///
    /// # Errors
    /// `EINVAL` when it is no number of an interval timer.
    pub fn interval(&self, number: i32, make: impl FnOnce() -> Arc<Timer>) -> Result<Arc<Timer>> {
        let number = usize::try_from(number).ok().filter(|&number| number < FIRST).ok_or(Errno::EINVAL)?;
        let mut timers = self.0.lock();
        if timers.len() < END {
            timers.resize(END, None);
        }
        Ok(Arc::clone(timers[number].get_or_insert_with(make)))
    }

    /// Enters a timer, which `make` makes for its number.
    ///
    /// # Errors
    /// `EAGAIN` when a process has as many as it may.
    pub fn insert(&self, make: impl FnOnce(i32) -> Arc<Timer>) -> Result<i32> {
        let mut timers = self.0.lock();
        if timers.len() < END {
            timers.resize(END, None);
        }
        let free = (FIRST..END).find(|&number| timers[number].is_none()).ok_or(Errno::EAGAIN)?;
        timers[free] = Some(make(free as i32));
        Ok(free as i32)
    }

    /// Takes a timer of timer_create(2) out; it expires no more.
    ///
    /// # Errors
    /// `EINVAL` when there is none.
    pub fn remove(&self, number: i32) -> Result<()> {
        let number = usize::try_from(number).ok().filter(|&number| number >= FIRST).ok_or(Errno::EINVAL)?;
        let former = self.0.lock().get_mut(number).and_then(Option::take).ok_or(Errno::EINVAL)?;
        // Dropped outside the lock: that stops its callout.
        drop(former);
        Ok(())
    }

    /// The process ends.
    pub(crate) fn clear(&self) {
        let former = core::mem::take(&mut *self.0.lock());
        drop(former);
    }
}

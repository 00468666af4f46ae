//! The timers of one process by number.

use super::Timer;
use crate::errno::{Errno, Result};
use crate::sync::Mutex;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicBool, Ordering};

/// Numbers below this are for setitimer(2).
pub const FIRST: usize = 4;
/// One above the highest number (`TIMER_MAX`).
const END: usize = FIRST + 32;

/// Timers by number: the interval timers first, then those of timer_create(2). Forks do not inherit them.
#[derive(Default)]
pub struct Timers {
    by_number: Mutex<Vec<Option<Arc<Timer>>>>,
    /// Whether there has been one of processor time.
    count_processor_time: AtomicBool,
}

impl Timers {
    /// None yet.
    #[must_use]
    pub(crate) const fn new() -> Self {
        Self { by_number: Mutex::new(Vec::new()), count_processor_time: AtomicBool::new(false) }
    }

    /// The timer of that number.
    ///
    /// # Errors
    /// `EINVAL` when there is none.
    pub fn get(&self, number: i32) -> Result<Arc<Timer>> {
        let number = usize::try_from(number).map_err(|_| Errno::EINVAL)?;
        self.by_number.lock().get(number).cloned().flatten().ok_or(Errno::EINVAL)
    }

    /// The interval timer of that number, made by `make` when it is not there.
    ///
    /// # Errors
    /// `EINVAL` when it is no number of an interval timer.
    pub fn interval(&self, number: i32, make: impl FnOnce() -> Arc<Timer>) -> Result<Arc<Timer>> {
        let number = usize::try_from(number).ok().filter(|&number| number < FIRST).ok_or(Errno::EINVAL)?;
        let mut timers = self.by_number.lock();
        if timers.len() < END {
            timers.resize(END, None);
        }
        let timer = Arc::clone(timers[number].get_or_insert_with(make));
        self.note(&timer);
        Ok(timer)
    }

    /// Enters a timer, which `make` makes for its number.
    ///
    /// # Errors
    /// `EAGAIN` when a process has as many as it may.
    pub fn insert(&self, make: impl FnOnce(i32) -> Arc<Timer>) -> Result<i32> {
        let mut timers = self.by_number.lock();
        if timers.len() < END {
            timers.resize(END, None);
        }
        let free = (FIRST..END).find(|&number| timers[number].is_none()).ok_or(Errno::EAGAIN)?;
        let timer = make(free as i32);
        self.note(&timer);
        timers[free] = Some(timer);
        Ok(free as i32)
    }

    fn note(&self, timer: &Timer) {
        if timer.counts_processor_time() {
            self.count_processor_time.store(true, Ordering::Relaxed);
        }
    }

    /// Whether [`processor_time_has_passed`](Self::processor_time_has_passed) may have something to do.
    #[must_use]
    pub(crate) fn count_processor_time(&self) -> bool {
        self.count_processor_time.load(Ordering::Relaxed)
    }

    /// Those of processor time whose time has come expire.
    pub(crate) fn processor_time_has_passed(&self) {
        for number in 0..END {
            let timer = self.by_number.lock().get(number).cloned().flatten();
            if let Some(timer) = timer.filter(|timer| timer.counts_processor_time()) {
                timer.expire();
            }
        }
    }

    /// Takes a timer of timer_create(2) out; it expires no more.
    ///
    /// # Errors
    /// `EINVAL` when there is none.
    pub fn remove(&self, number: i32) -> Result<()> {
        let number = usize::try_from(number).ok().filter(|&number| number >= FIRST).ok_or(Errno::EINVAL)?;
        let former = self.by_number.lock().get_mut(number).and_then(Option::take).ok_or(Errno::EINVAL)?;
        // Dropped outside the lock: that stops its callout.
        drop(former);
        Ok(())
    }

    /// The process ends.
    pub(crate) fn clear(&self) {
        let former = core::mem::take(&mut *self.by_number.lock());
        drop(former);
    }
}

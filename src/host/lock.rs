//! A host mutex with its condition variable: what a thread sleeps on when it has to.
//!
//! Only the primitives in [`crate::sync`] and the virtual CPUs use this; both have given up (or never had) a
//! virtual CPU when they sleep here.

use super::raw;
use crate::errno::Errno;
use crate::time::Timespec;
use core::ffi::{c_int, c_void};
use core::ptr::{NonNull, null_mut};

const SPIN: c_int = 1;

/// A host mutex and one condition variable on it.
pub struct HostMonitor {
    mutex: NonNull<raw::Mutex>,
    condition: NonNull<raw::ConditionVariable>,
}

// SAFETY: both are host objects made for use by many threads.
unsafe impl Send for HostMonitor {}
// SAFETY: as above.
unsafe impl Sync for HostMonitor {}

impl HostMonitor {
    /// Makes both, unlocked. The host ends the process where it cannot.
    pub fn new() -> Self {
        let (mut mutex, mut condition) = (null_mut(), null_mut());
        // SAFETY: both places are valid for the answers.
        unsafe {
            raw::rumpuser_mutex_init(&mut mutex, SPIN);
            raw::rumpuser_cv_init(&mut condition);
        }
        match (NonNull::new(mutex), NonNull::new(condition)) {
            (Some(mutex), Some(condition)) => Self { mutex, condition },
            _ => super::exit(None),
        }
    }

    /// Locks; the guard unlocks. The holder must not block on anything else.
    pub fn lock(&self) -> HostGuard<'_> {
        // SAFETY: the mutex lives as long as `self`.
        unsafe { raw::rumpuser_mutex_enter_nowrap(self.mutex.as_ptr()) };
        HostGuard { monitor: self }
    }

    /// Wakes one sleeper.
    pub fn signal(&self) {
        // SAFETY: the condition variable lives as long as `self`.
        unsafe { raw::rumpuser_cv_signal(self.condition.as_ptr()) }
    }
}

impl Default for HostMonitor {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for HostMonitor {
    fn drop(&mut self) {
        // SAFETY: nobody else can use them once `self` is being dropped.
        unsafe {
            raw::rumpuser_cv_destroy(self.condition.as_ptr());
            raw::rumpuser_mutex_destroy(self.mutex.as_ptr());
        }
    }
}

/// A locked [`HostMonitor`].
pub struct HostGuard<'a> {
    monitor: &'a HostMonitor,
}

impl HostGuard<'_> {
    /// Sleeps until a signal; the mutex is released meanwhile.
    pub fn wait(&mut self) {
        // SAFETY: this guard proves that the calling thread holds the mutex.
        unsafe {
            raw::rumpuser_cv_wait_nowrap(self.monitor.condition.as_ptr(), self.monitor.mutex.as_ptr());
        }
    }

    /// As [`wait`](Self::wait), but looks up after `most`, for who may have been overlooked by a signal.
    pub fn wait_with_backstop(&mut self, most: Timespec) {
        self.wait_for(most);
    }

    /// Sleeps until a signal or until `duration` has passed; `false` says that it passed.
    pub fn wait_for(&mut self, duration: Timespec) -> bool {
        // SAFETY: this guard proves that the calling thread holds the mutex.
        let code = unsafe {
            raw::rumpuser_cv_timedwait(
                self.monitor.condition.as_ptr(),
                self.monitor.mutex.as_ptr(),
                duration.seconds,
                duration.nanoseconds,
            )
        };
        code != Errno::ETIMEDOUT.number()
    }
}

impl HostGuard<'_> {
    /// As [`wait_for`](Self::wait_for), until a signal of `condition` rather than of the monitor's own.
    ///
    /// # Safety
    /// `condition` is a condition variable of the host, and waited for with this mutex alone.
    pub unsafe fn wait_on(&mut self, condition: *mut c_void, duration: Timespec) -> bool {
        let mutex = self.monitor.mutex.as_ptr();
        // SAFETY: this guard proves that the calling thread holds the mutex; the caller's promise.
        let code = unsafe {
            raw::rumpuser_cv_timedwait(condition.cast(), mutex, duration.seconds, duration.nanoseconds)
        };
        code != Errno::ETIMEDOUT.number()
    }
}

impl Drop for HostGuard<'_> {
    fn drop(&mut self) {
        // SAFETY: this guard proves that the calling thread holds the mutex.
        unsafe { raw::rumpuser_mutex_exit(self.monitor.mutex.as_ptr()) }
    }
}

//! Many readers or one writer.

use super::{WaitQueue, moment_to_switch};
use core::cell::UnsafeCell;
use core::fmt;
use core::ops::{Deref, DerefMut};
use core::sync::atomic::{AtomicU32, Ordering};

const WRITER: u32 = 1;
const WAITING: u32 = 2;
const READER: u32 = 4;

/// Data that many may read or one may change. A waiting writer keeps new readers out, so a thread must not read-lock
/// twice.
pub struct RwLock<T: ?Sized> {
    state: AtomicU32,
    waiters: WaitQueue,
    data: UnsafeCell<T>,
}

// SAFETY: the lock hands the data to one writer or to readers.
unsafe impl<T: ?Sized + Send> Send for RwLock<T> {}
// SAFETY: as above; readers share, hence `Sync`.
unsafe impl<T: ?Sized + Send + Sync> Sync for RwLock<T> {}

impl<T> RwLock<T> {
    /// An unlocked lock around `data`.
    pub const fn new(data: T) -> Self {
        Self { state: AtomicU32::new(0), waiters: WaitQueue::new(), data: UnsafeCell::new(data) }
    }
}

impl<T: ?Sized> RwLock<T> {
    /// Locks for reading.
    #[inline]
    pub fn read(&self) -> RwLockReadGuard<'_, T> {
        moment_to_switch();
        let state = self.state.load(Ordering::Relaxed);
        if state & (WRITER | WAITING) != 0
            || self
                .state
                .compare_exchange(state, state + READER, Ordering::Acquire, Ordering::Relaxed)
                .is_err()
        {
            self.read_slowly();
        }
        RwLockReadGuard { lock: self }
    }

    /// Locks for writing.
    #[inline]
    pub fn write(&self) -> RwLockWriteGuard<'_, T> {
        moment_to_switch();
        if self.state.compare_exchange(0, WRITER, Ordering::Acquire, Ordering::Relaxed).is_err() {
            self.write_slowly();
        }
        RwLockWriteGuard { lock: self }
    }

    /// Locks for reading if that needs no waiting.
    pub fn try_read(&self) -> Option<RwLockReadGuard<'_, T>> {
        let state = self.state.load(Ordering::Relaxed);
        if state & (WRITER | WAITING) != 0 {
            return None;
        }
        self.state
            .compare_exchange(state, state + READER, Ordering::Acquire, Ordering::Relaxed)
            .ok()
            .map(|_| RwLockReadGuard { lock: self })
    }

    /// Locks for writing if that needs no waiting.
    pub fn try_write(&self) -> Option<RwLockWriteGuard<'_, T>> {
        self.state
            .compare_exchange(0, WRITER, Ordering::Acquire, Ordering::Relaxed)
            .ok()
            .map(|_| RwLockWriteGuard { lock: self })
    }

    /// The data, as nobody else can reach it.
    pub fn get_mut(&mut self) -> &mut T {
        self.data.get_mut()
    }

    fn reader_may_enter(state: u32) -> bool {
        state & WRITER == 0 && (state & WAITING == 0 || state < READER)
    }

    #[cold]
    fn read_slowly(&self) {
        loop {
            let mut state = self.state.load(Ordering::Relaxed);
            while Self::reader_may_enter(state) {
                match self.state.compare_exchange_weak(
                    state,
                    state + READER,
                    Ordering::Acquire,
                    Ordering::Relaxed,
                ) {
                    Ok(_) => return,
                    Err(now) => state = now,
                }
            }
            self.waiters.wait_if(None, || {
                let state = self.state.fetch_or(WAITING, Ordering::Relaxed);
                !Self::reader_may_enter(state | WAITING)
            });
        }
    }

    #[cold]
    fn write_slowly(&self) {
        loop {
            let state = self.state.load(Ordering::Relaxed);
            if state & !WAITING == 0 {
                let taken = state | WRITER;
                if self.state.compare_exchange(state, taken, Ordering::Acquire, Ordering::Relaxed).is_ok() {
                    return;
                }
                continue;
            }
            self.waiters.wait_if(None, || self.state.fetch_or(WAITING, Ordering::Relaxed) & !WAITING != 0);
        }
    }

    #[cold]
    fn wake(&self) {
        self.waiters.wake_all_after(|| {
            self.state.fetch_and(!WAITING, Ordering::Relaxed);
        });
    }
}

impl<T: Default> Default for RwLock<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T: ?Sized> fmt::Debug for RwLock<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("RwLock")
    }
}

/// Shared access; unlocks when dropped.
pub struct RwLockReadGuard<'a, T: ?Sized> {
    lock: &'a RwLock<T>,
}

impl<T: ?Sized> Deref for RwLockReadGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: the guard holds the lock for reading.
        unsafe { &*self.lock.data.get() }
    }
}

impl<T: ?Sized> Drop for RwLockReadGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        if self.lock.state.fetch_sub(READER, Ordering::Release) == READER | WAITING {
            self.lock.wake();
        }
    }
}

/// Exclusive access; unlocks when dropped.
pub struct RwLockWriteGuard<'a, T: ?Sized> {
    lock: &'a RwLock<T>,
}

impl<T: ?Sized> Deref for RwLockWriteGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: the guard holds the lock for writing.
        unsafe { &*self.lock.data.get() }
    }
}

impl<T: ?Sized> DerefMut for RwLockWriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the guard holds the lock for writing, and is borrowed exclusively.
        unsafe { &mut *self.lock.data.get() }
    }
}

impl<T: ?Sized> Drop for RwLockWriteGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        if self.lock.state.fetch_and(!WRITER, Ordering::Release) & WAITING != 0 {
            self.lock.wake();
        }
    }
}

#![forbid(unsafe_code)]
//! Stands in for `core` and for `spin` where the model includes the kernel's source files: everything is the real `core`
//! but for atomics and spin locks, which are those of shuttle, so that each use of one is a point where another thread may
//! be let in.

pub use ::core::*;

use std::sync::OnceLock;

/// `core::sync`, with shuttle's atomics.
pub mod sync {
    pub use ::core::sync::*;

    /// `core::sync::atomic`, of shuttle.
    pub mod atomic {
        pub use shuttle::sync::atomic::*;
    }
}

/// `core::hint`, where waiting costs nothing: the atomics of a loop are points of change already.
pub mod hint {
    pub use ::core::hint::*;

    /// Does nothing.
    pub fn spin_loop() {}
}

/// `spin::mutex`.
pub mod mutex {
    /// A spin lock.
    pub struct SpinMutex<T>(shuttle::sync::Mutex<T>);

    impl<T> SpinMutex<T> {
        /// An unlocked one.
        pub const fn new(data: T) -> Self {
            Self(shuttle::sync::Mutex::new(data))
        }

        /// Locks.
        pub fn lock(&self) -> shuttle::sync::MutexGuard<'_, T> {
            self.0.lock().expect("no thread panics while it holds a spin lock")
        }
    }
}

/// `spin::Once`.
pub struct Once<T> {
    changing: shuttle::sync::Mutex<()>,
    value: OnceLock<T>,
}

impl<T> Once<T> {
    /// Without a value.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "as the original")]
    pub const fn new() -> Self {
        Self { changing: shuttle::sync::Mutex::new(()), value: OnceLock::new() }
    }

    /// The value, which the first caller makes.
    pub fn call_once(&self, make: impl FnOnce() -> T) -> &T {
        let _changing = self.changing.lock();
        self.value.get_or_init(make)
    }

    /// As [`call_once`](Self::call_once), but making it may fail.
    ///
    /// # Errors
    /// What `make` says.
    pub fn try_call_once<E>(&self, make: impl FnOnce() -> Result<T, E>) -> Result<&T, E> {
        let _changing = self.changing.lock();
        if let Some(value) = self.value.get() {
            return Ok(value);
        }
        let value = make()?;
        Ok(self.value.get_or_init(|| value))
    }

    /// The value, if there is one.
    pub fn get(&self) -> Option<&T> {
        let _changing = self.changing.lock();
        self.value.get()
    }
}

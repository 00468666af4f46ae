//! UNSAFE inside. Locks that give the virtual CPU back when they have to wait.
//!
//! Uncontended, each costs one atomic operation and no hypercall. A waiter queues itself, sleeps on its own
//! [`Parker`] and tries again; there is no hand-off. None may be held by a thread that leaves the kernel.
//!
//! Leaf data that is touched for a few instructions may use [`SpinMutex`]: nothing below it may block.

mod condvar;
mod deadline;
mod mutex;
mod parker;
mod rwlock;
mod wait_queue;

pub use condvar::Condvar;
pub use deadline::Deadline;
pub use mutex::{Mutex, MutexGuard};
pub use parker::Parker;
pub use rwlock::{RwLock, RwLockReadGuard, RwLockWriteGuard};
pub use spin::Once;
pub use spin::mutex::SpinMutex;
pub use wait_queue::{WaitOutcome, WaitQueue};

use crate::errno::{Errno, Result};

/// Sets what can be set once.
///
/// # Errors
/// `EEXIST` when it was set before; the value is dropped then.
pub fn set_once<T>(place: &Once<T>, value: T) -> Result<()> {
    let mut value = Some(value);
    place.try_call_once(|| value.take().ok_or(Errno::EEXIST))?;
    // Taken only by the call that did set it.
    if value.is_none() { Ok(()) } else { Err(Errno::EEXIST) }
}

/// Comes before every lock. In a build for simulated worlds (`--cfg simulated`) it is a hypercall, at which another thread
/// may go on; otherwise nothing.
#[inline]
fn moment_to_switch() {
    #[cfg(simulated)]
    let _ = crate::host::clock::monotonic();
}

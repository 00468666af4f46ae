//! A lock that its holder may take again: a module's start may start another module.

use crate::sched;
use crate::sync::{Mutex, MutexGuard};
use core::ptr;
use core::sync::atomic::{AtomicUsize, Ordering};

const NOBODY: usize = 0;

/// One change of a kernel's configuration at a time.
#[derive(Default)]
pub(super) struct ConfigurationLock {
    mutex: Mutex<()>,
    /// The address of the lwp that holds it.
    holder: AtomicUsize,
}

impl ConfigurationLock {
    /// Enters, or enters once more. The caller is inside the kernel.
    pub(super) fn enter(&self) -> ConfigurationGuard<'_> {
        let caller = sched::with_current(|lwp| lwp.map_or(NOBODY, |lwp| ptr::from_ref(lwp).addr()));
        // Only the holder itself finds its own address there.
        if caller != NOBODY && self.holder.load(Ordering::Relaxed) == caller {
            return ConfigurationGuard { lock: self, outermost: None };
        }
        let guard = self.mutex.lock();
        self.holder.store(caller, Ordering::Relaxed);
        ConfigurationGuard { lock: self, outermost: Some(guard) }
    }
}

/// A stay in a [`ConfigurationLock`].
pub(super) struct ConfigurationGuard<'a> {
    lock: &'a ConfigurationLock,
    outermost: Option<MutexGuard<'a, ()>>,
}

impl Drop for ConfigurationGuard<'_> {
    fn drop(&mut self) {
        if self.outermost.is_some() {
            self.lock.holder.store(NOBODY, Ordering::Relaxed);
        }
    }
}

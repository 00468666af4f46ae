//! Changes that do not hold the lock of a node that is in memory all the time: making a file, and giving one back.

use rump::sync::{Condvar, Mutex};

/// How many of them are under way.
#[derive(Default)]
pub(crate) struct UnlockedChanges {
    under_way: Mutex<usize>,
    ended: Condvar,
}

/// One of them.
pub(crate) struct UnlockedChange<'a>(&'a UnlockedChanges);

impl UnlockedChanges {
    /// Begins one, which may be part of another of the same thread. Nothing is waited for.
    pub fn begin(&self) -> UnlockedChange<'_> {
        *self.under_way.lock() += 1;
        UnlockedChange(self)
    }

    /// Waits until none is under way.
    pub fn wait(&self) {
        let mut under_way = self.under_way.lock();
        while *under_way > 0 {
            self.ended.wait(&mut under_way);
        }
    }
}

impl Drop for UnlockedChange<'_> {
    fn drop(&mut self) {
        let mut under_way = self.0.under_way.lock();
        *under_way -= 1;
        if *under_way == 0 {
            self.0.ended.notify_all();
        }
    }
}

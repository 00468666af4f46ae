//! The lock that a C program holds on a vnode from one call to another (vn_lock(9)). The kernel's own operations do not need
//! it: file systems lock their nodes themselves.

use rump::errno::{Errno, Result};
use rump::sched;
use rump::sync::{Condvar, Mutex};

/// How a vnode is locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandleLockMode {
    Shared,
    Exclusive,
}

#[derive(Default)]
struct Holders {
    shared: u32,
    exclusive: bool,
    /// The lwp that holds it exclusively, by its address; 0 for a thread that came without one.
    holder: usize,
}

/// What tells the calling lwp from others; 0 for a thread that came without one.
fn caller() -> usize {
    sched::with_current(|lwp| {
        lwp.filter(|lwp| !lwp.is_lent()).map_or(0, |lwp| core::ptr::from_ref(lwp).addr())
    })
}

/// A vnode's lock for C programs. It belongs to whoever calls: a thread without an lwp has another one each time.
#[derive(Default)]
pub struct HandleLock {
    holders: Mutex<Holders>,
    changed: Condvar,
}

impl HandleLock {
    /// Locks.
    ///
    /// # Errors
    /// `EBUSY` when that would wait and `wait` is not set.
    pub fn lock(&self, mode: HandleLockMode, wait: bool) -> Result<()> {
        let mut holders = self.holders.lock();
        while holders.exclusive || (mode == HandleLockMode::Exclusive && holders.shared > 0) {
            if !wait {
                return Err(Errno::EBUSY);
            }
            self.changed.wait(&mut holders);
        }
        match mode {
            HandleLockMode::Shared => holders.shared += 1,
            HandleLockMode::Exclusive => {
                holders.exclusive = true;
                holders.holder = caller();
            }
        }
        Ok(())
    }

    /// Unlocks; says whether it was locked.
    pub fn unlock(&self) -> bool {
        let mut holders = self.holders.lock();
        let held = holders.exclusive || holders.shared > 0;
        if holders.exclusive {
            holders.exclusive = false;
        } else {
            holders.shared = holders.shared.saturating_sub(1);
        }
        drop(holders);
        self.changed.notify_all();
        held
    }

    /// Whether the calling lwp holds it exclusively. A thread that came without an lwp is never known to.
    pub fn is_held_by_caller(&self) -> bool {
        let holders = self.holders.lock();
        holders.exclusive && holders.holder != 0 && holders.holder == caller()
    }

    /// How it is locked now.
    pub fn mode(&self) -> Option<HandleLockMode> {
        let holders = self.holders.lock();
        if holders.exclusive {
            Some(HandleLockMode::Exclusive)
        } else {
            (holders.shared > 0).then_some(HandleLockMode::Shared)
        }
    }
}

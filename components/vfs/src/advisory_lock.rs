//! Advisory locks: flock(2) on whole files, fcntl(2) on byte ranges.

use alloc::vec::Vec;
use rump::errno::{Errno, Result};
use rump::sync::{Condvar, Mutex};

/// Who holds a lock: a process, for record locks; an open file, for flock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockOwner {
    Process(i32),
    /// The address of the open file.
    OpenFile(usize),
}

/// A range of bytes; `end` is exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LockRange {
    pub start: u64,
    pub end: u64,
}

impl LockRange {
    /// The whole file, and all that it may grow to.
    pub const ALL: Self = Self { start: 0, end: u64::MAX };

    fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// A lock that is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdvisoryLock {
    pub owner: LockOwner,
    pub range: LockRange,
    pub exclusive: bool,
}

impl AdvisoryLock {
    fn conflicts(&self, other: &Self) -> bool {
        self.owner != other.owner && (self.exclusive || other.exclusive) && self.range.overlaps(other.range)
    }
}

#[derive(Default)]
struct State {
    held: Vec<AdvisoryLock>,
    waiting: Vec<AdvisoryLock>,
}

/// The locks of one file.
#[derive(Default)]
pub struct AdvisoryLocks {
    state: Mutex<State>,
    changed: Condvar,
}

impl AdvisoryLocks {
    /// The first lock that keeps `wanted` from being granted.
    #[must_use]
    pub fn conflict(&self, wanted: &AdvisoryLock) -> Option<AdvisoryLock> {
        self.state.lock().held.iter().find(|held| held.conflicts(wanted)).copied()
    }

    /// Grants a lock; what the owner holds in its range is replaced. With `wait`, sleeps while others conflict.
    ///
    /// # Errors
    /// `EAGAIN` when another's lock is in the way and `wait` is not set; `EDEADLK` when waiting would never end.
    pub fn lock(&self, wanted: AdvisoryLock, wait: bool) -> Result<()> {
        let mut state = self.state.lock();
        loop {
            let blocker = state.held.iter().find(|held| held.conflicts(&wanted)).copied();
            let Some(blocker) = blocker else { break };
            if !wait {
                return Err(Errno::EAGAIN);
            }
            if state.would_deadlock(&wanted, blocker.owner) {
                return Err(Errno::EDEADLK);
            }
            state.waiting.push(wanted);
            self.changed.wait(&mut state);
            if let Some(index) = state.waiting.iter().position(|waiting| *waiting == wanted) {
                state.waiting.swap_remove(index);
            }
        }
        state.cut(wanted.owner, wanted.range);
        state.held.push(wanted);
        drop(state);
        // A weaker lock in place of a stronger one may let others in.
        self.changed.notify_all();
        Ok(())
    }

    /// Takes an owner's locks away in a range.
    pub fn unlock(&self, owner: LockOwner, range: LockRange) {
        let mut state = self.state.lock();
        if state.held.iter().any(|held| held.owner == owner) {
            state.cut(owner, range);
            drop(state);
            self.changed.notify_all();
        }
    }
}

impl State {
    /// Removes `range` from what `owner` holds; a lock that sticks out on both sides becomes two.
    fn cut(&mut self, owner: LockOwner, range: LockRange) {
        let mut kept = Vec::with_capacity(self.held.len() + 1);
        for held in self.held.drain(..) {
            if held.owner != owner || !held.range.overlaps(range) {
                kept.push(held);
                continue;
            }
            if held.range.start < range.start {
                kept.push(AdvisoryLock {
                    range: LockRange { start: held.range.start, end: range.start },
                    ..held
                });
            }
            if held.range.end > range.end {
                kept.push(AdvisoryLock {
                    range: LockRange { start: range.end, end: held.range.end },
                    ..held
                });
            }
        }
        self.held = kept;
    }

    /// Whether `blocker` waits, directly or through others, for what `wanted.owner` holds in this file.
    fn would_deadlock(&self, wanted: &AdvisoryLock, blocker: LockOwner) -> bool {
        let mut owners = alloc::vec![blocker];
        let mut next = 0;
        while let Some(&owner) = owners.get(next) {
            next += 1;
            for waiting in self.waiting.iter().filter(|waiting| waiting.owner == owner) {
                for held in self.held.iter().filter(|held| held.conflicts(waiting)) {
                    if held.owner == wanted.owner {
                        return true;
                    }
                    if !owners.contains(&held.owner) {
                        owners.push(held.owner);
                    }
                }
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(process: i32, start: u64, end: u64, exclusive: bool) -> AdvisoryLock {
        let range = LockRange { start, end };
        AdvisoryLock { owner: LockOwner::Process(process), range, exclusive }
    }

    #[test]
    fn readers_share_and_writers_do_not() {
        let locks = AdvisoryLocks::default();
        locks.lock(lock(1, 0, 10, false), false).unwrap();
        locks.lock(lock(2, 5, 15, false), false).unwrap();
        assert_eq!(locks.lock(lock(3, 9, 10, true), false), Err(Errno::EAGAIN));
        assert_eq!(locks.conflict(&lock(3, 12, 13, true)).unwrap().owner, LockOwner::Process(2));
        locks.lock(lock(3, 15, 16, true), false).unwrap();
    }

    #[test]
    fn unlocking_the_middle_leaves_both_ends() {
        let locks = AdvisoryLocks::default();
        locks.lock(lock(1, 0, 100, true), false).unwrap();
        locks.unlock(LockOwner::Process(1), LockRange { start: 40, end: 60 });
        locks.lock(lock(2, 40, 60, true), false).unwrap();
        assert!(locks.lock(lock(2, 39, 40, true), false).is_err());
        assert!(locks.lock(lock(2, 60, 61, true), false).is_err());
    }

    #[test]
    fn an_owner_replaces_its_own_lock() {
        let locks = AdvisoryLocks::default();
        locks.lock(lock(1, 0, 10, true), false).unwrap();
        locks.lock(lock(1, 0, 10, false), false).unwrap();
        locks.lock(lock(2, 0, 10, false), false).unwrap();
    }
}

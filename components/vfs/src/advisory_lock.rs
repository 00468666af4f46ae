//! Advisory locks: flock(2) on whole files, fcntl(2) on byte ranges.

use alloc::vec::Vec;
use rump::errno::{Errno, Result};
use rump::memory;
use rump::sync::{Condvar, Mutex, SpinMutex};

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

/// Which process waits for which, over all files of a kernel.
#[derive(Default)]
pub struct LockWaits {
    /// Waiter and holder.
    edges: SpinMutex<Vec<(i32, i32)>>,
}

impl LockWaits {
    /// Notes that `waiter` waits for `holders`.
    ///
    /// # Errors
    /// `EDEADLK` when one of them waits, directly or through others, for `waiter`; nothing is noted then. `ENOMEM`.
    fn enter(&self, waiter: i32, holders: impl Iterator<Item = i32> + Clone) -> Result<()> {
        let mut edges = self.edges.lock();
        let mut reached: Vec<i32> = holders.clone().collect();
        let mut next = 0;
        while let Some(&process) = reached.get(next) {
            next += 1;
            if process == waiter {
                return Err(Errno::EDEADLK);
            }
            for &(_, further) in edges.iter().filter(|(from, _)| *from == process) {
                if !reached.contains(&further) {
                    reached.push(further);
                }
            }
        }
        memory::reserve(&mut edges, holders.clone().count())?;
        edges.extend(holders.map(|holder| (waiter, holder)));
        Ok(())
    }

    /// Takes back what one call of [`enter`](Self::enter) noted.
    fn leave(&self, waiter: i32, holders: impl Iterator<Item = i32>) {
        let mut edges = self.edges.lock();
        for holder in holders {
            if let Some(index) = edges.iter().position(|edge| *edge == (waiter, holder)) {
                edges.swap_remove(index);
            }
        }
    }
}

#[derive(Default)]
struct State {
    held: Vec<AdvisoryLock>,
}

/// The locks of one file.
#[derive(Default)]
pub struct AdvisoryLocks {
    state: Mutex<State>,
    changed: Condvar,
}

/// How long a request may wait.
#[derive(Clone, Copy)]
pub enum Patience<'a> {
    /// Not at all.
    None,
    /// Until it is granted. Waiting for ever among processes is noticed.
    Wait(&'a LockWaits),
}

impl AdvisoryLocks {
    /// The first lock that keeps `wanted` from being granted.
    #[must_use]
    pub fn conflict(&self, wanted: &AdvisoryLock) -> Option<AdvisoryLock> {
        self.state.lock().held.iter().find(|held| held.conflicts(wanted)).copied()
    }

    /// Grants a lock; what the owner holds in its range is replaced.
    ///
    /// # Errors
    /// `EAGAIN` when another's lock is in the way and there is no patience; `EDEADLK` when waiting would never end;
    /// `EINTR`; `ENOMEM`.
    pub fn lock(&self, wanted: AdvisoryLock, patience: Patience<'_>) -> Result<()> {
        let mut state = self.state.lock();
        loop {
            let conflicts = state.held.iter().filter(|held| held.conflicts(&wanted)).map(|held| held.owner);
            let mut in_the_way = memory::vector(conflicts.clone().count())?;
            in_the_way.extend(conflicts);
            if in_the_way.is_empty() {
                break;
            }
            let Patience::Wait(waits) = patience else { return Err(Errno::EAGAIN) };
            let LockOwner::Process(waiter) = wanted.owner else {
                self.changed.wait_interruptibly(&mut state, None)?;
                continue;
            };
            let holders = in_the_way.iter().filter_map(|owner| match owner {
                LockOwner::Process(holder) => Some(*holder),
                LockOwner::OpenFile(_) => None,
            });
            waits.enter(waiter, holders.clone())?;
            let woken = self.changed.wait_interruptibly(&mut state, None);
            waits.leave(waiter, holders);
            woken?;
        }
        // A cut makes one lock into two at most.
        memory::reserve(&mut state.held, 2)?;
        state.cut(wanted.owner, wanted.range);
        state.held.push(wanted);
        drop(state);
        // A weaker lock in place of a stronger one may let others in.
        self.changed.notify_all();
        Ok(())
    }

    /// Takes all locks away, from whoever holds them: the file has been revoked.
    pub fn clear(&self) {
        let former = core::mem::take(&mut self.state.lock().held);
        if !former.is_empty() {
            self.changed.notify_all();
        }
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
        locks.lock(lock(1, 0, 10, false), Patience::None).unwrap();
        locks.lock(lock(2, 5, 15, false), Patience::None).unwrap();
        assert_eq!(locks.lock(lock(3, 9, 10, true), Patience::None), Err(Errno::EAGAIN));
        assert_eq!(locks.conflict(&lock(3, 12, 13, true)).unwrap().owner, LockOwner::Process(2));
        locks.lock(lock(3, 15, 16, true), Patience::None).unwrap();
    }

    #[test]
    fn unlocking_the_middle_leaves_both_ends() {
        let locks = AdvisoryLocks::default();
        locks.lock(lock(1, 0, 100, true), Patience::None).unwrap();
        locks.unlock(LockOwner::Process(1), LockRange { start: 40, end: 60 });
        locks.lock(lock(2, 40, 60, true), Patience::None).unwrap();
        assert!(locks.lock(lock(2, 39, 40, true), Patience::None).is_err());
        assert!(locks.lock(lock(2, 60, 61, true), Patience::None).is_err());
    }

    #[test]
    fn an_owner_replaces_its_own_lock() {
        let locks = AdvisoryLocks::default();
        locks.lock(lock(1, 0, 10, true), Patience::None).unwrap();
        locks.lock(lock(1, 0, 10, false), Patience::None).unwrap();
        locks.lock(lock(2, 0, 10, false), Patience::None).unwrap();
    }
}

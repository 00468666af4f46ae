//! Root, working directory and umask of a process (cwdinfo).

use crate::vnode::VnodeRef;
use alloc::sync::Arc;
use core::sync::atomic::{AtomicU32, Ordering};
use rump::errno::{Errno, Result};
use rump::process::{Process, ProcessState};
use rump::sync::RwLock;

/// Where names of a process begin.
#[derive(Clone)]
pub struct Places {
    pub root: VnodeRef,
    pub current: VnodeRef,
}

/// What component vfs keeps for each process.
pub struct WorkingDirectory {
    places: RwLock<Places>,
    /// Permission bits that new files do not get.
    mask: AtomicU32,
}

const DEFAULT_MASK: u32 = 0o022;

impl WorkingDirectory {
    /// At the root of all.
    #[must_use]
    pub fn new(root: &VnodeRef) -> Arc<Self> {
        let places = Places { root: root.clone(), current: root.clone() };
        Arc::new(Self { places: RwLock::new(places), mask: AtomicU32::new(DEFAULT_MASK) })
    }

    /// That of a process.
    ///
    /// # Errors
    /// `ENOSYS` when component vfs is not there.
    pub fn of(process: &Process) -> Result<&Self> {
        process.file_context().ok_or(Errno::ENOSYS)
    }

    /// Both places now.
    #[must_use]
    pub fn places(&self) -> Places {
        self.places.read().clone()
    }

    /// Changes the working directory (chdir(2)).
    pub fn set_current(&self, directory: VnodeRef) {
        let former = core::mem::replace(&mut self.places.write().current, directory);
        drop(former);
    }

    /// Changes root and working directory (chroot(2)).
    pub fn set_root(&self, directory: VnodeRef) {
        let new = Places { root: directory.clone(), current: directory };
        let former = core::mem::replace(&mut *self.places.write(), new);
        drop(former);
    }

    /// Wherever `from` is one of both places, `to` takes its place.
    pub(crate) fn replace(&self, from: &VnodeRef, to: &VnodeRef) {
        // Dropped after the lock: that may run a file system's `inactive`.
        let mut former = [None, None];
        let mut places = self.places.write();
        let Places { root, current } = &mut *places;
        for (place, former) in [root, current].into_iter().zip(&mut former) {
            if place == from {
                *former = Some(core::mem::replace(place, to.clone()));
            }
        }
    }

    /// Goes to `root` with both places, and to the umask at the start.
    pub(crate) fn reset(&self, root: VnodeRef) {
        self.set_root(root);
        self.set_mask(DEFAULT_MASK);
    }

    /// Takes over places and umask of another.
    pub fn take_over(&self, other: &Self) {
        let (places, mask) = (other.places(), other.mask());
        let former = core::mem::replace(&mut *self.places.write(), places);
        self.set_mask(mask);
        drop(former);
    }

    /// The umask.
    #[must_use]
    pub fn mask(&self) -> u32 {
        self.mask.load(Ordering::Relaxed)
    }

    /// Sets the umask and gives the former one.
    pub fn set_mask(&self, mask: u32) -> u32 {
        self.mask.swap(mask & 0o777, Ordering::Relaxed)
    }
}

impl ProcessState for WorkingDirectory {
    fn fork(&self) -> Arc<dyn ProcessState> {
        Arc::new(Self { places: RwLock::new(self.places()), mask: AtomicU32::new(self.mask()) })
    }
}

//! Directories in memory: entries by name, for lookups, and by position, for reading in order.

use super::node::Node;
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use hashbrown::HashMap;
use rump::errno::{Errno, Result};
use rump::memory;

/// Positions of entries begin here; before are `.` and `..`.
pub const FIRST_POSITION: u64 = 2;

pub struct Entry {
    pub name: Arc<[u8]>,
    pub node: Arc<Node>,
}

/// A directory's entries. A position is never used again, so that a reader neither misses nor repeats an entry.
pub struct Directory {
    pub parent: Weak<Node>,
    /// Set by rmdir: nothing may be made in it any more.
    pub removed: bool,
    positions: HashMap<Arc<[u8]>, u64>,
    entries: BTreeMap<u64, Entry>,
    /// Names that are hidden in a layer below.
    whiteouts: BTreeSet<Box<[u8]>>,
    next: u64,
}

impl Directory {
    pub fn new(parent: &Weak<Node>) -> Self {
        Self {
            parent: Weak::clone(parent),
            removed: false,
            positions: HashMap::new(),
            entries: BTreeMap::new(),
            whiteouts: BTreeSet::new(),
            next: FIRST_POSITION,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn get(&self, name: &[u8]) -> Option<&Arc<Node>> {
        let position = self.positions.get(name)?;
        self.entries.get(position).map(|entry| &entry.node)
    }

    /// Whether a whiteout hides that name.
    pub fn has_whiteout(&self, name: &[u8]) -> bool {
        self.whiteouts.contains(name)
    }

    /// Makes or removes a whiteout.
    ///
    /// # Errors
    /// `ENOENT` in a directory that has been removed, or for removing one that is not there; `EEXIST` where the name leads to
    /// a file; `ENOMEM`.
    pub fn set_whiteout(&mut self, name: &[u8], is_there: bool) -> Result<()> {
        if self.removed {
            return Err(Errno::ENOENT);
        }
        if self.positions.contains_key(name) {
            return Err(Errno::EEXIST);
        }
        if is_there {
            memory::check_room(memory::SMALL)?;
            self.whiteouts.insert(Box::from(name));
            return Ok(());
        }
        if self.whiteouts.remove(name) { Ok(()) } else { Err(Errno::ENOENT) }
    }

    /// Makes room for one more name.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn make_room(&mut self) -> Result<()> {
        let entry = size_of::<(Arc<[u8]>, u64)>();
        memory::check_growth(self.positions.len(), self.positions.capacity(), entry)?;
        self.positions.try_reserve(1).map_err(|_| Errno::ENOMEM)
    }

    /// Enters a name.
    ///
    /// # Errors
    /// `ENOENT` in a directory that has been removed; `EEXIST`; `ENOMEM`.
    pub fn insert(&mut self, name: &[u8], node: Arc<Node>) -> Result<()> {
        if self.removed {
            return Err(Errno::ENOENT);
        }
        if self.positions.contains_key(name) {
            return Err(Errno::EEXIST);
        }
        self.make_room()?;
        self.whiteouts.remove(name);
        let name: Arc<[u8]> = Arc::from(name);
        self.positions.insert(Arc::clone(&name), self.next);
        self.entries.insert(self.next, Entry { name, node });
        self.next += 1;
        Ok(())
    }

    pub fn remove(&mut self, name: &[u8]) -> Option<Arc<Node>> {
        let position = self.positions.remove(name)?;
        self.entries.remove(&position).map(|entry| entry.node)
    }

    /// Gives all nodes away, as the directory goes.
    pub fn take_nodes(&mut self) -> Vec<Arc<Node>> {
        self.positions.clear();
        core::mem::take(&mut self.entries).into_values().map(|entry| entry.node).collect()
    }

    /// Entries from a position on, with it.
    pub fn from(&self, position: u64) -> impl Iterator<Item = (u64, &Entry)> {
        self.entries.range(position..).map(|(&position, entry)| (position, entry))
    }
}

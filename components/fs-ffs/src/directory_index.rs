//! The names of one directory in memory: an operation costs the same among ten thousand entries as among ten.

use crate::format::numbers::InodeNumber;
use alloc::boxed::Box;
use alloc::vec::Vec;
use hashbrown::HashMap;
use rump::errno::{Errno, Result};
use rump::memory;

/// Sizes of records differ by 4, up to that of the longest name.
const SIZE_CLASSES: usize = 67;

/// Where a name leads, and where its entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub number: InodeNumber,
    /// Byte offset of the entry in the directory.
    pub offset: u32,
}

/// The names of one directory.
pub struct DirectoryIndex {
    pub(crate) names: HashMap<Box<[u8]>, Place>,
    /// Where the entries are that only hide a name.
    pub(crate) whiteouts: HashMap<Box<[u8]>, u32>,
    /// For each block of 512 bytes the most that one record has to spare.
    pub(crate) gaps: Vec<u16>,
    /// For each size of record the first block that may have room for it.
    hints: [u32; SIZE_CLASSES],
    /// Entries other than `.` and `..`.
    pub(crate) others: usize,
    /// Whether a block contradicts itself: then what is not found may still exist.
    pub(crate) damaged: bool,
}

impl DirectoryIndex {
    /// Of a directory that has nothing in it yet.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            names: HashMap::new(),
            whiteouts: HashMap::new(),
            gaps: Vec::new(),
            hints: [0; SIZE_CLASSES],
            others: 0,
            damaged: false,
        }
    }

    /// Where a name leads.
    ///
    /// # Errors
    /// `ENOENT`; `EIO` when it may be in a damaged block.
    pub fn find(&self, name: &[u8]) -> Result<Place> {
        let missing = if self.damaged { Errno::EIO } else { Errno::ENOENT };
        self.names.get(name).copied().ok_or(missing)
    }

    /// Whether an entry hides that name.
    #[must_use]
    pub fn has_whiteout(&self, name: &[u8]) -> bool {
        self.whiteouts.contains_key(name)
    }

    /// Makes sure that one more whiteout can be added. Errors: `ENOMEM`.
    pub(crate) fn make_whiteout_room(&mut self) -> Result<()> {
        let entry = size_of::<(Box<[u8]>, u32)>();
        memory::check_growth(self.whiteouts.len(), self.whiteouts.capacity(), entry)?;
        self.whiteouts.try_reserve(1).map_err(|_| Errno::ENOMEM)
    }

    /// Adds a whiteout for which there is room.
    pub(crate) fn add_whiteout(&mut self, name: &[u8], offset: u32) {
        self.whiteouts.entry_ref(name).or_insert(offset);
    }

    /// Whether there is nothing but `.` and `..`; whiteouts do not count.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.others == 0 && !self.damaged
    }

    /// Makes sure that one more name can be added. Errors: `ENOMEM`.
    pub(crate) fn make_room(&mut self) -> Result<()> {
        let entry = size_of::<(Box<[u8]>, Place)>();
        memory::check_growth(self.names.len(), self.names.capacity(), entry)?;
        self.names.try_reserve(1).map_err(|_| Errno::ENOMEM)
    }

    /// Adds a name for which there is room.
    pub(crate) fn add(&mut self, name: &[u8], place: Place) {
        if name != b"." && name != b".." {
            self.others += 1;
        }
        // Of two equal names the first counts, as it would in a search from the start.
        self.names.entry_ref(name).or_insert(place);
    }

    pub(crate) fn set_gap(&mut self, block: usize, gap: usize) {
        if let Some(known) = self.gaps.get_mut(block) {
            *known = gap as u16;
            for hint in self.hints.iter_mut().take(gap / 4 + 1) {
                *hint = (*hint).min(block as u32);
            }
        }
    }

    /// A block with room for a record of `size` bytes in one piece.
    pub(crate) fn find_room(&mut self, size: usize) -> Option<usize> {
        let class = (size / 4).min(SIZE_CLASSES - 1);
        let start = self.hints[class] as usize;
        let found = self.gaps.iter().skip(start).position(|&gap| usize::from(gap) >= size);
        let block = found.map(|distance| start + distance);
        self.hints[class] = block.unwrap_or(self.gaps.len()) as u32;
        block
    }
}

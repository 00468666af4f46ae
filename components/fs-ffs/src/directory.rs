//! Directories: finding, entering and removing names.
//!
//! What a directory holds is metadata and lives in the buffer cache. Each directory in use has an index of its names in
//! memory, so that an operation costs the same among ten thousand entries as among ten.
//!
//! Entries stay where they are as long as they exist, so that who reads the directory bit by bit meets each exactly once.
//! Only when the device is full are the entries of one block moved together, to make one more fit.

use crate::dinode::Inode;
use crate::directory_entry::{DT_WHT, Entry, EntryFormat, UFS_DIRBLKSIZ, record_size};
use crate::numbers::{InodeNumber, LogicalBlock};
use crate::volume::Volume;
use alloc::boxed::Box;
use alloc::vec::Vec;
use hashbrown::HashMap;
use rump::errno::{Errno, Result};
use rump::memory;
use vfs::attributes::VnodeKind;
use vfs::buffer_cache::Buffer;
use vfs::vnode::DirectorySink;

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
    names: HashMap<Box<[u8]>, Place>,
    /// Where the entries are that only hide a name.
    whiteouts: HashMap<Box<[u8]>, u32>,
    /// For each block of 512 bytes the most that one record has to spare.
    gaps: Vec<u16>,
    /// For each size of record the first block that may have room for it.
    hints: [u32; SIZE_CLASSES],
    /// Entries other than `.` and `..`.
    others: usize,
    /// Whether a block contradicts itself: then what is not found may still exist.
    damaged: bool,
}

impl DirectoryIndex {
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
    fn make_whiteout_room(&mut self) -> Result<()> {
        let entry = size_of::<(Box<[u8]>, u32)>();
        memory::check_growth(self.whiteouts.len(), self.whiteouts.capacity(), entry)?;
        self.whiteouts.try_reserve(1).map_err(|_| Errno::ENOMEM)
    }

    /// Adds a whiteout for which there is room.
    fn add_whiteout(&mut self, name: &[u8], offset: u32) {
        self.whiteouts.entry_ref(name).or_insert(offset);
    }

    /// Whether there is nothing but `.` and `..`; whiteouts do not count.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.others == 0 && !self.damaged
    }

    /// Makes sure that one more name can be added. Errors: `ENOMEM`.
    fn make_room(&mut self) -> Result<()> {
        let entry = size_of::<(Box<[u8]>, Place)>();
        memory::check_growth(self.names.len(), self.names.capacity(), entry)?;
        self.names.try_reserve(1).map_err(|_| Errno::ENOMEM)
    }

    /// Adds a name for which there is room.
    fn add(&mut self, name: &[u8], place: Place) {
        if name != b"." && name != b".." {
            self.others += 1;
        }
        // Of two equal names the first counts, as it would in a search from the start.
        self.names.entry_ref(name).or_insert(place);
    }

    fn set_gap(&mut self, block: usize, gap: usize) {
        if let Some(known) = self.gaps.get_mut(block) {
            *known = gap as u16;
            for hint in self.hints.iter_mut().take(gap / 4 + 1) {
                *hint = (*hint).min(block as u32);
            }
        }
    }

    /// A block with room for a record of `size` bytes in one piece.
    fn find_room(&mut self, size: usize) -> Option<usize> {
        let class = (size / 4).min(SIZE_CLASSES - 1);
        let start = self.hints[class] as usize;
        let found = self.gaps.iter().skip(start).position(|&gap| usize::from(gap) >= size);
        let block = found.map(|distance| start + distance);
        self.hints[class] = block.unwrap_or(self.gaps.len()) as u32;
        block
    }
}

/// Whether a name may be shown: not empty, and without `/` and NUL.
fn is_usable(name: &[u8]) -> bool {
    !name.is_empty() && !name.contains(&b'/') && !name.contains(&0)
}

fn is_whiteout(entry: &Entry) -> bool {
    entry.number == InodeNumber::WHITEOUT && entry.kind == DT_WHT
}

fn is_shown(entry: &Entry, name: &[u8]) -> bool {
    entry.number.0 != 0 && !is_whiteout(entry) && is_usable(name)
}

/// A new entry.
#[derive(Clone, Copy, Debug)]
pub struct NewEntry<'a> {
    pub name: &'a [u8],
    pub number: InodeNumber,
    pub kind: VnodeKind,
}

/// A directory that is being changed.
pub struct DirectoryChange<'a> {
    pub volume: &'a Volume,
    pub number: InodeNumber,
    pub inode: &'a mut Inode,
    pub index: &'a mut DirectoryIndex,
}

impl Volume {
    fn entry_format(&self) -> EntryFormat {
        EntryFormat { order: self.geometry.order, old: self.geometry.old_directories() }
    }

    /// The buffer with a byte of a directory, and the byte's place in it.
    fn directory_buffer(&self, inode: &Inode, offset: u64) -> Result<(Buffer, usize)> {
        let geometry = &self.geometry;
        let block = geometry.block_of(offset);
        let fragment = self.lookup_block(inode, block)?.ok_or(Errno::EIO)?;
        let length = geometry.fragments_of(inode.size, block) << geometry.fs_fshift;
        let buffer = self.buffers.read(geometry.byte_offset(fragment), length as usize)?;
        Ok((buffer, geometry.offset_in_block(offset) as usize))
    }

    /// Runs `visit` on each block of 512 bytes from `offset` on, with its own offset, until it says `false`.
    fn visit_directory(
        &self,
        inode: &Inode,
        offset: u64,
        mut visit: impl FnMut(u64, &[u8]) -> Result<bool>,
    ) -> Result<()> {
        let step = UFS_DIRBLKSIZ as u64;
        if !inode.size.is_multiple_of(step) {
            return Err(Errno::EIO);
        }
        let mut offset = offset / step * step;
        while offset < inode.size {
            let (buffer, mut at) = self.directory_buffer(inode, offset)?;
            let bytes = buffer.read();
            while offset < inode.size && at < bytes.len() {
                let block = bytes.get(at..at + UFS_DIRBLKSIZ).ok_or(Errno::EIO)?;
                if !visit(offset, block)? {
                    return Ok(());
                }
                at += UFS_DIRBLKSIZ;
                offset += step;
            }
        }
        Ok(())
    }

    /// Reads all names of a directory.
    ///
    /// # Errors
    /// `EIO` when blocks are missing; `ENOMEM`.
    pub fn load_index(&self, inode: &Inode) -> Result<DirectoryIndex> {
        let format = self.entry_format();
        let mut index = DirectoryIndex::empty();
        self.visit_directory(inode, 0, |offset, block| {
            let mut gap = 0;
            for entry in format.entries(block) {
                let Ok(entry) = entry else {
                    (index.damaged, gap) = (true, 0);
                    break;
                };
                gap = gap.max(entry.spare());
                let name = entry.name(block);
                let offset = offset as u32 + entry.at as u32;
                if is_shown(&entry, name) {
                    index.make_room()?;
                    index.add(name, Place { number: entry.number, offset });
                } else if is_whiteout(&entry) && is_usable(name) {
                    index.make_whiteout_room()?;
                    index.add_whiteout(name, offset);
                }
            }
            index.gaps.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
            index.gaps.push(gap as u16);
            Ok(true)
        })?;
        Ok(index)
    }

    /// Gives the entries from `offset` on to `sink`, and says where the next reading starts. Any offset will do: what
    /// begins at or behind it is given.
    ///
    /// # Errors
    /// `EIO` when the first block to be read contradicts itself.
    pub fn read_directory(&self, inode: &Inode, offset: u64, sink: &mut dyn DirectorySink) -> Result<u64> {
        let format = self.entry_format();
        let mut next = offset;
        let mut given = false;
        let result = self.visit_directory(inode, offset, |start, block| {
            for entry in format.entries(block) {
                let entry = entry?;
                let place = start + entry.at as u64;
                let end = place + entry.length as u64;
                let name = entry.name(block);
                if place >= offset && is_shown(&entry, name) {
                    let kind = VnodeKind::from_mode(u32::from(entry.kind) << 12);
                    if !sink.entry(u64::from(entry.number.0), kind, name, end) {
                        return Ok(false);
                    }
                    given = true;
                }
                next = next.max(end);
            }
            Ok(true)
        });
        match result {
            Err(error) if !given => Err(error),
            _ => Ok(next),
        }
    }

    /// Makes a long symbolic link's target the contents of its only block.
    ///
    /// # Errors
    /// `ENOSPC`, `EIO`.
    pub fn write_link_block(&self, number: InodeNumber, inode: &mut Inode, target: &[u8]) -> Result<()> {
        let length =
            self.geometry.fragments_of(target.len() as u64, LogicalBlock(0)) << self.geometry.fs_fshift;
        let mut contents = memory::zeroed(length as usize)?;
        contents.get_mut(..target.len()).ok_or(Errno::EIO)?.copy_from_slice(target);
        let ensured = self.ensure_block(number, inode, LogicalBlock(0), target.len() as u32)?;
        inode.size = target.len() as u64;
        self.buffers.replace(self.geometry.byte_offset(ensured.fragment), contents);
        Ok(())
    }

    /// The target of a symbolic link.
    ///
    /// # Errors
    /// `EIO`, `ENOMEM`.
    pub fn read_link(&self, inode: &Inode) -> Result<Vec<u8>> {
        let mut target = Vec::new();
        target.try_reserve_exact(inode.size as usize).map_err(|_| Errno::ENOMEM)?;
        if inode.is_short_link(&self.geometry) {
            target.extend_from_slice(inode.short_link(&self.geometry)?);
            return Ok(target);
        }
        let (buffer, _) = self.directory_buffer(inode, 0)?;
        target.extend_from_slice(buffer.read().get(..inode.size as usize).ok_or(Errno::EIO)?);
        Ok(target)
    }
}

impl DirectoryChange<'_> {
    fn change_block<R>(&self, offset: u64, change: impl FnOnce(&mut [u8]) -> Result<R>) -> Result<R> {
        let (buffer, at) = self.volume.directory_buffer(self.inode, offset)?;
        let mut bytes = buffer.write();
        change(bytes.get_mut(at..at + UFS_DIRBLKSIZ).ok_or(Errno::EIO)?)
    }

    /// Makes sure that there is room for an entry with a name of that length.
    ///
    /// # Errors
    /// `ENOSPC`, `EFBIG`, `EIO`.
    pub fn reserve(&mut self, name_length: usize) -> Result<()> {
        let size = record_size(name_length);
        if self.index.damaged {
            return Err(Errno::EIO);
        }
        if self.index.find_room(size).is_some() {
            return Ok(());
        }
        match self.grow() {
            Err(Errno::ENOSPC) => self.compact(size),
            other => other,
        }
    }

    /// Adds a block of 512 bytes with nothing in it.
    fn grow(&mut self) -> Result<()> {
        let geometry = &self.volume.geometry;
        let size = self.inode.size;
        let block = geometry.block_of(size);
        let first = geometry.block_start(block);
        // A block that begins at the end of the directory is not there yet, direct or not.
        let had = if size == first { 0 } else { geometry.fragments_of(size, block) << geometry.fs_fshift };
        let needed = (size - first) as u32 + UFS_DIRBLKSIZ as u32;
        let new_size = size + UFS_DIRBLKSIZ as u64;
        if new_size > i32::MAX as u64 {
            return Err(Errno::EFBIG);
        }
        self.index.gaps.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
        let format = self.volume.entry_format();
        if needed > had {
            self.grow_block(first, had as usize, block, needed)?;
        } else {
            self.change_block(size, |block| {
                format.clear(block);
                Ok(())
            })?;
        }
        self.inode.size = new_size;
        self.index.gaps.push(0);
        self.index.set_gap(self.index.gaps.len() - 1, UFS_DIRBLKSIZ);
        Ok(())
    }

    /// Makes the block at the directory's end `needed` bytes long, the last 512 of them without an entry. Whatever can fail
    /// for want of memory does so before the block moves.
    fn grow_block(&mut self, first: u64, had: usize, block: LogicalBlock, needed: u32) -> Result<()> {
        let geometry = &self.volume.geometry;
        let length = geometry.fragments_of(first + u64::from(needed), block) << geometry.fs_fshift;
        let mut contents = memory::zeroed(length as usize)?;
        if had > 0 {
            let (buffer, _) = self.volume.directory_buffer(self.inode, first)?;
            contents.get_mut(..had).ok_or(Errno::EIO)?.copy_from_slice(&buffer.read());
        }
        let end = needed as usize;
        let fresh = contents.get_mut(end - UFS_DIRBLKSIZ..end).ok_or(Errno::EIO)?;
        self.volume.entry_format().clear(fresh);
        let ensured = self.volume.ensure_block(self.number, self.inode, block, needed)?;
        self.volume.buffers.replace(geometry.byte_offset(ensured.fragment), contents);
        Ok(())
    }

    /// Moves the entries of one block together so that a record of `size` bytes fits behind them.
    fn compact(&mut self, size: usize) -> Result<()> {
        let format = self.volume.entry_format();
        for number in 0..self.index.gaps.len() {
            let start = (number * UFS_DIRBLKSIZ) as u64;
            let mut moved = Vec::new();
            let gap = self.change_block(start, |block| {
                let entries: Vec<_> = format.entries(block).collect::<Result<_>>()?;
                if entries.iter().map(Entry::spare).sum::<usize>() < size {
                    return Ok(0);
                }
                let former = block.to_vec();
                format.clear(block);
                let mut at = 0;
                let mut last = None;
                for entry in entries.iter().filter(|entry| entry.number.0 != 0) {
                    let name = entry.name(&former);
                    format.write(block, at, entry.used(), entry.number, entry.kind, name);
                    moved.push((name.to_vec(), entry.at as u32, at as u32));
                    last = Some((at, entry.used()));
                    at += entry.used();
                }
                if let Some((last, _)) = last {
                    format.set_length(block, last, UFS_DIRBLKSIZ - last);
                }
                Ok(UFS_DIRBLKSIZ - at)
            })?;
            for (name, from, to) in moved {
                let (name, from, to) = (name.as_slice(), start as u32 + from, start as u32 + to);
                if let Some(place) = self.index.names.get_mut(name).filter(|place| place.offset == from) {
                    place.offset = to;
                }
                if let Some(offset) = self.index.whiteouts.get_mut(name).filter(|offset| **offset == from) {
                    *offset = to;
                }
            }
            if gap >= size {
                self.index.set_gap(number, gap);
                return Ok(());
            }
        }
        Err(Errno::ENOSPC)
    }

    /// Enters a name that is not there yet; a whiteout of that name makes room for it.
    ///
    /// # Errors
    /// As [`reserve`](Self::reserve).
    pub fn enter(&mut self, new: NewEntry<'_>) -> Result<()> {
        let kind = new.kind.directory_entry_type();
        let offset = match self.index.whiteouts.get(new.name).copied() {
            Some(offset) => {
                self.index.make_room()?;
                self.set_target(offset, new.name, new.number, kind)?;
                self.index.whiteouts.remove(new.name);
                offset
            }
            None => self.write_entry(new.name, new.number, kind)?,
        };
        self.index.add(new.name, Place { number: new.number, offset });
        Ok(())
    }

    /// Enters a whiteout of a name that is not there.
    ///
    /// # Errors
    /// As [`reserve`](Self::reserve).
    pub fn enter_whiteout(&mut self, name: &[u8]) -> Result<()> {
        if self.index.has_whiteout(name) {
            return Ok(());
        }
        self.index.make_whiteout_room()?;
        let offset = self.write_entry(name, InodeNumber::WHITEOUT, DT_WHT)?;
        self.index.add_whiteout(name, offset);
        Ok(())
    }

    /// Writes an entry where there is room for it, and says where that is. The index has room for its name then.
    fn write_entry(&mut self, name: &[u8], number: InodeNumber, kind: u8) -> Result<u32> {
        let size = record_size(name.len());
        self.reserve(name.len())?;
        let block = self.index.find_room(size).ok_or(Errno::EIO)?;
        self.index.make_room()?;
        let format = self.volume.entry_format();
        let start = (block * UFS_DIRBLKSIZ) as u64;
        let (at, gap) = self.change_block(start, |block| {
            let roomy = |entry: &Result<Entry>| entry.is_ok_and(|entry| entry.spare() >= size);
            let entry = format.entries(block).find(roomy).ok_or(Errno::EIO)??;
            let (at, length) = (entry.at + entry.used(), entry.spare());
            if entry.used() > 0 {
                format.set_length(block, entry.at, entry.used());
            }
            format.write(block, at, length, number, kind, name);
            Ok((at, largest_gap(format, block)))
        })?;
        self.index.set_gap(block, gap);
        Ok(start as u32 + at as u32)
    }

    /// Removes a name.
    ///
    /// # Errors
    /// `ENOENT`, `EIO`.
    pub fn remove(&mut self, name: &[u8]) -> Result<()> {
        let place = self.index.find(name)?;
        self.erase(name, place.offset)?;
        self.index.names.remove(name);
        self.index.others -= usize::from(name != b"." && name != b"..");
        self.shrink_after_removal()
    }

    /// Removes a whiteout.
    ///
    /// # Errors
    /// `ENOENT`, `EIO`.
    pub fn remove_whiteout(&mut self, name: &[u8]) -> Result<()> {
        let offset = self.index.whiteouts.get(name).copied().ok_or(Errno::ENOENT)?;
        self.erase(name, offset)?;
        self.index.whiteouts.remove(name);
        self.shrink_after_removal()
    }

    /// The name is gone: what is left to do for want of memory is told to who syncs.
    fn shrink_after_removal(&mut self) -> Result<()> {
        match self.shrink() {
            Err(Errno::ENOMEM) => {
                self.volume.keep_failure(Err(Errno::ENOMEM));
                Ok(())
            }
            other => other,
        }
    }

    /// Makes an entry's room free.
    fn erase(&mut self, name: &[u8], offset: u32) -> Result<()> {
        let format = self.volume.entry_format();
        let at = offset as usize % UFS_DIRBLKSIZ;
        let start = u64::from(offset) - at as u64;
        let gap = self.change_block(start, |block| {
            let mut before = None;
            let mut found = None;
            for entry in format.entries(block) {
                let entry = entry?;
                if entry.at == at {
                    found = Some(entry);
                    break;
                }
                before = Some(entry);
            }
            let entry = found.filter(|entry| entry.name(block) == name).ok_or(Errno::EIO)?;
            match before {
                Some(before) => format.set_length(block, before.at, before.length + entry.length),
                None => format.set_target(block, entry.at, InodeNumber(0), 0),
            }
            Ok(largest_gap(format, block))
        })?;
        self.index.set_gap(start as usize / UFS_DIRBLKSIZ, gap);
        Ok(())
    }

    /// Makes a name lead to another inode.
    ///
    /// # Errors
    /// `ENOENT`, `EIO`.
    pub fn retarget(&mut self, new: NewEntry<'_>) -> Result<()> {
        let place = self.index.find(new.name)?;
        self.set_target(place.offset, new.name, new.number, new.kind.directory_entry_type())?;
        if let Some(place) = self.index.names.get_mut(new.name) {
            place.number = new.number;
        }
        Ok(())
    }

    fn set_target(&self, offset: u32, name: &[u8], number: InodeNumber, kind: u8) -> Result<()> {
        let format = self.volume.entry_format();
        let at = offset as usize % UFS_DIRBLKSIZ;
        self.change_block(u64::from(offset) - at as u64, |block| {
            if format.read(block, at)?.name(block) != name {
                return Err(Errno::EIO);
            }
            format.set_target(block, at, number, kind);
            Ok(())
        })
    }

    /// Gives back blocks of 512 bytes at the end that hold nothing.
    fn shrink(&mut self) -> Result<()> {
        let empty =
            self.index.gaps.iter().rev().take_while(|&&gap| usize::from(gap) == UFS_DIRBLKSIZ).count();
        let kept = self.index.gaps.len().saturating_sub(empty).max(1);
        if kept >= self.index.gaps.len() {
            return Ok(());
        }
        let geometry = &self.volume.geometry;
        let size = (kept * UFS_DIRBLKSIZ) as u64;
        let tail = geometry.block_of(size - 1);
        let had = geometry.fragments_of(self.inode.size, tail);
        let keeps = geometry.fragments_of(size, tail);
        if had != keeps {
            // The tail's buffer gets shorter: a new one takes its place, before its end is another's.
            let length = (keeps << geometry.fs_fshift) as usize;
            let (buffer, contents) = match self.tail(geometry.block_start(tail), length) {
                // Where there is no memory to make the directory shorter, it stays as long as it is.
                Err(Errno::ENOMEM) => return Ok(()),
                found => found?,
            };
            let place = buffer.offset();
            drop(buffer);
            self.volume.buffers.replace(place, contents);
        }
        self.index.gaps.truncate(kept);
        self.volume.truncate_blocks(self.inode, size)
    }

    /// The buffer of the block at `start`, and a copy of its first `length` bytes.
    fn tail(&self, start: u64, length: usize) -> Result<(Buffer, Box<[u8]>)> {
        let (buffer, _) = self.volume.directory_buffer(self.inode, start)?;
        let contents = copy_of(buffer.read().get(..length).ok_or(Errno::EIO)?)?;
        Ok((buffer, contents))
    }

    /// Makes the first two entries of a new directory.
    ///
    /// # Errors
    /// As [`reserve`](Self::reserve).
    pub fn enter_dots(&mut self, parent: InodeNumber) -> Result<()> {
        let kind = VnodeKind::Directory;
        self.enter(NewEntry { name: b".", number: self.number, kind })?;
        self.enter(NewEntry { name: b"..", number: parent, kind })
    }
}

fn copy_of(bytes: &[u8]) -> Result<Box<[u8]>> {
    let mut copy = memory::vector(bytes.len())?;
    copy.extend_from_slice(bytes);
    Ok(copy.into_boxed_slice())
}

fn largest_gap(format: EntryFormat, block: &[u8]) -> usize {
    format.entries(block).map(|entry| entry.map_or(0, |entry| entry.spare())).max().unwrap_or(0)
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
}

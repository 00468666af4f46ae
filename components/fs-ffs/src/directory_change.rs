//! Changes of a directory: entering, removing and redirecting names, in its blocks and in its index alike.
//!
//! Entries stay where they are as long as they exist, so that who reads the directory bit by bit meets each exactly once.
//! Only when the device is full are the entries of one block moved together, to make one more fit.

use crate::directory_index::{DirectoryIndex, Place};
use crate::format::dinode::Inode;
use crate::format::directory_entry::{DT_WHT, Entry, EntryFormat, UFS_DIRBLKSIZ, record_size};
use crate::format::numbers::{InodeNumber, LogicalBlock};
use crate::volume::Volume;
use alloc::boxed::Box;
use alloc::vec::Vec;
use rump::errno::{Errno, Result};
use rump::memory;
use vfs::attributes::VnodeKind;
use vfs::buffer_cache::Buffer;

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

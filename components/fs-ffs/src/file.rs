//! The contents of regular files: through the page cache to the blocks.
//!
//! What lies on the device past a file's end, or in blocks that it has only just got, is somebody's old data. Two rules keep
//! it out of sight: the store reads zeroes past the end as it was, and whoever makes a file grow over such bytes makes the
//! pages there zero and dirty first.

use crate::format::dinode::Inode;
use crate::format::geometry::UFS_NDADDR;
use crate::format::numbers::{InodeNumber, LogicalBlock};
use crate::volume::Volume;
use alloc::vec::Vec;
use rump::errno::{Errno, Result};
use rump::uio::Uio;
use vfs::block_device::BlockDevice;
use vfs::page_cache::{BackingStore, FileCache, PAGE};

/// Bytes for which blocks are found before they are copied.
const UNIT: u64 = 1 << 20;

/// A file's blocks as the page cache's backing store.
pub struct FileStore<'a> {
    volume: &'a Volume,
    inode: &'a Inode,
    /// Where what is on the device ends to be the file's.
    limit: u64,
    /// Blocks in front of that which are the file's, but not what is on the device there.
    fresh: &'a [LogicalBlock],
}

impl<'a> FileStore<'a> {
    /// The blocks of a file whose contents end at its size.
    #[must_use]
    pub fn new(volume: &'a Volume, inode: &'a Inode) -> Self {
        Self { volume, inode, limit: inode.size, fresh: &[] }
    }

    /// Runs `transfer` for every run of blocks in a range of the file: the place on the device, if there is one, and the
    /// part of the range that is in the run.
    fn for_each_run(
        &self,
        offset: u64,
        length: usize,
        mut transfer: impl FnMut(Option<u64>, usize, usize) -> Result<()>,
    ) -> Result<()> {
        let geometry = &self.volume.geometry;
        let mut done = 0;
        while done < length {
            let position = offset + done as u64;
            let block = geometry.block_of(position);
            let start = geometry.offset_in_block(position) as usize;
            let wanted = (start + length - done).div_ceil(geometry.fs_bsize as usize);
            let run = self.volume.run(self.inode, block, wanted as u64)?;
            let run_bytes = (run.blocks << geometry.fs_bshift) as usize - start;
            let end = done + run_bytes.min(length - done);
            let Some(fragment) = run.fragment else {
                transfer(None, done, end)?;
                done = end;
                continue;
            };
            // The last block of a small file may have fewer fragments.
            let last = LogicalBlock(block.0 + run.blocks - 1);
            let has = geometry.fragments_of(self.inode.size, last) << geometry.fs_fshift;
            let present = run_bytes.saturating_sub((geometry.fs_bsize - has) as usize);
            let present_end = done + present.min(end - done);
            let place = geometry.byte_offset(fragment) + start as u64;
            if present_end > done {
                transfer(Some(place), done, present_end)?;
            }
            if end > present_end {
                transfer(None, present_end, end)?;
            }
            done = end;
        }
        Ok(())
    }
}

impl BackingStore for FileStore<'_> {
    fn read_pages(&self, offset: u64, into: &mut [u8]) -> Result<()> {
        let inside = usize::try_from(self.limit.saturating_sub(offset)).unwrap_or(usize::MAX).min(into.len());
        let (wanted, past) = into.split_at_mut(inside.next_multiple_of(PAGE).min(into.len()));
        past.fill(0);
        self.for_each_run(offset, wanted.len(), |place, from, to| match place {
            Some(place) => self.volume.device.read(place, &mut wanted[from..to]),
            None => {
                wanted[from..to].fill(0);
                Ok(())
            }
        })?;
        into[inside..].fill(0);
        for &block in self.fresh {
            let first = self.volume.geometry.block_start(block).max(offset) - offset;
            let end = self.volume.geometry.block_start(LogicalBlock(block.0 + 1)).saturating_sub(offset);
            let range = first.min(into.len() as u64) as usize..end.min(into.len() as u64) as usize;
            into.get_mut(range).unwrap_or_default().fill(0);
        }
        Ok(())
    }

    fn write_pages(&self, offset: u64, from: &[u8]) -> Result<()> {
        let size = self.inode.size;
        let inside = usize::try_from(size.saturating_sub(offset)).unwrap_or(usize::MAX).min(from.len());
        let length = inside.next_multiple_of(PAGE).min(from.len());
        self.for_each_run(offset, length, |place, start, end| match place {
            Some(place) => self.volume.device.write(place, &from[start..end]),
            // Every page that is written has had its block allocated; losing one silently is not an option.
            None if start < inside => Err(Errno::EIO),
            None => Ok(()),
        })
    }
}

/// A file that is being changed.
pub struct FileChange<'a> {
    pub volume: &'a Volume,
    pub number: InodeNumber,
    pub inode: &'a mut Inode,
    pub cache: &'a FileCache,
}

impl FileChange<'_> {
    fn limited_store(&self, limit: u64) -> FileStore<'_> {
        FileStore { volume: self.volume, inode: self.inode, limit, fresh: &[] }
    }

    fn block_end(&self, block: LogicalBlock) -> u64 {
        self.volume.geometry.block_start(LogicalBlock(block.0 + 1))
    }

    /// Writes what `uio` holds at its offset.
    ///
    /// # Errors
    /// `EFBIG`, `ENOSPC`, `EIO`, `EFAULT`; `uio` tells what was written before.
    pub fn write(&mut self, uio: &mut Uio<'_>) -> Result<()> {
        let end = uio.offset.checked_add(uio.residual() as u64);
        if end.is_none_or(|end| end > self.volume.geometry.greatest_file()) {
            return Err(Errno::EFBIG);
        }
        while uio.residual() > 0 {
            let room = UNIT - uio.offset % UNIT;
            self.write_unit(uio, room.min(uio.residual() as u64))?;
        }
        Ok(())
    }

    fn write_unit(&mut self, uio: &mut Uio<'_>, length: u64) -> Result<()> {
        let (size, start) = (self.inode.size, uio.offset);
        let end = start + length;
        let mut fresh = Vec::new();
        let (allocated, error) = match self.allocate_for(start, end, &mut fresh) {
            Ok(()) => (end, Ok(())),
            Err((allocated, error)) => (allocated, Err(error)),
        };
        let mut result = Ok(());
        if allocated > start {
            let store = FileStore { volume: self.volume, inode: self.inode, limit: size, fresh: &fresh };
            result = self.cache.write(uio, (allocated - start) as usize, size, &store);
        }
        let written = uio.offset.clamp(start, end);
        if result.is_err() {
            for block in fresh {
                self.zero_rest(block, written, size)?;
            }
        }
        let reached = size.max(if written > start { written } else { 0 });
        if self.inode.size > reached {
            let cut = self.volume.truncate_blocks(self.inode, reached);
            self.cache.truncate(reached);
            result = result.and(cut);
        }
        result.and(error)
    }

    /// After a failed copy: what of a fresh block inside the file was not written is zero.
    fn zero_rest(&self, block: LogicalBlock, written: u64, size: u64) -> Result<()> {
        let from = self.volume.geometry.block_start(block).max(written);
        let to = self.block_end(block).min(size);
        if from < to { self.cache.zero_pages(from, to - from) } else { Ok(()) }
    }

    /// Finds blocks for a range that is about to be written, and makes zero what the writing will leave uncovered in new
    /// ones. The size afterwards covers the range. On an error: how far there are blocks, and the error.
    fn allocate_for(
        &mut self,
        start: u64,
        end: u64,
        fresh: &mut Vec<LogicalBlock>,
    ) -> core::result::Result<(), (u64, Errno)> {
        let geometry = &self.volume.geometry;
        let size = self.inode.size;
        self.leave_end(start, end).map_err(|error| (start, error))?;
        let blocks = geometry.block_of(start).0..=geometry.block_of(end - 1).0;
        for block in blocks.map(LogicalBlock) {
            let first = geometry.block_start(block);
            let block_end = self.block_end(block);
            let needed = (end.min(block_end) - first) as u32;
            let failed = |error| (first.max(start), error);
            let ensured = self.volume.ensure_block(self.number, self.inode, block, needed).map_err(failed)?;
            self.inode.size = self.inode.size.max(first + u64::from(needed));
            if !ensured.fresh {
                continue;
            }
            if let Err(error) = self.zero_around(block, start, end, size) {
                self.volume.keep_failure(self.volume.punch_block(self.inode, block));
                return Err(failed(error));
            }
            if first < size {
                fresh.push(block);
            }
        }
        Ok(())
    }

    /// Makes zero what a write of `start..end` leaves of a new block, as far as the file reached before.
    fn zero_around(&self, block: LogicalBlock, start: u64, end: u64, size: u64) -> Result<()> {
        let first = self.volume.geometry.block_start(block);
        if first < start {
            self.cache.zero_pages(first, start - first)?;
        }
        let covered = self.block_end(block).min(size);
        if end < covered { self.cache.zero_pages(end, covered - end) } else { Ok(()) }
    }

    /// Prepares a file for growing from its end to `end`, with nothing written before `start`: brings what its last
    /// fragments hold into memory, as they may move; makes what lies behind them zero; and makes them a whole block if
    /// the file will have another behind it.
    fn leave_end(&mut self, start: u64, end: u64) -> Result<()> {
        let geometry = &self.volume.geometry;
        let size = self.inode.size;
        let tail = geometry.block_of(size);
        if end <= size || geometry.offset_in_block(size) == 0 {
            return Ok(());
        }
        let (first, tail_end) = (geometry.block_start(tail), self.block_end(tail));
        let present = self.volume.lookup_block(self.inode, tail)?.is_some();
        if !present {
            return Ok(());
        }
        let needed = (end.min(tail_end) - first) as u32;
        let grows = geometry.fragments_of(size, tail) < geometry.fragments_for(needed);
        if grows && tail.0 < UFS_NDADDR {
            let store = self.limited_store(size);
            self.cache.keep_dirty(first, size - first, size, &store)?;
        }
        if start > size {
            let store = self.limited_store(size);
            self.cache.keep_dirty(size - 1, 1, size, &store)?;
            let (from, to) = (size.next_multiple_of(PAGE as u64), start.min(tail_end));
            if from < to {
                self.cache.zero_pages(from, to - from)?;
            }
        }
        if end > tail_end { self.volume.complete_tail(self.number, self.inode) } else { Ok(()) }
    }

    /// Changes the size.
    ///
    /// # Errors
    /// `EFBIG`, `ENOSPC`, `EIO`.
    pub fn resize(&mut self, size: u64) -> Result<()> {
        if size > self.volume.geometry.greatest_file() {
            return Err(Errno::EFBIG);
        }
        if size > self.inode.size { self.extend(size) } else { self.cut(size) }
    }

    /// Makes the file longer. Its last block exists afterwards; before it there may be a hole.
    fn extend(&mut self, size: u64) -> Result<()> {
        let former = self.inode.size;
        let geometry = &self.volume.geometry;
        let last = geometry.block_of(size - 1);
        let first = geometry.block_start(last);
        let result = self.leave_end(size, size).and_then(|()| {
            let needed = (size - first) as u32;
            let ensured = self.volume.ensure_block(self.number, self.inode, last, needed)?;
            self.inode.size = size;
            if ensured.fresh { self.cache.zero_pages(first, size - first) } else { Ok(()) }
        });
        if result.is_err() {
            self.volume.keep_failure(self.volume.truncate_blocks(self.inode, former));
            self.cache.truncate(former);
        }
        result
    }

    fn cut(&mut self, size: u64) -> Result<()> {
        let result = self.volume.truncate_blocks(self.inode, size);
        self.cache.truncate(size);
        result
    }

    /// Finds room for a range; what has none yet reads as zeroes.
    ///
    /// # Errors
    /// `EFBIG`, `ENOSPC`, `EIO`; what was found before stays, but the file does not become longer.
    pub fn reserve(&mut self, offset: u64, length: u64) -> Result<()> {
        let geometry = &self.volume.geometry;
        let end =
            offset.checked_add(length).filter(|&end| end <= geometry.greatest_file()).ok_or(Errno::EFBIG)?;
        let former = self.inode.size;
        if length == 0 {
            return Ok(());
        }
        let result = self.leave_end(end, end).and_then(|()| self.reserve_blocks(offset, end));
        if result.is_err() && self.inode.size > former {
            self.volume.keep_failure(self.volume.truncate_blocks(self.inode, former));
            self.cache.truncate(former);
        }
        result
    }

    fn reserve_blocks(&mut self, offset: u64, end: u64) -> Result<()> {
        let geometry = &self.volume.geometry;
        for block in (geometry.block_of(offset).0..=geometry.block_of(end - 1).0).map(LogicalBlock) {
            let first = geometry.block_start(block);
            let needed = (end.min(self.block_end(block)) - first) as u32;
            let ensured = self.volume.ensure_block(self.number, self.inode, block, needed)?;
            self.inode.size = self.inode.size.max(first + u64::from(needed));
            if ensured.fresh {
                let count = geometry.fragments_of(self.inode.size, block);
                self.volume.write_zeroes(ensured.fragment, count)?;
            }
        }
        Ok(())
    }

    /// Gives back the whole blocks of a range inside the file and makes the rest of it zero.
    ///
    /// # Errors
    /// `EIO`, `ENOSPC` when room for zeroes is missing.
    pub fn discard(&mut self, offset: u64, length: u64) -> Result<()> {
        let geometry = &self.volume.geometry;
        let end = offset.saturating_add(length).min(self.inode.size);
        if offset >= end {
            return Ok(());
        }
        let first = offset.div_ceil(u64::from(geometry.fs_bsize));
        let last = end >> geometry.fs_bshift;
        if first >= last {
            return self.zero(offset, end);
        }
        let (inner, inner_end) =
            (geometry.block_start(LogicalBlock(first)), geometry.block_start(LogicalBlock(last)));
        self.zero(offset, inner)?;
        self.zero(inner_end, end)?;
        let mut block = first;
        while block < last {
            let run = self.volume.run(self.inode, LogicalBlock(block), last - block)?;
            if run.fragment.is_some() {
                for block in block..block + run.blocks {
                    self.volume.punch_block(self.inode, LogicalBlock(block))?;
                }
            }
            block += run.blocks;
        }
        self.cache.drop_pages(inner, inner_end - inner);
        Ok(())
    }

    /// Writes zeroes over a range inside one or two blocks of the file, unless it is a hole.
    fn zero(&mut self, mut offset: u64, end: u64) -> Result<()> {
        const ZEROES: [u8; PAGE] = [0; PAGE];
        while offset < end {
            let next = end.min((offset / PAGE as u64 + 1) * PAGE as u64);
            let block = self.volume.geometry.block_of(offset);
            if self.volume.lookup_block(self.inode, block)?.is_some() {
                let store = FileStore::new(self.volume, self.inode);
                let zeroes = &ZEROES[..(next - offset) as usize];
                self.cache.write_bytes(offset, zeroes, self.inode.size, &store)?;
            }
            offset = next;
        }
        Ok(())
    }
}

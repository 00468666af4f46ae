//! The data of a file in memory: chunks by number; what has no chunk is a hole.

use super::{MemoryFileSystem, PAGE};
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use rump::errno::{Errno, Result};
use rump::memory;
use rump::uio::Uio;

const CHUNK: usize = 64 * 1024;

/// A file's bytes. A chunk is as long as what was written to it, in pages; behind that it is zero.
pub struct Data {
    file_system: Arc<MemoryFileSystem>,
    chunks: BTreeMap<u64, Vec<u8>>,
    pub size: u64,
    pages: u64,
}

fn position(offset: u64) -> (u64, usize) {
    (offset / CHUNK as u64, (offset % CHUNK as u64) as usize)
}

impl Data {
    pub fn new(file_system: &Arc<MemoryFileSystem>) -> Self {
        Self { file_system: Arc::clone(file_system), chunks: BTreeMap::new(), size: 0, pages: 0 }
    }

    /// Bytes that it occupies.
    pub fn occupied(&self) -> u64 {
        self.pages * PAGE
    }

    pub fn read(&self, uio: &mut Uio<'_>) -> Result<()> {
        while uio.residual() > 0 && uio.offset < self.size {
            let (index, start) = position(uio.offset);
            let left = usize::try_from(self.size - uio.offset).unwrap_or(usize::MAX);
            let end = (start + uio.residual().min(left)).min(CHUNK);
            let chunk: &[u8] = self.chunks.get(&index).map_or(&[], |chunk| chunk);
            let held = chunk.get(start..end.min(chunk.len())).unwrap_or_default();
            if held.is_empty() {
                uio.zero_out(end - start)?;
            } else {
                uio.copy_out(held)?;
            }
        }
        Ok(())
    }

    pub fn write(&mut self, uio: &mut Uio<'_>) -> Result<()> {
        while uio.residual() > 0 {
            let (index, start) = position(uio.offset);
            let end = start.saturating_add(uio.residual()).min(CHUNK);
            let before = uio.residual();
            let moved = self.write_chunk(uio, index, start, end);
            if uio.residual() < before {
                self.size = self.size.max(uio.offset);
            }
            moved?;
        }
        Ok(())
    }

    /// Writes bytes `start..end` of a chunk. What lies behind its end is appended: there is nothing to zero first.
    fn write_chunk(&mut self, uio: &mut Uio<'_>, index: u64, start: usize, end: usize) -> Result<()> {
        let chunk = self.make_room(index, end)?;
        if chunk.len() < start {
            chunk.resize(start, 0);
        }
        let held = chunk.len().min(end);
        let result = uio.copy_in(&mut chunk[start..held]).and_then(|_| uio.append_to(chunk, end - held));
        // A chunk is as long as its pages, whatever happened to the copy.
        let pages = end.next_multiple_of(PAGE as usize);
        if chunk.len() < pages {
            chunk.resize(pages, 0);
        }
        result.map(|_| ())
    }

    /// Makes a chunk `length` bytes long at least.
    fn grow(&mut self, index: u64, length: usize) -> Result<()> {
        let length = length.next_multiple_of(PAGE as usize);
        let chunk = self.make_room(index, length)?;
        if chunk.len() < length {
            chunk.resize(length, 0);
        }
        Ok(())
    }

    /// The chunk, with room for `length` bytes, rounded up to pages, which count as its own from now on.
    fn make_room(&mut self, index: u64, length: usize) -> Result<&mut Vec<u8>> {
        let length = length.next_multiple_of(PAGE as usize);
        let former = self.chunks.get(&index).map_or(0, Vec::len);
        if length <= former {
            return self.chunks.get_mut(&index).ok_or(Errno::EIO);
        }
        let pages = ((length - former) / PAGE as usize) as u64;
        self.file_system.take_pages(pages)?;
        if former == 0 {
            memory::file_grows(self.size);
        }
        let chunk = self.chunks.entry(index).or_default();
        // A file that has filled a chunk before will fill this one too.
        let capacity = if index > 0 { CHUNK } else { length.next_power_of_two().min(CHUNK) };
        let more = capacity.max(length).saturating_sub(chunk.len());
        let has_room = chunk.capacity() >= length
            || (memory::check_room(more).is_ok() && chunk.try_reserve_exact(more).is_ok());
        if !has_room {
            self.file_system.give_pages(pages);
            return Err(Errno::ENOMEM);
        }
        self.pages += pages;
        Ok(chunk)
    }

    /// Cuts or extends (with a hole) to a new size.
    pub fn truncate(&mut self, size: u64) {
        if size < self.size {
            let (index, length) = position(size);
            let cut = self.chunks.split_off(&(index + u64::from(length > 0)));
            let mut gone: usize = cut.values().map(Vec::len).sum();
            if length > 0
                && let Some(chunk) = self.chunks.get_mut(&index)
            {
                let kept = length.next_multiple_of(PAGE as usize).min(chunk.len());
                gone += chunk.len() - kept;
                chunk.truncate(kept);
                if let Some(tail) = chunk.get_mut(length..) {
                    tail.fill(0);
                }
            }
            self.forget((gone / PAGE as usize) as u64);
        }
        self.size = size;
    }

    fn forget(&mut self, pages: u64) {
        self.pages -= pages;
        self.file_system.give_pages(pages);
    }

    /// Makes room for a range, extending the file.
    pub fn allocate(&mut self, offset: u64, length: u64) -> Result<()> {
        let end = offset.checked_add(length).ok_or(Errno::EFBIG)?;
        // What can never fit is refused before memory is used up for a part of it.
        if length / PAGE > self.file_system.pages_free().saturating_add(self.pages) {
            return Err(Errno::ENOSPC);
        }
        let mut at = offset;
        while at < end {
            let (index, start) = position(at);
            let stop = usize::try_from(end - at).unwrap_or(CHUNK).saturating_add(start).min(CHUNK);
            self.grow(index, stop)?;
            at += (stop - start) as u64;
        }
        self.size = self.size.max(end);
        Ok(())
    }

    /// Makes a range read as zeroes; whole chunks are given back. Holes, however long, cost nothing.
    pub fn discard(&mut self, offset: u64, length: u64) {
        let end = offset.saturating_add(length).min(self.size);
        if offset >= end {
            return;
        }
        let ((first, start), (last, stop)) = (position(offset), position(end));
        let mut whole = Vec::new();
        for (&index, chunk) in self.chunks.range_mut(first..=last) {
            let from = if index == first { start } else { 0 };
            let to = if index == last { stop } else { CHUNK };
            if from == 0 && to == CHUNK {
                whole.push(index);
            } else {
                let to = to.min(chunk.len());
                if let Some(middle) = chunk.get_mut(from..to) {
                    middle.fill(0);
                }
            }
        }
        for index in whole {
            let gone = self.chunks.remove(&index).map_or(0, |chunk| chunk.len());
            self.forget((gone / PAGE as usize) as u64);
        }
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        self.file_system.give_pages(self.pages);
    }
}

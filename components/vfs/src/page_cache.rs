//! The page cache: file data in memory, in chunks of up to 64 KiB.
//!
//! A file system embeds one [`FileCache`] per regular file (and per directory, if it reads those as files) and hands its own
//! block mapping in as a [`BackingStore`] with each call. Misses are read a chunk at a time, which is the read-ahead; dirty
//! pages are written a run at a time.
//!
//! Lock order: the file system's node lock, then the file's chunks, then the pool's list.

mod ranges;

pub use ranges::ReadAhead;

use crate::page_pool::{PagePool, Reclaimable, Registration};
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicUsize, Ordering};
use rump::errno::{Errno, Result};
use rump::memory;
use rump::process::count_block_transfer;
use rump::sync::RwLock;
use rump::uio::{Direction, Uio};

/// Bytes in a page: the unit of what is valid and dirty.
pub const PAGE: usize = 4096;
/// Bytes in a chunk: the unit of what is read and looked up.
pub const CHUNK: usize = 64 * 1024;
const PAGES: usize = CHUNK / PAGE;

/// Where a file's data lies when it is not in memory.
pub trait BackingStore {
    /// Reads `into.len()` bytes of the file from `offset` on; holes and what is past the end read as zeroes. Both are
    /// multiples of [`PAGE`].
    fn read_pages(&self, offset: u64, into: &mut [u8]) -> Result<()>;

    /// Writes to where the file's blocks are; what has no block (past the end of the file) is left out. `offset` is a
    /// multiple of [`PAGE`].
    fn write_pages(&self, offset: u64, from: &[u8]) -> Result<()>;
}

struct Chunk {
    data: Vec<u8>,
    /// One bit a page.
    valid: u16,
    dirty: u16,
    pool: Arc<PagePool>,
}

fn mask(first: usize, end: usize) -> u16 {
    (((1u32 << end) - 1) & !((1u32 << first) - 1)) as u16
}

impl Chunk {
    fn new(pool: &Arc<PagePool>) -> Self {
        Self { data: Vec::new(), valid: 0, dirty: 0, pool: Arc::clone(pool) }
    }

    /// Makes room for `length` bytes; new ones are zero and not valid.
    fn grow(&mut self, length: usize) -> Result<()> {
        let length = length.next_multiple_of(PAGE);
        let former = self.data.len();
        if length > former {
            // Doubling bounds the copying of a file that grows page by page.
            let capacity = length.next_power_of_two().clamp(PAGE, CHUNK);
            self.reserve(capacity)?;
            self.data.resize(length, 0);
            self.pool.add_bytes(length - former);
        }
        Ok(())
    }

    /// Makes room in memory for `capacity` bytes.
    fn reserve(&mut self, capacity: usize) -> Result<()> {
        if capacity > self.data.capacity() {
            let more = capacity - self.data.len();
            memory::check_room(more)?;
            self.data.try_reserve_exact(more).map_err(|_| Errno::ENOMEM)?;
        }
        Ok(())
    }

    fn set_dirty(&mut self, pages: u16) {
        let fresh = (pages & !self.dirty).count_ones() as usize;
        self.dirty |= pages;
        self.valid |= pages;
        self.pool.add_dirty(fresh * PAGE);
    }

    fn clear_dirty(&mut self, pages: u16) {
        let gone = (pages & self.dirty).count_ones() as usize;
        self.dirty &= !pages;
        self.pool.remove_dirty(gone * PAGE);
    }

    /// Makes pages `first..end` valid, reading those that are not.
    fn fill(&mut self, base: u64, first: usize, end: usize, store: &dyn BackingStore) -> Result<()> {
        self.grow(end * PAGE)?;
        let mut page = first;
        while page < end {
            if self.valid & (1 << page) != 0 {
                page += 1;
                continue;
            }
            let run_end = (page..end).find(|&later| self.valid & (1 << later) != 0).unwrap_or(end);
            let bytes = &mut self.data[page * PAGE..run_end * PAGE];
            count_block_transfer(Direction::Read);
            store.read_pages(base + (page * PAGE) as u64, bytes)?;
            self.valid |= mask(page, run_end);
            page = run_end;
        }
        Ok(())
    }

    /// After a copy that broke off: bytes `start..copied` have arrived and count. The rest of the last page is what it was.
    fn keep_copied(
        &mut self,
        base: u64,
        start: usize,
        copied: usize,
        size: u64,
        store: &dyn BackingStore,
    ) -> Result<()> {
        if copied == start {
            return Ok(());
        }
        let page = copied / PAGE;
        if !copied.is_multiple_of(PAGE) && self.valid & (1 << page) == 0 {
            let from = start.max(page * PAGE);
            let arrived = self.data[from..copied].to_vec();
            if base + ((page * PAGE) as u64) < size {
                self.fill(base, page, page + 1, store)?;
            } else {
                self.data[page * PAGE..(page + 1) * PAGE].fill(0);
            }
            self.data[from..copied].copy_from_slice(&arrived);
        }
        self.set_dirty(mask(start / PAGE, copied.div_ceil(PAGE)));
        Ok(())
    }

    /// Drops everything from byte `length` of the chunk on; the rest of its last page becomes zero.
    fn cut(&mut self, length: usize) {
        let kept_pages = length.div_ceil(PAGE);
        self.clear_dirty(mask(kept_pages, PAGES));
        self.valid &= mask(0, kept_pages);
        let kept = (kept_pages * PAGE).min(self.data.len());
        self.pool.remove_bytes(self.data.len() - kept);
        self.data.truncate(kept);
        if let Some(tail) = self.data.get_mut(length..) {
            tail.fill(0);
        }
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        self.clear_dirty(u16::MAX);
        self.pool.remove_bytes(self.data.len());
    }
}

#[derive(Default)]
struct Chunks {
    map: RwLock<BTreeMap<u64, Chunk>>,
}

impl Reclaimable for Chunks {
    fn drop_clean(&self) {
        if let Some(mut map) = self.map.try_write() {
            map.retain(|_, chunk| chunk.dirty != 0);
        }
    }
}

/// One file's data in memory.
pub struct FileCache {
    chunks: Arc<Chunks>,
    registration: Registration,
    dirty_hint: AtomicUsize,
}

fn position(offset: u64) -> (u64, usize) {
    (offset / CHUNK as u64, (offset % CHUNK as u64) as usize)
}

impl FileCache {
    /// A dirty file is flushed by its writer when this many bytes have been written to it since the last time.
    const FLUSH_AFTER: usize = 32 << 20;

    /// Nothing in memory yet.
    #[must_use]
    pub fn new(pool: &Arc<PagePool>) -> Self {
        let chunks = Arc::new(Chunks::default());
        Self { chunks, registration: Registration::new(pool), dirty_hint: AtomicUsize::new(0) }
    }

    /// Reads from `uio.offset` up to the file's `size`, and `ahead` of that where it is not in memory. The caller holds the
    /// node's lock, shared at least.
    ///
    /// # Errors
    /// What the store or the program's memory says; `ENOMEM`.
    pub fn read(
        &self,
        uio: &mut Uio<'_>,
        size: u64,
        store: &dyn BackingStore,
        ahead: ReadAhead,
    ) -> Result<()> {
        while uio.residual() > 0 && uio.offset < size {
            let (index, start) = position(uio.offset);
            let left = usize::try_from(size - uio.offset).unwrap_or(usize::MAX);
            let end = (start + uio.residual().min(left)).min(CHUNK);
            if !self.copy_out(uio, index, start, end)? {
                let whole = usize::try_from(size - index * CHUNK as u64).unwrap_or(usize::MAX).min(CHUNK);
                let wanted = if ahead == ReadAhead::Nothing { end } else { end.max(whole) };
                self.fill(index, start, wanted, store)?;
                self.read_ahead(index, ahead, size, store);
            }
        }
        Ok(())
    }

    /// Copies bytes `start..end` of a chunk if they are all valid.
    fn copy_out(&self, uio: &mut Uio<'_>, index: u64, start: usize, end: usize) -> Result<bool> {
        let needed = mask(start / PAGE, end.div_ceil(PAGE));
        let map = self.chunks.map.read();
        match map.get(&index) {
            Some(chunk) if chunk.valid & needed == needed => {
                uio.copy_out(&chunk.data[start..end])?;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// Brings bytes `start..end` of a chunk into memory.
    fn fill(&self, index: u64, start: usize, end: usize, store: &dyn BackingStore) -> Result<()> {
        self.registration.pool.make_room();
        let base = index * CHUNK as u64;
        let mut map = self.chunks.map.write();
        self.register();
        let chunk = map.entry(index).or_insert_with(|| Chunk::new(&self.registration.pool));
        if chunk.data.is_empty() {
            memory::file_grows(base);
        }
        chunk.fill(base, start / PAGE, end.div_ceil(PAGE), store)
    }

    /// Makes the pool know the file, before it has a chunk.
    fn register(&self) {
        self.registration.enter(|| Arc::downgrade(&self.chunks) as _);
    }

    /// Writes `length` bytes from `uio.offset` on into memory. Blocks for them have been allocated; `size` is the file's
    /// size before. The caller holds the node's lock exclusively. On an error `uio` tells how much was written.
    ///
    /// # Errors
    /// What the store (for pages written in part) or the program's memory says; `ENOMEM`.
    pub fn write(&self, uio: &mut Uio<'_>, length: usize, size: u64, store: &dyn BackingStore) -> Result<()> {
        self.registration.pool.make_room();
        let goal = uio.residual().saturating_sub(length);
        let mut map = self.chunks.map.write();
        self.register();
        while uio.residual() > goal {
            let (index, start) = position(uio.offset);
            let end = (start + uio.residual() - goal).min(CHUNK);
            let base = index * CHUNK as u64;
            let chunk = map.entry(index).or_insert_with(|| Chunk::new(&self.registration.pool));
            if index > 0 && start == 0 && chunk.data.is_empty() {
                // Who writes one chunk after the other will fill this one, too. What is not to be had now may not be needed.
                memory::file_grows(base);
                let _ = chunk.reserve(CHUNK);
            }
            chunk.grow(end)?;
            for edge in [start, end] {
                let page = edge / PAGE;
                let partial = edge % PAGE != 0;
                let page_start = base + (page * PAGE) as u64;
                if !partial || chunk.valid & (1 << page) != 0 {
                    continue;
                }
                if page_start < size {
                    chunk.fill(base, page, page + 1, store)?;
                } else {
                    // Past the end of the file there is nothing to read, and memory may hold an old tail.
                    chunk.data[page * PAGE..(page + 1) * PAGE].fill(0);
                    chunk.valid |= 1 << page;
                }
            }
            let from = uio.offset;
            if let Err(error) = uio.copy_in(&mut chunk.data[start..end]) {
                let copied = start + (uio.offset - from) as usize;
                chunk.keep_copied(base, start, copied, size, store)?;
                return Err(error);
            }
            chunk.set_dirty(mask(start / PAGE, end.div_ceil(PAGE)));
            self.dirty_hint.fetch_add(end - start, Ordering::Relaxed);
        }
        drop(map);
        if self.dirty_hint.load(Ordering::Relaxed) > Self::FLUSH_AFTER { self.flush(store) } else { Ok(()) }
    }

    /// Reads `into.len()` bytes at `offset` into the kernel's own memory; past `size` the rest is left as it is.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_bytes(
        &self,
        offset: u64,
        into: &mut [u8],
        size: u64,
        store: &dyn BackingStore,
    ) -> Result<()> {
        self.read(&mut Uio::into_kernel(into, offset), size, store, ReadAhead::Chunk)
    }

    /// Writes the kernel's own bytes at `offset`.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub fn write_bytes(&self, offset: u64, from: &[u8], size: u64, store: &dyn BackingStore) -> Result<()> {
        self.write(&mut Uio::from_kernel(from, offset), from.len(), size, store)
    }

    /// Brings the pages that overlap a range into memory and marks them dirty: their place on the device is about to change.
    ///
    /// # Errors
    /// What the store says; `ENOMEM`.
    pub fn keep_dirty(&self, offset: u64, length: u64, size: u64, store: &dyn BackingStore) -> Result<()> {
        self.for_pages(offset, length, |chunk, base, first, end| {
            debug_assert!(base + ((end - 1) * PAGE) as u64 <= size);
            chunk.fill(base, first, end, store)?;
            chunk.set_dirty(mask(first, end));
            Ok(())
        })
    }

    /// Makes the pages that overlap a range, as far as they are not in memory, zero, and marks all of them dirty: what lies
    /// there on the device is not the file's.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn zero_pages(&self, offset: u64, length: u64) -> Result<()> {
        self.for_pages(offset, length, |chunk, _, first, end| {
            chunk.grow(end * PAGE)?;
            for page in first..end {
                if chunk.valid & (1 << page) == 0 {
                    chunk.data[page * PAGE..(page + 1) * PAGE].fill(0);
                }
            }
            chunk.set_dirty(mask(first, end));
            Ok(())
        })
    }

    /// Runs `change` on each chunk of a range, with the chunk's offset and the pages of it that overlap the range.
    fn for_pages(
        &self,
        offset: u64,
        length: u64,
        mut change: impl FnMut(&mut Chunk, u64, usize, usize) -> Result<()>,
    ) -> Result<()> {
        let mut map = self.chunks.map.write();
        let range_end = offset.saturating_add(length);
        let mut at = offset;
        while at < range_end {
            self.register();
            let (index, start) = position(at);
            let base = index * CHUNK as u64;
            let end = usize::try_from(range_end - base).unwrap_or(CHUNK).min(CHUNK);
            let chunk = map.entry(index).or_insert_with(|| Chunk::new(&self.registration.pool));
            change(chunk, base, start / PAGE, end.div_ceil(PAGE))?;
            at = base + CHUNK as u64;
        }
        Ok(())
    }

    /// Cuts or extends what is in memory to a new size. What lies past it is dropped without being written.
    pub fn truncate(&self, size: u64) {
        let (index, length) = position(size);
        let mut map = self.chunks.map.write();
        drop(map.split_off(&(index + u64::from(length > 0))));
        if length > 0
            && let Some(chunk) = map.get_mut(&index)
        {
            chunk.cut(length);
        }
    }

    /// Zeroes a range in memory and says so to later reads; whole pages are dropped without being written. For fdiscard: the
    /// file system has taken the blocks away. Partial pages at the edges are left to the caller to write as zeroes.
    pub fn drop_pages(&self, offset: u64, length: u64) {
        let first = offset.div_ceil(PAGE as u64);
        let end = offset.saturating_add(length) / PAGE as u64;
        if first >= end {
            return;
        }
        let pages = PAGES as u64;
        let mut map = self.chunks.map.write();
        // Only what is in memory is looked at: the range may be as long as a file can be.
        for (&index, chunk) in map.range_mut(first / pages..=(end - 1) / pages) {
            let base = index * pages;
            let gone = mask(first.saturating_sub(base) as usize, (end - base).min(pages) as usize);
            chunk.clear_dirty(gone);
            chunk.valid &= !gone;
        }
    }

    /// Writes all dirty pages to the store. What failed stays dirty.
    ///
    /// # Errors
    /// The first that the store gives.
    pub fn flush(&self, store: &dyn BackingStore) -> Result<()> {
        let mut map = self.chunks.map.write();
        for (index, chunk) in &mut *map {
            if chunk.dirty != 0 {
                chunk.flush(index * CHUNK as u64, store)?;
            }
        }
        self.dirty_hint.store(0, Ordering::Relaxed);
        Ok(())
    }

    /// Drops everything, dirty or not.
    pub fn clear(&self) {
        self.chunks.map.write().clear();
    }
}

//! The buffer cache: a mounted device's metadata blocks in memory.
//!
//! A block is identified by its byte offset and is always asked for with the same length. Changes stay in memory until
//! [`BufferCache::flush`]; clean blocks go when the cache is over its limit.

use crate::block_device::BlockDevice;
use alloc::boxed::Box;
use alloc::collections::btree_map::Entry;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::{Deref, DerefMut};
use core::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use rump::errno::{Errno, Result};
use rump::memory;
use rump::process::count_block_transfer;
use rump::sync::{Mutex, RwLock, RwLockReadGuard, RwLockWriteGuard};
use rump::uio::Direction;

// Lock order: a block's bytes, the map, the set of dirty blocks.

/// Which blocks of a cache are dirty, so that flushing costs as much as there is to write.
#[derive(Default)]
struct DirtyBlocks {
    offsets: Mutex<BTreeSet<u64>>,
    bytes: AtomicUsize,
}

struct Block {
    offset: u64,
    length: usize,
    data: RwLock<Box<[u8]>>,
    /// Whether `data` is what the device had. Changes once, under the lock of `data`, which its reader holds from the start.
    loaded: AtomicBool,
    /// Changes under the lock of `data` only.
    dirty: AtomicBool,
    dirty_blocks: Arc<DirtyBlocks>,
    /// The cache's clock when it was last asked for.
    last_use: AtomicU64,
}

impl Block {
    /// Waits for a reading of the device that is under way, and says whether it went well.
    fn wait_until_loaded(&self) -> bool {
        if !self.loaded.load(Ordering::Acquire) {
            drop(self.data.read());
        }
        self.loaded.load(Ordering::Acquire)
    }

    fn set_dirty(&self) {
        if !self.dirty.swap(true, Ordering::AcqRel) {
            self.dirty_blocks.bytes.fetch_add(self.length, Ordering::Relaxed);
            self.dirty_blocks.offsets.lock().insert(self.offset);
        }
    }

    fn set_clean(&self) {
        if self.dirty.swap(false, Ordering::AcqRel) {
            self.dirty_blocks.bytes.fetch_sub(self.length, Ordering::Relaxed);
            self.dirty_blocks.offsets.lock().remove(&self.offset);
        }
    }
}

/// A block in memory. Cheap to clone; all clones are the same block.
#[derive(Clone)]
pub struct Buffer(Arc<Block>);

impl Buffer {
    /// The bytes, shared.
    #[must_use]
    pub fn read(&self) -> BufferReadGuard<'_> {
        BufferReadGuard(self.0.data.read())
    }

    /// The bytes, exclusively; the block is dirty from then on.
    #[must_use]
    pub fn write(&self) -> BufferWriteGuard<'_> {
        let guard = self.0.data.write();
        self.0.set_dirty();
        BufferWriteGuard(guard)
    }

    /// Byte offset on the device.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.0.offset
    }
}

/// Shared access to a block's bytes.
pub struct BufferReadGuard<'a>(RwLockReadGuard<'a, Box<[u8]>>);

impl Deref for BufferReadGuard<'_> {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.0
    }
}

/// Exclusive access to a block's bytes.
pub struct BufferWriteGuard<'a>(RwLockWriteGuard<'a, Box<[u8]>>);

impl Deref for BufferWriteGuard<'_> {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl DerefMut for BufferWriteGuard<'_> {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

#[derive(Default)]
struct Blocks {
    by_offset: BTreeMap<u64, Arc<Block>>,
    bytes: usize,
}

impl Blocks {
    /// Takes a block out, unless another is in its place.
    fn remove(&mut self, block: &Arc<Block>) {
        if self.by_offset.get(&block.offset).is_some_and(|found| Arc::ptr_eq(found, block)) {
            self.by_offset.remove(&block.offset);
            self.bytes = self.bytes.saturating_sub(block.length);
        }
    }
}

/// The metadata blocks of one device.
pub struct BufferCache {
    device: Arc<dyn BlockDevice>,
    blocks: Mutex<Blocks>,
    dirty_blocks: Arc<DirtyBlocks>,
    clock: AtomicU64,
    limit: usize,
}

impl BufferCache {
    /// Bytes kept before clean blocks are dropped, unless said otherwise.
    pub const DEFAULT_LIMIT: usize = 64 << 20;

    /// An empty cache for a device.
    #[must_use]
    pub fn new(device: Arc<dyn BlockDevice>, limit: usize) -> Self {
        let dirty_blocks = Arc::default();
        Self { device, blocks: Mutex::default(), dirty_blocks, clock: AtomicU64::new(0), limit }
    }

    /// The device behind it.
    #[must_use]
    pub fn device(&self) -> &Arc<dyn BlockDevice> {
        &self.device
    }

    /// Bytes that wait to be written.
    #[must_use]
    pub fn dirty_bytes(&self) -> usize {
        self.dirty_blocks.bytes.load(Ordering::Relaxed)
    }

    /// The block of `length` bytes at byte `offset`, read if need be.
    ///
    /// # Errors
    /// What the device says; `EIO` when the block is in memory with another length, which only an inconsistent image
    /// brings about; `ENOMEM`.
    pub fn read(&self, offset: u64, length: usize) -> Result<Buffer> {
        loop {
            if let Some(buffer) = self.find(offset, length)? {
                return Ok(buffer);
            }
            if let Some(buffer) = self.load(offset, memory::zeroed_beyond_limit(length)?)? {
                return Ok(buffer);
            }
        }
    }

    /// Reads a block that is not in memory. It is in the cache, locked, before the device is asked: if two threads read the
    /// same block, the slower one must not enter what has been changed, written and dropped since. `None` when somebody else
    /// has entered it.
    fn load(&self, offset: u64, data: Box<[u8]>) -> Result<Option<Buffer>> {
        let block = self.block(offset, data, false);
        let mut data = block.data.write();
        if !self.enter(&block) {
            return Ok(None);
        }
        count_block_transfer(Direction::Read);
        if let Err(error) = self.device.read(offset, &mut data) {
            self.blocks.lock().remove(&block);
            return Err(error);
        }
        block.loaded.store(true, Ordering::Release);
        drop(data);
        Ok(Some(Buffer(block)))
    }

    /// The block at `offset`, zeroed and dirty, without reading what was there.
    ///
    /// # Errors
    /// As [`read`](Self::read), the device aside.
    pub fn zeroed(&self, offset: u64, length: usize) -> Result<Buffer> {
        loop {
            if let Some(buffer) = self.find(offset, length)? {
                buffer.write().fill(0);
                return Ok(buffer);
            }
            let block = self.block(offset, memory::zeroed_beyond_limit(length)?, true);
            if self.enter(&block) {
                let buffer = Buffer(block);
                drop(buffer.write());
                return Ok(buffer);
            }
        }
    }

    /// Makes these bytes the block at `offset`, dirty, whatever was there. Its owner alone may do this.
    pub fn replace(&self, offset: u64, data: Box<[u8]>) {
        let block = self.block(offset, data, true);
        while !self.enter(&block) {
            self.discard(offset);
        }
        drop(Buffer(block).write());
    }

    /// A block in memory, if it is there; waits for one that is being read.
    fn find(&self, offset: u64, length: usize) -> Result<Option<Buffer>> {
        let block = {
            let blocks = self.blocks.lock();
            let Some(block) = blocks.by_offset.get(&offset) else { return Ok(None) };
            block.last_use.store(self.clock.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
            Arc::clone(block)
        };
        if !block.wait_until_loaded() {
            return Ok(None);
        }
        if block.length == length { Ok(Some(Buffer(block))) } else { Err(Errno::EIO) }
    }

    fn block(&self, offset: u64, data: Box<[u8]>, loaded: bool) -> Arc<Block> {
        Arc::new(Block {
            offset,
            length: data.len(),
            data: RwLock::new(data),
            loaded: AtomicBool::new(loaded),
            dirty: AtomicBool::new(false),
            dirty_blocks: Arc::clone(&self.dirty_blocks),
            last_use: AtomicU64::new(self.clock.fetch_add(1, Ordering::Relaxed)),
        })
    }

    /// Puts a block into the cache, unless there is one in its place.
    fn enter(&self, block: &Arc<Block>) -> bool {
        self.make_room(block.length);
        let mut blocks = self.blocks.lock();
        let Entry::Vacant(place) = blocks.by_offset.entry(block.offset) else { return false };
        place.insert(Arc::clone(block));
        blocks.bytes += block.length;
        true
    }

    /// Makes room for a block where there is little: clean blocks go, and if there are too few, dirty ones are written.
    fn make_room(&self, length: usize) {
        let goal = if memory::is_low() {
            self.limit.min(self.blocks.lock().bytes / 2)
        } else if self.blocks.lock().bytes + length > self.limit {
            self.limit / 2
        } else {
            return;
        };
        let left = {
            let mut blocks = self.blocks.lock();
            Self::shrink(&mut blocks, goal);
            blocks.bytes
        };
        if left > goal {
            self.for_each_dirty(&mut |block| {
                // One that is locked may be locked by this very thread. One that fails stays dirty, and who syncs is told.
                if let Some(data) = block.data.try_read() {
                    let _ = self.write_out(&block, &data);
                }
            });
            Self::shrink(&mut self.blocks.lock(), goal);
        }
    }

    /// Drops clean blocks that nobody holds, least recently used first, until so many bytes are free or none is left; tells how
    /// many.
    pub fn release(&self, bytes: usize) -> usize {
        let mut blocks = self.blocks.lock();
        let former = blocks.bytes;
        Self::shrink(&mut blocks, former.saturating_sub(bytes));
        former - blocks.bytes
    }

    /// Runs `each`, which may block, on the blocks that are dirty, in the order of their offsets.
    fn for_each_dirty(&self, each: &mut dyn FnMut(Arc<Block>)) {
        let mut next = Some(0);
        while let Some(from) = next {
            let Some(offset) = self.dirty_blocks.offsets.lock().range(from..).next().copied() else { return };
            let block = self.blocks.lock().by_offset.get(&offset).cloned();
            if let Some(block) = block {
                each(block);
            }
            next = offset.checked_add(1);
        }
    }

    /// Drops clean blocks that nobody holds, least recently used first, down to `goal` bytes.
    fn shrink(blocks: &mut Blocks, goal: usize) {
        let mut idle = Vec::new();
        // Where the host has no room even for the list, the few blocks that fit go.
        let _ = idle.try_reserve_exact(blocks.by_offset.len());
        let unused = blocks
            .by_offset
            .values()
            .filter(|block| Arc::strong_count(block) == 1 && !block.dirty.load(Ordering::Acquire))
            .map(|block| (block.last_use.load(Ordering::Relaxed), block.offset));
        idle.extend(unused.take(idle.capacity()));
        idle.sort_unstable();
        for (_, offset) in idle {
            if blocks.bytes <= goal {
                break;
            }
            if let Some(block) = blocks.by_offset.remove(&offset) {
                blocks.bytes = blocks.bytes.saturating_sub(block.length);
            }
        }
    }

    /// Forgets the block at `offset`, if it is in memory, without writing it: it has been freed and may become file data.
    pub fn discard(&self, offset: u64) {
        let block = self.blocks.lock().by_offset.get(&offset).cloned();
        let Some(block) = block else { return };
        // Waits for a write that is under way: afterwards the place may be another's.
        let _exclusive = block.data.write();
        let mut blocks = self.blocks.lock();
        blocks.remove(&block);
        // Before another block can come to its place and be dirty there.
        block.set_clean();
    }

    /// Forgets everything without writing it, for a forced unmount or to read the device anew.
    pub fn clear(&self) {
        let former = core::mem::take(&mut *self.blocks.lock());
        for block in former.by_offset.into_values() {
            block.set_clean();
        }
    }

    /// Writes one block if it is dirty.
    ///
    /// # Errors
    /// What the device says; the block stays dirty then.
    pub fn flush_block(&self, buffer: &Buffer) -> Result<()> {
        self.write_out(&buffer.0, &buffer.0.data.read())
    }

    /// Writes a block that is locked for reading: no change can come between the write and the clean mark.
    fn write_out(&self, block: &Block, data: &[u8]) -> Result<()> {
        if block.dirty.load(Ordering::Acquire) {
            // Clean only afterwards: who finds it clean may rely on its being written.
            count_block_transfer(Direction::Write);
            self.device.write(block.offset, data)?;
            block.set_clean();
        }
        Ok(())
    }

    /// Writes all dirty blocks, in the order of their offsets. All are tried.
    ///
    /// # Errors
    /// The first that the device gives; what failed stays dirty. The device itself is not flushed.
    pub fn flush(&self) -> Result<()> {
        let mut result = Ok(());
        self.for_each_dirty(&mut |block| result = result.and(self.flush_block(&Buffer(block))));
        result
    }
}

//! The buffer cache: a mounted device's metadata blocks in memory.
//!
//! A block is identified by its byte offset and is always asked for with the same length. Changes stay in memory until
//! [`BufferCache::flush`]; clean blocks go when the cache is over its limit.

use crate::block_device::BlockDevice;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::{Deref, DerefMut};
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use rump::errno::{Errno, Result};
use rump::memory;
use rump::sync::{Mutex, RwLock, RwLockReadGuard, RwLockWriteGuard};

struct Block {
    offset: u64,
    data: RwLock<Box<[u8]>>,
    dirty: AtomicBool,
    /// The cache's clock when it was last asked for.
    last_use: AtomicU64,
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
        self.0.dirty.store(true, Ordering::Release);
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

/// The metadata blocks of one device.
pub struct BufferCache {
    device: Arc<dyn BlockDevice>,
    blocks: Mutex<Blocks>,
    clock: AtomicU64,
    limit: usize,
}

impl BufferCache {
    /// Bytes kept before clean blocks are dropped, unless said otherwise.
    pub const DEFAULT_LIMIT: usize = 64 << 20;

    /// An empty cache for a device.
    #[must_use]
    pub fn new(device: Arc<dyn BlockDevice>, limit: usize) -> Self {
        Self { device, blocks: Mutex::default(), clock: AtomicU64::new(0), limit }
    }

    /// The device behind it.
    #[must_use]
    pub fn device(&self) -> &Arc<dyn BlockDevice> {
        &self.device
    }

    /// The block of `length` bytes at byte `offset`, read if need be.
    ///
    /// # Errors
    /// What the device says; `EIO` when the block is in memory with another length, which only an inconsistent image
    /// brings about; `ENOMEM`.
    pub fn read(&self, offset: u64, length: usize) -> Result<Buffer> {
        if let Some(block) = self.find(offset, length)? {
            return Ok(block);
        }
        let mut data = memory::zeroed(length)?;
        self.device.read(offset, &mut data)?;
        self.insert(offset, data)
    }

    /// The block at `offset`, zeroed and dirty, without reading what was there.
    ///
    /// # Errors
    /// As [`read`](Self::read), the device aside.
    pub fn zeroed(&self, offset: u64, length: usize) -> Result<Buffer> {
        let buffer = match self.find(offset, length)? {
            Some(buffer) => buffer,
            None => self.insert(offset, memory::zeroed(length)?)?,
        };
        buffer.write().fill(0);
        Ok(buffer)
    }

    fn find(&self, offset: u64, length: usize) -> Result<Option<Buffer>> {
        let blocks = self.blocks.lock();
        let Some(block) = blocks.by_offset.get(&offset) else { return Ok(None) };
        block.last_use.store(self.clock.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        let buffer = Buffer(Arc::clone(block));
        drop(blocks);
        let known = buffer.read().len();
        if known == length { Ok(Some(buffer)) } else { Err(Errno::EIO) }
    }

    /// Enters a block, unless another thread has meanwhile.
    fn insert(&self, offset: u64, data: Box<[u8]>) -> Result<Buffer> {
        let length = data.len();
        let now = self.clock.fetch_add(1, Ordering::Relaxed);
        let mut blocks = self.blocks.lock();
        if blocks.bytes + length > self.limit || memory::is_low() {
            Self::shrink(&mut blocks, self.limit / 2);
        }
        let block = Arc::clone(blocks.by_offset.entry(offset).or_insert_with(|| {
            Arc::new(Block {
                offset,
                data: RwLock::new(data),
                dirty: AtomicBool::new(false),
                last_use: AtomicU64::new(now),
            })
        }));
        blocks.bytes = blocks.bytes.saturating_add(length);
        Ok(Buffer(block))
    }

    /// Drops clean blocks that nobody holds, least recently used first, down to `goal` bytes.
    fn shrink(blocks: &mut Blocks, goal: usize) {
        let mut idle: Vec<_> = blocks
            .by_offset
            .values()
            .filter(|block| Arc::strong_count(block) == 1 && !block.dirty.load(Ordering::Acquire))
            .map(|block| (block.last_use.load(Ordering::Relaxed), block.offset))
            .collect();
        idle.sort_unstable();
        for (_, offset) in idle {
            if blocks.bytes <= goal {
                break;
            }
            if let Some(block) = blocks.by_offset.remove(&offset) {
                blocks.bytes = blocks.bytes.saturating_sub(block.data.read().len());
            }
        }
    }

    /// Forgets the block at `offset`, if it is in memory, without writing it: it has been freed and may become file data.
    pub fn discard(&self, offset: u64) {
        let mut blocks = self.blocks.lock();
        if let Some(block) = blocks.by_offset.remove(&offset) {
            block.dirty.store(false, Ordering::Release);
            blocks.bytes = blocks.bytes.saturating_sub(block.data.read().len());
        }
    }

    /// Forgets everything without writing it, for a forced unmount or to read the device anew.
    pub fn clear(&self) {
        *self.blocks.lock() = Blocks::default();
    }

    /// Writes one block if it is dirty.
    ///
    /// # Errors
    /// What the device says; the block stays dirty then.
    pub fn flush_block(&self, buffer: &Buffer) -> Result<()> {
        let block = &buffer.0;
        // Locked for reading: no change can come between the write and the clean mark.
        let data = block.data.read();
        if block.dirty.swap(false, Ordering::AcqRel)
            && let Err(error) = self.device.write(block.offset, &data)
        {
            block.dirty.store(true, Ordering::Release);
            return Err(error);
        }
        Ok(())
    }

    /// Writes all dirty blocks, in the order of their offsets. All are tried.
    ///
    /// # Errors
    /// The first that the device gives; what failed stays dirty. The device itself is not flushed.
    pub fn flush(&self) -> Result<()> {
        let dirty: Vec<_> = {
            let blocks = self.blocks.lock();
            blocks.by_offset.values().filter(|block| block.dirty.load(Ordering::Acquire)).cloned().collect()
        };
        let mut result = Ok(());
        for block in dirty {
            result = result.and(self.flush_block(&Buffer(block)));
        }
        result
    }
}

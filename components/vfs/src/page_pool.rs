//! All file data that one kernel keeps in memory: how much there is, and who can give some back.

use crate::page_cache::CHUNK;
use alloc::collections::BTreeMap;
use alloc::sync::{Arc, Weak};
use core::ops::Bound::{Excluded, Unbounded};
use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use rump::memory;
use rump::sync::Mutex;

/// Somebody's pages.
pub trait Reclaimable: Send + Sync {
    /// Drops those that are clean. Who is in use right now is left alone: its user may be the one who needs room.
    fn drop_clean(&self);
}

/// Who has pages, by the order in which they came.
#[derive(Default)]
struct Files {
    by_number: BTreeMap<u64, Weak<dyn Reclaimable>>,
    latest: u64,
    /// The last one that was asked to give pages back.
    cursor: u64,
}

impl Files {
    /// The next one to ask, round and round; `None` when that one has just gone, or there is none.
    fn advance(&mut self) -> Option<Arc<dyn Reclaimable>> {
        let later = self.by_number.range((Excluded(self.cursor), Unbounded)).next();
        let (&number, file) = later.or_else(|| self.by_number.first_key_value())?;
        self.cursor = number;
        file.upgrade()
    }
}

/// All file data that one kernel keeps in memory.
pub struct PagePool {
    bytes: AtomicUsize,
    dirty: AtomicUsize,
    limit: usize,
    files: Mutex<Files>,
}

impl PagePool {
    const DEFAULT_LIMIT: usize = 512 << 20;

    /// A pool that keeps `limit` bytes at most; `None` takes half of the kernel's memory limit, or 512 MiB.
    #[must_use]
    pub fn new(limit: Option<usize>) -> Arc<Self> {
        let (_, memory) = memory::usage();
        let limit = limit.unwrap_or_else(|| Self::DEFAULT_LIMIT.min(memory / 2));
        Arc::new(Self {
            bytes: AtomicUsize::new(0),
            dirty: AtomicUsize::new(0),
            limit: limit.max(CHUNK),
            files: Mutex::default(),
        })
    }

    /// Bytes held.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Bytes that fit before pages have to be dropped.
    pub(crate) fn room(&self) -> usize {
        if memory::is_low() { 0 } else { self.limit.saturating_sub(self.bytes()) }
    }

    pub(crate) fn add_bytes(&self, bytes: usize) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn remove_bytes(&self, bytes: usize) {
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    pub(crate) fn add_dirty(&self, bytes: usize) {
        self.dirty.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn remove_dirty(&self, bytes: usize) {
        self.dirty.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Whether so much is dirty that whoever writes should make the file system sync.
    #[must_use]
    pub fn wants_sync(&self) -> bool {
        let dirty = self.dirty.load(Ordering::Relaxed);
        dirty > self.limit / 4 || (memory::is_low() && dirty > 0)
    }

    /// Drops clean pages, one file after the other, until the pool is an eighth below its limit.
    pub fn reclaim(&self) {
        self.shrink(if memory::is_low() { self.bytes() / 2 } else { self.limit - self.limit / 8 });
    }

    /// Drops clean pages, one file after the other, until so many bytes are free or none is left; tells how many.
    pub fn release(&self, bytes: usize) -> usize {
        let former = self.bytes();
        self.shrink(former.saturating_sub(bytes));
        former.saturating_sub(self.bytes())
    }

    /// Drops clean pages, one file after the other, until the pool has `goal` bytes.
    fn shrink(&self, goal: usize) {
        let mut files = self.files.lock();
        for _ in 0..files.by_number.len() {
            if self.bytes() <= goal {
                break;
            }
            if let Some(file) = files.advance() {
                file.drop_clean();
            }
        }
    }

    /// Drops clean pages where there is little room.
    pub(crate) fn make_room(&self) {
        if self.bytes() > self.limit || memory::is_low() {
            self.reclaim();
        }
    }
}

/// One file's place in a pool, from when it has pages for the first time until it goes.
pub(crate) struct Registration {
    pub pool: Arc<PagePool>,
    /// 0 until it is known.
    number: AtomicU64,
}

impl Registration {
    pub fn new(pool: &Arc<PagePool>) -> Self {
        Self { pool: Arc::clone(pool), number: AtomicU64::new(0) }
    }

    /// Makes the pool know the file, whose lock is held.
    pub fn enter(&self, file: impl FnOnce() -> Weak<dyn Reclaimable>) {
        if self.number.load(Ordering::Relaxed) != 0 {
            return;
        }
        let mut files = self.pool.files.lock();
        files.latest += 1;
        let number = files.latest;
        files.by_number.insert(number, file());
        self.number.store(number, Ordering::Relaxed);
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        let number = *self.number.get_mut();
        if number != 0 {
            self.pool.files.lock().by_number.remove(&number);
        }
    }
}

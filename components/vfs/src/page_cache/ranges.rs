//! What is done to ranges of a file in memory: writing one out, and following advice about one (posix_fadvise(2)).

use super::{BackingStore, CHUNK, Chunk, FileCache, PAGE, PAGES, mask, position};
use core::ops::Range;
use rump::errno::Result;
use rump::process::count_block_transfer;
use rump::uio::Direction;

/// How much a read that misses brings into memory beside what it asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReadAhead {
    /// The rest of the chunk.
    #[default]
    Chunk,
    /// Nothing: reads go here and there (`POSIX_FADV_RANDOM`).
    Nothing,
    /// Some chunks that follow, too: reads go on from here (`POSIX_FADV_SEQUENTIAL`).
    Further,
}

impl ReadAhead {
    /// Chunks behind the one that is read which are read, too.
    const FURTHER: u64 = 3;
}

/// The pages of a chunk that overlap a range, which overlaps the chunk.
fn pages_of(index: u64, range: &Range<u64>) -> Range<usize> {
    let base = index * CHUNK as u64;
    let start = range.start.saturating_sub(base) as usize;
    let end = usize::try_from(range.end - base).unwrap_or(CHUNK).min(CHUNK);
    start / PAGE..end.div_ceil(PAGE)
}

/// The chunks that overlap a range, which is not empty.
fn chunks_of(range: &Range<u64>) -> core::ops::RangeInclusive<u64> {
    position(range.start).0..=position(range.end - 1).0
}

impl FileCache {
    /// Bytes that advice brings into memory at most at a time.
    const MOST_AHEAD: u64 = 4 << 20;

    /// Writes the dirty pages that overlap a range to the store. What failed stays dirty.
    ///
    /// # Errors
    /// The first that the store gives.
    pub fn flush_range(&self, range: Range<u64>, store: &dyn BackingStore) -> Result<()> {
        if range.is_empty() {
            return Ok(());
        }
        let mut map = self.chunks.map.write();
        for (&index, chunk) in map.range_mut(chunks_of(&range)) {
            if chunk.dirty != 0 {
                chunk.flush_pages(index * CHUNK as u64, pages_of(index, &range), store)?;
            }
        }
        Ok(())
    }

    /// Brings the pages that overlap a range into memory, as far as the file reaches and there is room for them: it is about to
    /// be read. What cannot be read is left for who reads it.
    pub fn will_need(&self, range: Range<u64>, size: u64, store: &dyn BackingStore) {
        let room = self.registration.pool.room() as u64;
        let end = range.end.min(size).min(range.start.saturating_add(Self::MOST_AHEAD.min(room)));
        let range = range.start..end;
        if range.is_empty() {
            return;
        }
        for index in chunks_of(&range) {
            let pages = pages_of(index, &range);
            let base = index * CHUNK as u64;
            let mut map = self.chunks.map.write();
            self.register();
            let chunk = map.entry(index).or_insert_with(|| Chunk::new(&self.registration.pool));
            let filled = chunk.fill(base, pages.start, pages.end, store);
            if chunk.valid == 0 {
                map.remove(&index);
            }
            if filled.is_err() {
                return;
            }
        }
    }

    /// Writes the dirty ones of the pages that lie within a range, and drops all of them from memory: nobody is about to read
    /// them. A page of which only a part lies in the range stays.
    ///
    /// # Errors
    /// The first that the store gives; what failed stays dirty.
    pub fn dont_need(&self, range: Range<u64>, store: &dyn BackingStore) -> Result<()> {
        let page = PAGE as u64;
        let whole = range.start.div_ceil(page).saturating_mul(page)..range.end / page * page;
        if whole.is_empty() {
            return Ok(());
        }
        let mut map = self.chunks.map.write();
        let mut result = Ok(());
        for (&index, chunk) in map.range_mut(chunks_of(&whole)) {
            let pages = pages_of(index, &whole);
            let kept = !mask(pages.start, pages.end);
            result = result.and(chunk.flush_pages(index * CHUNK as u64, pages, store));
            chunk.valid &= kept | chunk.dirty;
        }
        map.retain(|_, chunk| chunk.valid != 0);
        result
    }

    /// Reads ahead of a miss in a chunk, as far as there is room.
    pub(super) fn read_ahead(&self, index: u64, ahead: ReadAhead, size: u64, store: &dyn BackingStore) {
        if ahead == ReadAhead::Further {
            let next = (index + 1) * CHUNK as u64;
            self.will_need(next..next.saturating_add(ReadAhead::FURTHER * CHUNK as u64), size, store);
        }
    }
}

impl Chunk {
    /// Writes the dirty ones of some pages, a run at a time.
    pub(super) fn flush_pages(
        &mut self,
        base: u64,
        pages: Range<usize>,
        store: &dyn BackingStore,
    ) -> Result<()> {
        let mut page = pages.start;
        while page < pages.end {
            if self.dirty & (1 << page) == 0 {
                page += 1;
                continue;
            }
            let end = (page..pages.end).find(|&later| self.dirty & (1 << later) == 0).unwrap_or(pages.end);
            count_block_transfer(Direction::Write);
            store.write_pages(base + (page * PAGE) as u64, &self.data[page * PAGE..end * PAGE])?;
            self.clear_dirty(mask(page, end));
            page = end;
        }
        Ok(())
    }

    /// Writes all that is dirty.
    pub(super) fn flush(&mut self, base: u64, store: &dyn BackingStore) -> Result<()> {
        self.flush_pages(base, 0..PAGES, store)
    }
}

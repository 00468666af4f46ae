//! Large blocks: 64 KiB each, cut from spans of the host's pages.
//!
//! Caches of file data live on these. A host's allocator would give each block's pages back and fault them in again; here a
//! freed block stays warm for the next file, and spans are large powers of two, so that the host can map them with huge pages.

use crate::host::memory;
use core::ptr::{NonNull, null_mut};
use core::sync::atomic::{AtomicUsize, Ordering};
use spin::mutex::SpinMutex;

/// Bytes in a block.
pub const BLOCK: usize = 64 * 1024;
/// Blocks in the first span; each later one has twice as many, up to the most.
const FIRST_SPAN: usize = 8;
const LARGEST_SPAN: usize = 64;
/// Blocks that are faulted in at a time: one huge page.
const BATCH: usize = 32;
/// Bytes after which there is another page of the host's for certain.
const SMALLEST_PAGE: usize = 4096;

/// A free block begins with the address of the next one.
struct Free {
    next: *mut Free,
}

/// Spans that are remembered: 4 GiB of the largest. Later ones are never given back.
const MOST_SPANS: usize = 1024;

/// Pages that the host gave in one piece.
#[derive(Clone, Copy)]
struct Span {
    start: usize,
    blocks: usize,
    /// Counted by [`State::take_free_span`].
    free: usize,
}

impl Span {
    fn holds(&self, address: usize) -> bool {
        address.wrapping_sub(self.start) < self.blocks * BLOCK
    }
}

/// Blocks that nobody uses. Spans are kept while the host has memory: what the caches took once they will take again.
pub struct BlockPool {
    state: SpinMutex<State>,
    /// Blocks on the free list: changed with the lock held, read without.
    ready: AtomicUsize,
}

struct State {
    free: *mut Free,
    /// The part of the newest span that was never used.
    fresh: *mut u8,
    fresh_blocks: usize,
    next_span: usize,
    spans: [Span; MOST_SPANS],
    span_count: usize,
}

// SAFETY: the pointers are to memory that belongs to the pool alone, and are used under its lock.
unsafe impl Send for State {}

impl BlockPool {
    pub const fn new() -> Self {
        const NOTHING: Span = Span { start: 0, blocks: 0, free: 0 };
        let state = State {
            free: null_mut(),
            fresh: null_mut(),
            fresh_blocks: 0,
            next_span: FIRST_SPAN,
            spans: [NOTHING; MOST_SPANS],
            span_count: 0,
        };
        Self { state: SpinMutex::new(state), ready: AtomicUsize::new(0) }
    }

    /// Free blocks that were in use before, or faulted in: their pages are there.
    pub fn ready(&self) -> usize {
        self.ready.load(Ordering::Relaxed)
    }

    /// A block of [`BLOCK`] bytes, aligned to its size; `None` when the host has no more.
    pub fn take(&self) -> Option<NonNull<u8>> {
        let mut state = self.state.lock();
        if let Some(block) = NonNull::new(state.free) {
            // SAFETY: a block on the list holds a link and is used by nobody.
            state.free = unsafe { block.as_ref() }.next;
            self.ready.fetch_sub(1, Ordering::Relaxed);
            return Some(block.cast());
        }
        state.cut_fresh(1).map(|(block, _)| block)
    }

    /// Faults fresh blocks in until `wanted` free ones are ready. `false` when the host has no more memory.
    pub fn fault_in(&self, wanted: usize) -> bool {
        while self.ready() < wanted {
            let Some((first, count)) = self.state.lock().cut_fresh(BATCH) else { return false };
            // SAFETY: the blocks lie in one span, one after the other, and are nobody else's.
            let at = |offset: usize| unsafe { first.add(offset) };
            for page in (0..count * BLOCK).step_by(SMALLEST_PAGE) {
                // SAFETY: as above. Volatile, since nobody reads what is written: it makes the host find a page.
                unsafe { at(page).write_volatile(0) };
            }
            // The last one first: they are taken from the list in the order in which they lie.
            for index in (0..count).rev() {
                // SAFETY: it was cut from this pool just now.
                unsafe { self.give(at(index * BLOCK)) };
            }
        }
        true
    }

    /// Gives a block back.
    ///
    /// # Safety
    /// `block` came from [`take`](Self::take) of this pool, and nothing uses it any more.
    pub unsafe fn give(&self, block: NonNull<u8>) {
        let block = block.cast::<Free>();
        let mut state = self.state.lock();
        // SAFETY: the block is ours again, large and aligned enough for a link.
        unsafe { block.write(Free { next: state.free }) };
        state.free = block.as_ptr();
        self.ready.fetch_add(1, Ordering::Relaxed);
    }

    /// Gives the spans of which no block is in use back to the host. Says whether there was one.
    pub fn trim(&self) -> bool {
        let mut trimmed = false;
        loop {
            let mut state = self.state.lock();
            let Some((span, listed)) = state.take_free_span() else { return trimmed };
            self.ready.fetch_sub(listed, Ordering::Relaxed);
            drop(state);
            if let Some(start) = NonNull::new(core::ptr::with_exposed_provenance_mut::<u8>(span.start)) {
                // SAFETY: the host mapped the span with this length; its blocks are on no list and in nobody's hands.
                unsafe { memory::unmap(start, span.blocks * BLOCK) };
                trimmed = true;
            }
        }
    }
}

impl State {
    /// Takes up to `most` blocks, which lie one after the other, from the part that was never used; from a new span if it is used up.
    fn cut_fresh(&mut self, most: usize) -> Option<(NonNull<u8>, usize)> {
        if self.fresh_blocks == 0 {
            let blocks = self.next_span;
            let span = memory::map_anonymous(blocks * BLOCK, BLOCK)?;
            self.fresh = span.as_ptr();
            self.fresh_blocks = blocks;
            self.remember(Span { start: span.as_ptr().expose_provenance(), blocks, free: 0 });
            self.next_span = (blocks * 2).min(LARGEST_SPAN);
        }
        let first = NonNull::new(self.fresh)?;
        let count = most.min(self.fresh_blocks);
        self.fresh_blocks -= count;
        // SAFETY: the span has room for all of its blocks; behind the last one the pointer is not used.
        self.fresh = unsafe { self.fresh.add(count * BLOCK) };
        Some((first, count))
    }

    fn remember(&mut self, span: Span) {
        if let Some(place) = self.spans.get_mut(self.span_count) {
            *place = span;
            self.span_count += 1;
        }
    }

    fn span_of(&mut self, address: usize) -> Option<&mut Span> {
        self.spans[..self.span_count].iter_mut().find(|span| span.holds(address))
    }

    /// Takes a span out of the pool of which every block is free. Says, too, how many of its blocks were on the free list.
    fn take_free_span(&mut self) -> Option<(Span, usize)> {
        for span in &mut self.spans[..self.span_count] {
            span.free = 0;
        }
        let mut block = self.free;
        while !block.is_null() {
            if let Some(span) = self.span_of(block.addr()) {
                span.free += 1;
            }
            // SAFETY: a block on the list holds a link and is used by nobody.
            block = unsafe { (*block).next };
        }
        // The newest span may not have been cut up to its end.
        let (fresh, fresh_blocks) = (self.fresh.addr(), self.fresh_blocks);
        if fresh_blocks > 0
            && let Some(span) = self.span_of(fresh)
        {
            span.free += fresh_blocks;
        }
        let index = self.spans[..self.span_count].iter().position(|span| span.free == span.blocks)?;
        self.span_count -= 1;
        let span = self.spans[index];
        self.spans[index] = self.spans[self.span_count];
        if fresh_blocks > 0 && span.holds(fresh) {
            self.fresh_blocks = 0;
        }
        let listed = self.forget_blocks_of(&span);
        Some((span, listed))
    }

    /// Says how many there were.
    fn forget_blocks_of(&mut self, span: &Span) -> usize {
        let mut kept = null_mut();
        let mut forgotten = 0;
        let mut block = self.free;
        while !block.is_null() {
            // SAFETY: as in `take_free_span`; the links of kept blocks are written anew.
            let next = unsafe { (*block).next };
            if span.holds(block.addr()) {
                forgotten += 1;
            } else {
                // SAFETY: the block is on the list and used by nobody.
                unsafe { (*block).next = kept };
                kept = block;
            }
            block = next;
        }
        self.free = kept;
        forgotten
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rumpuser as _;
    use std::vec::Vec;

    #[test]
    fn only_spans_without_a_block_in_use_go_back_to_the_host() {
        let pool = BlockPool::new();
        let mut blocks: Vec<_> = (0..FIRST_SPAN * 3 + 5).map(|_| pool.take().unwrap()).collect();
        assert_eq!(pool.state.lock().span_count, 3);
        assert!(!pool.trim());
        // One block of the second span stays.
        let kept = blocks.remove(FIRST_SPAN + 2);
        // SAFETY: a block of this pool, which nothing uses.
        unsafe { kept.write(7) };
        for block in blocks {
            // SAFETY: as above.
            unsafe { pool.give(block) };
        }
        assert!(pool.trim());
        assert!(!pool.trim());
        assert_eq!(pool.state.lock().span_count, 1);
        // SAFETY: it is still ours.
        assert_eq!(unsafe { kept.read() }, 7);
        // What is left of the second span, then new ones.
        let again: Vec<_> = (0..FIRST_SPAN * 4).map(|_| pool.take().unwrap()).collect();
        assert!(!again.contains(&kept));
        for block in again {
            // SAFETY: as above.
            unsafe { pool.give(block) };
        }
        // SAFETY: as above.
        unsafe { pool.give(kept) };
        assert!(pool.trim());
        assert_eq!(pool.state.lock().span_count, 0);
        assert!(pool.state.lock().free.is_null());
        assert_eq!(pool.ready(), 0);
        assert!(pool.take().is_some());
    }
    #[test]
    fn blocks_that_are_faulted_in_are_taken_one_after_the_other() {
        let pool = BlockPool::new();
        let first = pool.take().unwrap();
        assert!(pool.fault_in(FIRST_SPAN - 1));
        assert_eq!(pool.ready(), FIRST_SPAN - 1);
        let next: Vec<_> = (1..FIRST_SPAN).map(|_| pool.take().unwrap()).collect();
        let expected: Vec<_> = (1..FIRST_SPAN).map(|index| first.addr().get() + index * BLOCK).collect();
        assert_eq!(next.iter().map(|block| block.addr().get()).collect::<Vec<_>>(), expected);
        assert_eq!(pool.ready(), 0);
        // Batches end where spans do; what is ready already is counted.
        assert!(pool.fault_in(100));
        let ready = pool.ready();
        assert!((100..100 + BATCH).contains(&ready));
        assert!(pool.fault_in(ready));
        assert_eq!(pool.ready(), ready);
        // The first span is in use yet; the others go, and with them all blocks that were ready.
        assert!(pool.trim());
        assert_eq!(pool.ready(), 0);
        for block in next {
            // SAFETY: a block of this pool, which nothing uses.
            unsafe { pool.give(block) };
        }
        assert_eq!(pool.ready(), FIRST_SPAN - 1);
        assert!(!pool.trim());
        // SAFETY: as above.
        unsafe { pool.give(first) };
        assert!(pool.trim());
        assert_eq!((pool.ready(), pool.state.lock().span_count), (0, 0));
    }
}

//! Large blocks: 64 KiB each, cut from spans of the host's pages.
//!
//! Caches of file data live on these. A host's allocator would give each block's pages back and fault them in again; here a
//! freed block stays warm for the next file, and spans are large powers of two, so that the host can map them with huge pages.

use crate::host::memory;
use core::ptr::{NonNull, null_mut};
use spin::mutex::SpinMutex;

/// Bytes in a block.
pub const BLOCK: usize = 64 * 1024;
/// Blocks in the first span; each later one has twice as many, up to the most.
const FIRST_SPAN: usize = 8;
const LARGEST_SPAN: usize = 64;

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
        Self { state: SpinMutex::new(state) }
    }

    /// A block of [`BLOCK`] bytes, aligned to its size; `None` when the host has no more.
    pub fn take(&self) -> Option<NonNull<u8>> {
        let mut state = self.state.lock();
        if let Some(block) = NonNull::new(state.free) {
            // SAFETY: a block on the list holds a link and is used by nobody.
            state.free = unsafe { block.as_ref() }.next;
            return Some(block.cast());
        }
        if state.fresh_blocks == 0 {
            let blocks = state.next_span;
            let span = memory::map_anonymous(blocks * BLOCK, BLOCK)?;
            state.fresh = span.as_ptr();
            state.fresh_blocks = blocks;
            state.remember(Span { start: span.as_ptr().expose_provenance(), blocks, free: 0 });
            state.next_span = (blocks * 2).min(LARGEST_SPAN);
        }
        let block = NonNull::new(state.fresh)?;
        state.fresh_blocks -= 1;
        // SAFETY: the span has room for all of its blocks; behind the last one the pointer is not used.
        state.fresh = unsafe { state.fresh.add(BLOCK) };
        Some(block)
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
    }

    /// Gives the spans of which no block is in use back to the host. Says whether there was one.
    pub fn trim(&self) -> bool {
        let mut trimmed = false;
        loop {
            let span = self.state.lock().take_free_span();
            let Some(span) = span else { return trimmed };
            if let Some(start) = NonNull::new(core::ptr::with_exposed_provenance_mut::<u8>(span.start)) {
                // SAFETY: the host mapped the span with this length; its blocks are on no list and in nobody's hands.
                unsafe { memory::unmap(start, span.blocks * BLOCK) };
                trimmed = true;
            }
        }
    }
}

impl State {
    fn remember(&mut self, span: Span) {
        if let Some(place) = self.spans.get_mut(self.span_count) {
            *place = span;
            self.span_count += 1;
        }
    }

    fn span_of(&mut self, address: usize) -> Option<&mut Span> {
        self.spans[..self.span_count].iter_mut().find(|span| span.holds(address))
    }

    /// Takes a span out of the pool of which every block is free.
    fn take_free_span(&mut self) -> Option<Span> {
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
        self.forget_blocks_of(&span);
        Some(span)
    }

    fn forget_blocks_of(&mut self, span: &Span) {
        let mut kept = null_mut();
        let mut block = self.free;
        while !block.is_null() {
            // SAFETY: as in `take_free_span`; the links of kept blocks are written anew.
            let next = unsafe { (*block).next };
            if !span.holds(block.addr()) {
                // SAFETY: the block is on the list and used by nobody.
                unsafe { (*block).next = kept };
                kept = block;
            }
            block = next;
        }
        self.free = kept;
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
        assert!(pool.take().is_some());
    }
}

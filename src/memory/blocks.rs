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

/// Blocks that nobody uses. Spans are kept: what the caches took once they will take again.
pub struct BlockPool {
    state: SpinMutex<State>,
}

struct State {
    free: *mut Free,
    /// The part of the newest span that was never used.
    fresh: *mut u8,
    fresh_blocks: usize,
    next_span: usize,
}

// SAFETY: the pointers are to memory that belongs to the pool alone, and are used under its lock.
unsafe impl Send for State {}

impl BlockPool {
    pub const fn new() -> Self {
        let state = State { free: null_mut(), fresh: null_mut(), fresh_blocks: 0, next_span: FIRST_SPAN };
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
}

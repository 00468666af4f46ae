//! What is kept back for the day on which the host has no more memory.
//!
//! Bookkeeping has no way to fail half way through. When the host refuses it memory, a block of the ballast goes back to the
//! host, and the request is made again; from then on, calls that make something new are told `ENOMEM` until the ballast is
//! whole.

use crate::host::memory;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicUsize, Ordering};
use spin::mutex::SpinMutex;

/// Blocks kept back.
const BLOCKS: usize = 16;
/// Bytes in each: small enough for a host's allocator to hand out again in pieces.
const BLOCK: usize = 64 * 1024;

/// The blocks that are still kept back.
pub struct Ballast {
    blocks: SpinMutex<[Option<NonNull<u8>>; BLOCKS]>,
    missing: AtomicUsize,
}

// SAFETY: the blocks are memory that nobody but the ballast knows.
unsafe impl Sync for Ballast {}

impl Ballast {
    pub const fn new() -> Self {
        Self { blocks: SpinMutex::new([None; BLOCKS]), missing: AtomicUsize::new(BLOCKS) }
    }

    /// Whether nothing is missing.
    pub fn is_whole(&self) -> bool {
        self.missing.load(Ordering::Relaxed) == 0
    }

    /// Takes blocks from the host until it is whole. Says whether it is.
    pub fn fill(&self) -> bool {
        if self.is_whole() {
            return true;
        }
        let mut blocks = self.blocks.lock();
        for block in blocks.iter_mut().filter(|block| block.is_none()) {
            let Some(new) = memory::allocate(BLOCK, 16) else { return false };
            *block = Some(new);
            self.missing.fetch_sub(1, Ordering::Relaxed);
        }
        true
    }

    /// Gives one block back to the host. `false` when there is none left.
    pub fn drop_one(&self) -> bool {
        let block = self.blocks.lock().iter_mut().find_map(Option::take);
        let Some(block) = block else { return false };
        self.missing.fetch_add(1, Ordering::Relaxed);
        // SAFETY: it came from the host with this size, and only the ballast had it.
        unsafe { memory::release(block, BLOCK) };
        true
    }
}

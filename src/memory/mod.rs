//! UNSAFE. The kernel's allocator: memory from the host, within `RUMP_MEMLIMIT`. What is small comes from the host's own
//! allocator; what is the size of a cache's chunk from a pool of blocks.
//!
//! The limit is per process, as the memory is: kernels in one process share it.

mod blocks;

use crate::errno::{Errno, Result};
use crate::host::{memory, parameter};
use alloc::boxed::Box;
use alloc::vec::Vec;
use blocks::{BLOCK, BlockPool};
use core::alloc::{GlobalAlloc, Layout};
use core::ptr::{NonNull, null_mut};
use core::sync::atomic::{AtomicUsize, Ordering};

static LIMIT: AtomicUsize = AtomicUsize::new(usize::MAX);
static USED: AtomicUsize = AtomicUsize::new(0);

/// Takes the limit from `RUMP_MEMLIMIT`: bytes, or with a suffix k, m, g, t (powers of 1024); `unlimited` is none.
pub(crate) fn apply_limit() {
    if let Some(limit) = parameter::get("RUMP_MEMLIMIT").as_deref().and_then(parse_size) {
        LIMIT.store(limit, Ordering::Relaxed);
    }
}

fn parse_size(text: &str) -> Option<usize> {
    let text = text.trim();
    let digits = text.trim_end_matches(|character: char| character.is_ascii_alphabetic());
    let shift = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" => 0,
        "k" | "kb" => 10,
        "m" | "mb" => 20,
        "g" | "gb" => 30,
        "t" | "tb" => 40,
        _ => return None,
    };
    digits.parse::<usize>().ok()?.checked_mul(1 << shift)
}

/// Bytes in use, and the most there may be.
#[must_use]
pub fn usage() -> (usize, usize) {
    (USED.load(Ordering::Relaxed), LIMIT.load(Ordering::Relaxed))
}

/// Whether caches should shrink: seven eighths of the limit are in use.
#[must_use]
pub fn is_low() -> bool {
    let (used, limit) = usage();
    used > limit - limit / 8
}

/// Blocks for what is about as large as one.
static BLOCKS: BlockPool = BlockPool::new();

/// Whether an allocation goes to the block pool rather than to the host's allocator.
fn takes_block(layout: Layout) -> bool {
    layout.size() > BLOCK / 2 && layout.size() <= BLOCK && layout.align() <= BLOCK
}

/// Small allocations are granted past the limit: their callers have no way to fail. Sizes that come from outside are large
/// and do.
const ALWAYS_GRANTED: usize = 4096;

fn account(size: usize) -> bool {
    let limit = LIMIT.load(Ordering::Relaxed);
    if limit == usize::MAX {
        return true;
    }
    let used = USED.fetch_add(size, Ordering::Relaxed).saturating_add(size);
    if used > limit && size > ALWAYS_GRANTED {
        USED.fetch_sub(size, Ordering::Relaxed);
        return false;
    }
    true
}

fn unaccount(size: usize) {
    if LIMIT.load(Ordering::Relaxed) != usize::MAX {
        // Blocks from before the limit was read are few; they may not pull the count below zero.
        let _ =
            USED.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| Some(used.saturating_sub(size)));
    }
}

/// Whether so little is left that a call that makes new objects should fail instead.
///
/// # Errors
/// `ENOMEM` past the limit.
pub fn check_room() -> Result<()> {
    let (used, limit) = usage();
    if used >= limit { Err(Errno::ENOMEM) } else { Ok(()) }
}

/// The allocator that the shared library installs.
pub struct KernelAllocator;

// SAFETY: every block comes from the host or the block pool with the layout's size and alignment, and goes back to where the
// same layout says that it came from.
unsafe impl GlobalAlloc for KernelAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if !account(layout.size()) {
            return null_mut();
        }
        let block = if takes_block(layout) {
            BLOCKS.take()
        } else {
            memory::allocate(layout.size(), layout.align().max(16))
        };
        if block.is_none() {
            unaccount(layout.size());
        }
        block.map_or(null_mut(), NonNull::as_ptr)
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        unaccount(layout.size());
        let Some(block) = NonNull::new(block) else { return };
        if takes_block(layout) {
            // SAFETY: with this layout, `alloc` took it from the pool.
            unsafe { BLOCKS.give(block) }
        } else {
            // SAFETY: with this layout, `alloc` took it from the host.
            unsafe { memory::release(block, layout.size()) }
        }
    }
}

/// A zeroed byte buffer whose size comes from outside.
///
/// # Errors
/// `ENOMEM` when there is no room for it.
pub fn zeroed(length: usize) -> Result<Box<[u8]>> {
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length).map_err(|_| Errno::ENOMEM)?;
    bytes.resize(length, 0);
    Ok(bytes.into_boxed_slice())
}

#[cfg(test)]
mod tests {
    use super::parse_size;

    #[test]
    fn sizes_have_suffixes() {
        assert_eq!(parse_size("4096"), Some(4096));
        assert_eq!(parse_size("16m"), Some(16 << 20));
        assert_eq!(parse_size("1G"), Some(1 << 30));
        assert_eq!(parse_size("unlimited"), None);
        assert_eq!(parse_size("99999999999999t"), None);
    }
}

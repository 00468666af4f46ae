//! UNSAFE. The kernel's allocator: memory from the host, within `RUMP_MEMLIMIT`. What is small comes from the host's own
//! allocator; what is the size of a cache's chunk from a pool of blocks.
//!
//! The limit is per process, as the memory is: kernels in one process share it.

mod ballast;
mod blocks;
mod prefault;

use crate::errno::{Errno, Result};
use crate::host::{memory, parameter};
use alloc::boxed::Box;
use alloc::vec::Vec;
use ballast::Ballast;
use blocks::{BLOCK, BlockPool};
use core::alloc::{GlobalAlloc, Layout};
use core::ptr::{NonNull, null_mut};
use core::sync::atomic::{AtomicUsize, Ordering};

pub use prefault::{Prefaulter, file_grows};

/// Bytes there may be, `usize::MAX` if there is no limit. C code of the kernel knows it under its original name.
#[unsafe(export_name = "rump_physmemlimit")]
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

/// Whether caches should shrink: seven eighths of the limit are in use, or the host has refused memory.
#[must_use]
pub fn is_low() -> bool {
    let (used, limit) = usage();
    used > limit - limit / 8 || !BALLAST.is_whole()
}

/// Blocks for what is about as large as one.
static BLOCKS: BlockPool = BlockPool::new();

/// What a call that makes a few new objects asks [`check_room`] for, in bytes.
pub const SMALL: usize = 1024;

/// Larger allocations can fail wherever they are made.
const LARGEST_FROM_BALLAST: usize = 16 * 1024;

/// Whether an allocation goes to the block pool rather than to the host's allocator.
fn takes_block(layout: Layout) -> bool {
    layout.size() > BLOCK / 2 && layout.size() <= BLOCK && layout.align() <= BLOCK
}

static BALLAST: Ballast = Ballast::new();

/// Sets the ballast aside, once the host can be asked.
pub(crate) fn set_ballast_aside() {
    BALLAST.fill();
}

fn account(size: usize) {
    if LIMIT.load(Ordering::Relaxed) != usize::MAX {
        USED.fetch_add(size, Ordering::Relaxed);
    }
}

fn unaccount(size: usize) {
    if LIMIT.load(Ordering::Relaxed) != usize::MAX {
        // Blocks from before the limit was read are few; they may not pull the count below zero.
        let _ =
            USED.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| Some(used.saturating_sub(size)));
    }
}

/// Whether there is room for `bytes` more. The allocator itself refuses nothing for the limit's sake: bookkeeping cannot fail
/// half way. So whatever makes something new, or something whose size comes from outside, asks here first.
///
/// # Errors
/// `ENOMEM` past the limit, or when the host has no more memory.
pub fn check_room(bytes: usize) -> Result<()> {
    let (used, limit) = usage();
    if used.saturating_add(bytes) > limit {
        return Err(Errno::ENOMEM);
    }
    // What was freed lies in the pool; only whole spans are of use to the host.
    if BALLAST.fill() || (BLOCKS.trim() && BALLAST.fill()) { Ok(()) } else { Err(Errno::ENOMEM) }
}

/// Makes room in a list for `additional` more entries, whose count comes from outside.
///
/// # Errors
/// `ENOMEM`.
pub fn reserve<T>(list: &mut Vec<T>, additional: usize) -> Result<()> {
    let more = list.len().saturating_add(additional).saturating_sub(list.capacity());
    if more > 0 {
        check_room(more.max(list.capacity()).saturating_mul(size_of::<T>()))?;
        list.try_reserve(additional).map_err(|_| Errno::ENOMEM)?;
    }
    Ok(())
}

/// An empty list with room for exactly `capacity` entries.
///
/// # Errors
/// `ENOMEM`.
pub fn vector<T>(capacity: usize) -> Result<Vec<T>> {
    let mut list = Vec::new();
    check_room(capacity.saturating_mul(size_of::<T>()))?;
    list.try_reserve_exact(capacity).map_err(|_| Errno::ENOMEM)?;
    Ok(list)
}

/// Whether a table of `length` entries of `entry` bytes, with room for `capacity`, may take one more: it doubles when it is full.
///
/// # Errors
/// `ENOMEM`.
pub fn check_growth(length: usize, capacity: usize, entry: usize) -> Result<()> {
    if length < capacity {
        check_room(entry)
    } else {
        check_room(length.saturating_mul(2).saturating_mul(entry))
    }
}

/// The allocator that the shared library installs.
pub struct KernelAllocator;

// SAFETY: every block comes from the host or the block pool with the layout's size and alignment, and goes back to where the
// same layout says that it came from.
unsafe impl GlobalAlloc for KernelAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        account(layout.size());
        loop {
            let block = if takes_block(layout) {
                BLOCKS.take()
            } else {
                memory::allocate(layout.size(), layout.align().max(16))
            };
            // What the ballast holds is for what cannot fail, which is small.
            if block.is_none() && layout.size() <= LARGEST_FROM_BALLAST && BALLAST.drop_one() {
                continue;
            }
            if block.is_none() {
                unaccount(layout.size());
            }
            return block.map_or(null_mut(), NonNull::as_ptr);
        }
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

/// Memory for C code, aligned to a power of two. [`release_bytes`] gives it back.
///
/// # Errors
/// `ENOMEM` past the limit, or when the host has no more memory.
pub(crate) fn allocate_bytes(size: usize, alignment: usize) -> Result<NonNull<u8>> {
    check_room(size)?;
    let bytes = memory::allocate(size.max(1), alignment.max(16)).ok_or(Errno::ENOMEM)?;
    account(size);
    Ok(bytes)
}

/// Gives back what [`allocate_bytes`] gave.
///
/// # Safety
/// `bytes` came from there with this `size`, and nothing uses it any more.
pub(crate) unsafe fn release_bytes(bytes: NonNull<u8>, size: usize) {
    unaccount(size);
    // SAFETY: the caller's promise.
    unsafe { memory::release(bytes, size.max(1)) }
}

/// A zeroed byte buffer whose size comes from outside.
///
/// # Errors
/// `ENOMEM` when there is no room for it.
pub fn zeroed(length: usize) -> Result<Box<[u8]>> {
    check_room(length)?;
    zeroed_beyond_limit(length)
}

/// As [`zeroed`], whatever the limit says: for a cache, which shrinks when memory is low, and on whose blocks changes depend
/// that cannot be left half done.
///
/// # Errors
/// `ENOMEM` when the host has no more memory.
pub fn zeroed_beyond_limit(length: usize) -> Result<Box<[u8]>> {
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

//! UNSAFE. The kernel's allocator: memory from the host, within `RUMP_MEMLIMIT`.
//!
//! The limit is per process, as the memory is: kernels in one process share it.

use crate::errno::{Errno, Result};
use crate::host::{memory, parameter};
use alloc::boxed::Box;
use alloc::vec::Vec;
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

/// The allocator that the shared library installs.
pub struct KernelAllocator;

// SAFETY: every block comes from the host's allocator with the layout's size and alignment.
unsafe impl GlobalAlloc for KernelAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let size = layout.size();
        if LIMIT.load(Ordering::Relaxed) != usize::MAX {
            let used = USED.fetch_add(size, Ordering::Relaxed).saturating_add(size);
            if used > LIMIT.load(Ordering::Relaxed) {
                USED.fetch_sub(size, Ordering::Relaxed);
                return null_mut();
            }
        }
        memory::allocate(size, layout.align().max(16)).map_or(null_mut(), NonNull::as_ptr)
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if LIMIT.load(Ordering::Relaxed) != usize::MAX {
            // Blocks from before the limit was read are few; they may not pull the count below zero.
            let _ = USED.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
                Some(used.saturating_sub(layout.size()))
            });
        }
        if let Some(block) = NonNull::new(block) {
            // SAFETY: the block came from `alloc` with this layout.
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

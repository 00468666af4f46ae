//! UNSAFE. An allocator with a limit: who asks for more gets nothing, and had better be prepared.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes that one input may use at once, the fuzzer's own small needs included.
pub const LIMIT: usize = 128 << 20;
/// Bytes beyond the limit for what is small: the ballast, which the kernel's own allocator keeps for bookkeeping.
const BALLAST: usize = 16 << 20;
/// What is larger is not bookkeeping.
const SMALL: usize = 16 << 10;

static USED: AtomicUsize = AtomicUsize::new(0);

/// The process's allocator, up to [`LIMIT`].
pub struct Limited;

// SAFETY: everything comes from the system's allocator and goes back there with the same layout.
unsafe impl GlobalAlloc for Limited {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let limit = if layout.size() <= SMALL { LIMIT + BALLAST } else { LIMIT };
        if USED.fetch_add(layout.size(), Ordering::Relaxed).saturating_add(layout.size()) > limit {
            USED.fetch_sub(layout.size(), Ordering::Relaxed);
            return null_mut();
        }
        // SAFETY: the caller's contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        USED.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's contract.
        unsafe { System.dealloc(block, layout) }
    }
}

/// Runs an input. One that leaves memory behind is run again, since some is kept once for good.
///
/// # Panics
/// When memory is left behind the second time too.
pub fn without_leaks(run: impl Fn()) {
    let leaks = || {
        let before = USED.load(Ordering::Relaxed);
        run();
        USED.load(Ordering::Relaxed) > before
    };
    assert!(!(leaks() && leaks() && leaks()), "memory is left behind");
}

//! Waiting on a word of memory, futex(2), between the threads of this process; and how long to spin first.

use core::ptr;
use core::sync::atomic::{AtomicU32, Ordering};

/// Rounds of spinning before a thread goes to sleep, about a microsecond: most locks are held for less.
static SPIN_LIMIT: AtomicU32 = AtomicU32::new(100);

/// Adapts the spinning to the host: on one CPU it is in vain.
pub(crate) fn set_host_cpus(cpus: usize) {
    SPIN_LIMIT.store(if cpus > 1 { 100 } else { 0 }, Ordering::Relaxed);
}

/// Spins while the word satisfies the condition, for a limited time; answers the last value seen.
pub(crate) fn spin_while(word: &AtomicU32, condition: fn(u32) -> bool) -> u32 {
    let mut rounds = SPIN_LIMIT.load(Ordering::Relaxed);
    loop {
        let value = word.load(Ordering::Relaxed);
        if !condition(value) || rounds == 0 {
            return value;
        }
        core::hint::spin_loop();
        rounds -= 1;
    }
}

/// Why [`wait`] came back.
#[derive(PartialEq, Eq)]
pub(crate) enum Wakeup {
    /// Woken, or the word had another value, or a signal arrived.
    Woken,
    /// The deadline has passed.
    TimedOut,
}

/// Sleeps while the word has this value, at most until a point of the monotonic clock.
pub(crate) fn wait(word: &AtomicU32, value: u32, deadline: Option<&libc::timespec>) -> Wakeup {
    let deadline = deadline.map_or(ptr::null(), ptr::from_ref);
    // SAFETY: the word outlives the call; the deadline is null or a valid time, absolute for this operation.
    let status = unsafe {
        libc::syscall(
            libc::SYS_futex,
            word.as_ptr(),
            libc::FUTEX_WAIT_BITSET | libc::FUTEX_PRIVATE_FLAG,
            value,
            deadline,
            ptr::null::<u32>(),
            libc::FUTEX_BITSET_MATCH_ANY,
        )
    };
    // SAFETY: the C library's own address of errno, valid for this thread.
    if status < 0 && unsafe { *libc::__errno_location() } == libc::ETIMEDOUT {
        Wakeup::TimedOut
    } else {
        Wakeup::Woken
    }
}

/// Wakes one thread that sleeps on the word; answers whether there was one.
pub(crate) fn wake_one(word: *const AtomicU32) -> bool {
    wake(word, 1)
}

/// Wakes every thread that sleeps on the word.
pub(crate) fn wake_all(word: *const AtomicU32) {
    wake(word, i32::MAX);
}

/// The word may be gone by now: a thread that was let in can have freed the lock. The kernel takes
/// only the address, and a stray wakeup is harmless, as every waiter looks again.
fn wake(word: *const AtomicU32, threads: i32) -> bool {
    // SAFETY: the address is not read or written through.
    unsafe { libc::syscall(libc::SYS_futex, word, libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG, threads) > 0 }
}

//! Reader/writer locks with the rules of rwlock(9): readers wait behind a waiting writer, and a lock can be
//! turned from one kind into the other without letting anyone in between.
//!
//! One word holds the number of readers (all ones: a writer) and whether readers or writers sleep. Readers
//! sleep on that word, writers on a second one, so that one writer can be woken alone.

use core::ffi::c_int;
use core::ptr;
use core::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

use crate::console::fatal;
use crate::current_lwp::{Lwp, rumpuser_curlwp};
use crate::errno_translation::{HostErrno, hypercall_result};
use crate::futex;
use crate::hypervisor::without_virtual_cpu;

/// Shared.
pub const RUMPUSER_RW_READER: c_int = 0;
/// Exclusive.
pub const RUMPUSER_RW_WRITER: c_int = 1;

const HOLDERS: u32 = (1 << 30) - 1;
const WRITE_LOCKED: u32 = HOLDERS;
const MOST_READERS: u32 = HOLDERS - 1;
const READERS_WAIT: u32 = 1 << 30;
const WRITERS_WAIT: u32 = 1 << 31;
const WAITERS: u32 = READERS_WAIT | WRITERS_WAIT;

/// `struct rumpuser_rw`, on a cache line of its own.
#[repr(C, align(64))]
pub struct ReaderWriterLock {
    state: AtomicU32,
    /// Changes whenever a writer is to be woken.
    writer_wakeups: AtomicU32,
    /// How many writers sleep or are about to.
    queued_writers: AtomicU32,
    writer: AtomicPtr<Lwp>,
}

fn is_free(state: u32) -> bool {
    state & HOLDERS == 0
}

fn admits_reader(state: u32) -> bool {
    state & HOLDERS < MOST_READERS && state & WAITERS == 0
}

impl ReaderWriterLock {
    fn exchange(&self, from: u32, to: u32) -> bool {
        self.state.compare_exchange(from, to, Ordering::AcqRel, Ordering::Relaxed).is_ok()
    }

    fn try_read(&self) -> bool {
        let admit = |state| admits_reader(state).then(|| state + 1);
        self.state.fetch_update(Ordering::Acquire, Ordering::Relaxed, admit).is_ok()
    }

    fn try_write(&self) -> bool {
        let admit = |state| is_free(state).then_some(state | WRITE_LOCKED);
        if self.state.fetch_update(Ordering::Acquire, Ordering::Relaxed, admit).is_err() {
            return false;
        }
        self.writer.store(rumpuser_curlwp(), Ordering::Relaxed);
        true
    }

    #[cold]
    fn read_contended(&self) {
        let held_alone = |state| state & HOLDERS == WRITE_LOCKED && state & WAITERS == 0;
        let mut state = futex::spin_while(&self.state, held_alone);
        loop {
            if admits_reader(state) {
                if self.exchange(state, state + 1) {
                    return;
                }
            } else if state & HOLDERS == MOST_READERS {
                fatal("a reader/writer lock has more readers than it can count");
            } else if state & READERS_WAIT != 0 || self.exchange(state, state | READERS_WAIT) {
                futex::wait(&self.state, state | READERS_WAIT, None);
            }
            state = self.state.load(Ordering::Relaxed);
        }
    }

    #[cold]
    fn write_contended(&self) {
        let is_busy = |state| !is_free(state) && state & WAITERS == 0;
        futex::spin_while(&self.state, is_busy);
        self.queued_writers.fetch_add(1, Ordering::SeqCst);
        loop {
            let state = self.state.load(Ordering::Acquire);
            if is_free(state) {
                // Who woke us has cleared the sign for all of us.
                let others = self.queued_writers.load(Ordering::SeqCst) > 1;
                let sign = if others { WRITERS_WAIT } else { 0 };
                if self.exchange(state, state | WRITE_LOCKED | sign) {
                    break;
                }
            } else if state & WRITERS_WAIT != 0 || self.exchange(state, state | WRITERS_WAIT) {
                let wakeups = self.writer_wakeups.load(Ordering::Acquire);
                let state = self.state.load(Ordering::Relaxed);
                // Between the two loads nobody has been asked to wake us, or the wait returns at once.
                if !is_free(state) && state & WRITERS_WAIT != 0 {
                    futex::wait(&self.writer_wakeups, wakeups, None);
                }
            }
        }
        self.queued_writers.fetch_sub(1, Ordering::SeqCst);
        self.writer.store(rumpuser_curlwp(), Ordering::Relaxed);
    }

    fn wake_writer(&self) -> bool {
        self.writer_wakeups.fetch_add(1, Ordering::Release);
        futex::wake_one(&raw const self.writer_wakeups)
    }

    /// After the last holder has gone: a writer's turn, and the readers' if no writer sleeps after all.
    #[cold]
    fn wake_waiters(&self, mut state: u32) {
        if state == WRITERS_WAIT {
            match self.state.compare_exchange(state, 0, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => {
                    self.wake_writer();
                    return;
                }
                // A reader has come to wait meanwhile, or somebody holds the lock again.
                Err(changed) => state = changed,
            }
        }
        if state == WAITERS {
            if !self.exchange(state, READERS_WAIT) {
                return;
            }
            if self.wake_writer() {
                return;
            }
            state = READERS_WAIT;
        }
        if state == READERS_WAIT && self.exchange(state, 0) {
            futex::wake_all(&raw const self.state);
        }
    }

    fn am_writer(&self) -> bool {
        self.state.load(Ordering::Relaxed) & HOLDERS == WRITE_LOCKED
            && self.writer.load(Ordering::Relaxed) == rumpuser_curlwp()
    }

    fn readers(&self) -> u32 {
        match self.state.load(Ordering::Relaxed) & HOLDERS {
            WRITE_LOCKED => 0,
            readers => readers,
        }
    }

    fn release(&self, holders: u32) {
        let left = self.state.fetch_sub(holders, Ordering::Release) - holders;
        if is_free(left) && left != 0 {
            self.wake_waiters(left);
        }
    }

    fn downgrade(&self) {
        self.writer.store(ptr::null_mut(), Ordering::Relaxed);
        let mut state = self.state.fetch_sub(WRITE_LOCKED - 1, Ordering::Release) - (WRITE_LOCKED - 1);
        // Readers that sleep may join, unless a writer waits as well: then all wait for that one.
        while state & WAITERS == READERS_WAIT {
            match self.state.compare_exchange(
                state,
                state & !READERS_WAIT,
                Ordering::Relaxed,
                Ordering::Relaxed,
            ) {
                Ok(_) => {
                    futex::wake_all(&raw const self.state);
                    return;
                }
                Err(changed) => state = changed,
            }
        }
    }

    fn try_upgrade(&self) -> bool {
        let alone = |state| (state & HOLDERS == 1).then_some(state | WRITE_LOCKED);
        if self.state.fetch_update(Ordering::Acquire, Ordering::Relaxed, alone).is_err() {
            return false;
        }
        self.writer.store(rumpuser_curlwp(), Ordering::Relaxed);
        true
    }
}

/// # Safety
/// `lock` comes from [`rumpuser_rw_init`] and is not destroyed while the reference lives.
unsafe fn lock_at<'a>(lock: *mut ReaderWriterLock) -> &'a ReaderWriterLock {
    // SAFETY: the caller's contract.
    unsafe { &*lock }
}

/// Makes a free lock.
///
/// # Safety
/// `lock` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_rw_init(lock: *mut *mut ReaderWriterLock) {
    let made = ReaderWriterLock {
        state: AtomicU32::new(0),
        writer_wakeups: AtomicU32::new(0),
        queued_writers: AtomicU32::new(0),
        writer: AtomicPtr::new(ptr::null_mut()),
    };
    // SAFETY: the caller's contract.
    unsafe { *lock = Box::into_raw(Box::new(made)) };
}

/// Takes a lock, as a reader or as the writer; waits without a virtual CPU.
///
/// # Safety
/// `lock` is one that [`rumpuser_rw_init`] has made; all functions below ask for the same.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_rw_enter(kind: c_int, lock: *mut ReaderWriterLock) {
    // SAFETY: the caller's contract.
    let lock = unsafe { lock_at(lock) };
    match kind {
        RUMPUSER_RW_READER => {
            if !lock.try_read() {
                without_virtual_cpu(|| lock.read_contended());
            }
        }
        RUMPUSER_RW_WRITER => {
            if !lock.try_write() {
                if lock.am_writer() && !rumpuser_curlwp().is_null() {
                    fatal("a thread waits for a reader/writer lock that it holds itself");
                }
                without_virtual_cpu(|| lock.write_contended());
            }
        }
        _ => fatal("a reader/writer lock is taken neither as a reader nor as the writer"),
    }
}

/// Takes a lock if that needs no waiting. Errors: EBUSY if it does, EINVAL for an unknown kind.
///
/// # Safety
/// As in [`rumpuser_rw_enter`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_rw_tryenter(kind: c_int, lock: *mut ReaderWriterLock) -> c_int {
    // SAFETY: the caller's contract.
    let lock = unsafe { lock_at(lock) };
    let taken = match kind {
        RUMPUSER_RW_READER => lock.try_read(),
        RUMPUSER_RW_WRITER => lock.try_write(),
        _ => return hypercall_result(Err(HostErrno(libc::EINVAL))),
    };
    hypercall_result(if taken { Ok(()) } else { Err(HostErrno(libc::EBUSY)) })
}

/// Makes the only reader the writer. Errors: EBUSY if there are other readers.
///
/// # Safety
/// As in [`rumpuser_rw_enter`]; the caller is a reader.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_rw_tryupgrade(lock: *mut ReaderWriterLock) -> c_int {
    // SAFETY: the caller's contract.
    let upgraded = unsafe { lock_at(lock) }.try_upgrade();
    hypercall_result(if upgraded { Ok(()) } else { Err(HostErrno(libc::EBUSY)) })
}

/// Makes the writer a reader; no other writer gets the lock in between.
///
/// # Safety
/// As in [`rumpuser_rw_enter`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_rw_downgrade(lock: *mut ReaderWriterLock) {
    // SAFETY: the caller's contract.
    let lock = unsafe { lock_at(lock) };
    if !lock.am_writer() {
        fatal("a reader/writer lock is downgraded by one who is not its writer");
    }
    lock.downgrade();
}

/// Gives a lock back, of either kind.
///
/// # Safety
/// As in [`rumpuser_rw_enter`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_rw_exit(lock: *mut ReaderWriterLock) {
    // SAFETY: the caller's contract.
    let lock = unsafe { lock_at(lock) };
    if lock.readers() > 0 {
        lock.release(1);
    } else if lock.am_writer() {
        lock.writer.store(ptr::null_mut(), Ordering::Relaxed);
        lock.release(WRITE_LOCKED);
    } else {
        fatal("a reader/writer lock is released by one who does not hold it");
    }
}

/// Frees a lock that nobody holds.
///
/// # Safety
/// As in [`rumpuser_rw_enter`]; nobody uses it any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_rw_destroy(lock: *mut ReaderWriterLock) {
    // SAFETY: made by Box::into_raw, and the caller gives it up.
    let lock = unsafe { Box::from_raw(lock) };
    if !is_free(lock.state.load(Ordering::Relaxed)) {
        fatal("a reader/writer lock is destroyed while it is held");
    }
}

/// Stores whether the caller is the writer (0 or 1), or how many readers there are, whoever they may be.
///
/// # Safety
/// As in [`rumpuser_rw_enter`]; `held` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_rw_held(kind: c_int, lock: *mut ReaderWriterLock, held: *mut c_int) {
    // SAFETY: the caller's contract.
    let lock = unsafe { lock_at(lock) };
    let answer = match kind {
        RUMPUSER_RW_READER => lock.readers().cast_signed(),
        RUMPUSER_RW_WRITER => c_int::from(lock.am_writer()),
        _ => fatal("a reader/writer lock is held neither as a reader nor as the writer"),
    };
    // SAFETY: the caller's contract.
    unsafe { *held = answer };
}

//! Mutexes: one word with three states, so that taking a free one and giving it back is one atomic
//! operation each and no call to the host.

use core::ffi::c_int;
use core::ptr;
use core::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

use crate::console::fatal;
use crate::current_lwp::{Lwp, rumpuser_curlwp};
use crate::errno_translation::{HostErrno, hypercall_result};
use crate::futex;
use crate::hypervisor::without_virtual_cpu;

/// Waiting for the mutex keeps the virtual CPU.
pub const RUMPUSER_MTX_SPIN: c_int = 0x01;
/// A mutex of the kernel proper, which knows its owner.
pub const RUMPUSER_MTX_KMUTEX: c_int = 0x02;

const FREE: u32 = 0;
const TAKEN: u32 = 1;
/// Taken, and somebody may sleep until it is free.
const AWAITED: u32 = 2;

/// `struct rumpuser_mtx`, on a cache line of its own.
#[repr(C, align(64))]
pub struct Mutex {
    state: AtomicU32,
    flags: c_int,
    owner: AtomicPtr<Lwp>,
}

impl Mutex {
    fn try_lock(&self) -> bool {
        self.state.compare_exchange(FREE, TAKEN, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    /// Spins for a while and then sleeps until the mutex is the caller's.
    #[cold]
    fn lock_contended(&self) {
        if futex::spin_while(&self.state, |state| state == TAKEN) == FREE && self.try_lock() {
            return;
        }
        // From here on it is taken as awaited: whether others sleep as well is not known.
        while self.state.swap(AWAITED, Ordering::Acquire) != FREE {
            futex::wait(&self.state, AWAITED, None);
        }
    }

    /// Takes the mutex; the thread sleeps with what it has.
    pub(crate) fn lock(&self) {
        if !self.try_lock() {
            self.check_not_mine();
            self.lock_contended();
        }
    }

    pub(crate) fn unlock(&self) {
        let state: *const AtomicU32 = &raw const self.state;
        match self.state.swap(FREE, Ordering::Release) {
            FREE => fatal("a mutex is released that nobody holds"),
            TAKEN => {}
            _ => {
                futex::wake_one(state);
            }
        }
    }

    fn is_kernel_mutex(&self) -> bool {
        self.flags & RUMPUSER_MTX_KMUTEX != 0
    }

    /// Does waiting on a condition with this mutex need the CPU before the mutex? So it is for spin mutexes,
    /// whose takers sit on their CPU. The scheduler's own mutex has no owner, and the kernel releases it
    /// when it has given us the CPU.
    pub(crate) fn follows_virtual_cpu(&self) -> bool {
        self.flags & (RUMPUSER_MTX_SPIN | RUMPUSER_MTX_KMUTEX) == RUMPUSER_MTX_SPIN | RUMPUSER_MTX_KMUTEX
    }

    pub(crate) fn set_owner(&self) {
        if self.is_kernel_mutex() {
            self.owner.store(rumpuser_curlwp(), Ordering::Relaxed);
        }
    }

    pub(crate) fn clear_owner(&self) {
        if self.is_kernel_mutex() {
            self.owner.store(ptr::null_mut(), Ordering::Relaxed);
        }
    }

    /// Only the slow path asks: waiting for oneself would last forever.
    fn check_not_mine(&self) {
        let me = rumpuser_curlwp();
        if !me.is_null() && self.owner.load(Ordering::Relaxed) == me {
            fatal("a thread waits for a mutex that it holds itself");
        }
    }
}

/// A reference to the mutex behind a kernel's pointer.
///
/// # Safety
/// `mutex` comes from [`rumpuser_mutex_init`] and is not destroyed while the reference lives.
pub(crate) unsafe fn mutex_at<'a>(mutex: *mut Mutex) -> &'a Mutex {
    // SAFETY: the caller's contract.
    unsafe { &*mutex }
}

/// Makes a free mutex, of the kind that `flags` (`RUMPUSER_MTX_*`, at least one) say.
///
/// # Safety
/// `mutex` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_mutex_init(mutex: *mut *mut Mutex, flags: c_int) {
    if flags & (RUMPUSER_MTX_SPIN | RUMPUSER_MTX_KMUTEX) == 0 {
        fatal("a mutex is made that is neither a spin mutex nor one of the kernel");
    }
    let made = Mutex { state: AtomicU32::new(FREE), flags, owner: AtomicPtr::new(ptr::null_mut()) };
    // SAFETY: the caller's contract.
    unsafe { *mutex = Box::into_raw(Box::new(made)) };
}

/// Takes a mutex. Waiting for one that is no spin mutex happens without a virtual CPU.
///
/// # Safety
/// As in [`mutex_at`]; all functions below ask for the same.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_mutex_enter(mutex: *mut Mutex) {
    // SAFETY: the caller's contract.
    let mutex = unsafe { mutex_at(mutex) };
    if !mutex.try_lock() {
        if mutex.flags & RUMPUSER_MTX_SPIN != 0 {
            mutex.lock();
        } else {
            enter_without_cpu(mutex);
        }
    }
    mutex.set_owner();
}

#[cold]
fn enter_without_cpu(mutex: &Mutex) {
    mutex.check_not_mine();
    // Changing CPUs costs more than a short wait: give the holder a moment first.
    if futex::spin_while(&mutex.state, |state| state == TAKEN) == FREE && mutex.try_lock() {
        return;
    }
    without_virtual_cpu(|| mutex.lock_contended());
}

/// Takes a spin mutex, keeping the virtual CPU, if there is one, while it waits.
///
/// # Safety
/// As in [`mutex_at`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_mutex_enter_nowrap(mutex: *mut Mutex) {
    // SAFETY: the caller's contract.
    let mutex = unsafe { mutex_at(mutex) };
    if mutex.flags & RUMPUSER_MTX_SPIN == 0 {
        fatal("a mutex that is no spin mutex is taken with the virtual CPU");
    }
    mutex.lock();
    mutex.set_owner();
}

/// Takes a mutex if it is free. Errors: EBUSY if it is not.
///
/// # Safety
/// As in [`mutex_at`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_mutex_tryenter(mutex: *mut Mutex) -> c_int {
    // SAFETY: the caller's contract.
    let mutex = unsafe { mutex_at(mutex) };
    if !mutex.try_lock() {
        return hypercall_result(Err(HostErrno(libc::EBUSY)));
    }
    mutex.set_owner();
    0
}

/// Gives a mutex back.
///
/// # Safety
/// As in [`mutex_at`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_mutex_exit(mutex: *mut Mutex) {
    // SAFETY: the caller's contract.
    let mutex = unsafe { mutex_at(mutex) };
    mutex.clear_owner();
    mutex.unlock();
}

/// Frees a mutex that nobody holds.
///
/// # Safety
/// As in [`mutex_at`]; nobody uses it any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_mutex_destroy(mutex: *mut Mutex) {
    // SAFETY: made by Box::into_raw, and the caller gives it up.
    let mutex = unsafe { Box::from_raw(mutex) };
    if mutex.state.load(Ordering::Relaxed) != FREE {
        fatal("a mutex is destroyed while it is held");
    }
}

/// Stores the owner of a kernel mutex, null if it is free.
///
/// # Safety
/// As in [`mutex_at`]; `owner` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_mutex_owner(mutex: *mut Mutex, owner: *mut *mut Lwp) {
    // SAFETY: the caller's contract.
    let mutex = unsafe { mutex_at(mutex) };
    if !mutex.is_kernel_mutex() {
        fatal("only a kernel mutex knows its owner");
    }
    // SAFETY: the caller's contract.
    unsafe { *owner = mutex.owner.load(Ordering::Relaxed) };
}

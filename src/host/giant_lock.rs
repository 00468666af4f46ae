//! One host mutex that C code of the kernel shares (`rump_giantlock`). Per process, as that code is.

use super::raw;
use core::ffi::c_int;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, Ordering};

/// The mutex, for C code: null until there is a kernel.
#[unsafe(export_name = "rump_giantlock")]
static MUTEX: AtomicPtr<raw::Mutex> = AtomicPtr::new(null_mut());

/// `RUMPUSER_MTX_SPIN`: who waits for it gives no virtual CPU back by itself, and anybody may unlock it.
const SPIN: c_int = 1;

/// Makes it; a second call changes nothing.
pub fn make() {
    if !MUTEX.load(Ordering::Acquire).is_null() {
        return;
    }
    let mut mutex = null_mut();
    // SAFETY: the place is valid for the answer.
    unsafe { raw::rumpuser_mutex_init(&mut mutex, SPIN) };
    if MUTEX.compare_exchange(null_mut(), mutex, Ordering::AcqRel, Ordering::Acquire).is_err() {
        // SAFETY: just made, and known to nobody.
        unsafe { raw::rumpuser_mutex_destroy(mutex) };
    }
}

/// Locks it. The caller holds no virtual CPU.
pub fn enter() {
    let mutex = MUTEX.load(Ordering::Acquire);
    if !mutex.is_null() {
        // SAFETY: once made, it stays.
        unsafe { raw::rumpuser_mutex_enter_nowrap(mutex) }
    }
}

/// Unlocks it. The calling thread has locked it.
pub fn exit() {
    let mutex = MUTEX.load(Ordering::Acquire);
    if !mutex.is_null() {
        // SAFETY: once made, it stays.
        unsafe { raw::rumpuser_mutex_exit(mutex) }
    }
}

//! Rust values behind C pointers.
//!
//! A handle is the address of a counted value. What C gives back is a claim: it is looked up where a list of them exists,
//! and otherwise trusted, as the original trusts it.

use alloc::sync::Arc;
use core::ffi::c_void;

/// Gives a counted value to C, which owns a reference from then on.
pub fn give<T>(value: Arc<T>) -> *mut c_void {
    Arc::into_raw(value).cast_mut().cast()
}

/// Takes a reference back that C owned.
///
/// # Safety
/// `handle` came from [`give`] with the same `T`, and C gives this reference up. `None` for null.
pub unsafe fn take<T>(handle: *mut c_void) -> Option<Arc<T>> {
    if handle.is_null() {
        return None;
    }
    // SAFETY: the caller's promise.
    Some(unsafe { Arc::from_raw(handle.cast_const().cast()) })
}

/// A second reference beside the one that C keeps.
///
/// # Safety
/// `handle` came from [`give`] with the same `T`, and C's reference lives. `None` for null.
pub unsafe fn borrow<T>(handle: *mut c_void) -> Option<Arc<T>> {
    if handle.is_null() {
        return None;
    }
    let pointer: *const T = handle.cast_const().cast();
    // SAFETY: the caller's promise.
    unsafe {
        Arc::increment_strong_count(pointer);
        Some(Arc::from_raw(pointer))
    }
}

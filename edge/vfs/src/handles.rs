//! Vnodes and mounts behind C pointers.

use alloc::sync::Arc;
use core::ffi::c_void;
use core::ptr;
use rump::errno::{Errno, Result};
use vfs::{Mount, Vnode, VnodeRef};

/// Gives a reference to C, which owns it from then on.
pub fn give_vnode(vnode: VnodeRef) -> *mut c_void {
    Arc::into_raw(vnode.into_counted()).cast_mut().cast()
}

/// The pointer by which C knows a vnode. It owns nothing.
#[must_use]
pub fn vnode_pointer(vnode: &Arc<Vnode>) -> *mut c_void {
    Arc::as_ptr(vnode).cast_mut().cast()
}

/// Takes a reference back that C owned.
///
/// # Safety
/// `handle` came from [`give_vnode`], and C gives one of its references up.
///
/// # Errors
/// `EINVAL` for null.
pub unsafe fn take_vnode(handle: *mut c_void) -> Result<VnodeRef> {
    if handle.is_null() {
        return Err(Errno::EINVAL);
    }
    // SAFETY: the caller's promise; the strong count and the use that it stands for are this reference's.
    Ok(VnodeRef::adopt(unsafe { Arc::from_raw(handle.cast_const().cast::<Vnode>()) }))
}

/// A reference beside those that C owns.
///
/// # Safety
/// `handle` came from [`give_vnode`], and C owns a reference throughout; or it is the node of a mount's device, and the mount stays.
///
/// # Errors
/// `EINVAL` for null.
pub unsafe fn borrow_vnode(handle: *mut c_void) -> Result<VnodeRef> {
    if handle.is_null() {
        return Err(Errno::EINVAL);
    }
    let pointer = handle.cast_const().cast::<Vnode>();
    // SAFETY: the caller's promise.
    let vnode = unsafe {
        Arc::increment_strong_count(pointer);
        Arc::from_raw(pointer)
    };
    Ok(VnodeRef::new(vnode))
}

/// Writes a value to a place that C gave, if it gave one.
///
/// # Safety
/// `place` is null or valid for writing a `T`.
pub unsafe fn store<T>(place: *mut T, value: T) {
    if !place.is_null() {
        // SAFETY: the caller's promise.
        unsafe { place.write(value) };
    }
}

/// The pointer by which C knows a mount. It owns nothing: the mount lives while it is mounted.
#[must_use]
pub fn mount_pointer(mount: &Arc<Mount>) -> *mut c_void {
    Arc::as_ptr(mount).cast_mut().cast()
}

/// The mount behind a C pointer, looked up among those that are there.
///
/// # Errors
/// `EINVAL` when there is none.
pub fn find_mount(state: &vfs::FileSystems, handle: *mut c_void) -> Result<Arc<Mount>> {
    state.mounts().find(|mount| ptr::eq(Arc::as_ptr(mount), handle.cast())).ok_or(Errno::EINVAL)
}

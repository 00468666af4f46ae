//! The functions of librumpvfs under the names without `pub`, for C code that is inside the kernel already
//! (between `rump_schedule` and `rump_unschedule`). Entering twice changes nothing, so that the public ones serve as they are.

use crate::attributes::{self, Vattr, Vattr50};
use crate::component_name as name;
use crate::file_system::{self as mounts, VfsOperations};
use core::ffi::{c_char, c_int, c_ulong, c_void};

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_makecn(
    operation: c_ulong,
    flags: c_ulong,
    text: *const c_char,
    length: usize,
    credentials: *mut c_void,
    lwp: *mut c_void,
) -> *mut c_void {
    // SAFETY: the caller's promise, here and in all of this file, is the public function's.
    unsafe { name::rump_pub_makecn(operation, flags, text, length, credentials, lwp) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_freecn(component: *mut c_void, flags: c_int) {
    // SAFETY: as above.
    unsafe { name::rump_pub_freecn(component, flags) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_namei(
    operation: u32,
    flags: u32,
    path: *const c_char,
    parent: *mut *mut c_void,
    leaf: *mut *mut c_void,
    component: *mut *mut c_void,
) -> c_int {
    // SAFETY: as above.
    unsafe { name::rump_pub_namei(operation, flags, path, parent, leaf, component) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_getvninfo(
    vnode: *mut c_void,
    kind: *mut c_int,
    size: *mut i64,
    device: *mut u64,
) {
    // SAFETY: as above.
    unsafe { mounts::rump_pub_getvninfo(vnode, kind, size, device) }
}

#[unsafe(no_mangle)]
pub extern "C" fn rump_vfslist_iterate(previous: *const VfsOperations) -> *const VfsOperations {
    mounts::rump_pub_vfslist_iterate(previous)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_vfs_getopsbyname(name: *const c_char) -> *const VfsOperations {
    // SAFETY: as above.
    unsafe { mounts::rump_pub_vfs_getopsbyname(name) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_vfs_getmp(path: *const c_char, mount: *mut *mut c_void) -> c_int {
    // SAFETY: as above.
    unsafe { mounts::rump_pub_vfs_getmp(path, mount) }
}

#[unsafe(no_mangle)]
pub extern "C" fn rump_vfs_unmount(mount: *mut c_void, flags: c_int) -> c_int {
    mounts::rump_pub_vfs_unmount(mount, flags)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_vfs_root(mount: *mut c_void, vnode: *mut *mut c_void, lock: c_int) -> c_int {
    // SAFETY: as above.
    unsafe { mounts::rump_pub_vfs_root(mount, vnode, lock) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_vfs_statvfs(mount: *mut c_void, to: *mut u8) -> c_int {
    // SAFETY: as above.
    unsafe { mounts::rump_pub_vfs_statvfs(mount, to) }
}

#[unsafe(no_mangle)]
pub extern "C" fn rump_vfs_sync(mount: *mut c_void, wait: c_int, credentials: *mut c_void) -> c_int {
    mounts::rump_pub_vfs_sync(mount, wait, credentials)
}

#[unsafe(no_mangle)]
pub extern "C" fn rump_vfs_syncwait(mount: *mut c_void) {
    mounts::rump_pub_vfs_syncwait(mount);
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_vfs_extattrctl(
    mount: *mut c_void,
    command: c_int,
    vnode: *mut c_void,
    namespace: c_int,
    name: *const c_char,
) -> c_int {
    // SAFETY: as above.
    unsafe { mounts::rump_pub_vfs_extattrctl(mount, command, vnode, namespace, name) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_vfs_mount_print(path: *const c_char, full: c_int) {
    // SAFETY: as above.
    unsafe { mounts::rump_pub_vfs_mount_print(path, full) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_vfs_vptofh(vnode: *mut c_void, fid: *mut c_void, size: *mut usize) -> c_int {
    // SAFETY: as above.
    unsafe { mounts::rump_pub_vfs_vptofh(vnode, fid, size) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_vfs_fhtovp(
    mount: *mut c_void,
    fid: *const c_void,
    vnode: *mut *mut c_void,
) -> c_int {
    // SAFETY: as above.
    unsafe { mounts::rump_pub_vfs_fhtovp(mount, fid, vnode) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_vp_incref(vnode: *mut c_void) {
    // SAFETY: as above.
    unsafe { mounts::rump_pub_vp_incref(vnode) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_vp_getref(vnode: *mut c_void) -> c_int {
    // SAFETY: as above.
    unsafe { mounts::rump_pub_vp_getref(vnode) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_vp_rele(vnode: *mut c_void) {
    // SAFETY: as above.
    unsafe { mounts::rump_pub_vp_rele(vnode) }
}

#[unsafe(no_mangle)]
pub extern "C" fn rump_vp_interlock(vnode: *mut c_void) {
    mounts::rump_pub_vp_interlock(vnode);
}

#[unsafe(no_mangle)]
pub extern "C" fn rump_syspuffs_glueinit(descriptor: c_int, new: *mut c_int) -> c_int {
    mounts::rump_pub_syspuffs_glueinit(descriptor, new)
}

#[unsafe(no_mangle)]
pub extern "C" fn rump_vattr_init() -> *mut Vattr {
    attributes::rump_pub_vattr_init()
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_vattr_settype(vattr: *mut Vattr, kind: c_int) {
    // SAFETY: as above.
    unsafe { attributes::rump_pub_vattr_settype(vattr, kind) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_vattr_setmode(vattr: *mut Vattr, mode: u32) {
    // SAFETY: as above.
    unsafe { attributes::rump_pub_vattr_setmode(vattr, mode) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_vattr_setrdev(vattr: *mut Vattr, device: u64) {
    // SAFETY: as above.
    unsafe { attributes::rump_pub_vattr_setrdev(vattr, device) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_vattr_free(vattr: *mut c_void) {
    // SAFETY: as above.
    unsafe { attributes::rump_pub_vattr_free(vattr) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_vattr50_to_vattr(from: *const Vattr50, to: *mut Vattr) {
    // SAFETY: as above.
    unsafe { attributes::rump_pub_vattr50_to_vattr(from, to) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_vattr_to_vattr50(from: *const Vattr, to: *mut Vattr50) {
    // SAFETY: as above.
    unsafe { attributes::rump_pub_vattr_to_vattr50(from, to) }
}

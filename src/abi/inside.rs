//! The functions of rump(3) under the names without `pub`, for C code that is inside the kernel already: what runs between
//! `rump_schedule` and `rump_unschedule`, and components written in C.
//!
//! The public ones enter the kernel and leave it again; entering twice changes nothing, so that they serve here as they are.
//! A thread that gives its lwp up in here (`rump_lwproc_releaselwp`, a switch to null) has one that is lent to it until it leaves.

use super::{etfs, identity, lwproc, uio};
use core::ffi::{c_char, c_int, c_void};

#[unsafe(no_mangle)]
pub extern "C" fn rump_lwproc_rfork(flags: c_int) -> c_int {
    lwproc::rump_pub_lwproc_rfork(flags)
}

#[unsafe(no_mangle)]
pub extern "C" fn rump_lwproc_newlwp(process: i32) -> c_int {
    lwproc::rump_pub_lwproc_newlwp(process)
}

#[unsafe(no_mangle)]
pub extern "C" fn rump_lwproc_switch(lwp: *mut c_void) {
    lwproc::switch_inside(lwp);
}

#[unsafe(no_mangle)]
pub extern "C" fn rump_lwproc_releaselwp() {
    lwproc::release_inside();
}

#[unsafe(no_mangle)]
pub extern "C" fn rump_lwproc_curlwp() -> *mut c_void {
    lwproc::rump_pub_lwproc_curlwp()
}

#[unsafe(no_mangle)]
pub extern "C" fn rump_lwproc_sysent_usenative() {
    lwproc::rump_pub_lwproc_sysent_usenative();
}

#[unsafe(no_mangle)]
pub extern "C" fn rump_allbetsareoff_setid(process: i32, lwp: c_int) {
    lwproc::rump_pub_allbetsareoff_setid(process, lwp);
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_etfs_register(
    name: *const c_char,
    host_path: *const c_char,
    kind: c_int,
) -> c_int {
    // SAFETY: the caller passes strings.
    unsafe { etfs::rump_pub_etfs_register(name, host_path, kind) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_etfs_register_withsize(
    name: *const c_char,
    host_path: *const c_char,
    kind: c_int,
    begin: u64,
    size: u64,
) -> c_int {
    // SAFETY: the caller passes strings.
    unsafe { etfs::rump_pub_etfs_register_withsize(name, host_path, kind, begin, size) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_etfs_remove(name: *const c_char) -> c_int {
    // SAFETY: the caller passes a string.
    unsafe { etfs::rump_pub_etfs_remove(name) }
}

#[unsafe(no_mangle)]
pub extern "C" fn rump_uio_setup(
    buffer: *mut c_void,
    length: usize,
    offset: i64,
    direction: c_int,
) -> *mut c_void {
    uio::rump_pub_uio_setup(buffer, length, offset, direction)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_uio_getresid(uio: *mut c_void) -> usize {
    // SAFETY: the caller passes what `rump_uio_setup` gave it.
    unsafe { uio::rump_pub_uio_getresid(uio) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_uio_getoff(uio: *mut c_void) -> i64 {
    // SAFETY: as above.
    unsafe { uio::rump_pub_uio_getoff(uio) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_uio_free(uio: *mut c_void) -> usize {
    // SAFETY: as above; the caller gives it up.
    unsafe { uio::rump_pub_uio_free(uio) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_cred_create(
    user: u32,
    group: u32,
    count: usize,
    groups: *const u32,
) -> *mut c_void {
    // SAFETY: the caller passes `count` groups.
    unsafe { identity::rump_pub_cred_create(user, group, count, groups) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_cred_put(credentials: *mut c_void) {
    // SAFETY: the caller gives the reference up that `rump_cred_create` gave it.
    unsafe { identity::rump_pub_cred_put(credentials) }
}

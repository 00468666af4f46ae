//! Credentials for C callers (`rump_pub_cred_*`).

use super::handles;
use crate::process::Credentials;
use alloc::sync::Arc;
use core::ffi::c_void;

/// Makes credentials with the given user and groups; freed by `rump_pub_cred_put`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_pub_cred_create(
    user: u32,
    group: u32,
    count: usize,
    groups: *const u32,
) -> *mut c_void {
    let groups = if groups.is_null() || count == 0 {
        &[]
    } else {
        // SAFETY: the caller passes `count` groups.
        unsafe { core::slice::from_raw_parts(groups, count) }
    };
    handles::give(Arc::new(Credentials::of(user, group, groups)))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_pub_cred_put(credentials: *mut c_void) {
    // SAFETY: the caller gives the reference up that `rump_pub_cred_create` gave it.
    drop(unsafe { handles::take::<Credentials>(credentials) });
}

//! `struct componentname` and `rump_pub_namei`.

use crate::handles::{give_vnode, store};
use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::ffi::CString;
use alloc::sync::Arc;
use core::ffi::{CStr, c_char, c_int, c_ulong, c_void};
use rump::abi::{errno_of, handles, in_kernel};
use rump::errno::{Errno, Result};
use rump::process::Credentials;
use rump::sched::Lwp;
use vfs::handle_lock::HandleLockMode;
use vfs::lookup::{LONGEST_NAME, Resolver};

/// What a lookup is for (`cn_nameiop`), and its flags (`cn_flags`).
pub mod flag {
    pub const CREATE: u32 = 1;
    pub const DELETE: u32 = 2;
    pub const RENAME: u32 = 3;
    pub const LOCK_LEAF: u32 = 0x4;
    pub const LOCK_PARENT: u32 = 0x8;
    pub const FOLLOW: u32 = 0x40;
    pub const IS_DOT_DOT: u32 = 0x2000;
    pub const IS_LAST: u32 = 0x8000;
    pub const IS_WHITEOUT: u32 = 0x2_0000;
    pub const DO_WHITEOUT: u32 = 0x4_0000;
}

/// `struct componentname` of NetBSD 7.99.34 on amd64.
#[repr(C)]
pub struct ComponentName {
    pub operation: u32,
    pub flags: u32,
    pub credentials: *mut c_void,
    pub name: *const c_char,
    pub length: usize,
    pub consumed: usize,
}

/// One that we made, with the name that it points to.
#[repr(C)]
struct Owned {
    component: ComponentName,
    name: CString,
}

impl ComponentName {
    /// The name's bytes.
    ///
    /// # Safety
    /// `name` points to `length` readable bytes.
    ///
    /// # Errors
    /// `ENAMETOOLONG`; `EINVAL` for no name.
    pub unsafe fn bytes(&self) -> Result<&[u8]> {
        if self.name.is_null() || self.length == 0 {
            return Err(Errno::EINVAL);
        }
        if self.length > LONGEST_NAME {
            return Err(Errno::ENAMETOOLONG);
        }
        // SAFETY: the caller's promise.
        Ok(unsafe { core::slice::from_raw_parts(self.name.cast(), self.length) })
    }

    /// Whose rights count; without any, the calling process's.
    ///
    /// # Safety
    /// The credentials, if any, came from `rump_pub_cred_create`.
    #[must_use]
    pub unsafe fn who(&self, lwp: &Lwp) -> Arc<Credentials> {
        // SAFETY: the caller's promise.
        unsafe { credentials(self.credentials, lwp) }
    }
}

/// The credentials behind a C pointer; without any (null or `NOCRED`), the calling process's.
///
/// # Safety
/// They came from `rump_pub_cred_create`.
pub unsafe fn credentials(handle: *mut c_void, lwp: &Lwp) -> Arc<Credentials> {
    const NO_CREDENTIALS: usize = usize::MAX;
    const FILE_SYSTEM_CREDENTIALS: usize = usize::MAX - 1;
    match handle.addr() {
        0 | NO_CREDENTIALS => lwp.process.credentials(),
        FILE_SYSTEM_CREDENTIALS => Credentials::superuser(),
        // SAFETY: the caller's promise.
        _ => unsafe { handles::borrow(handle) }.unwrap_or_else(|| lwp.process.credentials()),
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_pub_makecn(
    operation: c_ulong,
    flags: c_ulong,
    name: *const c_char,
    length: usize,
    credentials: *mut c_void,
    _lwp: *mut c_void,
) -> *mut c_void {
    // SAFETY: the caller passes a string.
    let name = unsafe { CStr::from_ptr(name) }.to_owned();
    let component = ComponentName {
        operation: operation as u32,
        flags: flags as u32,
        credentials,
        name: name.as_ptr(),
        length,
        consumed: 0,
    };
    Box::into_raw(Box::new(Owned { component, name })).cast()
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_pub_freecn(component: *mut c_void, flags: c_int) {
    const FREE_CREDENTIALS: c_int = 0x02;
    if component.is_null() {
        return;
    }
    // SAFETY: the caller gives up what `rump_pub_makecn` or `rump_pub_namei` gave it.
    let owned = unsafe { Box::from_raw(component.cast::<Owned>()) };
    if flags & FREE_CREDENTIALS != 0 {
        // SAFETY: the caller gives up the credentials that it put into it.
        drop(unsafe { handles::take::<Credentials>(owned.component.credentials) });
    }
    drop(owned);
}

/// Looks a path up from the calling process's directories. The vnodes are referenced, and locked if the flags say so.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_pub_namei(
    operation: u32,
    flags: u32,
    path: *const c_char,
    parent: *mut *mut c_void,
    leaf: *mut *mut c_void,
    component: *mut *mut c_void,
) -> c_int {
    if path.is_null() {
        return Errno::EFAULT.number();
    }
    // SAFETY: the caller passes a string.
    let path = unsafe { CStr::from_ptr(path) }.to_bytes();
    errno_of(in_kernel(|lwp| {
        let resolver = Resolver::new(&lwp.process)?;
        let follow = flags & flag::FOLLOW != 0;
        let (last, found) = resolver.resolve_for_creation(None, path, follow)?;
        let may_be_missing = matches!(operation, flag::CREATE | flag::RENAME);
        if found.is_none() && !may_be_missing {
            return Err(Errno::ENOENT);
        }
        if flags & flag::LOCK_PARENT != 0 {
            last.directory.handle_lock.lock(HandleLockMode::Exclusive, true)?;
        }
        if let Some(found) = found.as_ref().filter(|_| flags & flag::LOCK_LEAF != 0)
            && *found != last.directory
        {
            found.handle_lock.lock(HandleLockMode::Exclusive, true)?;
        }
        let name = CString::new(last.name.as_slice()).map_err(|_| Errno::EINVAL)?;
        // SAFETY: the caller passes null or places for the answers.
        unsafe {
            if !leaf.is_null() {
                leaf.write(found.map_or(core::ptr::null_mut(), give_vnode));
            }
            if !parent.is_null() && flags & flag::LOCK_PARENT != 0 {
                parent.write(give_vnode(last.directory));
            }
            if !component.is_null() {
                let flags = u64::from(flags | flag::IS_LAST);
                let null = core::ptr::null_mut();
                let length = name.as_bytes().len();
                store(
                    component,
                    rump_pub_makecn(u64::from(operation), flags, name.as_ptr(), length, null, null),
                );
            }
        }
        Ok(())
    }))
}

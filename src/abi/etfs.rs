//! Host files in the name space (`rump_pub_etfs_*`, `rump_boot_etfs_register`; rump_etfs(3)).

use super::{errno_of, in_kernel};
use crate::errno::{Errno, Result};
use crate::kernel::{HostFileKey, Kernel};
use core::ffi::{CStr, c_char, c_int};
use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, Ordering};

/// `RUMP_ETFS_SIZE_ENDOFF`: up to the end of the host's file.
const TO_THE_END: u64 = u64::MAX;

/// A registration before boot (`struct rump_boot_etfs`); the program owns it and reads its status after `rump_init`.
#[repr(C)]
pub struct BootRegistration {
    key: *const c_char,
    host_path: *const c_char,
    kind: c_int,
    begin: u64,
    size: u64,
    next: *mut BootRegistration,
    status: c_int,
}

/// What was registered before there was a kernel, newest first.
static PENDING: AtomicPtr<BootRegistration> = AtomicPtr::new(null_mut());

/// # Safety
/// Both strings end in NUL, or are null.
unsafe fn key<'a>(
    name: *const c_char,
    host_path: *const c_char,
    kind: c_int,
    begin: u64,
    size: u64,
) -> Result<HostFileKey<'a>> {
    if name.is_null() || host_path.is_null() {
        return Err(Errno::EFAULT);
    }
    // SAFETY: the caller's promise.
    let (name, host_path) =
        unsafe { (CStr::from_ptr(name).to_bytes(), CStr::from_ptr(host_path).to_bytes()) };
    let size = (size != TO_THE_END).then_some(size);
    Ok(HostFileKey { name, host_path, kind, begin, size })
}

fn register(key: Result<HostFileKey<'_>>) -> c_int {
    errno_of(in_kernel(|lwp| lwp.process.kernel.host_file_keys()?.register(&key?)))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_pub_etfs_register(
    name: *const c_char,
    host_path: *const c_char,
    kind: c_int,
) -> c_int {
    // SAFETY: the program passes strings.
    register(unsafe { key(name, host_path, kind, 0, TO_THE_END) })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_pub_etfs_register_withsize(
    name: *const c_char,
    host_path: *const c_char,
    kind: c_int,
    begin: u64,
    size: u64,
) -> c_int {
    // SAFETY: the program passes strings.
    register(unsafe { key(name, host_path, kind, begin, size) })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_pub_etfs_remove(name: *const c_char) -> c_int {
    if name.is_null() {
        return Errno::EFAULT.number();
    }
    // SAFETY: the program passes a string.
    let name = unsafe { CStr::from_ptr(name) };
    errno_of(in_kernel(|lwp| lwp.process.kernel.host_file_keys()?.remove(name.to_bytes())))
}

/// Notes a registration for `rump_init`, which stores its status. Until then it is -1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_boot_etfs_register(registration: *mut BootRegistration) {
    if registration.is_null() {
        return;
    }
    let mut head = PENDING.load(Ordering::Acquire);
    loop {
        // SAFETY: the program keeps the structure until after `rump_init`.
        unsafe {
            (*registration).next = head;
            (*registration).status = -1;
        }
        match PENDING.compare_exchange(head, registration, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => return,
            Err(now) => head = now,
        }
    }
}

/// Registers what was noted before boot and stores each status. Without component vfs, all have `ENOSYS`.
pub(crate) fn register_pending(kernel: &Kernel) {
    let mut next = PENDING.swap(null_mut(), Ordering::AcqRel);
    // SAFETY: the program keeps the structures until `rump_init` has returned.
    while let Some(registration) = unsafe { next.as_mut() } {
        // SAFETY: the program put strings there.
        let key = unsafe {
            key(
                registration.key,
                registration.host_path,
                registration.kind,
                registration.begin,
                registration.size,
            )
        };
        let result = kernel.host_file_keys().and_then(|keys| keys.register(&key?));
        registration.status = errno_of(result);
        next = registration.next;
    }
}

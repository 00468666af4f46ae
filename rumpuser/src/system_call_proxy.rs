//! The server of the system call proxy: not in this version of the library.
//!
//! The kernel and its proxy component link against these names. Each answers ENOSYS, so that a kernel
//! without remote clients works and one that is asked to serve them says that it cannot.

use core::ffi::{c_char, c_int, c_void};

use crate::errno_translation::{HostErrno, hypercall_result};

fn not_supported() -> c_int {
    hypercall_result(Err(HostErrno(libc::ENOSYS)))
}

/// Would serve clients at an address. Errors: ENOSYS.
#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_sp_init(
    _address: *const c_char,
    _system: *const c_char,
    _release: *const c_char,
    _machine: *const c_char,
) -> c_int {
    not_supported()
}

/// Would copy from a client's memory. Errors: ENOSYS.
#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_sp_copyin(
    _client: *mut c_void,
    _remote: *const c_void,
    _local: *mut c_void,
    _length: usize,
) -> c_int {
    not_supported()
}

/// Would copy a string from a client's memory. Errors: ENOSYS.
#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_sp_copyinstr(
    _client: *mut c_void,
    _remote: *const c_void,
    _local: *mut c_void,
    _length: *mut usize,
) -> c_int {
    not_supported()
}

/// Would copy to a client's memory. Errors: ENOSYS.
#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_sp_copyout(
    _client: *mut c_void,
    _local: *const c_void,
    _remote: *mut c_void,
    _length: usize,
) -> c_int {
    not_supported()
}

/// Would copy a string to a client's memory. Errors: ENOSYS.
#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_sp_copyoutstr(
    _client: *mut c_void,
    _local: *const c_void,
    _remote: *mut c_void,
    _length: *mut usize,
) -> c_int {
    not_supported()
}

/// Would map pages in a client. Errors: ENOSYS.
#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_sp_anonmmap(
    _client: *mut c_void,
    _length: usize,
    _address: *mut *mut c_void,
) -> c_int {
    not_supported()
}

/// Would raise a signal in a client. Errors: ENOSYS.
#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_sp_raise(_client: *mut c_void, _signal: c_int) -> c_int {
    not_supported()
}

/// Ends the service, which never began: there is nothing to end.
#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_sp_fini(_client: *mut c_void) {}

//! Parameters of the kernel: the environment, and what only the host knows.

use core::ffi::{CStr, c_char, c_int};
use core::ptr;

use crate::errno_translation::{HostErrno, hypercall_result};

/// The number of virtual CPUs: `RUMP_NCPU`, where `host` stands for the host's own number.
const PARAMETER_CPU_COUNT: &CStr = c"_RUMPUSER_NCPU";
/// A name for the kernel: `rump-PID.HOST`.
const PARAMETER_HOST_NAME: &CStr = c"_RUMPUSER_HOSTNAME";
const DEFAULT_CPU_COUNT: &[u8] = b"2";

/// Stores a parameter as a C string.
///
/// Errors: ENOENT if it is not set, ERANGE if it does not fit into `length` bytes, EINVAL for a name with a
/// leading underscore that the interface does not define.
///
/// # Safety
/// `name` is a C string; `buffer` is writable for `length` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_getparam(name: *const c_char, buffer: *mut c_char, length: usize) -> c_int {
    // SAFETY: the caller's contract.
    let name = unsafe { CStr::from_ptr(name) };
    let result = value_of(name).and_then(|value| {
        if value.len() >= length {
            return Err(HostErrno(libc::ERANGE));
        }
        // SAFETY: the value and its terminating NUL fit.
        unsafe {
            ptr::copy_nonoverlapping(value.as_ptr().cast(), buffer, value.len());
            *buffer.add(value.len()) = 0;
        }
        Ok(())
    });
    hypercall_result(result)
}

fn value_of(name: &CStr) -> Result<Vec<u8>, HostErrno> {
    if name == PARAMETER_CPU_COUNT {
        Ok(match environment(c"RUMP_NCPU") {
            None => DEFAULT_CPU_COUNT.to_vec(),
            Some(value) if value == b"host" => online_cpus().to_string().into_bytes(),
            Some(value) => value,
        })
    } else if name == PARAMETER_HOST_NAME {
        Ok(kernel_name())
    } else if name.to_bytes().first() == Some(&b'_') {
        Err(HostErrno(libc::EINVAL))
    } else {
        environment(name).ok_or(HostErrno(libc::ENOENT))
    }
}

/// A variable of the environment, through the C library: programs in C set theirs there.
pub(crate) fn environment(name: &CStr) -> Option<Vec<u8>> {
    // SAFETY: `name` is a C string; the value is copied before anyone can change the environment again.
    unsafe {
        let value = libc::getenv(name.as_ptr());
        if value.is_null() { None } else { Some(CStr::from_ptr(value).to_bytes().to_vec()) }
    }
}

/// The number of CPUs the host has online, at least 1.
pub(crate) fn online_cpus() -> usize {
    // SAFETY: asks the C library for a number.
    let count = unsafe { libc::sysconf(libc::_SC_NPROCESSORS_ONLN) };
    usize::try_from(count).unwrap_or(1).max(1)
}

fn kernel_name() -> Vec<u8> {
    let mut name = format!("rump-{:05}", std::process::id()).into_bytes();
    let mut host = [0_u8; 256];
    // SAFETY: one byte less than there is, so that a NUL always ends it.
    if unsafe { libc::gethostname(host.as_mut_ptr().cast(), host.len() - 1) } == 0
        && let Ok(host) = CStr::from_bytes_until_nul(&host)
    {
        name.push(b'.');
        name.extend_from_slice(host.to_bytes());
    }
    name
}

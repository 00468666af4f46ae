//! Boot parameters, by name (`rumpuser_getparam`).

use super::raw;
use alloc::ffi::CString;
use alloc::string::String;
use alloc::vec;

const LONGEST: usize = 1024;

/// The value of a parameter, or `None` where the host knows none.
pub fn get(name: &str) -> Option<String> {
    let name = CString::new(name).ok()?;
    let mut buffer = vec![0u8; LONGEST];
    // SAFETY: the name ends in NUL, the buffer is live and its length is given.
    let code = unsafe { raw::rumpuser_getparam(name.as_ptr(), buffer.as_mut_ptr().cast(), buffer.len()) };
    if code != 0 {
        return None;
    }
    let end = buffer.iter().position(|&byte| byte == 0)?;
    buffer.truncate(end);
    String::from_utf8(buffer).ok()
}

/// The host's processor count.
pub fn host_cpu_count() -> Option<usize> {
    get("_RUMPUSER_NCPU")?.trim().parse().ok()
}

/// The host's name for this machine.
pub fn host_name() -> Option<String> {
    get("_RUMPUSER_HOSTNAME")
}

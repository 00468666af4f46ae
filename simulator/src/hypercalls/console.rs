//! What the kernel prints, what it is told at boot, and how it ends.

use crate::errno::{EINVAL, EOPNOTSUPP, EPROGMISMATCH};
use crate::world::current_host;
use core::ffi::{CStr, c_char, c_int, c_void};
use simulator_world::{current, locked};

const VERSION: c_int = 17;

#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_putchar(character: c_int) {
    locked(&current_host().console).push(character as u8);
}

/// Worlds hold kernels that were booted one by one; the upcalls of a process-wide one are not used.
#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_init(version: c_int, _upcalls: *const c_void) -> c_int {
    if version == VERSION { 0 } else { EPROGMISMATCH }
}

/// # Safety
/// `name` is a C string; `buffer` is writable for `length` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_getparam(name: *const c_char, buffer: *mut c_void, length: usize) -> c_int {
    // SAFETY: the caller's contract.
    let name = unsafe { CStr::from_ptr(name) }.to_string_lossy();
    let given = locked(&current_host().parameters).get(&*name).cloned();
    let value = match (given, &*name) {
        (Some(value), _) => value,
        (None, "_RUMPUSER_NCPU") => "2".into(),
        (None, "_RUMPUSER_HOSTNAME") => "simulated".into(),
        _ => return crate::errno::ENOENT,
    };
    if value.len() >= length {
        return EINVAL;
    }
    // SAFETY: the caller's contract; the value and its NUL fit.
    unsafe {
        buffer.cast::<u8>().copy_from(value.as_ptr(), value.len());
        buffer.cast::<u8>().add(value.len()).write(0);
    }
    0
}

/// Fails the run: a kernel ends its host when it can do nothing else.
#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_exit(code: c_int) -> ! {
    let (shared, _) = current();
    let mut state = shared.scheduler.lock();
    shared.scheduler.fail(&mut state, &format!("the kernel ends the host with code {code}"));
    drop(state);
    shared.scheduler.abandon()
}

/// Signals reach nobody here; asking whether there is a process (signal 0) works.
#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_kill(_process: i64, signal: c_int) -> c_int {
    if signal == 0 { 0 } else { EOPNOTSUPP }
}

#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_daemonize_begin() -> c_int {
    EOPNOTSUPP
}

#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_daemonize_done(_error: c_int) -> c_int {
    EOPNOTSUPP
}

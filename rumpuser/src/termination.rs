//! The end: of the process, or of what a signal does to it.

use core::ffi::c_int;

use crate::console::print_line;
use crate::errno_translation::{HostErrno, hypercall_result};
use crate::signal_translation::rumpuser__sig_rump2host;

/// The exit code that stands for a kernel panic.
pub const RUMPUSER_PANIC: c_int = -1;
/// The process id that stands for the process the kernel runs in.
pub const RUMPUSER_PID_SELF: i64 = -1;

/// Ends the process with this exit code, or with abort(3) for [`RUMPUSER_PANIC`].
///
/// What the kernel has written to its console is flushed in both cases: after a panic it says why.
#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_exit(code: c_int) -> ! {
    print_line(c"halted");
    // SAFETY: neither comes back, and both are callable from any thread.
    unsafe { if code == RUMPUSER_PANIC { libc::abort() } else { libc::exit(code) } }
}

/// Sends a NetBSD signal to the process the kernel runs in, by raise(3). Signal 0 only asks.
///
/// The process id is of the kernel's own counting and means nothing to the host: it is ignored, so that a
/// kernel can never hit a stranger.
///
/// Errors: EINVAL if the host has no such signal.
#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_kill(_process: i64, signal: c_int) -> c_int {
    let result = match rumpuser__sig_rump2host(signal) {
        0 => Ok(()),
        host if host > 0 => {
            // SAFETY: a valid signal; what it does is what the caller asks for.
            if unsafe { libc::raise(host) } == 0 { Ok(()) } else { Err(HostErrno::last()) }
        }
        _ => Err(HostErrno(libc::EINVAL)),
    };
    hypercall_result(result)
}

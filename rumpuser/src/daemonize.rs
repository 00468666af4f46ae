//! Going into the background, with the parent staying until the service is up.
//!
//! The process forks before it has a kernel, since threads do not survive fork(2). The parent waits at a
//! socket for the child to say how it went, and exits with that.

use core::ffi::{c_int, c_void};
use core::sync::atomic::{AtomicI32, Ordering};

use crate::errno_translation::{HostErrno, hypercall_result};

/// In place of a descriptor: not in between `begin` and `done`.
const NOT_DAEMONIZING: c_int = -1;

/// The child's end of the socket to its parent.
static PARENT: AtomicI32 = AtomicI32::new(NOT_DAEMONIZING);

/// Forks. The child comes back from here, in a session of its own; the parent exits when the child calls
/// [`rumpuser_daemonize_done`] (with its argument) or dies (with ESRCH).
///
/// The working directory stays. Errors: EINPROGRESS if the process is daemonizing already; those of
/// socketpair(2), fork(2) and setsid(2).
#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_daemonize_begin() -> c_int {
    hypercall_result(begin())
}

fn begin() -> Result<(), HostErrno> {
    if PARENT.load(Ordering::Relaxed) != NOT_DAEMONIZING {
        return Err(HostErrno(libc::EINPROGRESS));
    }
    let mut ends = [0; 2];
    let kind = libc::SOCK_STREAM | libc::SOCK_CLOEXEC;
    // SAFETY: room for two descriptors. A socket, as a pipe could kill the child with SIGPIPE.
    if unsafe { libc::socketpair(libc::AF_UNIX, kind, 0, ends.as_mut_ptr()) } != 0 {
        return Err(HostErrno::last());
    }
    let [parent_end, child_end] = ends;
    // SAFETY: the child goes on with this one thread; the interface asks for no others.
    match unsafe { libc::fork() } {
        0 => {}
        -1 => {
            let error = HostErrno::last();
            close(parent_end);
            close(child_end);
            return Err(error);
        }
        _ => {
            close(child_end);
            wait_for_child(parent_end);
        }
    }
    close(parent_end);
    PARENT.store(child_end, Ordering::Relaxed);
    // SAFETY: a fresh child is no group leader, so that nothing but a bug stops this.
    if unsafe { libc::setsid() } == -1 {
        let error = HostErrno::last();
        rumpuser_daemonize_done(error.0);
        return Err(error);
    }
    Ok(())
}

fn close(descriptor: c_int) {
    // SAFETY: one of our own descriptors, not used any more.
    unsafe { libc::close(descriptor) };
}

/// The rest of the parent's life.
fn wait_for_child(socket: c_int) -> ! {
    let mut report = [0_u8; size_of::<c_int>()];
    // SAFETY: room for the report.
    let count = unsafe { libc::recv(socket, report.as_mut_ptr().cast(), report.len(), libc::MSG_WAITALL) };
    let status = match usize::try_from(count) {
        Ok(count) if count == report.len() => c_int::from_ne_bytes(report),
        Ok(_) => libc::ESRCH,
        Err(_) => HostErrno::last().0,
    };
    // The host keeps eight bits of it: a failure must not look like success.
    let status = if status != 0 && status & 0xff == 0 { 1 } else { status };
    // SAFETY: ends the process without running what belongs to the child as well.
    unsafe { libc::_exit(status) }
}

/// Lets the parent exit with this status. For 0, success, the standard descriptors go to /dev/null first.
///
/// Errors: ENOENT without [`rumpuser_daemonize_begin`] before it; EPIPE if the parent is gone; that of
/// /dev/null, which the parent gets as well.
#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_daemonize_done(status: c_int) -> c_int {
    let socket = PARENT.swap(NOT_DAEMONIZING, Ordering::Relaxed);
    if socket == NOT_DAEMONIZING {
        return hypercall_result(Err(HostErrno(libc::ENOENT)));
    }
    let detached = if status == 0 { detach_from_terminal() } else { Ok(()) };
    let report = match detached {
        Ok(()) => status,
        Err(error) => error.0,
    }
    .to_ne_bytes();
    // SAFETY: our own bytes.
    let count =
        unsafe { libc::send(socket, report.as_ptr().cast::<c_void>(), report.len(), libc::MSG_NOSIGNAL) };
    let told = match usize::try_from(count) {
        Ok(count) if count == report.len() => Ok(()),
        Ok(_) => Err(HostErrno(libc::EPIPE)),
        Err(_) => Err(HostErrno::last()),
    };
    close(socket);
    hypercall_result(detached.and(told))
}

fn detach_from_terminal() -> Result<(), HostErrno> {
    // SAFETY: a C string; then our own descriptor, put in the place of the standard ones.
    unsafe {
        let null = libc::open(c"/dev/null".as_ptr(), libc::O_RDWR);
        if null == -1 {
            return Err(HostErrno::last());
        }
        for standard in [libc::STDIN_FILENO, libc::STDOUT_FILENO, libc::STDERR_FILENO] {
            if libc::dup2(null, standard) == -1 {
                return Err(HostErrno::last());
            }
        }
        if null > libc::STDERR_FILENO {
            libc::close(null);
        }
    }
    Ok(())
}

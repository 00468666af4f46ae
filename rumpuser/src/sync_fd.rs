//! Bringing what was written to a host file to its disk.

use core::ffi::c_int;

use crate::errno_translation::{HostErrno, hypercall_result};
use crate::hypervisor::without_virtual_cpu;

/// Later reads see the file as others have left it. Host files always do.
pub const RUMPUSER_SYNCFD_READ: c_int = 0x01;
/// What was written reaches the host.
pub const RUMPUSER_SYNCFD_WRITE: c_int = 0x02;
/// Both.
pub const RUMPUSER_SYNCFD_BOTH: c_int = RUMPUSER_SYNCFD_READ | RUMPUSER_SYNCFD_WRITE;
/// What was written before gets there before what is written later.
pub const RUMPUSER_SYNCFD_BARRIER: c_int = 0x04;
/// It is on stable storage when the call returns.
pub const RUMPUSER_SYNCFD_SYNC: c_int = 0x08;

/// Synchronises a file, whatever the range: Linux has no call that would do a part of it safely.
///
/// Errors: EINVAL if neither reading nor writing is asked for; those of fdatasync(2), among them EINVAL for
/// what cannot be synchronised.
#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_syncfd(descriptor: c_int, flags: c_int, _start: u64, _length: u64) -> c_int {
    if flags & RUMPUSER_SYNCFD_BOTH == 0 {
        return hypercall_result(Err(HostErrno(libc::EINVAL)));
    }
    if flags & RUMPUSER_SYNCFD_WRITE == 0 {
        return 0;
    }
    hypercall_result(without_virtual_cpu(|| synchronise(descriptor)))
}

/// The data of a file, and what it takes to find them again.
pub(crate) fn synchronise(descriptor: c_int) -> Result<(), HostErrno> {
    // SAFETY: a system call on a number.
    if unsafe { libc::fdatasync(descriptor) } == 0 { Ok(()) } else { Err(HostErrno::last()) }
}

//! Error numbers: the host's on one side, NetBSD's on the other.

use core::ffi::c_int;

/// An errno of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HostErrno(pub(crate) c_int);

impl HostErrno {
    /// The calling thread's errno: only right after a C library call that failed.
    pub(crate) fn last() -> Self {
        // SAFETY: the C library's own address of errno, valid for this thread.
        Self(unsafe { *libc::__errno_location() })
    }
}

/// 0, or the NetBSD number of the error: what hypercalls answer.
pub(crate) fn hypercall_result(result: Result<(), HostErrno>) -> c_int {
    match result {
        Ok(()) => 0,
        Err(error) => rumpuser__errtrans(error.0),
    }
}

/// What a NetBSD kernel makes of an error it has no number for.
const NETBSD_EINVAL: c_int = 22;
const NETBSD_EIO: c_int = 5;
const NETBSD_ENXIO: c_int = 6;

/// The NetBSD number of a Linux errno, 0 for 0.
///
/// Where both systems know a name it is the same one; Linux's ENOTSUP is its EOPNOTSUPP. A few that a block
/// device may answer and NetBSD does not know turn into what they mean; every other one is EINVAL.
#[unsafe(no_mangle)]
pub extern "C" fn rumpuser__errtrans(host_errno: c_int) -> c_int {
    match host_errno {
        0 => 0,
        // Version 7 UNIX numbered these; both systems still count alike, except for 11.
        1..=10 | 12..=34 => host_errno,
        libc::EAGAIN => 35,
        libc::EDEADLK => 11,
        libc::ENAMETOOLONG => 63,
        libc::ENOLCK => 77,
        libc::ENOSYS => 78,
        libc::ENOTEMPTY => 66,
        libc::ELOOP => 62,
        libc::EREMOTEIO | libc::EUCLEAN => NETBSD_EIO,
        libc::ENOMEDIUM | libc::EMEDIUMTYPE => NETBSD_ENXIO,
        _ => network_errno(host_errno).or_else(|| streams_errno(host_errno)).unwrap_or(NETBSD_EINVAL),
    }
}

fn network_errno(host_errno: c_int) -> Option<c_int> {
    Some(match host_errno {
        libc::EINPROGRESS => 36,
        libc::EALREADY => 37,
        libc::ENOTSOCK => 38,
        libc::EDESTADDRREQ => 39,
        libc::EMSGSIZE => 40,
        libc::EPROTOTYPE => 41,
        libc::ENOPROTOOPT => 42,
        libc::EPROTONOSUPPORT => 43,
        libc::ESOCKTNOSUPPORT => 44,
        libc::EOPNOTSUPP => 45,
        libc::EPFNOSUPPORT => 46,
        libc::EAFNOSUPPORT => 47,
        libc::EADDRINUSE => 48,
        libc::EADDRNOTAVAIL => 49,
        libc::ENETDOWN => 50,
        libc::ENETUNREACH => 51,
        libc::ENETRESET => 52,
        libc::ECONNABORTED => 53,
        libc::ECONNRESET => 54,
        libc::ENOBUFS => 55,
        libc::EISCONN => 56,
        libc::ENOTCONN => 57,
        libc::ESHUTDOWN => 58,
        libc::ETOOMANYREFS => 59,
        libc::ETIMEDOUT => 60,
        libc::ECONNREFUSED => 61,
        libc::EHOSTDOWN => 64,
        libc::EHOSTUNREACH => 65,
        _ => return None,
    })
}

fn streams_errno(host_errno: c_int) -> Option<c_int> {
    Some(match host_errno {
        libc::EUSERS => 68,
        libc::EDQUOT => 69,
        libc::ESTALE => 70,
        libc::EREMOTE => 71,
        libc::EIDRM => 82,
        libc::ENOMSG => 83,
        libc::EOVERFLOW => 84,
        libc::EILSEQ => 85,
        libc::ECANCELED => 87,
        libc::EBADMSG => 88,
        libc::ENODATA => 89,
        libc::ENOSR => 90,
        libc::ENOSTR => 91,
        libc::ETIME => 92,
        libc::EMULTIHOP => 94,
        libc::ENOLINK => 95,
        libc::EPROTO => 96,
        _ => return None,
    })
}

/// Sets the calling thread's errno for the application, as it is: programs that call a rump kernel compare
/// with NetBSD's numbers.
#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_seterrno(error: c_int) {
    // SAFETY: the C library's own address of errno, valid for this thread.
    unsafe { *libc::__errno_location() = error };
}

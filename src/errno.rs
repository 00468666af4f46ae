//! Error numbers, as NetBSD counts them (errno(2)).

use core::fmt;
use core::num::NonZeroU8;

/// A NetBSD error number: 1 to 96 for those that reach applications.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Errno(NonZeroU8);

/// What a kernel operation answers.
pub type Result<T> = core::result::Result<T, Errno>;

impl Errno {
    /// The error with this number; anything that is no errno becomes `EIO`.
    #[must_use]
    pub const fn from_number(number: i32) -> Self {
        if number > 0 && number <= 96 {
            match NonZeroU8::new(number as u8) {
                Some(number) => Self(number),
                None => Self::EIO,
            }
        } else {
            Self::EIO
        }
    }

    /// The number that C programs compare with.
    #[must_use]
    pub const fn number(self) -> i32 {
        self.0.get() as i32
    }

    /// Turns a hypercall's answer (0 or a NetBSD errno) into a result.
    ///
    /// # Errors
    /// The error whose number `code` is.
    pub const fn check(code: i32) -> Result<()> {
        if code == 0 { Ok(()) } else { Err(Self::from_number(code)) }
    }

    /// The symbolic name, for messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(errno, _)| *errno == self).map_or("E?", |(_, name)| name)
    }
}

impl fmt::Debug for Errno {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} ({})", self.name(), self.number())
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

const fn errno(number: u8) -> Errno {
    match NonZeroU8::new(number) {
        Some(number) => Errno(number),
        None => panic!("zero is no error"),
    }
}

#[allow(missing_docs, reason = "the names are errno(2)'s")]
impl Errno {
    pub const EPERM: Self = errno(1);
    pub const ENOENT: Self = errno(2);
    pub const ESRCH: Self = errno(3);
    pub const EINTR: Self = errno(4);
    pub const EIO: Self = errno(5);
    pub const ENXIO: Self = errno(6);
    pub const E2BIG: Self = errno(7);
    pub const ENOEXEC: Self = errno(8);
    pub const EBADF: Self = errno(9);
    pub const ECHILD: Self = errno(10);
    pub const EDEADLK: Self = errno(11);
    pub const ENOMEM: Self = errno(12);
    pub const EACCES: Self = errno(13);
    pub const EFAULT: Self = errno(14);
    pub const ENOTBLK: Self = errno(15);
    pub const EBUSY: Self = errno(16);
    pub const EEXIST: Self = errno(17);
    pub const EXDEV: Self = errno(18);
    pub const ENODEV: Self = errno(19);
    pub const ENOTDIR: Self = errno(20);
    pub const EISDIR: Self = errno(21);
    pub const EINVAL: Self = errno(22);
    pub const ENFILE: Self = errno(23);
    pub const EMFILE: Self = errno(24);
    pub const ENOTTY: Self = errno(25);
    pub const ETXTBSY: Self = errno(26);
    pub const EFBIG: Self = errno(27);
    pub const ENOSPC: Self = errno(28);
    pub const ESPIPE: Self = errno(29);
    pub const EROFS: Self = errno(30);
    pub const EMLINK: Self = errno(31);
    pub const EPIPE: Self = errno(32);
    pub const EDOM: Self = errno(33);
    pub const ERANGE: Self = errno(34);
    pub const EAGAIN: Self = errno(35);
    pub const EINPROGRESS: Self = errno(36);
    pub const EALREADY: Self = errno(37);
    pub const ENOTSOCK: Self = errno(38);
    pub const EDESTADDRREQ: Self = errno(39);
    pub const EMSGSIZE: Self = errno(40);
    pub const EPROTOTYPE: Self = errno(41);
    pub const ENOPROTOOPT: Self = errno(42);
    pub const EPROTONOSUPPORT: Self = errno(43);
    pub const ESOCKTNOSUPPORT: Self = errno(44);
    pub const EOPNOTSUPP: Self = errno(45);
    pub const EPFNOSUPPORT: Self = errno(46);
    pub const EAFNOSUPPORT: Self = errno(47);
    pub const EADDRINUSE: Self = errno(48);
    pub const EADDRNOTAVAIL: Self = errno(49);
    pub const ENETDOWN: Self = errno(50);
    pub const ENETUNREACH: Self = errno(51);
    pub const ENETRESET: Self = errno(52);
    pub const ECONNABORTED: Self = errno(53);
    pub const ECONNRESET: Self = errno(54);
    pub const ENOBUFS: Self = errno(55);
    pub const EISCONN: Self = errno(56);
    pub const ENOTCONN: Self = errno(57);
    pub const ESHUTDOWN: Self = errno(58);
    pub const ETOOMANYREFS: Self = errno(59);
    pub const ETIMEDOUT: Self = errno(60);
    pub const ECONNREFUSED: Self = errno(61);
    pub const ELOOP: Self = errno(62);
    pub const ENAMETOOLONG: Self = errno(63);
    pub const EHOSTDOWN: Self = errno(64);
    pub const EHOSTUNREACH: Self = errno(65);
    pub const ENOTEMPTY: Self = errno(66);
    pub const EPROCLIM: Self = errno(67);
    pub const EUSERS: Self = errno(68);
    pub const EDQUOT: Self = errno(69);
    pub const ESTALE: Self = errno(70);
    pub const EREMOTE: Self = errno(71);
    pub const EBADRPC: Self = errno(72);
    pub const ERPCMISMATCH: Self = errno(73);
    pub const EPROGUNAVAIL: Self = errno(74);
    pub const EPROGMISMATCH: Self = errno(75);
    pub const EPROCUNAVAIL: Self = errno(76);
    pub const ENOLCK: Self = errno(77);
    pub const ENOSYS: Self = errno(78);
    pub const EFTYPE: Self = errno(79);
    pub const EAUTH: Self = errno(80);
    pub const ENEEDAUTH: Self = errno(81);
    pub const EIDRM: Self = errno(82);
    pub const ENOMSG: Self = errno(83);
    pub const EOVERFLOW: Self = errno(84);
    pub const EILSEQ: Self = errno(85);
    pub const ENOTSUP: Self = errno(86);
    pub const ECANCELED: Self = errno(87);
    pub const EBADMSG: Self = errno(88);
    pub const ENODATA: Self = errno(89);
    pub const ENOSR: Self = errno(90);
    pub const ENOSTR: Self = errno(91);
    pub const ETIME: Self = errno(92);
    pub const ENOATTR: Self = errno(93);
    pub const EMULTIHOP: Self = errno(94);
    pub const ENOLINK: Self = errno(95);
    pub const EPROTO: Self = errno(96);
    pub const EWOULDBLOCK: Self = Self::EAGAIN;
}

const NAMES: &[(Errno, &str)] = &[
    (Errno::EPERM, "EPERM"),
    (Errno::ENOENT, "ENOENT"),
    (Errno::ESRCH, "ESRCH"),
    (Errno::EINTR, "EINTR"),
    (Errno::EIO, "EIO"),
    (Errno::ENXIO, "ENXIO"),
    (Errno::E2BIG, "E2BIG"),
    (Errno::ENOEXEC, "ENOEXEC"),
    (Errno::EBADF, "EBADF"),
    (Errno::ECHILD, "ECHILD"),
    (Errno::EDEADLK, "EDEADLK"),
    (Errno::ENOMEM, "ENOMEM"),
    (Errno::EACCES, "EACCES"),
    (Errno::EFAULT, "EFAULT"),
    (Errno::ENOTBLK, "ENOTBLK"),
    (Errno::EBUSY, "EBUSY"),
    (Errno::EEXIST, "EEXIST"),
    (Errno::EXDEV, "EXDEV"),
    (Errno::ENODEV, "ENODEV"),
    (Errno::ENOTDIR, "ENOTDIR"),
    (Errno::EISDIR, "EISDIR"),
    (Errno::EINVAL, "EINVAL"),
    (Errno::ENFILE, "ENFILE"),
    (Errno::EMFILE, "EMFILE"),
    (Errno::ENOTTY, "ENOTTY"),
    (Errno::ETXTBSY, "ETXTBSY"),
    (Errno::EFBIG, "EFBIG"),
    (Errno::ENOSPC, "ENOSPC"),
    (Errno::ESPIPE, "ESPIPE"),
    (Errno::EROFS, "EROFS"),
    (Errno::EMLINK, "EMLINK"),
    (Errno::EPIPE, "EPIPE"),
    (Errno::EDOM, "EDOM"),
    (Errno::ERANGE, "ERANGE"),
    (Errno::EAGAIN, "EAGAIN"),
    (Errno::EINPROGRESS, "EINPROGRESS"),
    (Errno::EALREADY, "EALREADY"),
    (Errno::ENOTSOCK, "ENOTSOCK"),
    (Errno::EDESTADDRREQ, "EDESTADDRREQ"),
    (Errno::EMSGSIZE, "EMSGSIZE"),
    (Errno::EPROTOTYPE, "EPROTOTYPE"),
    (Errno::ENOPROTOOPT, "ENOPROTOOPT"),
    (Errno::EPROTONOSUPPORT, "EPROTONOSUPPORT"),
    (Errno::ESOCKTNOSUPPORT, "ESOCKTNOSUPPORT"),
    (Errno::EOPNOTSUPP, "EOPNOTSUPP"),
    (Errno::EPFNOSUPPORT, "EPFNOSUPPORT"),
    (Errno::EAFNOSUPPORT, "EAFNOSUPPORT"),
    (Errno::EADDRINUSE, "EADDRINUSE"),
    (Errno::EADDRNOTAVAIL, "EADDRNOTAVAIL"),
    (Errno::ENETDOWN, "ENETDOWN"),
    (Errno::ENETUNREACH, "ENETUNREACH"),
    (Errno::ENETRESET, "ENETRESET"),
    (Errno::ECONNABORTED, "ECONNABORTED"),
    (Errno::ECONNRESET, "ECONNRESET"),
    (Errno::ENOBUFS, "ENOBUFS"),
    (Errno::EISCONN, "EISCONN"),
    (Errno::ENOTCONN, "ENOTCONN"),
    (Errno::ESHUTDOWN, "ESHUTDOWN"),
    (Errno::ETOOMANYREFS, "ETOOMANYREFS"),
    (Errno::ETIMEDOUT, "ETIMEDOUT"),
    (Errno::ECONNREFUSED, "ECONNREFUSED"),
    (Errno::ELOOP, "ELOOP"),
    (Errno::ENAMETOOLONG, "ENAMETOOLONG"),
    (Errno::EHOSTDOWN, "EHOSTDOWN"),
    (Errno::EHOSTUNREACH, "EHOSTUNREACH"),
    (Errno::ENOTEMPTY, "ENOTEMPTY"),
    (Errno::EPROCLIM, "EPROCLIM"),
    (Errno::EUSERS, "EUSERS"),
    (Errno::EDQUOT, "EDQUOT"),
    (Errno::ESTALE, "ESTALE"),
    (Errno::EREMOTE, "EREMOTE"),
    (Errno::EBADRPC, "EBADRPC"),
    (Errno::ERPCMISMATCH, "ERPCMISMATCH"),
    (Errno::EPROGUNAVAIL, "EPROGUNAVAIL"),
    (Errno::EPROGMISMATCH, "EPROGMISMATCH"),
    (Errno::EPROCUNAVAIL, "EPROCUNAVAIL"),
    (Errno::ENOLCK, "ENOLCK"),
    (Errno::ENOSYS, "ENOSYS"),
    (Errno::EFTYPE, "EFTYPE"),
    (Errno::EAUTH, "EAUTH"),
    (Errno::ENEEDAUTH, "ENEEDAUTH"),
    (Errno::EIDRM, "EIDRM"),
    (Errno::ENOMSG, "ENOMSG"),
    (Errno::EOVERFLOW, "EOVERFLOW"),
    (Errno::EILSEQ, "EILSEQ"),
    (Errno::ENOTSUP, "ENOTSUP"),
    (Errno::ECANCELED, "ECANCELED"),
    (Errno::EBADMSG, "EBADMSG"),
    (Errno::ENODATA, "ENODATA"),
    (Errno::ENOSR, "ENOSR"),
    (Errno::ENOSTR, "ENOSTR"),
    (Errno::ETIME, "ETIME"),
    (Errno::ENOATTR, "ENOATTR"),
    (Errno::EMULTIHOP, "EMULTIHOP"),
    (Errno::ENOLINK, "ENOLINK"),
    (Errno::EPROTO, "EPROTO"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_outside_the_range_become_eio() {
        assert_eq!(Errno::from_number(2), Errno::ENOENT);
        assert_eq!(Errno::from_number(0), Errno::EIO);
        assert_eq!(Errno::from_number(-1), Errno::EIO);
        assert_eq!(Errno::from_number(4096), Errno::EIO);
    }

    #[test]
    fn debug_names_the_error() {
        extern crate alloc;
        assert_eq!(alloc::format!("{:?}", Errno::ENOSPC), "ENOSPC (28)");
    }
}

//! NetBSD's numbers of the errors that this host gives.

use core::ffi::c_int;

pub const ENOENT: c_int = 2;
pub const EIO: c_int = 5;
pub const EBADF: c_int = 9;
pub const ENOMEM: c_int = 12;
pub const EINVAL: c_int = 22;
pub const EROFS: c_int = 30;
pub const EOPNOTSUPP: c_int = 45;
pub const EPROGMISMATCH: c_int = 75;

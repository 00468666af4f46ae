//! NetBSD's numbers of the errors that these hypercalls give.

use core::ffi::c_int;

pub const EBUSY: c_int = 16;
pub const EINVAL: c_int = 22;
pub const ETIMEDOUT: c_int = 60;

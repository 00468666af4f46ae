//! Files of the host.

use core::ffi::{CStr, c_char, c_int};
use core::mem;

use crate::errno_translation::{HostErrno, hypercall_result};
use crate::hypervisor::without_virtual_cpu;

/// Open for reading.
pub const RUMPUSER_OPEN_RDONLY: c_int = 0x0000;
/// Open for writing.
pub const RUMPUSER_OPEN_WRONLY: c_int = 0x0001;
/// Open for both.
pub const RUMPUSER_OPEN_RDWR: c_int = 0x0002;
/// The bits that say for what.
pub const RUMPUSER_OPEN_ACCMODE: c_int = 0x0003;
/// Create the file if it is not there.
pub const RUMPUSER_OPEN_CREATE: c_int = 0x0004;
/// Fail if it is there.
pub const RUMPUSER_OPEN_EXCL: c_int = 0x0008;
/// The file will be used with `rumpuser_bio`. Linux does not mind.
pub const RUMPUSER_OPEN_BIO: c_int = 0x0010;

/// None of the others.
pub const RUMPUSER_FT_OTHER: c_int = 0;
/// A directory.
pub const RUMPUSER_FT_DIR: c_int = 1;
/// A regular file.
pub const RUMPUSER_FT_REG: c_int = 2;
/// A block device.
pub const RUMPUSER_FT_BLK: c_int = 3;
/// A character device.
pub const RUMPUSER_FT_CHR: c_int = 4;

const CREATION_MODE: libc::c_uint = 0o644;
/// ioctl_list(2): the size of a block device in bytes.
const BLKGETSIZE64: libc::c_ulong = 0x8008_1272;

/// Opens a file. New ones have mode 0644.
///
/// Errors: those of open(2), EINVAL for an unknown access mode.
///
/// # Safety
/// `path` is a C string, `descriptor` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_open(path: *const c_char, flags: c_int, descriptor: *mut c_int) -> c_int {
    let mut host_flags = libc::O_CLOEXEC
        | match flags & RUMPUSER_OPEN_ACCMODE {
            RUMPUSER_OPEN_RDONLY => libc::O_RDONLY,
            RUMPUSER_OPEN_WRONLY => libc::O_WRONLY,
            RUMPUSER_OPEN_RDWR => libc::O_RDWR,
            _ => return hypercall_result(Err(HostErrno(libc::EINVAL))),
        };
    if flags & RUMPUSER_OPEN_CREATE != 0 {
        host_flags |= libc::O_CREAT;
    }
    if flags & RUMPUSER_OPEN_EXCL != 0 {
        host_flags |= libc::O_EXCL;
    }
    let opened = without_virtual_cpu(|| {
        // SAFETY: the caller's contract.
        let opened = unsafe { libc::open(path, host_flags, CREATION_MODE) };
        if opened < 0 { Err(HostErrno::last()) } else { Ok(opened) }
    });
    // SAFETY: the caller's contract.
    hypercall_result(opened.map(|opened| unsafe { *descriptor = opened }))
}

/// Closes a file, after what was written to it has reached the disk.
///
/// Errors: those of fsync(2) and close(2), EIO for instance; the descriptor is closed in any case. That a file
/// is of a kind that cannot be synchronised is no error.
#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_close(descriptor: c_int) -> c_int {
    let result = without_virtual_cpu(|| {
        let mut result = Ok(());
        // SAFETY: two system calls on a number that the caller gives up.
        unsafe {
            if libc::fsync(descriptor) != 0 {
                let error = HostErrno::last();
                if error != HostErrno(libc::EINVAL) && error != HostErrno(libc::EROFS) {
                    result = Err(error);
                }
            }
            if libc::close(descriptor) != 0 && result.is_ok() {
                result = Err(HostErrno::last());
            }
        }
        result
    });
    hypercall_result(result)
}

/// Stores the size in bytes and the kind (`RUMPUSER_FT_*`) of a file; either may be null.
///
/// Errors: those of stat(2) and, for the size of a device, open(2); EOPNOTSUPP if a device has no size.
///
/// # Safety
/// `path` is a C string; `size` and `kind` are null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_getfileinfo(
    path: *const c_char,
    size: *mut u64,
    kind: *mut c_int,
) -> c_int {
    // SAFETY: the caller's contract.
    let path = unsafe { CStr::from_ptr(path) };
    let result = file_information(path, !size.is_null()).map(|(found_size, found_kind)| {
        // SAFETY: the caller's contract.
        unsafe {
            if !size.is_null() {
                *size = found_size;
            }
            if !kind.is_null() {
                *kind = found_kind;
            }
        }
    });
    hypercall_result(result)
}

fn file_information(path: &CStr, wants_size: bool) -> Result<(u64, c_int), HostErrno> {
    // SAFETY: plain data that the call below fills.
    let mut status: libc::stat64 = unsafe { mem::zeroed() };
    // SAFETY: a C string and a writable structure.
    if unsafe { libc::stat64(path.as_ptr(), &raw mut status) } != 0 {
        return Err(HostErrno::last());
    }
    let kind = match status.st_mode & libc::S_IFMT {
        libc::S_IFDIR => RUMPUSER_FT_DIR,
        libc::S_IFREG => RUMPUSER_FT_REG,
        libc::S_IFBLK => RUMPUSER_FT_BLK,
        libc::S_IFCHR => RUMPUSER_FT_CHR,
        _ => RUMPUSER_FT_OTHER,
    };
    let size = match kind {
        RUMPUSER_FT_BLK | RUMPUSER_FT_CHR if wants_size => device_size(path)?,
        RUMPUSER_FT_BLK | RUMPUSER_FT_CHR => 0,
        _ => status.st_size.cast_unsigned(),
    };
    Ok((size, kind))
}

fn device_size(path: &CStr) -> Result<u64, HostErrno> {
    // SAFETY: a C string. Without O_NONBLOCK, opening a terminal line may wait for a carrier.
    let descriptor =
        unsafe { libc::open(path.as_ptr(), libc::O_RDONLY | libc::O_NONBLOCK | libc::O_CLOEXEC) };
    if descriptor < 0 {
        return Err(HostErrno::last());
    }
    let mut size: u64 = 0;
    // SAFETY: an open descriptor; the ioctl stores eight bytes; nobody else knows the descriptor.
    unsafe {
        if libc::ioctl(descriptor, BLKGETSIZE64, &raw mut size) != 0 {
            // Not a block device: where its end is, if it has one.
            size = u64::try_from(libc::lseek64(descriptor, 0, libc::SEEK_END)).unwrap_or(0);
        }
        libc::close(descriptor);
    }
    if size == 0 { Err(HostErrno(libc::EOPNOTSUPP)) } else { Ok(size) }
}

//! ioctl requests as drivers see them.

use rump::errno::{Errno, Result};
use rump::file::FileStatus;
use rump::kernel::Kernel;
use rump::sched::Lwp;
use rump::user_memory::UserAddress;

/// One ioctl(2) on an open device.
pub struct Request<'a> {
    pub lwp: &'a Lwp,
    pub command: u64,
    pub data: UserAddress,
    /// How the device is open.
    pub status: FileStatus,
}

impl Request<'_> {
    /// The kernel that it is made of.
    #[must_use]
    pub fn kernel(&self) -> &Kernel {
        &self.lwp.process.kernel
    }

    /// Refuses what changes something on a device that is not open for writing.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn needs_writing(&self) -> Result<()> {
        if self.status.contains(FileStatus::WRITE) { Ok(()) } else { Err(Errno::EBADF) }
    }

    /// The argument, `N` bytes of it.
    ///
    /// # Errors
    /// `EFAULT`.
    pub fn argument<const N: usize>(&self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        self.lwp.process.space.copy_in(self.data, &mut bytes)?;
        Ok(bytes)
    }

    /// The argument, an `int` that is true or false.
    ///
    /// # Errors
    /// `EFAULT`.
    pub fn flag(&self) -> Result<bool> {
        Ok(self.lwp.process.space.read::<i32>(self.data)? != 0)
    }

    /// Answers with these bytes.
    ///
    /// # Errors
    /// `EFAULT`.
    pub fn answer(&self, bytes: &[u8]) -> Result<()> {
        self.lwp.process.space.copy_out(bytes, self.data)
    }

    /// A string that the argument points to, `most` bytes with its NUL.
    ///
    /// # Errors
    /// `EFAULT`; `ENAMETOOLONG`.
    pub fn string(&self, address: u64, most: usize) -> Result<alloc::vec::Vec<u8>> {
        self.lwp.process.space.copy_in_string(UserAddress::new(address), most)
    }
}

/// A 32-bit member of a C structure; 0 past its end.
#[must_use]
pub fn word(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|word| word.try_into().ok()).map_or(0, u32::from_ne_bytes)
}

/// A 64-bit member of a C structure; 0 past its end.
#[must_use]
pub fn long(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 8).and_then(|long| long.try_into().ok()).map_or(0, u64::from_ne_bytes)
}

/// Puts a member into a C structure; what does not fit is left out.
pub fn put(bytes: &mut [u8], at: usize, member: &[u8]) {
    if let Some(place) = bytes.get_mut(at..at.saturating_add(member.len())) {
        place.copy_from_slice(member);
    }
}

/// Puts a string into a member of `size` bytes, cut so that a NUL follows (`strlcpy`).
pub fn put_string(bytes: &mut [u8], at: usize, size: usize, string: &[u8]) {
    put(bytes, at, &string[..string.len().min(size.saturating_sub(1))]);
}

/// The string in a member of `size` bytes, up to its NUL.
#[must_use]
pub fn string_in(bytes: &[u8], at: usize, size: usize) -> &[u8] {
    let member = bytes.get(at..at + size).unwrap_or_default();
    &member[..member.iter().position(|&byte| byte == 0).unwrap_or(member.len())]
}

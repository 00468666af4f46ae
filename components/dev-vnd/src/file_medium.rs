//! A file as what holds a disk's bytes.

use rump::errno::{Errno, Result};
use rump::file::{FileObject, FileStatus};
use rump::uio::Uio;
use vfs::vnode_file::VnodeFile;
use vfs::{BlockDevice, SyncScope};

/// The file, open as long as the disk is configured. What lies in its holes, or past an end that has moved, reads as zeroes.
pub(crate) struct FileMedium {
    file: VnodeFile,
    /// Bytes, whole sectors, as large as the file was at first.
    size: u64,
    read_only: bool,
}

impl FileMedium {
    /// Takes an open file.
    ///
    /// # Errors
    /// What its file system says.
    pub(crate) fn new(file: VnodeFile, read_only: bool) -> Result<Self> {
        let sector = u64::from(super::SECTOR);
        let size = file.vnode.operations().attributes()?.size / sector * sector;
        Ok(Self { file, size, read_only })
    }

    /// The file's mount and number.
    ///
    /// # Errors
    /// What its file system says.
    pub(crate) fn identity(&self) -> Result<(u64, u64)> {
        let status = self.file.status()?;
        Ok((status.device, status.number))
    }

    /// Bytes in the file now.
    ///
    /// # Errors
    /// What its file system says.
    pub(crate) fn length(&self) -> Result<u64> {
        Ok(self.file.vnode.operations().attributes()?.size)
    }

    /// Fills `into` from byte `offset` of the file on.
    ///
    /// # Errors
    /// `EIO` past its end; what its file system says.
    pub(crate) fn read_exactly(&self, offset: u64, into: &mut [u8]) -> Result<()> {
        let mut uio = Uio::into_kernel(into, offset);
        self.file.read(&mut uio, FileStatus::READ)?;
        if uio.residual() == 0 { Ok(()) } else { Err(Errno::EIO) }
    }

    fn check(&self, offset: u64, length: usize) -> Result<()> {
        let end = offset.checked_add(length as u64);
        if end.is_some_and(|end| end <= self.size) { Ok(()) } else { Err(Errno::EINVAL) }
    }
}

impl BlockDevice for FileMedium {
    fn size(&self) -> u64 {
        self.size
    }

    fn sector_size(&self) -> u32 {
        super::SECTOR
    }

    fn is_read_only(&self) -> bool {
        self.read_only
    }

    fn read(&self, offset: u64, into: &mut [u8]) -> Result<()> {
        self.check(offset, into.len())?;
        let total = into.len();
        let mut uio = Uio::into_kernel(into, offset);
        self.file.read(&mut uio, FileStatus::READ)?;
        let done = total - uio.residual();
        into[done..].fill(0);
        Ok(())
    }

    /// Errors: as write(2) on the file; `EIO` when it takes less than all.
    fn write(&self, offset: u64, from: &[u8]) -> Result<()> {
        self.check(offset, from.len())?;
        if self.read_only {
            return Err(Errno::EROFS);
        }
        let mut uio = Uio::from_kernel(from, offset);
        self.file.write(&mut uio, FileStatus::WRITE)?;
        if uio.residual() == 0 { Ok(()) } else { Err(Errno::EIO) }
    }

    fn flush(&self) -> Result<()> {
        if self.read_only { Ok(()) } else { self.file.vnode.operations().sync(SyncScope::Everything) }
    }
}

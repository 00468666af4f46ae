//! An encrypted disk as what holds a disk's bytes.

use crate::ciphers::{Algorithm, IvMethod, SectorCipher};
use alloc::boxed::Box;
use alloc::sync::Arc;
use rump::errno::{Errno, Result};
use rump::memory;
use vfs::BlockDevice;
use vfs::vnode_file::VnodeFile;

/// Bytes that are encrypted at a time.
const PIECE: usize = 64 * 1024;

pub(crate) struct EncryptedMedium {
    /// The disk below, and the open file that keeps it open.
    below: Arc<dyn BlockDevice>,
    file: VnodeFile,
    sector_size: usize,
    /// Bytes, whole sectors.
    size: u64,
    cipher: Box<dyn SectorCipher>,
    pub algorithm: &'static Algorithm,
    pub method: IvMethod,
    /// Bits.
    pub key_length: u64,
}

impl EncryptedMedium {
    /// Lays a cipher over an open block device.
    ///
    /// # Errors
    /// `ENOTBLK` when it is none; `ENXIO` when it is not configured; `ENODEV` when it has no sectors; `EINVAL` for a key that the algorithm does not take.
    pub(crate) fn new(
        file: VnodeFile,
        algorithm: &'static Algorithm,
        method: IvMethod,
        key: &[u8],
    ) -> Result<Self> {
        let below = Arc::clone(file.block_device().ok_or(Errno::ENOTBLK)?);
        let size = below.present_size()?;
        let sector = u64::from(below.sector_size().max(512));
        let size = size / sector * sector;
        if size == 0 {
            return Err(Errno::ENODEV);
        }
        let cipher = algorithm.with_key(key, method)?;
        let key_length = key.len() as u64 * 8;
        Ok(Self { below, file, sector_size: sector as usize, size, cipher, algorithm, method, key_length })
    }

    /// The device number of the disk below.
    pub(crate) fn device_below(&self) -> u64 {
        self.file.vnode.device
    }

    /// The number of the first sector of a range, which is made of whole sectors.
    fn check(&self, offset: u64, length: usize) -> Result<u64> {
        let sector = self.sector_size as u64;
        let end = offset.checked_add(length as u64).ok_or(Errno::EINVAL)?;
        if end > self.size || !offset.is_multiple_of(sector) || !length.is_multiple_of(self.sector_size) {
            return Err(Errno::EINVAL);
        }
        Ok(offset / sector)
    }

    fn each_sector<'a>(&self, first: u64, bytes: &'a mut [u8]) -> impl Iterator<Item = (u64, &'a mut [u8])> {
        (first..).zip(bytes.chunks_exact_mut(self.sector_size))
    }
}

impl BlockDevice for EncryptedMedium {
    fn size(&self) -> u64 {
        self.size
    }

    fn sector_size(&self) -> u32 {
        self.sector_size as u32
    }

    fn is_read_only(&self) -> bool {
        self.below.is_read_only()
    }

    fn read(&self, offset: u64, into: &mut [u8]) -> Result<()> {
        let first = self.check(offset, into.len())?;
        self.below.read(offset, into)?;
        self.each_sector(first, into).for_each(|(number, sector)| self.cipher.decrypt(number, sector));
        Ok(())
    }

    fn write(&self, offset: u64, from: &[u8]) -> Result<()> {
        let mut number = self.check(offset, from.len())?;
        let mut at = offset;
        let mut buffer = memory::zeroed(PIECE.max(self.sector_size).min(from.len()))?;
        for piece in from.chunks(buffer.len().max(1)) {
            let encrypted = &mut buffer[..piece.len()];
            encrypted.copy_from_slice(piece);
            self.each_sector(number, encrypted)
                .for_each(|(number, sector)| self.cipher.encrypt(number, sector));
            self.below.write(at, encrypted)?;
            at += piece.len() as u64;
            number += (piece.len() / self.sector_size) as u64;
        }
        Ok(())
    }

    fn flush(&self) -> Result<()> {
        self.below.flush()
    }
}

//! Memory of the kernel as what holds a disk's bytes.

use alloc::boxed::Box;
use alloc::vec::Vec;
use rump::errno::{Errno, Result};
use rump::memory;
use rump::sync::RwLock;
use vfs::BlockDevice;

/// Bytes in a piece. Transfers to different pieces do not wait for each other.
const PIECE: usize = 64 * 1024;

/// The memory, all of it allocated when it is made: writing never runs out of it.
pub(crate) struct MemoryMedium {
    size: u64,
    pieces: Vec<RwLock<Box<[u8]>>>,
}

impl MemoryMedium {
    /// Zeroed memory of `size` bytes.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub(crate) fn new(size: u64) -> Result<Self> {
        let total = usize::try_from(size).map_err(|_| Errno::ENOMEM)?;
        let count = total.div_ceil(PIECE);
        let mut pieces = Vec::new();
        pieces.try_reserve_exact(count).map_err(|_| Errno::ENOMEM)?;
        for index in 0..count {
            pieces.push(RwLock::new(memory::zeroed(PIECE.min(total - index * PIECE))?));
        }
        Ok(Self { size, pieces })
    }

    /// Goes through the pieces of a range: `each` gets a piece, where in it, and which part of the transfer.
    fn walk(
        &self,
        offset: u64,
        length: usize,
        mut each: impl FnMut(&RwLock<Box<[u8]>>, usize, core::ops::Range<usize>),
    ) -> Result<()> {
        let end = offset.checked_add(length as u64).filter(|&end| end <= self.size).ok_or(Errno::EINVAL)?;
        let mut at = offset;
        while at < end {
            let (index, inside) = ((at / PIECE as u64) as usize, (at % PIECE as u64) as usize);
            let count = ((end - at) as usize).min(PIECE - inside);
            let done = (at - offset) as usize;
            each(self.pieces.get(index).ok_or(Errno::EINVAL)?, inside, done..done + count);
            at += count as u64;
        }
        Ok(())
    }
}

impl BlockDevice for MemoryMedium {
    fn size(&self) -> u64 {
        self.size
    }

    fn sector_size(&self) -> u32 {
        super::SECTOR
    }

    fn is_read_only(&self) -> bool {
        false
    }

    fn read(&self, offset: u64, into: &mut [u8]) -> Result<()> {
        self.walk(offset, into.len(), |piece, inside, part| {
            let count = part.len();
            into[part].copy_from_slice(&piece.read()[inside..inside + count]);
        })
    }

    fn write(&self, offset: u64, from: &[u8]) -> Result<()> {
        self.walk(offset, from.len(), |piece, inside, part| {
            let count = part.len();
            piece.write()[inside..inside + count].copy_from_slice(&from[part]);
        })
    }

    fn flush(&self) -> Result<()> {
        Ok(())
    }
}

//! A compressed file as what holds a disk's bytes (vndcompress(1), the format of cloop 2).
//!
//! | bytes | what |
//! |---|---|
//! | 128 | a shell script, for people who run the file |
//! | 4 | bytes of a block before it was compressed, big-endian like all numbers |
//! | 4 | number of blocks |
//! | 8 each | where each block begins in the file, and where the last one ends |
//! | | the blocks, each a zlib stream |
//!
//! The file is not to be trusted: it is read block by block, and only one is in memory.

use crate::file_medium::FileMedium;
use alloc::boxed::Box;
use alloc::sync::Arc;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};
use rump::errno::{Errno, Result};
use rump::memory;
use rump::sync::Mutex;
use vfs::BlockDevice;

const SCRIPT: u64 = 128;
const HEADER: u64 = SCRIPT + 8;
const OFFSET: u64 = 8;
const SMALLEST_BLOCK: u32 = 512;
/// The largest block that NetBSD takes (`MAXPHYS`).
const LARGEST_BLOCK: u32 = 64 * 1024;

/// The file, open as long as the disk is configured.
pub(crate) struct CompressedMedium {
    file: Arc<FileMedium>,
    blocks: u64,
    block_size: usize,
    current: Mutex<Current>,
}

/// The block that was read last.
struct Current {
    number: Option<u64>,
    bytes: Box<[u8]>,
    compressed: Box<[u8]>,
    decompressor: Box<DecompressorOxide>,
}

/// Bytes that a block has at most when it cannot be compressed.
fn longest_stream(block: usize) -> usize {
    block + block / 8 + 64
}

impl CompressedMedium {
    /// Takes an open file.
    ///
    /// # Errors
    /// `EINVAL` for a size of blocks that is no power of two from 512 to 65536, no block, or a table that goes past the end of
    /// the file; `ENOMEM`; what the file's file system says.
    pub(crate) fn new(file: Arc<FileMedium>) -> Result<Self> {
        let mut numbers = [0; 8];
        file.read_exactly(SCRIPT, &mut numbers).map_err(invalid_where_short)?;
        let [size, count] = [0, 4].map(|at| big_endian_word(&numbers, at));
        if !size.is_power_of_two() || !(SMALLEST_BLOCK..=LARGEST_BLOCK).contains(&size) || count == 0 {
            return Err(Errno::EINVAL);
        }
        let blocks = u64::from(count);
        if HEADER + (blocks + 1) * OFFSET > file.length()? {
            return Err(Errno::EINVAL);
        }
        let block_size = size as usize;
        let current = Current {
            number: None,
            bytes: memory::zeroed(block_size)?,
            compressed: memory::zeroed(longest_stream(block_size))?,
            decompressor: Box::default(),
        };
        Ok(Self { file, blocks, block_size, current: Mutex::new(current) })
    }

    /// Where a block begins and how long it is.
    ///
    /// # Errors
    /// `EIO` for offsets that are out of order, point before the blocks, or leave more than a block can take.
    fn place(&self, block: u64) -> Result<(u64, usize)> {
        let mut offsets = [0; 16];
        self.file.read_exactly(HEADER + block * OFFSET, &mut offsets)?;
        let [start, end] = [0, 8].map(|at| big_endian_long(&offsets, at));
        let first = HEADER + (self.blocks + 1) * OFFSET;
        let length = end.checked_sub(start).and_then(|length| usize::try_from(length).ok());
        let fits = |length: &usize| start >= first && *length <= longest_stream(self.block_size);
        Ok((start, length.filter(fits).ok_or(Errno::EIO)?))
    }

    /// Makes `block` the current one.
    fn load(&self, current: &mut Current, block: u64) -> Result<()> {
        if current.number == Some(block) {
            return Ok(());
        }
        let (start, length) = self.place(block)?;
        let compressed = current.compressed.get_mut(..length).ok_or(Errno::EIO)?;
        self.file.read_exactly(start, compressed)?;
        // Until all of it is there, it is nobody's.
        current.number = None;
        let done = inflate(&mut current.decompressor, compressed, &mut current.bytes)?;
        // The file that was compressed may end within the last block.
        if done < self.block_size && block + 1 < self.blocks {
            return Err(Errno::EIO);
        }
        current.bytes[done..].fill(0);
        current.number = Some(block);
        Ok(())
    }
}

/// Decompresses a zlib stream; gives the bytes that it held.
///
/// # Errors
/// `EIO` for one that is damaged, cut off, or holds more than there is room for.
fn inflate(decompressor: &mut DecompressorOxide, from: &[u8], into: &mut [u8]) -> Result<usize> {
    decompressor.init();
    let flags =
        inflate_flags::TINFL_FLAG_PARSE_ZLIB_HEADER | inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    match decompress(decompressor, from, into, 0, flags) {
        (TINFLStatus::Done, _, done) => Ok(done),
        _ => Err(Errno::EIO),
    }
}

/// A file that ends too early for its header is none of these files.
fn invalid_where_short(error: Errno) -> Errno {
    if error == Errno::EIO { Errno::EINVAL } else { error }
}

fn big_endian_word(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_be_bytes)
}

fn big_endian_long(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 8).and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_be_bytes)
}

impl BlockDevice for CompressedMedium {
    fn size(&self) -> u64 {
        self.blocks * self.block_size as u64
    }

    fn sector_size(&self) -> u32 {
        super::SECTOR
    }

    fn is_read_only(&self) -> bool {
        true
    }

    /// Errors: `EIO` for a block that is damaged; what the file's file system says.
    fn read(&self, offset: u64, into: &mut [u8]) -> Result<()> {
        let end = offset.checked_add(into.len() as u64);
        if end.is_none_or(|end| end > self.size()) {
            return Err(Errno::EINVAL);
        }
        let unit = self.block_size as u64;
        let mut done = 0;
        let mut current = self.current.lock();
        while done < into.len() {
            let at = offset + done as u64;
            self.load(&mut current, at / unit)?;
            let inside = (at % unit) as usize;
            let count = (into.len() - done).min(self.block_size - inside);
            into[done..done + count].copy_from_slice(&current.bytes[inside..inside + count]);
            done += count;
        }
        Ok(())
    }

    fn write(&self, _offset: u64, _from: &[u8]) -> Result<()> {
        Err(Errno::EROFS)
    }

    fn flush(&self) -> Result<()> {
        Ok(())
    }
}

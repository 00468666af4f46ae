//! Where the bytes of an image come from, and how numbers are read out of them.

use std::fs::File;
use std::io::{self, Seek, SeekFrom};
use std::os::unix::fs::FileExt;

/// Something that can be read at any offset: a file, a device, bytes in memory.
pub trait ReadAt {
    /// The length in bytes.
    fn length(&self) -> u64;

    /// Fills `buffer` from `offset` on; `UnexpectedEof` when the image ends before that.
    fn read_exact_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()>;
}

impl ReadAt for [u8] {
    fn length(&self) -> u64 {
        self.len() as u64
    }

    fn read_exact_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let found = usize::try_from(offset)
            .ok()
            .and_then(|start| Some(start..start.checked_add(buffer.len())?))
            .and_then(|range| self.get(range))
            .ok_or(io::ErrorKind::UnexpectedEof)?;
        buffer.copy_from_slice(found);
        Ok(())
    }
}

impl ReadAt for Vec<u8> {
    fn length(&self) -> u64 {
        self.as_slice().length()
    }

    fn read_exact_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.as_slice().read_exact_at(offset, buffer)
    }
}

/// A file or a block device, with its length taken once.
#[derive(Debug)]
pub struct FileImage {
    file: File,
    length: u64,
}

impl FileImage {
    /// Takes the length by seeking to the end, which works for block devices too.
    pub fn new(mut file: File) -> io::Result<Self> {
        let length = file.seek(SeekFrom::End(0))?;
        Ok(Self { file, length })
    }
}

impl ReadAt for FileImage {
    fn length(&self) -> u64 {
        self.length
    }

    fn read_exact_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.file.read_exact_at(buffer, offset)
    }
}

/// The byte order of the numbers in an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteOrder {
    /// Least significant byte first.
    Little,
    /// Most significant byte first.
    Big,
}

/// The `N` bytes at `offset`; zeros when `bytes` is too short, so that a foreign offset cannot panic.
fn array<const N: usize>(bytes: &[u8], offset: usize) -> [u8; N] {
    bytes.get(offset..).and_then(|rest| rest.first_chunk::<N>()).copied().unwrap_or([0; N])
}

impl ByteOrder {
    /// The 16-bit number at `offset`.
    pub fn u16(self, bytes: &[u8], offset: usize) -> u16 {
        let raw = array(bytes, offset);
        if self == Self::Little { u16::from_le_bytes(raw) } else { u16::from_be_bytes(raw) }
    }

    /// The 32-bit number at `offset`.
    pub fn u32(self, bytes: &[u8], offset: usize) -> u32 {
        let raw = array(bytes, offset);
        if self == Self::Little { u32::from_le_bytes(raw) } else { u32::from_be_bytes(raw) }
    }

    /// The 64-bit number at `offset`.
    pub fn u64(self, bytes: &[u8], offset: usize) -> u64 {
        let raw = array(bytes, offset);
        if self == Self::Little { u64::from_le_bytes(raw) } else { u64::from_be_bytes(raw) }
    }

    /// The signed 32-bit number at `offset`.
    pub fn i32(self, bytes: &[u8], offset: usize) -> i32 {
        self.u32(bytes, offset).cast_signed()
    }

    /// The signed 64-bit number at `offset`.
    pub fn i64(self, bytes: &[u8], offset: usize) -> i64 {
        self.u64(bytes, offset).cast_signed()
    }
}

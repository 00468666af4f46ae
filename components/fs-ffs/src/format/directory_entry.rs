//! Directory entries (`struct direct`) in their blocks of 512 bytes.
//!
//! An entry is an inode number, the length of its record, the kind of file, the length of the name, and the name with a
//! NUL, filled up to a multiple of 4. Records fill their block: what a record has more than its entry needs is free. An
//! entry with inode number 0 is free as a whole. In the old format the length of the name has 16 bits and there is no kind.

use crate::format::byte_order::ByteOrder;
use crate::format::numbers::InodeNumber;
use rump::errno::{Errno, Result};

/// Bytes in a directory block (`UFS_DIRBLKSIZ`): no entry crosses from one to the next.
pub const UFS_DIRBLKSIZ: usize = 512;
/// Bytes before the name.
const HEADER: usize = 8;
/// The kind of an entry that only hides a name (`DT_WHT`).
pub const DT_WHT: u8 = 14;

/// How entries look on one file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryFormat {
    pub order: ByteOrder,
    /// Without kinds.
    pub old: bool,
}

/// Where an entry is in its block of 512 bytes, and what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// From the start of the block.
    pub at: usize,
    /// Length of the record (`d_reclen`).
    pub length: usize,
    /// 0 for a free one.
    pub number: InodeNumber,
    /// `d_type`; 0 where the format has none.
    pub kind: u8,
    pub name_length: usize,
}

impl Entry {
    /// The name's place in the block.
    #[must_use]
    pub fn name<'a>(&self, block: &'a [u8]) -> &'a [u8] {
        let start = self.at + HEADER;
        block.get(start..start + self.name_length).unwrap_or(&[])
    }

    /// Bytes that the entry itself needs; 0 for a free one.
    #[must_use]
    pub fn used(&self) -> usize {
        if self.number.0 == 0 { 0 } else { record_size(self.name_length) }
    }

    /// Bytes of the record that another entry may take.
    #[must_use]
    pub fn spare(&self) -> usize {
        self.length - self.used()
    }
}

/// Bytes that an entry with a name of that length needs (`UFS_DIRECTSIZ`).
#[must_use]
pub fn record_size(name_length: usize) -> usize {
    HEADER + (name_length + 1).next_multiple_of(4)
}

impl EntryFormat {
    /// Reads the entry at byte `at` of a block of 512 bytes.
    ///
    /// # Errors
    /// `EIO` when the record is out of bounds or too short for its name.
    pub fn read(self, block: &[u8], at: usize) -> Result<Entry> {
        let room = block.len().checked_sub(at).filter(|&room| room >= HEADER).ok_or(Errno::EIO)?;
        let number = InodeNumber(self.order.u32(block, at));
        let length = usize::from(self.order.u16(block, at + 4));
        let (kind, name_length) = if self.old {
            (0, usize::from(self.order.u16(block, at + 6)))
        } else {
            (block[at + 6], usize::from(block[at + 7]))
        };
        let entry = Entry { at, length, number, kind, name_length };
        if length < HEADER || length % 4 != 0 || length > room || name_length > 255 || entry.used() > length {
            return Err(Errno::EIO);
        }
        Ok(entry)
    }

    /// All entries of a block, free ones included. The first that is out of order ends them with `EIO`.
    pub fn entries(self, block: &[u8]) -> impl Iterator<Item = Result<Entry>> {
        let mut next = Some(0).filter(|_| !block.is_empty());
        core::iter::from_fn(move || {
            let at = next?;
            let entry = self.read(block, at);
            next = entry.ok().map(|entry| at + entry.length).filter(|&end| end < block.len());
            Some(entry)
        })
    }

    /// Writes an entry with a record of `length` bytes, for which there is room.
    pub fn write(
        self,
        block: &mut [u8],
        at: usize,
        length: usize,
        number: InodeNumber,
        kind: u8,
        name: &[u8],
    ) {
        debug_assert!(length >= record_size(name.len()) || number.0 == 0);
        self.order.put_u32(block, at, number.0);
        self.order.put_u16(block, at + 4, length as u16);
        if self.old {
            self.order.put_u16(block, at + 6, name.len() as u16);
        } else {
            self.set_kind(block, at, kind);
            if let Some(byte) = block.get_mut(at + 7) {
                *byte = name.len() as u8;
            }
        }
        let start = at + HEADER;
        let end = (start + (name.len() + 1).next_multiple_of(4)).min(block.len());
        if let Some(place) = block.get_mut(start..end) {
            place.fill(0);
            if let Some(place) = place.get_mut(..name.len()) {
                place.copy_from_slice(name);
            }
        }
    }

    fn set_kind(self, block: &mut [u8], at: usize, kind: u8) {
        if let Some(byte) = block.get_mut(at + 6).filter(|_| !self.old) {
            *byte = kind;
        }
    }

    /// Makes an entry name another inode, of that kind.
    pub fn set_target(self, block: &mut [u8], at: usize, number: InodeNumber, kind: u8) {
        self.order.put_u32(block, at, number.0);
        self.set_kind(block, at, kind);
    }

    /// Changes the length of a record.
    pub fn set_length(self, block: &mut [u8], at: usize, length: usize) {
        self.order.put_u16(block, at + 4, length as u16);
    }

    /// Makes a whole block one free record.
    pub fn clear(self, block: &mut [u8]) {
        block.fill(0);
        self.set_length(block, 0, block.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn formats() -> impl Iterator<Item = EntryFormat> {
        [ByteOrder::Little, ByteOrder::Big]
            .into_iter()
            .flat_map(|order| [false, true].map(|old| EntryFormat { order, old }))
    }

    #[test]
    fn entries_read_back_in_every_format() {
        for format in formats() {
            let mut block = [0xa5u8; UFS_DIRBLKSIZ];
            format.clear(&mut block);
            format.write(&mut block, 0, 12, InodeNumber(2), 4, b".");
            format.write(&mut block, 12, 500, InodeNumber(77), 8, b"a longer name");
            let entries: Vec<_> = format.entries(&block).collect::<Result<_>>().unwrap();
            assert_eq!(entries.len(), 2);
            assert_eq!(entries[1].name(&block), b"a longer name");
            assert_eq!(entries[1].number, InodeNumber(77));
            assert_eq!(entries[1].spare(), 500 - 24);
            assert_eq!(entries[0].kind, if format.old { 0 } else { 4 });
        }
    }

    #[test]
    fn bad_records_are_refused() {
        for format in formats() {
            for length in [0, 4, 7, 10, 516, 0xffff] {
                let mut block = [0u8; UFS_DIRBLKSIZ];
                format.set_length(&mut block, 0, length);
                assert_eq!(format.read(&block, 0), Err(Errno::EIO), "length {length}");
            }
            let mut block = [0u8; UFS_DIRBLKSIZ];
            format.write(&mut block, 0, 12, InodeNumber(5), 8, b"abc");
            format.set_length(&mut block, 0, 8);
            assert_eq!(format.read(&block, 0), Err(Errno::EIO));
            assert_eq!(format.read(&block, 508), Err(Errno::EIO));
        }
    }
}

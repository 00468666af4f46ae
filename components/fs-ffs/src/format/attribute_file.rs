//! The format of the files that hold extended attributes (UFS1): one file for each attribute, with a slot for each inode.
//!
//! ```text
//!    0  magic  version  size            what a value may have at most, in bytes
//!   12  flags  length  generation       the slot of inode 0, then `size` bytes for its value
//!       ...                             the slot of inode 1, 12 + `size` bytes further on
//! ```
//!
//! The numbers have 32 bits, in the byte order of the machine that made the file: the magic number tells it, and the file
//! system's own order does not matter. A slot belongs to the file that has the inode's number and the slot's generation;
//! slots of others, and those behind the end of the file, hold nothing.

use crate::format::byte_order::ByteOrder;
use crate::format::numbers::InodeNumber;
use rump::errno::{Errno, Result};

/// Bytes before the first slot (`struct ufs_extattr_fileheader`).
pub const FILE_HEADER: usize = 12;
/// Bytes before a slot's value (`struct ufs_extattr_header`).
pub const SLOT_HEADER: usize = 12;
/// `UFS_EXTATTR_MAGIC`.
const MAGIC: u32 = 0x00b5_d5ec;
/// `UFS_EXTATTR_VERSION`.
const VERSION: u32 = 3;
/// The slot holds a value (`UFS_EXTATTR_ATTR_FLAG_INUSE`).
const IN_USE: u32 = 1;

/// What the file's header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttributeFile {
    pub order: ByteOrder,
    /// Bytes that a value may have at most (`uef_size`).
    pub size: u32,
}

/// What a slot's header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotHeader {
    pub in_use: bool,
    /// Bytes of the value (`ueh_len`).
    pub length: u32,
    /// The generation of the inode that it belongs to (`ueh_i_gen`).
    pub generation: u32,
}

impl AttributeFile {
    /// A new file, made by this machine.
    #[must_use]
    pub const fn new(size: u32) -> Self {
        Self { order: ByteOrder::NATIVE, size }
    }

    /// Reads the beginning of a file.
    ///
    /// # Errors
    /// `EINVAL` when it is no such file, or of another version.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        if bytes.len() < FILE_HEADER {
            return Err(Errno::EINVAL);
        }
        let orders = [ByteOrder::Little, ByteOrder::Big];
        let order = orders.into_iter().find(|order| order.u32(bytes, 0) == MAGIC).ok_or(Errno::EINVAL)?;
        if order.u32(bytes, 4) != VERSION {
            return Err(Errno::EINVAL);
        }
        Ok(Self { order, size: order.u32(bytes, 8) })
    }

    /// The beginning of such a file.
    #[must_use]
    pub fn encode(&self) -> [u8; FILE_HEADER] {
        let mut bytes = [0; FILE_HEADER];
        for (at, value) in [(0, MAGIC), (4, VERSION), (8, self.size)] {
            self.order.put_u32(&mut bytes, at, value);
        }
        bytes
    }

    /// The byte at which an inode's slot begins.
    ///
    /// # Errors
    /// `EFBIG` past what an offset can say.
    pub fn slot(&self, number: InodeNumber) -> Result<u64> {
        let each = SLOT_HEADER as u64 + u64::from(self.size);
        let offset = u64::from(number.0).checked_mul(each);
        offset.and_then(|offset| offset.checked_add(FILE_HEADER as u64)).ok_or(Errno::EFBIG)
    }

    /// Reads a slot's header.
    #[must_use]
    pub fn decode_slot(&self, bytes: &[u8; SLOT_HEADER]) -> SlotHeader {
        SlotHeader {
            in_use: self.order.u32(bytes, 0) & IN_USE != 0,
            length: self.order.u32(bytes, 4),
            generation: self.order.u32(bytes, 8),
        }
    }

    /// A slot's header.
    #[must_use]
    pub fn encode_slot(&self, slot: &SlotHeader) -> [u8; SLOT_HEADER] {
        let mut bytes = [0; SLOT_HEADER];
        for (at, value) in [(0, u32::from(slot.in_use) * IN_USE), (4, slot.length), (8, slot.generation)] {
            self.order.put_u32(&mut bytes, at, value);
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LITTLE: [u8; 12] = [0xec, 0xd5, 0xb5, 0, 3, 0, 0, 0, 0, 4, 0, 0];
    const BIG: [u8; 12] = [0, 0xb5, 0xd5, 0xec, 0, 0, 0, 3, 0, 0, 4, 0];

    #[test]
    fn files_of_both_orders_are_known_by_their_magic() {
        for (bytes, order) in [(LITTLE, ByteOrder::Little), (BIG, ByteOrder::Big)] {
            let file = AttributeFile { order, size: 1024 };
            assert_eq!(AttributeFile::decode(&bytes), Ok(file));
            assert_eq!(file.encode(), bytes);
        }
    }

    #[test]
    fn what_is_no_such_file_is_refused() {
        for length in 0..FILE_HEADER {
            assert_eq!(AttributeFile::decode(&LITTLE[..length]), Err(Errno::EINVAL));
        }
        let mut bytes = LITTLE;
        bytes[1] ^= 1;
        assert_eq!(AttributeFile::decode(&bytes), Err(Errno::EINVAL));
        let mut bytes = BIG;
        bytes[7] = 2;
        assert_eq!(AttributeFile::decode(&bytes), Err(Errno::EINVAL));
        // The magic in one order and the version in the other.
        let mut bytes = LITTLE;
        bytes[4..8].copy_from_slice(&[0, 0, 0, 3]);
        assert_eq!(AttributeFile::decode(&bytes), Err(Errno::EINVAL));
    }

    #[test]
    fn slots_lie_one_behind_the_other() {
        let file = AttributeFile::new(100);
        assert_eq!(file.slot(InodeNumber(0)), Ok(12));
        assert_eq!(file.slot(InodeNumber(2)), Ok(12 + 2 * 112));
        let empty = AttributeFile::new(0);
        assert_eq!(empty.slot(InodeNumber(u32::MAX)), Ok(12 + 12 * u64::from(u32::MAX)));
    }

    #[test]
    fn slots_of_absurd_sizes_have_no_place() {
        let file = AttributeFile::new(u32::MAX);
        assert_eq!(file.slot(InodeNumber(u32::MAX)), Err(Errno::EFBIG));
        assert_eq!(file.slot(InodeNumber(1)), Ok(12 + 12 + u64::from(u32::MAX)));
    }

    #[test]
    fn slot_headers_survive_in_both_orders() {
        let slot = SlotHeader { in_use: true, length: 5, generation: 0x0102_0304 };
        let big = AttributeFile { order: ByteOrder::Big, size: 8 };
        assert_eq!(big.encode_slot(&slot), [0, 0, 0, 1, 0, 0, 0, 5, 1, 2, 3, 4]);
        let little = AttributeFile { order: ByteOrder::Little, size: 8 };
        assert_eq!(little.encode_slot(&slot), [1, 0, 0, 0, 5, 0, 0, 0, 4, 3, 2, 1]);
        for file in [big, little] {
            assert_eq!(file.decode_slot(&file.encode_slot(&slot)), slot);
            assert!(!file.decode_slot(&[0; SLOT_HEADER]).in_use);
        }
    }

    #[test]
    fn flags_that_nobody_knows_do_not_make_a_slot_used() {
        let file = AttributeFile { order: ByteOrder::Little, size: 8 };
        assert!(!file.decode_slot(&[0xfe, 0xff, 0xff, 0xff, 1, 0, 0, 0, 1, 0, 0, 0]).in_use);
        assert!(file.decode_slot(&[0xff; SLOT_HEADER]).in_use);
    }
}

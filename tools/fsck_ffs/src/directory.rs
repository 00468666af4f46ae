//! Directory records.
//!
//! Format: `struct direct` of NetBSD's sys/ufs/ufs/dir.h: inode (4 bytes), length of the record (2), type (1), length
//! of the name (1), the name and a NUL, padded to 4 bytes. Older UFS1 directories have a 2-byte length of the name and
//! no type.

use crate::superblock::Superblock;

/// The inode number that whiteout entries have.
pub const WHITEOUT_INODE: u32 = 1;
/// The type that whiteout entries have.
pub const WHITEOUT_TYPE: u8 = 14;

/// A directory record in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The inode it names.
    pub inode: u32,
    /// The type byte; `None` in directories that have none.
    pub entry_type: Option<u8>,
    /// The name without its NUL.
    pub name: &'a [u8],
}

/// What is at some offset in a directory block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record<'a> {
    /// An entry.
    Entry(Entry<'a>),
    /// A record without an entry.
    Empty,
    /// The length of the record cannot be; the rest of the directory block is skipped.
    BadLength(u16),
    /// The name cannot be.
    BadName(&'a [u8]),
}

/// The records of a piece of a directory, with their offsets in it.
///
/// `bytes` starts at a directory block boundary. Records never cross one.
pub fn records<'a>(superblock: &Superblock, bytes: &'a [u8]) -> Vec<(usize, Record<'a>)> {
    let size = superblock.directory_block as usize;
    let mut found = Vec::new();
    for (index, block) in bytes.chunks(size).enumerate() {
        let mut offset = 0;
        while offset < block.len() {
            let (record, length) = parse(superblock, &block[offset..]);
            found.push((index * size + offset, record));
            // A bad length ends the directory block.
            offset = if length == 0 { block.len() } else { offset + length };
        }
    }
    found
}

/// One record at the start of `rest`, and its length; 0 when that cannot be.
fn parse<'a>(superblock: &Superblock, rest: &'a [u8]) -> (Record<'a>, usize) {
    let order = superblock.raw.order;
    let length = order.u16(rest, 4);
    let bytes = usize::from(length);
    if rest.len() < 8 || bytes < 8 || bytes > rest.len() || !bytes.is_multiple_of(4) {
        return (Record::BadLength(length), 0);
    }
    let inode = order.u32(rest, 0);
    if inode == 0 {
        return (Record::Empty, bytes);
    }
    let typed = superblock.typed_entries;
    let name_length = if typed { usize::from(rest[7]) } else { usize::from(order.u16(rest, 6)) };
    // The name needs its NUL and padding within the record.
    if 8 + (name_length / 4 + 1) * 4 > bytes {
        return (Record::BadLength(length), 0);
    }
    let name = &rest[8..8 + name_length];
    let bad = name.is_empty() || name_length > 255 || name.iter().any(|byte| [0, b'/'].contains(byte));
    if bad || rest[8 + name_length] != 0 {
        return (Record::BadName(name), bytes);
    }
    (Record::Entry(Entry { inode, entry_type: typed.then_some(rest[6]), name }), bytes)
}

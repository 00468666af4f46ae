//! An inode as it is on the image, and the walk over its blocks.
//!
//! Format: `struct ufs1_dinode` and `struct ufs2_dinode` of NetBSD's sys/ufs/ufs/dinode.h.

use std::io;

use crate::image::ReadAt;
use crate::superblock::{Superblock, Version};

/// The file type bits of a mode.
pub const TYPE_MASK: u16 = 0o170_000;
/// Directory.
pub const TYPE_DIRECTORY: u16 = 0o040_000;
/// Symbolic link.
pub const TYPE_SYMLINK: u16 = 0o120_000;
/// Regular file.
pub const TYPE_REGULAR: u16 = 0o100_000;
const TYPE_FIFO: u16 = 0o010_000;
const TYPE_CHARACTER: u16 = 0o020_000;
const TYPE_BLOCK: u16 = 0o060_000;
const TYPE_SOCKET: u16 = 0o140_000;

const FLAG_SNAPSHOT: u32 = 0x0020_0000;
const FLAG_LOG: u32 = 0x0040_0000;

/// An image with a superblock that holds together.
#[derive(Clone, Copy)]
pub struct Volume<'a> {
    /// The bytes.
    pub image: &'a dyn ReadAt,
    /// The geometry.
    pub superblock: &'a Superblock,
}

impl Volume<'_> {
    /// Reads `length` bytes from `fragment` on.
    pub fn read(&self, fragment: u64, length: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        self.image.read_exact_at(self.superblock.byte_offset(fragment), &mut bytes)?;
        Ok(bytes)
    }

    /// Reads one inode.
    pub fn inode(&self, number: u32) -> io::Result<Inode> {
        let mut bytes = vec![0; self.superblock.inode_size() as usize];
        self.image.read_exact_at(self.superblock.inode_byte(number), &mut bytes)?;
        Ok(Inode::parse(self.superblock, number, &bytes))
    }
}

/// The fields of an inode that a check needs.
#[derive(Clone, Debug)]
pub struct Inode {
    /// Its number.
    pub number: u32,
    /// Type and permissions.
    pub mode: u16,
    /// The count of directory entries.
    pub links: i16,
    /// Size in bytes.
    pub size: u64,
    /// Blocks held, in units of 512 bytes.
    pub blocks: u64,
    /// User.
    pub user: u32,
    /// Group.
    pub group: u32,
    /// Status flags.
    pub flags: u32,
    /// Direct block pointers.
    pub direct: [i64; 12],
    /// Indirect block pointers, one to three levels.
    pub indirect: [i64; 3],
    /// Bytes of extended attributes (UFS2).
    pub extended_size: i32,
    /// Blocks of extended attributes (UFS2).
    pub extended: [i64; 2],
}

impl Inode {
    /// Reads the fields out of the bytes of an inode.
    pub fn parse(superblock: &Superblock, number: u32, bytes: &[u8]) -> Self {
        let order = superblock.raw.order;
        let old = superblock.raw.version == Version::Ufs1;
        let pointer = |base: usize, index: usize| {
            if old {
                i64::from(order.i32(bytes, base + index * 4))
            } else {
                order.i64(bytes, base + index * 8)
            }
        };
        let (direct, indirect) = if old { (40, 88) } else { (112, 208) };
        Self {
            number,
            mode: order.u16(bytes, 0),
            links: order.u16(bytes, 2).cast_signed(),
            size: order.u64(bytes, if old { 8 } else { 16 }),
            blocks: if old { u64::from(order.u32(bytes, 104)) } else { order.u64(bytes, 24) },
            user: order.u32(bytes, if old { 112 } else { 4 }),
            group: order.u32(bytes, if old { 116 } else { 8 }),
            flags: order.u32(bytes, if old { 100 } else { 88 }),
            direct: std::array::from_fn(|index| pointer(direct, index)),
            indirect: std::array::from_fn(|index| pointer(indirect, index)),
            extended_size: if old { 0 } else { order.i32(bytes, 92) },
            extended: if old { [0; 2] } else { [order.i64(bytes, 96), order.i64(bytes, 104)] },
        }
    }

    /// The type bits of the mode.
    pub fn file_type(&self) -> u16 {
        self.mode & TYPE_MASK
    }

    /// Whether the type is one of the seven.
    pub fn has_known_type(&self) -> bool {
        let special = self.is_device() || [TYPE_FIFO, TYPE_SOCKET].contains(&self.file_type());
        special || [TYPE_DIRECTORY, TYPE_SYMLINK, TYPE_REGULAR].contains(&self.file_type())
    }

    /// Whether the first block pointer holds a device number.
    pub fn is_device(&self) -> bool {
        [TYPE_CHARACTER, TYPE_BLOCK].contains(&self.file_type())
    }

    /// Whether the block pointers hold the target of a symbolic link.
    pub fn is_short_symlink(&self, superblock: &Superblock) -> bool {
        let limit = superblock.short_symlink;
        let fits = u64::try_from(limit).is_ok_and(|limit| self.size < limit);
        self.file_type() == TYPE_SYMLINK && (fits || (limit <= 0 && self.blocks == 0))
    }

    /// Whether 1 and 2 as block pointers stand for blocks of the file system itself.
    pub fn is_snapshot(&self) -> bool {
        self.flags & FLAG_SNAPSHOT != 0
    }

    /// Whether it is the journal's.
    pub fn is_log(&self) -> bool {
        self.flags & FLAG_LOG != 0
    }

    /// All block pointers, direct ones first.
    pub fn pointers(&self) -> impl Iterator<Item = i64> {
        self.direct.into_iter().chain(self.indirect)
    }
}

/// What a block is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Content; the number of the block within the file.
    Data(u64),
    /// Block pointers.
    Indirect,
}

/// What the walk over an inode's blocks meets.
#[derive(Clone, Copy, Debug)]
pub enum Visit {
    /// A block pointer and how many fragments it covers.
    Block {
        /// The pointer.
        pointer: i64,
        /// Fragments.
        count: u32,
        /// What for.
        purpose: Use,
    },
    /// A pointer that is zero where the file has content; the number of the block within the file.
    Hole(u64),
    /// A pointer that is not zero behind the end of the file.
    PastEnd(i64),
    /// An indirect block that could not be read.
    Unreadable(i64),
}

/// The walk over the blocks of an inode.
///
/// `visit` answers whether to go into an indirect block. It must refuse those outside the image and those it has seen,
/// which bounds the walk by the size of the image.
pub fn walk(volume: Volume<'_>, inode: &Inode, visit: &mut dyn FnMut(Visit) -> bool) {
    let superblock = volume.superblock;
    let block = u64::from(superblock.block_size);
    let total = inode.size.div_ceil(block);
    for (index, pointer) in (0..).zip(inode.direct) {
        let partial = index + 1 == total && !inode.size.is_multiple_of(block);
        let bytes = if partial { inode.size % block } else { block };
        let count = u32::try_from(bytes.div_ceil(u64::from(superblock.fragment_size))).unwrap_or(0);
        visit_pointer(
            pointer,
            index >= total,
            Visit::Block { pointer, count, purpose: Use::Data(index) },
            visit,
        );
    }
    let mut first = 12;
    for (level, pointer) in (1..).zip(inode.indirect) {
        let whole = Visit::Block { pointer, count: superblock.fragments_per_block, purpose: Use::Indirect };
        if visit_pointer(pointer, first >= total, whole, visit) {
            walk_indirect(volume, pointer, level, first, total, visit);
        }
        first += u64::from(superblock.pointers_per_block).pow(level);
    }
}

/// Shows one pointer to `visit`; whether to follow it.
fn visit_pointer(pointer: i64, past_end: bool, block: Visit, visit: &mut dyn FnMut(Visit) -> bool) -> bool {
    match (pointer, past_end) {
        (0, true) => false,
        (0, false) => {
            if let Visit::Block { purpose: Use::Data(index), .. } = block {
                visit(Visit::Hole(index));
            } else {
                visit(Visit::Hole(u64::MAX));
            }
            false
        }
        (_, true) => {
            visit(Visit::PastEnd(pointer));
            false
        }
        (_, false) => visit(block),
    }
}

fn walk_indirect(
    volume: Volume<'_>,
    pointer: i64,
    level: u32,
    first: u64,
    total: u64,
    visit: &mut dyn FnMut(Visit) -> bool,
) {
    let superblock = volume.superblock;
    let order = superblock.raw.order;
    let read =
        u64::try_from(pointer).ok().and_then(|at| volume.read(at, superblock.block_size as usize).ok());
    let Some(bytes) = read else {
        visit(Visit::Unreadable(pointer));
        return;
    };
    let span = u64::from(superblock.pointers_per_block).pow(level - 1);
    let count = superblock.fragments_per_block;
    for index in 0..superblock.pointers_per_block {
        let at = index as usize;
        let pointer = match superblock.raw.version {
            Version::Ufs1 => i64::from(order.i32(&bytes, at * 4)),
            Version::Ufs2 => order.i64(&bytes, at * 8),
        };
        let start = first + u64::from(index) * span;
        let purpose = if level == 1 { Use::Data(start) } else { Use::Indirect };
        let block = Visit::Block { pointer, count, purpose };
        if visit_pointer(pointer, start >= total, block, visit) && level > 1 {
            walk_indirect(volume, pointer, level - 1, start, total, visit);
        }
    }
}

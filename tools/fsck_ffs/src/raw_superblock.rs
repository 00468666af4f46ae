//! The superblock as it is on the image: where it is, its numbers, and its copies.
//!
//! Format: `struct fs` of NetBSD's sys/ufs/ffs/fs.h. Offsets are in bytes from the start of the superblock.

use crate::image::{ByteOrder, ReadAt};

/// Bytes that a superblock takes on the image.
pub const SUPERBLOCK_SIZE: usize = 8192;

/// The places where a superblock can be, in bytes, in the order of the search.
pub const LOCATIONS: [u64; 4] = [65536, 8192, 0, 262_144];

const MAGIC_UFS1: u32 = 0x0001_1954;
const MAGIC_UFS2: u32 = 0x1954_0119;
/// Set in `fs_old_flags` where the fields that came with UFS2 are there.
pub(crate) const FLAGS_UPDATED: u8 = 0x80;
/// Offset of the magic number.
const MAGIC: usize = 1372;

/// Which of the two formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// 128-byte inodes, 32-bit block numbers.
    Ufs1,
    /// 256-byte inodes, 64-bit block numbers.
    Ufs2,
}

/// A superblock as it is on the image.
#[derive(Clone, Debug)]
pub struct RawSuperblock {
    bytes: Vec<u8>,
    /// The byte order of the whole image.
    pub order: ByteOrder,
    /// The format.
    pub version: Version,
    /// Its offset in the image.
    pub location: u64,
}

impl RawSuperblock {
    /// Reads a superblock at `location`; `None` when it cannot be read or has no magic number.
    pub fn read(image: &dyn ReadAt, location: u64) -> Option<Self> {
        let mut bytes = vec![0; SUPERBLOCK_SIZE];
        image.read_exact_at(location, &mut bytes).ok()?;
        [ByteOrder::Little, ByteOrder::Big].into_iter().find_map(|order| {
            let version = match order.u32(&bytes, MAGIC) {
                MAGIC_UFS1 => Version::Ufs1,
                MAGIC_UFS2 => Version::Ufs2,
                _ => return None,
            };
            Some(Self { bytes: bytes.clone(), order, version, location })
        })
    }

    /// Looks in the standard places.
    ///
    /// A UFS1 superblock at 64 KB is the first copy of a file system with 64 KB blocks and is passed over. One that
    /// says that it belongs elsewhere is taken only when there is no better one.
    pub fn find(image: &dyn ReadAt) -> Option<Self> {
        let candidates = || {
            let read = LOCATIONS.into_iter().filter_map(|location| Self::read(image, location));
            read.filter(|found| !(found.version == Version::Ufs1 && found.location == LOCATIONS[0]))
        };
        candidates().find(Self::is_at_home).or_else(|| candidates().next())
    }

    /// Whether it says that it belongs where it is.
    pub(crate) fn is_at_home(&self) -> bool {
        self.old_layout() || self.i64(1000).cast_unsigned() == self.location
    }

    /// Whether the fields that came with UFS2 are not there (UFS1 only).
    pub fn old_layout(&self) -> bool {
        self.version == Version::Ufs1 && self.u8(211) & FLAGS_UPDATED == 0
    }

    /// The byte at `offset`.
    pub fn u8(&self, offset: usize) -> u8 {
        self.bytes.get(offset).copied().unwrap_or(0)
    }

    /// The unsigned 32-bit number at `offset`.
    pub fn u32(&self, offset: usize) -> u32 {
        self.order.u32(&self.bytes, offset)
    }

    /// The signed 32-bit number at `offset`.
    pub fn i32(&self, offset: usize) -> i32 {
        self.order.i32(&self.bytes, offset)
    }

    /// The signed 64-bit number at `offset`.
    pub fn i64(&self, offset: usize) -> i64 {
        self.order.i64(&self.bytes, offset)
    }
}

/// Fields that the copies in the cylinder groups share with the primary superblock.
const STATIC_FIELDS: [(&str, usize); 21] = [
    ("fs_sblkno", 8),
    ("fs_cblkno", 12),
    ("fs_iblkno", 16),
    ("fs_dblkno", 20),
    ("fs_ncg", 44),
    ("fs_bsize", 48),
    ("fs_fsize", 52),
    ("fs_frag", 56),
    ("fs_bmask", 72),
    ("fs_fmask", 76),
    ("fs_bshift", 80),
    ("fs_fshift", 84),
    ("fs_fragshift", 96),
    ("fs_fsbtodb", 100),
    ("fs_sbsize", 104),
    ("fs_nindir", 116),
    ("fs_inopb", 120),
    ("fs_cssize", 156),
    ("fs_ipg", 184),
    ("fs_fpg", 188),
    ("fs_magic", MAGIC),
];

/// Further fields that the copies share in the layout before UFS2.
const OLD_STATIC_FIELDS: [(&str, usize); 12] = [
    ("fs_old_cgoffset", 24),
    ("fs_old_cgmask", 28),
    ("fs_old_size", 36),
    ("fs_old_dsize", 40),
    ("fs_old_nspf", 124),
    ("fs_old_csaddr", 152),
    ("fs_cgsize", 160),
    ("fs_old_nsect", 168),
    ("fs_old_spc", 172),
    ("fs_old_ncyl", 176),
    ("fs_old_cpg", 180),
    ("fs_old_postblformat", 1356),
];

/// Compares a copy with the primary superblock; the names and both values of the fields that differ.
pub fn differences(primary: &RawSuperblock, copy: &[u8]) -> Vec<(&'static str, u32, u32)> {
    let further: &[_] = if primary.old_layout() { &OLD_STATIC_FIELDS } else { &[] };
    STATIC_FIELDS
        .iter()
        .chain(further)
        .map(|&(name, offset)| (name, primary.order.u32(copy, offset), primary.u32(offset)))
        .filter(|(_, copy, primary)| copy != primary)
        .collect()
}

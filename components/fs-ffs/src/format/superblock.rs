//! The superblock (`struct fs`): where it is, what it says, and whether to believe it.
//!
//! Offsets and meanings are those of fs(5). The bytes are kept as they were read, and only fields that change are written
//! back into them, so that what this code does not know survives.

use crate::format::byte_order::ByteOrder;
use crate::format::geometry::{Geometry, Version};
use crate::journal::log::JournalPlace;
use alloc::boxed::Box;
use core::array;
use rump::errno::{Errno, Result};

/// Bytes in which a superblock lies (`SBLOCKSIZE`).
pub const SBLOCKSIZE: usize = 8192;
/// Where a superblock may be, in the order of the search: UFS2's place, UFS1's, the start, and 256 KiB.
pub const SBLOCKSEARCH: [u64; 4] = [65536, 8192, 0, 262_144];
/// UFS2's usual place, where 64 KiB-block UFS1 file systems have a copy.
const SBLOCK_UFS2: u64 = 65536;
/// Bytes of `struct fs` itself.
const STRUCT_SIZE: usize = 1376;

const FS_UFS1_MAGIC: u32 = 0x0001_1954;
const FS_UFS2_MAGIC: u32 = 0x1954_0119;
const FS_44INODEFMT: i32 = 2;
const FS_42POSTBLFMT: i32 = -1;

/// Flags of a file system (`fs_flags`).
pub mod flags {
    pub const FS_DOSOFTDEP: u32 = 0x002;
    pub const FS_FLAGS_UPDATED: u8 = 0x80;
    pub const FS_DOWAPBL: u32 = 0x100;
    pub const FS_DOQUOTA2: u32 = 0x200;
    /// What may be set on a file system that is to be mounted.
    pub const FS_KNOWN_FLAGS: u32 = FS_DOSOFTDEP | FS_DOWAPBL | FS_DOQUOTA2;
}

/// `fs_clean`: unmounted in order.
pub const FS_ISCLEAN: u8 = 0x01;
/// `fs_clean`: mounted for writing, and was in order before.
pub const FS_WASCLEAN: u8 = 0x02;

/// Byte offsets of the fields.
mod at {
    pub const SBLKNO: usize = 8;
    pub const CBLKNO: usize = 12;
    pub const IBLKNO: usize = 16;
    pub const DBLKNO: usize = 20;
    pub const OLD_CGOFFSET: usize = 24;
    pub const OLD_CGMASK: usize = 28;
    pub const OLD_TIME: usize = 32;
    pub const OLD_SIZE: usize = 36;
    pub const OLD_DSIZE: usize = 40;
    pub const NCG: usize = 44;
    pub const BSIZE: usize = 48;
    pub const FSIZE: usize = 52;
    pub const FRAG: usize = 56;
    pub const MINFREE: usize = 60;
    pub const BMASK: usize = 72;
    pub const FMASK: usize = 76;
    pub const BSHIFT: usize = 80;
    pub const FSHIFT: usize = 84;
    pub const MAXBPG: usize = 92;
    pub const FRAGSHIFT: usize = 96;
    pub const SBSIZE: usize = 104;
    pub const NINDIR: usize = 116;
    pub const INOPB: usize = 120;
    pub const OPTIM: usize = 128;
    pub const OLD_NPSECT: usize = 132;
    pub const OLD_INTERLEAVE: usize = 136;
    pub const OLD_TRACKSKEW: usize = 140;
    pub const OLD_CSADDR: usize = 152;
    pub const CSSIZE: usize = 156;
    pub const CGSIZE: usize = 160;
    pub const OLD_NSECT: usize = 168;
    pub const OLD_SPC: usize = 172;
    pub const OLD_NCYL: usize = 176;
    pub const OLD_CPG: usize = 180;
    pub const IPG: usize = 184;
    pub const FPG: usize = 188;
    pub const OLD_CSTOTAL: usize = 192;
    pub const FMOD: usize = 208;
    pub const CLEAN: usize = 209;
    pub const RONLY: usize = 210;
    pub const OLD_FLAGS: usize = 211;
    pub const JOURNAL_VERSION: usize = 864;
    pub const JOURNAL_LOCATION: usize = 865;
    pub const JOURNALLOCS: usize = 872;
    pub const SBLOCKLOC: usize = 1000;
    pub const CSTOTAL: usize = 1008;
    pub const TIME: usize = 1072;
    pub const SIZE: usize = 1080;
    pub const DSIZE: usize = 1088;
    pub const CSADDR: usize = 1096;
    pub const PENDINGBLOCKS: usize = 1104;
    pub const PENDINGINODES: usize = 1112;
    pub const SNAPINUM: usize = 1116;
    pub const AVGFILESIZE: usize = 1196;
    pub const AVGFPDIR: usize = 1200;
    pub const FLAGS: usize = 1312;
    pub const CONTIGSUMSIZE: usize = 1316;
    pub const MAXSYMLINKLEN: usize = 1320;
    pub const OLD_INODEFMT: usize = 1324;
    pub const MAXFILESIZE: usize = 1328;
    pub const OLD_POSTBLFORMAT: usize = 1356;
    pub const OLD_NRPOS: usize = 1360;
    pub const MAGIC: usize = 1372;
}

/// Summary counts: of the file system (`struct csum_total`), or of one group (`struct csum`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    pub cs_ndir: i64,
    pub cs_nbfree: i64,
    pub cs_nifree: i64,
    pub cs_nffree: i64,
}

impl Summary {
    /// Bytes of a group's entry in the summary area.
    pub const SIZE: usize = 16;

    /// A group's counts (four 32-bit numbers).
    #[must_use]
    pub fn read(order: ByteOrder, bytes: &[u8], at: usize) -> Self {
        let field = |index: usize| i64::from(order.i32(bytes, at + 4 * index));
        Self { cs_ndir: field(0), cs_nbfree: field(1), cs_nifree: field(2), cs_nffree: field(3) }
    }

    /// Stores a group's counts; what 32 bits cannot hold is cut off at their limits.
    pub fn write(self, order: ByteOrder, bytes: &mut [u8], at: usize) {
        for (index, value) in self.fields().into_iter().enumerate() {
            let value = value.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32;
            order.put_i32(bytes, at + 4 * index, value);
        }
    }

    fn fields(self) -> [i64; 4] {
        [self.cs_ndir, self.cs_nbfree, self.cs_nifree, self.cs_nffree]
    }

    /// What is free, in fragments; a count below zero is none.
    #[must_use]
    pub fn free_fragments(self, geometry: &Geometry) -> u64 {
        let count = |value: i64| u64::try_from(value).unwrap_or(0);
        (count(self.cs_nbfree) << geometry.fs_fragshift).saturating_add(count(self.cs_nffree))
    }

    /// Adds what changed between `before` and `after`.
    pub fn apply(&mut self, before: Self, after: Self) {
        let change = |value: &mut i64, before: i64, after: i64| {
            *value = value.saturating_add(after.saturating_sub(before));
        };
        change(&mut self.cs_ndir, before.cs_ndir, after.cs_ndir);
        change(&mut self.cs_nbfree, before.cs_nbfree, after.cs_nbfree);
        change(&mut self.cs_nifree, before.cs_nifree, after.cs_nifree);
        change(&mut self.cs_nffree, before.cs_nffree, after.cs_nffree);
    }
}

/// A superblock that was found to be in order.
pub struct Superblock {
    /// The [`SBLOCKSIZE`] bytes as they were found, with what has changed since.
    bytes: Box<[u8]>,
    fs_sbsize: usize,
    pub geometry: Geometry,
    /// Where it was found, in bytes.
    pub fs_sblockloc: u64,
    pub fs_cstotal: Summary,
    pub fs_clean: u8,
    pub fs_flags: u32,
    /// Whether snapshots exist, which writing would have to preserve.
    pub has_snapshots: bool,
    /// Where the log is, if [`flags::FS_DOWAPBL`] is set.
    pub journal: JournalPlace,
}

/// The byte order and version that the magic number tells, if it is one.
fn recognise(bytes: &[u8]) -> Option<(ByteOrder, Version)> {
    [ByteOrder::Little, ByteOrder::Big].into_iter().find_map(|order| match order.u32(bytes, at::MAGIC) {
        FS_UFS1_MAGIC => Some((order, Version::Ufs1)),
        FS_UFS2_MAGIC => Some((order, Version::Ufs2)),
        _ => None,
    })
}

impl Superblock {
    /// Reads the superblock out of the [`SBLOCKSIZE`] bytes at `location` of a device of `device_size` bytes.
    ///
    /// # Errors
    /// `EINVAL` when there is none, or one that contradicts itself.
    pub fn parse(bytes: &[u8], location: u64, device_size: u64) -> Result<Self> {
        if bytes.len() < SBLOCKSIZE {
            return Err(Errno::EINVAL);
        }
        let (order, version) = recognise(bytes).ok_or(Errno::EINVAL)?;
        let updated = version == Version::Ufs2 || bytes[at::OLD_FLAGS] & flags::FS_FLAGS_UPDATED != 0;
        if updated {
            // Anything else is a copy, or the remains of another file system.
            (order.u64(bytes, at::SBLOCKLOC) == location).then_some(()).ok_or(Errno::EINVAL)?;
        } else if location == SBLOCK_UFS2 {
            return Err(Errno::EINVAL);
        }
        let fs_sbsize = order.u32(bytes, at::SBSIZE) as usize;
        if !(STRUCT_SIZE..=SBLOCKSIZE).contains(&fs_sbsize) {
            return Err(Errno::EINVAL);
        }
        let geometry = read_geometry(bytes, order, version, updated);
        check_redundant(bytes, &geometry)?;
        geometry.check(device_size)?;
        let fs_flags =
            if updated { order.u32(bytes, at::FLAGS) & 0x7fff_ffff } else { u32::from(bytes[at::OLD_FLAGS]) };
        Ok(Self {
            geometry,
            fs_sblockloc: location,
            fs_cstotal: read_totals(bytes, order, updated),
            fs_clean: bytes[at::CLEAN],
            fs_flags,
            has_snapshots: updated && order.u32(bytes, at::SNAPINUM) != 0,
            journal: JournalPlace {
                fs_journal_version: bytes[at::JOURNAL_VERSION],
                fs_journal_location: bytes[at::JOURNAL_LOCATION],
                fs_journallocs: array::from_fn(|index| order.u64(bytes, at::JOURNALLOCS + 8 * index)),
            },
            bytes: bytes[..SBLOCKSIZE].into(),
            fs_sbsize,
        })
    }

    /// Notes what has changed and gives the bytes to be written at `fs_sblockloc`, whole sectors. `now` is in seconds since
    /// 1970.
    pub fn encode(&mut self, now: i64, sector_size: u32) -> &[u8] {
        let order = self.geometry.order;
        let updated = self.geometry.updated;
        self.bytes[at::FMOD] = 0;
        self.bytes[at::RONLY] = 0;
        self.bytes[at::CLEAN] = self.fs_clean;
        if self.geometry.version == Version::Ufs1 {
            self.fs_cstotal.write(order, &mut self.bytes, at::OLD_CSTOTAL);
            order.put_i32(&mut self.bytes, at::OLD_TIME, now as i32);
        }
        // In older superblocks rotational tables lie where these fields came to be.
        if updated {
            for (index, value) in self.fs_cstotal.fields().into_iter().enumerate() {
                order.put_i64(&mut self.bytes, at::CSTOTAL + 8 * index, value);
            }
            order.put_i64(&mut self.bytes, at::TIME, now);
            order.put_i64(&mut self.bytes, at::PENDINGBLOCKS, 0);
            order.put_u32(&mut self.bytes, at::PENDINGINODES, 0);
            order.put_u32(&mut self.bytes, at::FLAGS, self.fs_flags);
        }
        let length = self.fs_sbsize.next_multiple_of(sector_size.max(1) as usize);
        &self.bytes[..length.min(SBLOCKSIZE)]
    }
}

fn read_totals(bytes: &[u8], order: ByteOrder, updated: bool) -> Summary {
    if !updated {
        return Summary::read(order, bytes, at::OLD_CSTOTAL);
    }
    let field = |index: usize| order.i64(bytes, at::CSTOTAL + 8 * index);
    Summary { cs_ndir: field(0), cs_nbfree: field(1), cs_nifree: field(2), cs_nffree: field(3) }
}

fn read_geometry(bytes: &[u8], order: ByteOrder, version: Version, updated: bool) -> Geometry {
    let narrow = |at| order.u32(bytes, at);
    // Old superblocks have these in 32 bits, elsewhere.
    let either = |new, old| if updated { order.u64(bytes, new) } else { u64::from(order.u32(bytes, old)) };
    let positive_or =
        |at, default| u32::try_from(order.i32(bytes, at)).ok().filter(|&n| n > 0).unwrap_or(default);
    let static_tables = order.i32(bytes, at::OLD_POSTBLFORMAT) == FS_42POSTBLFMT;
    let old_inodes = version == Version::Ufs1 && order.i32(bytes, at::OLD_INODEFMT) < FS_44INODEFMT;
    Geometry {
        order,
        version,
        updated,
        fs_sblkno: narrow(at::SBLKNO),
        fs_cblkno: narrow(at::CBLKNO),
        fs_iblkno: narrow(at::IBLKNO),
        fs_dblkno: narrow(at::DBLKNO),
        fs_old_cgoffset: narrow(at::OLD_CGOFFSET),
        fs_old_cgmask: narrow(at::OLD_CGMASK),
        fs_ncg: narrow(at::NCG),
        fs_bsize: narrow(at::BSIZE),
        fs_fsize: narrow(at::FSIZE),
        fs_frag: narrow(at::FRAG),
        fs_minfree: narrow(at::MINFREE).min(99),
        fs_bshift: narrow(at::BSHIFT),
        fs_fshift: narrow(at::FSHIFT),
        fs_fragshift: narrow(at::FRAGSHIFT),
        fs_maxbpg: narrow(at::MAXBPG),
        fs_nindir: narrow(at::NINDIR),
        fs_inopb: narrow(at::INOPB),
        fs_optim: narrow(at::OPTIM),
        fs_cssize: narrow(at::CSSIZE),
        fs_cgsize: narrow(at::CGSIZE),
        fs_ipg: narrow(at::IPG),
        fs_fpg: narrow(at::FPG),
        fs_size: either(at::SIZE, at::OLD_SIZE),
        fs_dsize: either(at::DSIZE, at::OLD_DSIZE),
        fs_csaddr: either(at::CSADDR, at::OLD_CSADDR),
        fs_avgfilesize: if updated { positive_or(at::AVGFILESIZE, 16384) } else { 16384 },
        fs_avgfpdir: if updated { positive_or(at::AVGFPDIR, 64) } else { 64 },
        fs_contigsumsize: positive_or(at::CONTIGSUMSIZE, 0),
        fs_maxsymlinklen: order.i32(bytes, at::MAXSYMLINKLEN),
        old_inodes,
        fs_maxfilesize: if old_inodes { 1 << 39 } else { order.u64(bytes, at::MAXFILESIZE) },
        fs_old_spc: narrow(at::OLD_SPC),
        fs_old_nsect: narrow(at::OLD_NSECT),
        fs_old_npsect: if static_tables { narrow(at::OLD_NSECT) } else { narrow(at::OLD_NPSECT) },
        fs_old_interleave: if static_tables { 1 } else { narrow(at::OLD_INTERLEAVE) },
        fs_old_trackskew: if static_tables { 0 } else { narrow(at::OLD_TRACKSKEW) },
        fs_old_nrpos: if static_tables { 8 } else { narrow(at::OLD_NRPOS) },
        fs_old_cpg: narrow(at::OLD_CPG),
        fs_old_ncyl: narrow(at::OLD_NCYL),
        static_tables,
    }
}

/// Checks fields that follow from others.
fn check_redundant(bytes: &[u8], geometry: &Geometry) -> Result<()> {
    let order = geometry.order;
    let masks_fit = order.u32(bytes, at::BMASK) == !geometry.fs_bsize.wrapping_sub(1)
        && order.u32(bytes, at::FMASK) == !geometry.fs_fsize.wrapping_sub(1);
    if masks_fit { Ok(()) } else { Err(Errno::EINVAL) }
}

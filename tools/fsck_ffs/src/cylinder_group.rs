//! A cylinder group block: where its parts are and whether its fields are what they must be.
//!
//! Format: `struct cg` and `struct ocg` of NetBSD's sys/ufs/ffs/fs.h. Offsets are in bytes.

use crate::bitmap::Bitmap;
use crate::inode::Volume;
use crate::report::{Finding, Kind, Report};
use crate::superblock::{Superblock, Version};

const MAGIC: u32 = 0x0009_0255;
/// The size of the header in the flexible layout.
const HEADER: usize = 168;

/// The names and offsets of the four counts, in the order of `struct csum`.
pub const COUNTS: [&str; 4] = ["cs_ndir", "cs_nbfree", "cs_nifree", "cs_nffree"];

/// Where the parts of a group block are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    magic: usize,
    /// Free blocks by cylinder.
    pub cylinder_totals: usize,
    /// Free blocks by cylinder and position.
    pub cylinder_positions: usize,
    /// The map of inodes in use.
    pub inode_map: usize,
    /// The map of free fragments.
    pub free_map: usize,
    /// The cluster summary; its first number is not used.
    pub cluster_sums: usize,
    /// The map of free blocks.
    pub cluster_map: usize,
    /// The end of all parts.
    pub end: usize,
}

impl Layout {
    /// The layout that follows from the superblock.
    pub fn of(superblock: &Superblock) -> Self {
        let inode_bytes = superblock.inodes_per_group.div_ceil(8) as usize;
        let free_bytes = superblock.fragments_per_group.div_ceil(8) as usize;
        if superblock.rotation.is_some_and(|rotation| rotation.fixed_layout) {
            return Self {
                magic: 980,
                cylinder_totals: 84,
                cylinder_positions: 212,
                inode_map: 724,
                free_map: 984,
                cluster_sums: 0,
                cluster_map: 0,
                end: 984 + free_bytes,
            };
        }
        let old = superblock.raw.version == Version::Ufs1;
        let cylinders = if old { superblock.cylinders_per_group as usize } else { 0 };
        let positions = if old { superblock.rotational_positions as usize } else { 0 };
        let cylinder_positions = HEADER + cylinders * 4;
        let inode_map = cylinder_positions + cylinders * positions * 2;
        let free_map = inode_map + inode_bytes;
        let mut layout = Self {
            magic: 4,
            cylinder_totals: HEADER,
            cylinder_positions,
            inode_map,
            free_map,
            cluster_sums: 0,
            cluster_map: 0,
            end: free_map + free_bytes,
        };
        if superblock.cluster_sums > 0 {
            // The unused first number may lie over the end of the map before; Apple's variant leaves it room.
            let back = if superblock.directory_block == 512 { 4 } else { 0 };
            layout.cluster_sums = (layout.end - back).next_multiple_of(4);
            layout.cluster_map = layout.cluster_sums + (superblock.cluster_sums as usize + 1) * 4;
            let blocks = superblock.fragments_per_group / superblock.fragments_per_block;
            layout.end = layout.cluster_map + blocks.div_ceil(8) as usize;
        }
        layout
    }
}

/// A group block that was read and has its magic number.
pub struct Group<'a> {
    superblock: &'a Superblock,
    /// Its number.
    pub number: u32,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Where its parts are.
    pub layout: Layout,
    /// Its offset in the image.
    pub byte: u64,
}

impl<'a> Group<'a> {
    /// Reads a group; `None`, with a finding, when it cannot be read or is none.
    pub fn read(volume: Volume<'a>, layout: Layout, number: u32, report: &mut Report) -> Option<Self> {
        let superblock = volume.superblock;
        let fragment = superblock.group_block(number);
        let byte = superblock.byte_offset(fragment);
        let finding = |kind| Finding::error(kind).group(number).byte(byte);
        let bytes = match volume.read(fragment, superblock.group_size as usize) {
            Ok(bytes) => bytes,
            Err(error) => {
                report.add(
                    finding(Kind::GroupUnreadable).values(error, format!("{} bytes", superblock.group_size)),
                );
                return None;
            }
        };
        let magic = superblock.raw.order.u32(&bytes, layout.magic);
        if magic != MAGIC {
            report.add(finding(Kind::GroupMagic).values(format!("{magic:#x}"), format!("{MAGIC:#x}")));
            return None;
        }
        Some(Self { superblock, number, bytes, layout, byte })
    }

    /// The 32-bit number at `offset`.
    pub fn i32(&self, offset: usize) -> i64 {
        i64::from(self.superblock.raw.order.i32(&self.bytes, offset))
    }

    /// The 16-bit number at `offset`.
    pub fn u16(&self, offset: usize) -> i64 {
        i64::from(self.superblock.raw.order.u16(&self.bytes, offset))
    }

    /// A map of `length` bits at `offset`.
    pub fn map(&self, offset: usize, length: u64) -> Bitmap {
        Bitmap::from_bytes(self.bytes.get(offset..).unwrap_or_default(), length)
    }

    /// The four counts, in the order of `COUNTS`.
    pub fn counts(&self) -> [i64; 4] {
        std::array::from_fn(|index| self.i32(24 + index * 4))
    }

    /// A finding about the field at `offset`.
    pub fn finding(&self, kind: Kind, field: impl Into<String>, offset: usize) -> Finding {
        let finding = Finding::warning(kind).group(self.number).field(field);
        finding.byte(self.byte + offset as u64)
    }

    fn expect(&self, report: &mut Report, field: &str, offset: usize, found: i64, expected: i64) {
        if found != expected {
            report.add(self.finding(Kind::GroupField, field, offset).values(found, expected));
        }
    }

    /// Checks the fields that follow from the superblock, and the rotors.
    pub fn header(&self, report: &mut Report) {
        let superblock = self.superblock;
        let fragments = superblock.group_fragments(self.number).cast_signed();
        let inodes = i64::from(superblock.inodes_per_group);
        self.expect(report, "cg_cgx", 12, self.i32(12), i64::from(self.number));
        self.expect(report, "cg_ndblk", 20, self.i32(20), fragments);
        let old = superblock.raw.version == Version::Ufs1;
        let old_inodes = if old { inodes & 0xffff } else { 0 };
        self.expect(report, "cg_old_niblk", 18, self.u16(18), old_inodes);
        if let Some(cylinders) = self.cylinders(fragments) {
            self.expect(report, "cg_old_ncyl", 16, self.u16(16), cylinders & 0xffff);
        }
        self.rotor(report, "cg_rotor", 40, fragments);
        self.rotor(report, "cg_frotor", 44, fragments);
        self.rotor(report, "cg_irotor", 48, inodes);
        if self.layout.magic == 4 {
            self.offsets(report);
            let clusters = fragments / i64::from(superblock.fragments_per_block);
            let clusters = if superblock.cluster_sums > 0 { clusters } else { 0 };
            self.expect(report, "cg_nclusterblks", 112, self.i32(112), clusters);
            self.expect(report, "cg_niblk", 116, self.i32(116), if old { 0 } else { inodes });
            self.initialized(report, old, inodes);
            self.reserved(report);
        }
    }

    /// How many cylinders the group has; `None` when the superblock's numbers make no sense.
    fn cylinders(&self, fragments: i64) -> Option<i64> {
        let superblock = self.superblock;
        if superblock.raw.version == Version::Ufs2 {
            return Some(0);
        }
        let per_group = i64::from(superblock.cylinders_per_group);
        if self.number + 1 < superblock.groups {
            return Some(per_group);
        }
        match superblock.rotation {
            Some(rotation) => i64::from(rotation.cylinders).checked_rem(per_group),
            None => {
                let per_cylinder = i64::from(superblock.fragments_per_group).checked_div(per_group)?;
                (per_cylinder > 0)
                    .then(|| fragments.cast_unsigned().div_ceil(per_cylinder.cast_unsigned()).cast_signed())
            }
        }
    }

    fn rotor(&self, report: &mut Report, field: &str, offset: usize, end: i64) {
        let found = self.i32(offset);
        if !(0..end).contains(&found) {
            report.add(
                self.finding(Kind::GroupRotor, field, offset).values(found, format!("0 to {}", end - 1)),
            );
        }
    }

    fn offsets(&self, report: &mut Report) {
        let layout = &self.layout;
        let old = self.superblock.raw.version == Version::Ufs1;
        let fields = [
            ("cg_old_btotoff", 84, if old { layout.cylinder_totals } else { 0 }),
            ("cg_old_boff", 88, if old { layout.cylinder_positions } else { 0 }),
            ("cg_iusedoff", 92, layout.inode_map),
            ("cg_freeoff", 96, layout.free_map),
            ("cg_nextfreeoff", 100, layout.end),
            ("cg_clustersumoff", 104, layout.cluster_sums),
            ("cg_clusteroff", 108, layout.cluster_map),
        ];
        for (field, offset, expected) in fields {
            self.expect(report, field, offset, self.i32(offset), i64::try_from(expected).unwrap_or(i64::MAX));
        }
    }

    fn initialized(&self, report: &mut Report, old: bool, inodes: i64) {
        let found = self.i32(120);
        let most = if old { 0 } else { inodes };
        if !(0..=most).contains(&found) {
            let finding = self.finding(Kind::GroupInitializedInodes, "cg_initediblk", 120);
            report.add(finding.values(found, format!("0 to {most}")));
        }
    }

    /// Reserved bytes are zero.
    fn reserved(&self, report: &mut Report) {
        // The 64-bit time came with UFS2.
        let time = if self.superblock.raw.old_layout() { 136..144 } else { 136..136 };
        let parts = [
            ("cg_firstfield", 0..4),
            ("cg_sparecon32", 124..136),
            ("cg_time", time),
            ("cg_sparecon64", 144..168),
        ];
        for (field, range) in parts {
            let start = range.start;
            if self.bytes.get(range).unwrap_or_default().iter().any(|byte| *byte != 0) {
                report.add(self.finding(Kind::GroupField, field, start).values("not zero", 0));
            }
        }
    }
}

//! The superblock: what it says, and whether that can be.
//!
//! Format: `struct fs` of NetBSD's sys/ufs/ffs/fs.h. Offsets are in bytes from the start of the superblock.

use crate::raw_superblock::FLAGS_UPDATED;
pub use crate::raw_superblock::{LOCATIONS, RawSuperblock, SUPERBLOCK_SIZE, Version, differences};
use crate::report::{Finding, Kind, Report};

/// Soft updates, journal, quota: the flags that NetBSD mounts with.
const KNOWN_FLAGS: u32 = 0x302;
const NEW_INODE_FORMAT: i32 = 2;
/// The size of the structure.
const STRUCTURE_SIZE: u32 = 1376;

/// The file system flag of the write-ahead journal.
pub const FLAG_JOURNAL: u32 = 0x100;
/// The file system flag of quotas kept in the file system.
pub const FLAG_QUOTA: u32 = 0x200;

/// The rotational tables of layouts before UFS2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// 4.2BSD's fixed layout of the cylinder group.
    pub fixed_layout: bool,
    /// Sectors per cylinder.
    pub sectors_per_cylinder: u32,
    /// Sectors per track.
    pub sectors: u32,
    /// Sectors per track with spares.
    pub physical_sectors: u32,
    /// Rotational positions.
    pub positions: u32,
    /// Sector interleave.
    pub interleave: u32,
    /// Sectors that each track is skewed by.
    pub track_skew: u32,
    /// Cylinders of the file system.
    pub cylinders: u32,
}

/// A superblock whose numbers are consistent with each other and with the size of the image.
#[derive(Clone, Debug)]
pub struct Superblock {
    /// The bytes it came from.
    pub raw: RawSuperblock,
    /// Offsets within a cylinder group, in fragments: superblock copy, group block, inodes, data.
    pub superblock_offset: u64,
    /// See `superblock_offset`.
    pub group_offset: u64,
    /// See `superblock_offset`.
    pub inode_offset: u64,
    /// See `superblock_offset`.
    pub data_offset: u64,
    /// Fragments by which UFS1 shifts the metadata of each group.
    pub shift: u64,
    /// Groups after which the shift starts again: a mask.
    pub shift_mask: u32,
    /// Cylinder groups.
    pub groups: u32,
    /// Bytes in a block.
    pub block_size: u32,
    /// Bytes in a fragment.
    pub fragment_size: u32,
    /// Fragments in a block.
    pub fragments_per_block: u32,
    /// Block pointers in an indirect block.
    pub pointers_per_block: u32,
    /// Inodes in a block.
    pub inodes_per_block: u32,
    /// Inodes in a cylinder group.
    pub inodes_per_group: u32,
    /// Fragments in a cylinder group.
    pub fragments_per_group: u32,
    /// Fragments in the file system.
    pub size: u64,
    /// The first fragment of the summary area.
    pub summary_address: u64,
    /// Bytes of the summary area.
    pub summary_size: u32,
    /// Bytes of a cylinder group block.
    pub group_size: u32,
    /// Length of the cluster summary; 0 without one.
    pub cluster_sums: u32,
    /// Symbolic links shorter than this, in bytes, are in the inode.
    pub short_symlink: i32,
    /// Whether directory entries have a type byte.
    pub typed_entries: bool,
    /// The longest file in bytes.
    pub longest_file: u64,
    /// The file system flags.
    pub flags: u32,
    /// Bytes of a directory block: 512, or 1024 in Apple's variant.
    pub directory_block: u32,
    /// Cylinders per group, for the old tables.
    pub cylinders_per_group: u32,
    /// Rotational positions, for the offsets of the old tables.
    pub rotational_positions: u32,
    /// The old tables, where they are kept.
    pub rotation: Option<Rotation>,
}

/// Puts a finding about the field `name` at `offset`.
fn wrong(report: &mut Report, raw: &RawSuperblock, field: (&str, usize), found: i64, expected: &str) {
    let finding = Finding::error(Kind::SuperblockField).field(field.0).byte(raw.location + field.1 as u64);
    report.add(finding.values(found, expected));
}

/// Requires a 32-bit field to be within `least..=most`.
fn within(report: &mut Report, raw: &RawSuperblock, field: (&str, usize), least: i64, most: i64) -> bool {
    let found = i64::from(raw.i32(field.1));
    let good = (least..=most).contains(&found);
    if !good {
        wrong(report, raw, field, found, &format!("{least} to {most}"));
    }
    good
}

/// Requires a 32-bit field to be `expected`.
fn equal(report: &mut Report, raw: &RawSuperblock, field: (&str, usize), expected: i64) -> bool {
    let found = i64::from(raw.i32(field.1));
    if found != expected {
        wrong(report, raw, field, found, &expected.to_string());
    }
    found == expected
}

impl Superblock {
    /// Checks every field that the rest of the check relies on, and those that fsck_ffs(8) checks.
    ///
    /// `None`, with findings, when the geometry does not hold together.
    pub fn validate(raw: RawSuperblock, image_length: u64, apple: bool, report: &mut Report) -> Option<Self> {
        if !block_sizes(&raw, report) || !positive_fields(&raw, report) {
            return None;
        }
        let superblock = Self::from_raw(raw, apple);
        if !superblock.geometry(image_length, report) {
            return None;
        }
        superblock.other_fields(report);
        Some(superblock)
    }

    fn from_raw(raw: RawSuperblock, apple: bool) -> Self {
        let old = raw.old_layout();
        let natural = |offset| u64::from(raw.u32(offset));
        let wide =
            |offset_old, offset| if old { natural(offset_old) } else { raw.i64(offset).cast_unsigned() };
        let ufs2 = raw.version == Version::Ufs2;
        let fixed_layout = raw.i32(1356) == -1;
        let rotation = Rotation {
            fixed_layout,
            sectors_per_cylinder: raw.u32(172),
            sectors: raw.u32(168),
            physical_sectors: if fixed_layout { raw.u32(168) } else { raw.u32(132) },
            positions: if fixed_layout { 8 } else { raw.u32(1360) },
            interleave: if fixed_layout { 1 } else { raw.u32(136) },
            track_skew: if fixed_layout { 0 } else { raw.u32(140) },
            cylinders: raw.u32(176),
        };
        Self {
            superblock_offset: natural(8),
            group_offset: natural(12),
            inode_offset: natural(16),
            data_offset: natural(20),
            shift: if ufs2 { 0 } else { natural(24) },
            shift_mask: if ufs2 { 0 } else { raw.u32(28) },
            groups: raw.u32(44),
            block_size: raw.u32(48),
            fragment_size: raw.u32(52),
            fragments_per_block: raw.u32(56),
            pointers_per_block: raw.u32(116),
            inodes_per_block: raw.u32(120),
            inodes_per_group: raw.u32(184),
            fragments_per_group: raw.u32(188),
            size: wide(36, 1080),
            summary_address: wide(152, 1096),
            summary_size: raw.u32(156),
            group_size: raw.u32(160),
            cluster_sums: u32::try_from(raw.i32(1316)).unwrap_or(0),
            short_symlink: if apple { 60 } else { raw.i32(1320) },
            typed_entries: ufs2 || raw.i32(1324) >= NEW_INODE_FORMAT,
            longest_file: 0,
            flags: if old { u32::from(raw.u8(211)) } else { raw.u32(1312) },
            directory_block: if apple { 1024 } else { 512 },
            cylinders_per_group: raw.u32(180),
            rotational_positions: rotation.positions,
            rotation: old.then_some(rotation),
            raw,
        }
        .with_longest_file()
    }

    fn with_longest_file(mut self) -> Self {
        // UFS1 kernels stop at 2^31 blocks, whatever the pointers could reach.
        self.longest_file = match self.raw.version {
            Version::Ufs1 => 0x8000_0000_u64 * u64::from(self.block_size) - 1,
            Version::Ufs2 => self.reach().min(i64::MAX as u64),
        };
        self
    }

    /// The largest size that 12 direct pointers and three levels of indirection reach.
    fn reach(&self) -> u64 {
        let pointers = u64::from(self.pointers_per_block);
        let blocks = 12 + pointers + pointers.saturating_pow(2) + pointers.saturating_pow(3);
        blocks.saturating_mul(u64::from(self.block_size)) - 1
    }

    fn geometry(&self, image_length: u64, report: &mut Report) -> bool {
        let raw = &self.raw;
        let available = image_length / u64::from(self.fragment_size);
        if self.size == 0 || self.size > i64::MAX as u64 / u64::from(self.fragment_size) {
            wrong(report, raw, ("fs_size", 1080), self.size.cast_signed(), &format!("1 to {available}"));
            return false;
        }
        if self.size > available {
            let needed = self.size * u64::from(self.fragment_size);
            report.add(Finding::error(Kind::ImageTooShort).values(image_length, needed));
            return false;
        }
        let per_group = u64::from(self.fragments_per_group);
        let groups = self.size.div_ceil(per_group);
        if u64::from(self.groups) != groups {
            wrong(report, raw, ("fs_ncg", 44), i64::from(self.groups), &groups.to_string());
            return false;
        }
        let inodes = u64::from(self.groups) * u64::from(self.inodes_per_group);
        if inodes > u64::from(u32::MAX) {
            wrong(report, raw, ("fs_ipg", 184), i64::from(self.inodes_per_group), "fewer than 2^32 inodes");
            return false;
        }
        self.group_offsets(report) && self.summary_range(report)
    }

    /// The parts of a group follow each other and every group has room for them.
    fn group_offsets(&self, report: &mut Report) -> bool {
        let raw = &self.raw;
        let inode_blocks = u64::from(self.inodes_per_group.div_ceil(self.inodes_per_block));
        let inode_fragments = inode_blocks * u64::from(self.fragments_per_block);
        let group_fragments = u64::from(self.group_size.div_ceil(self.fragment_size));
        let rules = [
            (("fs_cblkno", 12), self.group_offset > self.superblock_offset, "after fs_sblkno"),
            (
                ("fs_iblkno", 16),
                self.inode_offset >= self.group_offset + group_fragments,
                "after the group block",
            ),
            (("fs_dblkno", 20), self.data_offset >= self.inode_offset + inode_fragments, "after the inodes"),
        ];
        for (field, good, expected) in rules {
            if !good {
                wrong(report, raw, field, i64::from(raw.i32(field.1)), expected);
                return false;
            }
        }
        for group in 0..self.groups {
            if self.group_data(group) > self.group_end(group) {
                let finding = Finding::error(Kind::SuperblockField).field("fs_dblkno").group(group);
                let place = finding.byte(raw.location + 20);
                report
                    .add(place.values(self.group_data(group), format!("at most {}", self.group_end(group))));
                return false;
            }
        }
        true
    }

    fn summary_range(&self, report: &mut Report) -> bool {
        let raw = &self.raw;
        let needed = u64::from(self.groups) * 16;
        if u64::from(self.summary_size) < needed {
            wrong(
                report,
                raw,
                ("fs_cssize", 156),
                i64::from(self.summary_size),
                &format!("at least {needed}"),
            );
            return false;
        }
        let fragments = u64::from(self.summary_size.div_ceil(self.fragment_size));
        let offset = if raw.old_layout() { 152 } else { 1096 };
        let fits = self.summary_address.checked_add(fragments).is_some_and(|end| end <= self.size);
        if self.summary_address == 0 || !fits {
            wrong(
                report,
                raw,
                ("fs_csaddr", offset),
                self.summary_address.cast_signed(),
                "within the file system",
            );
            return false;
        }
        if self.overlaps_group_metadata(self.summary_address, fragments) {
            wrong(
                report,
                raw,
                ("fs_csaddr", offset),
                self.summary_address.cast_signed(),
                "outside other metadata",
            );
        }
        true
    }

    /// The fields that are checked but that nothing here depends on.
    fn other_fields(&self, report: &mut Report) {
        let raw = &self.raw;
        let block = i64::from(self.block_size);
        let fragment = i64::from(self.fragment_size);
        equal(report, raw, ("fs_bmask", 72), -block);
        equal(report, raw, ("fs_fmask", 76), -fragment);
        equal(report, raw, ("fs_bshift", 80), i64::from(self.block_size.ilog2()));
        equal(report, raw, ("fs_fshift", 84), i64::from(self.fragment_size.ilog2()));
        equal(report, raw, ("fs_fragshift", 96), i64::from(self.fragments_per_block.ilog2()));
        within(report, raw, ("fs_fsbtodb", 100), 0, i64::from(self.fragment_size.ilog2()));
        within(report, raw, ("fs_minfree", 60), 0, 99);
        within(report, raw, ("fs_optim", 128), 0, 1);
        within(report, raw, ("fs_maxbpg", 92), 1, i64::from(i32::MAX));
        if self.flags & !(KNOWN_FLAGS | u32::from(FLAGS_UPDATED)) != 0 {
            let offset = if raw.old_layout() { 211 } else { 1312 };
            wrong(report, raw, ("fs_flags", offset), i64::from(self.flags), "only known flags");
        }
        let located = raw.i64(1000);
        if !raw.old_layout() && !raw.is_at_home() && LOCATIONS.contains(&raw.location) {
            wrong(report, raw, ("fs_sblockloc", 1000), located, &raw.location.to_string());
        }
        if self.typed_entries {
            self.limit_fields(report);
        }
        if raw.version == Version::Ufs1 && raw.i32(1356) != -1 {
            let sectors = i64::from(raw.i32(168));
            within(report, raw, ("fs_old_interleave", 136), 1, sectors);
            within(report, raw, ("fs_old_npsect", 132), sectors, sectors.saturating_mul(2));
        }
    }

    fn limit_fields(&self, report: &mut Report) {
        let raw = &self.raw;
        let limit = if raw.version == Version::Ufs1 { 60 } else { 120 };
        equal(report, raw, ("fs_maxsymlinklen", 1320), limit);
        let wide = [
            ("fs_maxfilesize", 1328, self.reach().cast_signed()),
            ("fs_qbmask", 1336, i64::from(self.block_size) - 1),
            ("fs_qfmask", 1344, i64::from(self.fragment_size) - 1),
        ];
        for (name, offset, expected) in wide {
            if raw.i64(offset) != expected {
                wrong(report, raw, (name, offset), raw.i64(offset), &expected.to_string());
            }
        }
    }

    /// Whether the clean flag is set.
    pub fn is_clean(&self) -> bool {
        self.raw.u8(209) & 1 != 0
    }
}

/// Block and fragment size, and what follows from them.
fn block_sizes(raw: &RawSuperblock, report: &mut Report) -> bool {
    let (block, fragment) = (raw.u32(48), raw.u32(52));
    if !block.is_power_of_two() || !(4096..=65536).contains(&block) {
        wrong(report, raw, ("fs_bsize", 48), i64::from(raw.i32(48)), "a power of 2, 4096 to 65536");
        return false;
    }
    if !fragment.is_power_of_two() || fragment < 512 || fragment > block || block / fragment > 8 {
        wrong(
            report,
            raw,
            ("fs_fsize", 52),
            i64::from(raw.i32(52)),
            "the block size divided by 1, 2, 4 or 8",
        );
        return false;
    }
    let (inode, pointer) = if raw.version == Version::Ufs1 { (128, 4) } else { (256, 8) };
    let sizes = [
        equal(report, raw, ("fs_frag", 56), i64::from(block / fragment)),
        equal(report, raw, ("fs_nindir", 116), i64::from(block / pointer)),
        equal(report, raw, ("fs_inopb", 120), i64::from(block / inode)),
        within(report, raw, ("fs_sbsize", 104), i64::from(STRUCTURE_SIZE), SUPERBLOCK_SIZE as i64),
        within(report, raw, ("fs_cgsize", 160), 169, i64::from(block)),
    ];
    sizes.iter().all(|good| *good)
}

/// Counts and offsets that must be positive for the arithmetic to work.
fn positive_fields(raw: &RawSuperblock, report: &mut Report) -> bool {
    let most = i64::from(i32::MAX);
    let fields = [
        within(report, raw, ("fs_sblkno", 8), 0, most),
        within(report, raw, ("fs_cblkno", 12), 1, most),
        within(report, raw, ("fs_iblkno", 16), 1, most),
        within(report, raw, ("fs_dblkno", 20), 1, most),
        raw.version == Version::Ufs2 || within(report, raw, ("fs_old_cgoffset", 24), 0, most),
        within(report, raw, ("fs_ncg", 44), 1, most),
        // 4.2BSD's group block has room for a map of that many.
        within(
            report,
            raw,
            ("fs_ipg", 184),
            1,
            if raw.old_layout() && raw.i32(1356) == -1 { 2048 } else { most },
        ),
        within(report, raw, ("fs_fpg", 188), 1, most),
        within(report, raw, ("fs_cssize", 156), 1, most),
        raw.i32(1316) <= 0 || within(report, raw, ("fs_contigsumsize", 1316), 0, 16),
        raw.version == Version::Ufs2 || within(report, raw, ("fs_old_cpg", 180), 0, i64::from(raw.u32(48))),
        raw.version == Version::Ufs2
            || raw.i32(1356) == -1
            || within(report, raw, ("fs_old_nrpos", 1360), 0, i64::from(raw.u32(48))),
    ];
    let aligned = raw.u32(188).is_multiple_of(raw.u32(56).max(1));
    if !aligned {
        wrong(
            report,
            raw,
            ("fs_fpg", 188),
            i64::from(raw.i32(188)),
            "a multiple of the fragments in a block",
        );
    }
    aligned && fields.iter().all(|good| *good)
}

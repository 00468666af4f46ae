//! The disklabel of the BSDs (disklabel(5)): `struct disklabel` of NetBSD/amd64, sixteen partitions.
//!
//! It is kept as the bytes that programs and disks exchange, in this machine's byte order; members are read where they lie.

use crate::disk::Geometry;

/// Bytes that the members take, as on a disk.
pub const SIZE: usize = 404;
/// Bytes of the C structure, with the padding at its end.
pub const C_SIZE: usize = 408;
/// `DISKMAGIC`, at both ends of the fixed part.
pub const MAGIC: u32 = 0x8256_4557;
/// In place of the magic number: the label is to be forgotten.
pub const INVALIDATED: u32 = 0xffff_ffff;
/// Partitions in a label at most.
pub const MOST_PARTITIONS: usize = 16;
/// Types of file systems in partitions (`FS_*`).
pub mod fs_type {
    pub const UNUSED: u8 = 0;
    pub const BSD_FFS: u8 = 7;
    pub const ISO9660: u8 = 12;
}

/// Places of members.
mod at {
    pub const MAGIC: usize = 0;
    pub const TYPE: usize = 4;
    pub const TYPE_NAME: usize = 8;
    pub const PACK_NAME: usize = 24;
    pub const SECTOR_SIZE: usize = 40;
    pub const SECTORS_PER_TRACK: usize = 44;
    pub const TRACKS: usize = 48;
    pub const CYLINDERS: usize = 52;
    pub const SECTORS_PER_CYLINDER: usize = 56;
    pub const SECTORS: usize = 60;
    pub const ROTATIONS: usize = 72;
    pub const INTERLEAVE: usize = 74;
    pub const MAGIC_2: usize = 132;
    pub const CHECKSUM: usize = 136;
    pub const PARTITION_COUNT: usize = 138;
    pub const PARTITIONS: usize = 148;
}
const PARTITION_SIZE: usize = 16;
const NAME: usize = 16;

/// The members, by size, for labels of machines with the other byte order. Partitions follow.
const WORDS: [core::ops::Range<usize>; 5] = [0..4, 40..64, 68..72, 80..136, 140..148];
const HALVES: [core::ops::Range<usize>; 4] = [4..8, 64..68, 72..80, 136..140];

/// One partition: sizes and places in sectors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Partition {
    pub size: u32,
    pub offset: u32,
    /// Bytes in a fragment, for FFS.
    pub fragment_size: u32,
    /// One of [`fs_type`], among others.
    pub fs_type: u8,
    /// Fragments in a block, for FFS.
    pub fragments: u8,
    /// Cylinders in a group, for FFS.
    pub cylinders_per_group: u16,
}

/// A label. It need not be valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiskLabel([u8; SIZE]);

impl DiskLabel {
    /// A label for a disk that has none: the whole disk as partition d, and nothing else. Counts that do not fit are
    /// `u32::MAX`.
    #[must_use]
    pub fn made_up(type_name: &str, drive_type: u16, geometry: &Geometry) -> Self {
        let mut label = Self([0; SIZE]);
        let clamp = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        label.put(at::MAGIC, &MAGIC.to_ne_bytes());
        label.put(at::MAGIC_2, &MAGIC.to_ne_bytes());
        label.put(at::TYPE, &drive_type.to_ne_bytes());
        label.set_name(at::TYPE_NAME, type_name);
        label.set_name(at::PACK_NAME, "fictitious");
        let per_cylinder = geometry.tracks.saturating_mul(geometry.sectors_per_track);
        label.put(at::SECTOR_SIZE, &geometry.sector_size.to_ne_bytes());
        label.put(at::SECTORS_PER_TRACK, &geometry.sectors_per_track.to_ne_bytes());
        label.put(at::TRACKS, &geometry.tracks.to_ne_bytes());
        label.put(at::CYLINDERS, &clamp(geometry.cylinders).to_ne_bytes());
        label.put(at::SECTORS_PER_CYLINDER, &per_cylinder.to_ne_bytes());
        label.put(at::SECTORS, &clamp(geometry.sectors).to_ne_bytes());
        label.put(at::ROTATIONS, &3600u16.to_ne_bytes());
        label.put(at::INTERLEAVE, &1u16.to_ne_bytes());
        let raw = crate::RAW_PARTITION as usize;
        label.set_partition_count(raw + 1);
        label.set_partition(raw, Partition { size: clamp(geometry.sectors), ..Partition::default() });
        label.seal();
        label
    }

    /// The label in these bytes, in either byte order, if its magic numbers and checksum are right.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let native = Self(bytes.get(..SIZE)?.try_into().ok()?);
        if native.is_valid() {
            return Some(native);
        }
        if native.magic() != MAGIC.swap_bytes() {
            return None;
        }
        let swapped = native.swapped();
        swapped.is_valid().then_some(swapped)
    }

    /// Whether these bytes begin as a label does, be it valid or not.
    #[must_use]
    pub fn looks_like(bytes: &[u8]) -> bool {
        let word = |place: usize| bytes.get(place..place + 4).map(|word| word.try_into().unwrap_or([0; 4]));
        let is = |magic: u32| {
            word(at::MAGIC) == Some(magic.to_ne_bytes()) && word(at::MAGIC_2) == Some(magic.to_ne_bytes())
        };
        bytes.len() >= SIZE && (is(MAGIC) || is(MAGIC.swap_bytes()))
    }

    /// What a program has given.
    #[must_use]
    pub fn from_program(bytes: &[u8; C_SIZE]) -> Self {
        let mut label = [0; SIZE];
        label.copy_from_slice(&bytes[..SIZE]);
        Self(label)
    }

    /// For a program.
    #[must_use]
    pub fn for_program(&self) -> [u8; C_SIZE] {
        let mut bytes = [0; C_SIZE];
        bytes[..SIZE].copy_from_slice(&self.0);
        bytes
    }

    /// For a disk.
    #[must_use]
    pub fn bytes(&self) -> &[u8; SIZE] {
        &self.0
    }

    /// The magic number at the start.
    #[must_use]
    pub fn magic(&self) -> u32 {
        self.word(at::MAGIC)
    }

    /// Bytes in a sector.
    #[must_use]
    pub fn sector_size(&self) -> u32 {
        self.word(at::SECTOR_SIZE)
    }

    /// Sectors in a cylinder.
    #[must_use]
    pub fn sectors_per_cylinder(&self) -> u32 {
        self.word(at::SECTORS_PER_CYLINDER)
    }

    /// How many partitions there are; a label that is not valid may say more than [`MOST_PARTITIONS`].
    #[must_use]
    pub fn partition_count(&self) -> usize {
        usize::from(self.half(at::PARTITION_COUNT))
    }

    /// The partition of that index, if the label has it.
    #[must_use]
    pub fn partition(&self, index: usize) -> Option<Partition> {
        (index < self.partition_count() && index < MOST_PARTITIONS).then(|| self.slot(index))
    }

    /// What is in the place of a partition, whether it counts or not; nothing past the sixteenth.
    #[must_use]
    pub fn slot(&self, index: usize) -> Partition {
        if index >= MOST_PARTITIONS {
            return Partition::default();
        }
        let start = at::PARTITIONS + index * PARTITION_SIZE;
        Partition {
            size: self.word(start),
            offset: self.word(start + 4),
            fragment_size: self.word(start + 8),
            fs_type: self.0[start + 12],
            fragments: self.0[start + 13],
            cylinders_per_group: self.half(start + 14),
        }
    }

    /// Sets a partition; one past the sixteenth is left out. The checksum is not right afterwards.
    pub fn set_partition(&mut self, index: usize, partition: Partition) {
        if index >= MOST_PARTITIONS {
            return;
        }
        let start = at::PARTITIONS + index * PARTITION_SIZE;
        self.put(start, &partition.size.to_ne_bytes());
        self.put(start + 4, &partition.offset.to_ne_bytes());
        self.put(start + 8, &partition.fragment_size.to_ne_bytes());
        self.put(start + 12, &[partition.fs_type, partition.fragments]);
        self.put(start + 14, &partition.cylinders_per_group.to_ne_bytes());
    }

    /// Sets the number of partitions, sixteen at most.
    pub fn set_partition_count(&mut self, count: usize) {
        self.put(at::PARTITION_COUNT, &(count.min(MOST_PARTITIONS) as u16).to_ne_bytes());
    }

    /// The name of the pack, without what follows its NUL.
    #[must_use]
    pub fn pack_name(&self) -> &[u8] {
        let name = &self.0[at::PACK_NAME..at::PACK_NAME + NAME];
        &name[..name.iter().position(|&byte| byte == 0).unwrap_or(NAME)]
    }

    /// Names the pack; sixteen bytes at most.
    pub fn set_pack_name(&mut self, name: &str) {
        self.set_name(at::PACK_NAME, name);
    }

    /// Names the drive; sixteen bytes at most.
    pub fn set_type_name(&mut self, name: &str) {
        self.set_name(at::TYPE_NAME, name);
    }

    /// Makes the checksum right.
    pub fn seal(&mut self) {
        self.put(at::CHECKSUM, &[0; 2]);
        let sum = self.sum();
        self.put(at::CHECKSUM, &sum.to_ne_bytes());
    }

    /// Whether magic numbers, count and checksum are right.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.magic() == MAGIC
            && self.word(at::MAGIC_2) == MAGIC
            && self.partition_count() <= MOST_PARTITIONS
            && self.sum() == 0
    }

    /// All 16-bit words up to the last partition, added without carry: 0 when the checksum among them is right.
    fn sum(&self) -> u16 {
        let end = at::PARTITIONS + self.partition_count().min(MOST_PARTITIONS) * PARTITION_SIZE;
        self.0[..end].chunks_exact(2).fold(0, |sum, pair| sum ^ u16::from_ne_bytes([pair[0], pair[1]]))
    }

    fn swapped(&self) -> Self {
        let mut bytes = self.0;
        for range in WORDS {
            bytes[range].chunks_exact_mut(4).for_each(<[u8]>::reverse);
        }
        for range in HALVES {
            bytes[range].chunks_exact_mut(2).for_each(<[u8]>::reverse);
        }
        for partition in bytes[at::PARTITIONS..].chunks_exact_mut(PARTITION_SIZE) {
            partition[..12].chunks_exact_mut(4).for_each(<[u8]>::reverse);
            partition[14..].reverse();
        }
        Self(bytes)
    }

    fn word(&self, place: usize) -> u32 {
        let mut word = [0; 4];
        word.copy_from_slice(&self.0[place..place + 4]);
        u32::from_ne_bytes(word)
    }

    fn half(&self, place: usize) -> u16 {
        u16::from_ne_bytes([self.0[place], self.0[place + 1]])
    }

    fn put(&mut self, place: usize, bytes: &[u8]) {
        self.0[place..place + bytes.len()].copy_from_slice(bytes);
    }

    fn set_name(&mut self, place: usize, name: &str) {
        let mut bytes = [0; NAME];
        let length = name.len().min(NAME);
        bytes[..length].copy_from_slice(&name.as_bytes()[..length]);
        self.put(place, &bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> DiskLabel {
        let mut label = DiskLabel::made_up("vnd", 12, &Geometry::of_size(8192, 512));
        label.set_partition_count(6);
        label.set_partition(
            4,
            Partition {
                size: 1000,
                offset: 63,
                fragment_size: 1024,
                fs_type: 7,
                fragments: 8,
                cylinders_per_group: 3,
            },
        );
        label.seal();
        label
    }

    #[test]
    fn a_made_up_label_is_valid_and_covers_the_disk() {
        let label = DiskLabel::made_up("vnd", 12, &Geometry::of_size(8192, 512));
        assert!(label.is_valid());
        assert_eq!(label.partition(3).map(|raw| (raw.offset, raw.size)), Some((0, 8192)));
        assert_eq!(label.partition(4), None);
        assert_eq!(DiskLabel::parse(label.bytes()), Some(label));
    }

    #[test]
    fn labels_of_the_other_byte_order_are_read() {
        let label = sample();
        let foreign = label.swapped();
        assert!(!foreign.is_valid());
        assert_eq!(DiskLabel::parse(foreign.bytes()), Some(label));
    }

    #[test]
    fn any_changed_bit_is_noticed() {
        let label = sample();
        let covered = 148 + 6 * 16;
        for bit in 0..covered * 8 {
            let mut bytes = *label.bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(DiskLabel::parse(&bytes), None, "bit {bit}");
        }
    }

    #[test]
    fn counts_past_the_end_are_refused() {
        for count in [17u16, 255, 0xffff] {
            let mut label = sample();
            label.put(at::PARTITION_COUNT, &count.to_ne_bytes());
            label.seal();
            assert!(!label.is_valid());
            assert_eq!(label.partition(16), None);
            assert_eq!(DiskLabel::parse(label.bytes()), None);
        }
        assert_eq!(DiskLabel::parse(&sample().bytes()[..SIZE - 1]), None);
    }
}

//! What follows from a map of free fragments: counts, runs, clusters, the tables of old layouts.

use crate::bitmap::Bitmap;
use crate::superblock::{Rotation, Superblock};

/// The numbers of one cylinder group that can be derived from its map of free fragments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FreeSpace {
    /// Blocks with all fragments free.
    pub blocks: i64,
    /// Free fragments in other blocks.
    pub fragments: i64,
    /// Runs of free fragments within blocks, by length.
    pub runs: [i64; 8],
    /// The blocks with all fragments free.
    pub clusters: Bitmap,
    /// Free blocks by cylinder, in layouts before UFS2.
    pub cylinder_totals: Vec<i64>,
    /// Free blocks by cylinder and rotational position, in layouts before UFS2.
    pub cylinder_positions: Vec<i64>,
}

impl FreeSpace {
    /// Derives everything from the map of a group; its bits are fragments from the group's base on.
    pub fn derive(superblock: &Superblock, free: &Bitmap) -> Self {
        let per_block = superblock.fragments_per_block;
        let blocks = free.length() / u64::from(per_block);
        let whole = u8::try_from((1_u32 << per_block) - 1).unwrap_or(u8::MAX);
        let tables = superblock.rotation.map_or((0, 0), |rotation| {
            let cylinders = if rotation.fixed_layout { 32 } else { superblock.cylinders_per_group as usize };
            (cylinders, cylinders * rotation.positions as usize)
        });
        let mut derived = Self {
            blocks: 0,
            fragments: 0,
            runs: [0; 8],
            clusters: Bitmap::new(blocks),
            cylinder_totals: vec![0; tables.0],
            cylinder_positions: vec![0; tables.1],
        };
        for block in 0..free.length().div_ceil(u64::from(per_block)) {
            let bits = free.bits(block * u64::from(per_block), per_block);
            if bits == whole {
                derived.blocks += 1;
                derived.clusters.insert(block);
                if let Some(rotation) = &superblock.rotation {
                    derived.count_rotation(superblock, rotation, block * u64::from(per_block));
                }
            } else if bits != 0 {
                derived.fragments += i64::from(bits.count_ones());
                derived.count_runs(bits);
            }
        }
        derived
    }

    fn count_runs(&mut self, mut bits: u8) {
        while bits != 0 {
            bits >>= bits.trailing_zeros();
            let length = bits.trailing_ones();
            if let Some(count) = self.runs.get_mut(length as usize) {
                *count += 1;
            }
            bits = bits.checked_shr(length).unwrap_or(0);
        }
    }

    /// Counts a free block at `fragment` of the group in the tables of old layouts.
    fn count_rotation(&mut self, superblock: &Superblock, rotation: &Rotation, fragment: u64) {
        let shift = superblock.raw.u32(100).min(16);
        let sector = fragment << shift;
        let per_cylinder = u64::from(rotation.sectors_per_cylinder);
        let (Some(cylinder), Some(within)) =
            (sector.checked_div(per_cylinder), sector.checked_rem(per_cylinder))
        else {
            return;
        };
        let cylinder = usize::try_from(cylinder).unwrap_or(usize::MAX);
        if let Some(total) = self.cylinder_totals.get_mut(cylinder) {
            *total += 1;
        }
        let positions = rotation.positions as usize;
        let position = rotational_position(rotation, within).unwrap_or(0);
        let index = cylinder.checked_mul(positions).and_then(|first| first.checked_add(position));
        if let Some(count) = index.and_then(|index| self.cylinder_positions.get_mut(index)) {
            *count += 1;
        }
    }
}

/// The rotational position of a sector within its cylinder; `None` when the superblock's numbers make no sense.
fn rotational_position(rotation: &Rotation, within: u64) -> Option<usize> {
    if rotation.positions <= 1 {
        return Some(0);
    }
    let sectors = u64::from(rotation.sectors);
    let track = within.checked_div(sectors)?;
    let sector = within.checked_rem(sectors)?;
    let skewed = track
        .checked_mul(u64::from(rotation.track_skew))?
        .checked_add(sector.checked_mul(u64::from(rotation.interleave))?)?;
    let turned = skewed.checked_rem(sectors)?.checked_mul(u64::from(rotation.positions))?;
    usize::try_from(turned.checked_div(u64::from(rotation.physical_sectors))?).ok()
}

/// The number of runs of free blocks by length; runs of `longest` and more count as that.
pub fn cluster_sums(clusters: &Bitmap, longest: u32) -> Vec<i64> {
    let mut sums = vec![0; longest as usize + 1];
    let mut run = 0;
    for block in 0..=clusters.length() {
        if clusters.contains(block) {
            run += 1;
        } else if run > 0 {
            let length = run.min(longest as usize);
            if let Some(count) = sums.get_mut(length) {
                *count += 1;
            }
            run = 0;
        }
    }
    sums
}

//! Random damage in metadata: the check ends, in time and without a panic.

mod support;

use std::time::{Duration, Instant};

use fsck_ffs::{Options, ReadAt, check, listing};
use support::{FORMATS, Target, populated};

/// A small generator of numbers (xorshift), so that a seed reproduces a failure.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

/// An offset in some metadata: superblock, group block, summary, inode, directory or indirect block.
fn somewhere(target: &Target, random: &mut Random) -> u64 {
    let superblock = &target.superblock;
    let group = random.below(u64::from(superblock.groups)) as u32;
    match random.below(7) {
        0 => target.field(random.below(1376)),
        1 => target.group(group, random.below(u64::from(superblock.group_size))),
        2 => target.group(group, random.below(168)),
        3 => {
            superblock.byte_offset(superblock.summary_address)
                + random.below(u64::from(superblock.summary_size))
        }
        4 => {
            superblock.inode_byte(2 + random.below(740) as u32)
                + random.below(u64::from(superblock.inode_size()))
        }
        5 => {
            let inode = target.parsed(2 + random.below(740) as u32);
            superblock.byte_offset(inode.direct[random.below(12) as usize].unsigned_abs() % superblock.size)
                + random.below(4096)
        }
        _ => {
            let inode = target.parsed(2 + random.below(740) as u32);
            superblock.byte_offset(inode.indirect[random.below(3) as usize].unsigned_abs() % superblock.size)
                + random.below(4096)
        }
    }
}

#[test]
fn random_damage_is_survived() {
    for (format, index) in FORMATS.into_iter().zip(1_u64..) {
        let clean = populated(format);
        for seed in 0..150 {
            let mut random = Random(((index << 32) | seed).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
            let mut target = clean.clone();
            for _ in 0..1 + random.below(20) {
                let at = somewhere(&target, &mut random).min(target.bytes.len() as u64 - 1) as usize;
                target.bytes[at] = match random.below(3) {
                    0 => target.bytes[at] ^ (1 << random.below(8)),
                    1 => 0xff,
                    _ => random.below(256) as u8,
                };
            }
            let start = Instant::now();
            let _ = check(&target.bytes, &Options { limit: 100, ..Options::default() });
            let _ = listing::list(&target.bytes, &Options::default(), &mut std::io::sink()).unwrap();
            assert!(
                start.elapsed() < Duration::from_secs(20),
                "{format:?} seed {seed}: {:?}",
                start.elapsed()
            );
        }
    }
}

#[test]
fn a_cut_image_is_survived() {
    for format in FORMATS {
        let clean = populated(format);
        for length in [0, 1, 512, 8191, 8192, 9000, 16384, 20000, 100_000, 1_000_000, clean.bytes.len() - 1] {
            let cut = &clean.bytes[..length];
            let found = check(&cut.to_vec(), &Options::default());
            assert!(found.is_err() || !found.unwrap().is_clean(), "{format:?} cut to {length}");
        }
    }
}

/// An image whose superblock claims any size, and whose reads beyond the first megabyte give zeros.
struct Sparse(Vec<u8>);

impl ReadAt for Sparse {
    fn length(&self) -> u64 {
        u64::MAX / 2
    }

    fn read_exact_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<()> {
        for (byte, at) in buffer.iter_mut().zip(offset..) {
            *byte = self.0.get(at as usize).copied().unwrap_or(0);
        }
        Ok(())
    }
}

#[test]
fn a_group_count_that_does_not_fit_the_size_stops_the_check() {
    for format in FORMATS {
        let mut target = populated(format);
        let size = target.field(1080);
        target.put64(size, 1 << 45);
        let report = check(&Sparse(target.bytes), &Options::default()).unwrap();
        assert!(report.stopped && !report.is_clean());
    }
}

//! Labels and tables of disks that nobody should trust, made from seeds; with all checks of a debug build.

use dev_disk::disk::{Disk, Geometry, LabelRules};
use dev_disk::label::{self, DiskLabel, Partition};
use dev_disk::{gpt, label_store, mbr};
use rump::errno::{Errno, Result};
use rumpuser as _;
use std::sync::{Arc, Mutex};
use vfs::BlockDevice;

const SECTOR: usize = 512;
const SECTORS: usize = 256;
const ROUNDS: u64 = 6_000;

struct Image(Mutex<Vec<u8>>);

impl Image {
    fn range(&self, offset: u64, length: usize) -> Result<std::ops::Range<usize>> {
        let start = usize::try_from(offset).map_err(|_| Errno::EINVAL)?;
        let end = start.checked_add(length).filter(|&end| end <= SECTOR * SECTORS).ok_or(Errno::EINVAL)?;
        Ok(start..end)
    }
}

impl BlockDevice for Image {
    fn size(&self) -> u64 {
        (SECTOR * SECTORS) as u64
    }
    fn sector_size(&self) -> u32 {
        SECTOR as u32
    }
    fn is_read_only(&self) -> bool {
        false
    }
    fn read(&self, offset: u64, into: &mut [u8]) -> Result<()> {
        let range = self.range(offset, into.len())?;
        into.copy_from_slice(&self.0.lock().unwrap()[range]);
        Ok(())
    }
    fn write(&self, offset: u64, from: &[u8]) -> Result<()> {
        let range = self.range(offset, from.len())?;
        self.0.lock().unwrap()[range].copy_from_slice(from);
        Ok(())
    }
    fn flush(&self) -> Result<()> {
        Ok(())
    }
}

/// xorshift64*.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) % limit
    }

    fn awkward(&mut self) -> u32 {
        const FAVOURITES: [u32; 9] = [0, 1, 2, 64, 255, 256, 257, 0x8000_0000, u32::MAX];
        match self.below(3) {
            0 => FAVOURITES[self.below(FAVOURITES.len() as u64) as usize],
            _ => self.below(SECTORS as u64 / 2) as u32,
        }
    }

    fn label(&mut self) -> DiskLabel {
        let mut label = DiskLabel::made_up("vnd", 12, &Geometry::of_size(SECTORS as u64, SECTOR as u32));
        for index in 0..label::MOST_PARTITIONS {
            let partition = Partition {
                size: self.awkward(),
                offset: self.awkward(),
                fs_type: self.below(256) as u8,
                ..Partition::default()
            };
            label.set_partition(index, partition);
        }
        label.set_partition_count(self.below(17) as usize);
        label.seal();
        label
    }

    fn record(&mut self, sector: &mut [u8]) {
        const KINDS: [u8; 7] = [0, 0x05, 0x0f, 0x85, 0xa9, 0x83, 0xee];
        for slot in 0..4 {
            let at = 446 + 16 * slot;
            sector[at + 4] = KINDS[self.below(KINDS.len() as u64) as usize];
            sector[at + 8..at + 12].copy_from_slice(&self.awkward().to_le_bytes());
            sector[at + 12..at + 16].copy_from_slice(&self.awkward().to_le_bytes());
        }
        sector[510..512].copy_from_slice(&[0x55, 0xaa]);
    }

    fn image(&mut self) -> Vec<u8> {
        let mut bytes = vec![0; SECTOR * SECTORS];
        if self.below(2) == 0 {
            for sector in [0, self.awkward() as usize, self.awkward() as usize] {
                if let Some(sector) = bytes.chunks_mut(SECTOR).nth(sector) {
                    self.record(sector);
                }
            }
        }
        for _ in 0..self.below(3) {
            // In the first sectors, or where partitions tend to begin.
            let sector = [0, 0, 1, 64][self.below(4) as usize];
            let at = sector * SECTOR + 8 * self.below(140) as usize;
            let label = self.label();
            bytes[at..at + label::SIZE].copy_from_slice(label.bytes());
        }
        for _ in 0..self.below(4) {
            let at = self.below(SECTOR as u64 * 4) as usize;
            bytes[at] ^= 1 << self.below(8);
        }
        bytes
    }
}

fn disk(bytes: Vec<u8>, rules: LabelRules) -> (Arc<Disk>, Arc<Image>) {
    let image = Arc::new(Image(Mutex::new(bytes)));
    let geometry = Geometry::of_size(SECTORS as u64, SECTOR as u32);
    (Disk::new(image.clone(), geometry, rules, "vnd", 12).unwrap(), image)
}

#[test]
fn any_image_has_a_valid_label_with_the_whole_disk_in_it() {
    let mut found = 0;
    for seed in 1..ROUNDS {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let rules = if seed % 2 == 0 { LabelRules::AllPartitions } else { LabelRules::RawPartition };
        let (disk, image) = disk(random.image(), rules);
        let label = label_store::label_of(&disk).unwrap();
        assert!(label.is_valid(), "seed {seed}");
        assert!(label.partition(3).is_some_and(|raw| raw.size > 0), "seed {seed}");
        found += u32::from(label_store::written_label(&disk).unwrap().is_some());

        // What was written is found, wherever it went.
        let new = random.label();
        let before = image.0.lock().unwrap().clone();
        match label_store::write_label(&disk, &new) {
            Ok(()) => assert_eq!(label_store::written_label(&disk).unwrap(), Some(new), "seed {seed}"),
            Err(error) => {
                assert!(
                    matches!(error, Errno::ESRCH | Errno::ENOSPC | Errno::EINVAL),
                    "seed {seed}: {error}"
                );
                assert!(*image.0.lock().unwrap() == before || error != Errno::ESRCH, "seed {seed}");
            }
        }
    }
    assert!(found > 1000, "only {found} images had a label");
}

/// A disk that cannot be read.
struct Broken;

impl BlockDevice for Broken {
    fn size(&self) -> u64 {
        (SECTOR * SECTORS) as u64
    }
    fn sector_size(&self) -> u32 {
        SECTOR as u32
    }
    fn is_read_only(&self) -> bool {
        false
    }
    fn read(&self, _offset: u64, _into: &mut [u8]) -> Result<()> {
        Err(Errno::EIO)
    }
    fn write(&self, _offset: u64, _from: &[u8]) -> Result<()> {
        Err(Errno::EIO)
    }
    fn flush(&self) -> Result<()> {
        Ok(())
    }
}

#[test]
fn no_label_is_made_up_for_a_disk_that_cannot_be_read() {
    let geometry = Geometry::of_size(SECTORS as u64, SECTOR as u32);
    for rules in [LabelRules::AllPartitions, LabelRules::RawPartition] {
        let disk = Disk::new(Arc::new(Broken), geometry, rules, "vnd", 12).unwrap();
        assert_eq!(label_store::label_of(&disk), Err(Errno::EIO));
        assert_eq!(label_store::written_label(&disk), Err(Errno::EIO));
        assert_eq!(label_store::write_label(&disk, &disk.made_up), Err(Errno::EIO));
    }
}

#[test]
fn chains_of_tables_end_and_stay_on_the_disk() {
    for seed in 1..ROUNDS {
        let mut random = Random(seed.wrapping_mul(0xd134_2543_de82_ef95));
        let records: Vec<Vec<u8>> = (0..8)
            .map(|_| {
                let mut sector = vec![0; SECTOR];
                random.record(&mut sector);
                sector
            })
            .collect();
        let read = |sector: u64| Ok(records[sector as usize % records.len()].clone().into_boxed_slice());
        let table = mbr::scan(SECTORS as u64, &read).unwrap();
        for entry in &table.entries {
            assert!(entry.start + entry.size <= SECTORS as u64, "seed {seed}: {entry:?}");
        }
    }
}

#[test]
fn random_bytes_are_no_gpt() {
    let mut random = Random(42);
    for _ in 0..ROUNDS {
        let mut sector: Vec<u8> = (0..SECTOR).map(|_| random.below(256) as u8).collect();
        sector[..8].copy_from_slice(b"EFI PART");
        sector[8..12].copy_from_slice(&0x0001_0000u32.to_le_bytes());
        sector[12..16].copy_from_slice(&random.awkward().to_le_bytes());
        sector[24..32].copy_from_slice(&1u64.to_le_bytes());
        assert_eq!(gpt::parse_header(&sector, 1), None);
    }
}

//! Where labels are on disks: in the first sectors of a NetBSD partition of the PC's table, else of the disk.

use crate::disk::{Disk, LabelRules};
use crate::label::{DiskLabel, MOST_PARTITIONS, Partition, SIZE, fs_type};
use crate::{RAW_PARTITION, mbr};
use alloc::boxed::Box;
use rump::errno::{Errno, Result};

/// Sectors that a label is looked for in.
const SCANNED: u64 = 3;
/// The sector that a new label is written to, counted from where labels are looked for (`LABELSECTOR`).
pub const LABEL_SECTOR: u64 = 1;
/// Labels lie at multiples of this many bytes.
const STEP: usize = 8;
const RAW: usize = RAW_PARTITION as usize;
/// Where the partitions of the PC's table go: e and on, those of extended ones i and on.
const FIRST_FOREIGN: usize = 4;
const FIRST_EXTENDED: usize = 8;
/// The partition that is the NetBSD part of the disk: c.
const NETBSD_PART: usize = 2;

/// What is in the first sectors of a disk or partition.
enum Found {
    Label(Box<DiskLabel>),
    /// Something that begins as a label does but is none.
    Damaged,
    Nothing,
}

/// Looks for a label from sector `start` on; says where in the bytes read it lies.
fn look(disk: &Disk, start: u64) -> Result<(Found, usize, Box<[u8]>)> {
    if start >= disk.geometry.sectors {
        return Ok((Found::Nothing, 0, Box::default()));
    }
    let bytes = disk.read_sectors(start, SCANNED)?;
    let mut found = (Found::Nothing, 0);
    for at in (0..bytes.len().saturating_sub(SIZE - 1)).step_by(STEP) {
        if let Some(label) = DiskLabel::parse(&bytes[at..]) {
            return Ok((Found::Label(Box::new(label)), at, bytes));
        }
        if DiskLabel::looks_like(&bytes[at..]) {
            found = (Found::Damaged, at);
        }
    }
    Ok((found.0, found.1, bytes))
}

fn scan_mbr(disk: &Disk) -> Result<mbr::Table> {
    mbr::scan(disk.geometry.sectors, &|sector| disk.read_sectors(sector, 1))
}

/// The label that is written on a disk, wherever it is.
///
/// # Errors
/// What the medium says.
pub fn written_label(disk: &Disk) -> Result<Option<DiskLabel>> {
    let table = scan_mbr(disk)?;
    let netbsd = table.entries.iter().filter(|entry| entry.kind == mbr::kind::NETBSD);
    for start in netbsd.map(|entry| entry.start).chain([0]) {
        if let (Found::Label(label), ..) = look(disk, start)? {
            return Ok(Some(*label));
        }
    }
    Ok(None)
}

/// The label that a disk goes by: the one that is written on it, else one made up of the PC's table, else one by the disk's
/// rules. It always has the raw partition.
///
/// # Errors
/// What the medium says: a label that cannot be read is not made up, or partitions would be written to that are not there.
pub fn label_of(disk: &Disk) -> Result<DiskLabel> {
    if disk.rules == LabelRules::None {
        return Ok(disk.made_up.clone());
    }
    let mut label = whole_disk(disk);
    if !fill(disk, &mut label)? {
        fall_back(disk, &mut label);
    }
    label.seal();
    Ok(label)
}

/// Partition a is all there is, beside the raw one.
fn whole_disk(disk: &Disk) -> DiskLabel {
    let mut label = disk.made_up.clone();
    let raw = label.slot(RAW);
    label.set_partition(0, Partition { fs_type: fs_type::BSD_FFS, ..raw });
    label
}

/// Puts in what the disk says. `false` when it holds a damaged label or table.
fn fill(disk: &Disk, label: &mut DiskLabel) -> Result<bool> {
    let table = scan_mbr(disk)?;
    for entry in &table.entries {
        if entry.kind == mbr::kind::NETBSD {
            match look(disk, entry.start)?.0 {
                Found::Label(written) => {
                    *label = with_raw_partition(*written, disk);
                    return Ok(true);
                }
                Found::Damaged => return Ok(false),
                Found::Nothing => {}
            }
        }
        add_foreign(label, entry);
    }
    match look(disk, 0)?.0 {
        Found::Label(written) => *label = with_raw_partition(*written, disk),
        Found::Damaged => return Ok(false),
        Found::Nothing if table.is_damaged => return Ok(false),
        Found::Nothing if is_iso9660(disk) => {
            label.set_type_name("iso partition");
            label.set_partition(0, Partition { fs_type: fs_type::ISO9660, ..label.slot(RAW) });
        }
        Found::Nothing => {}
    }
    Ok(true)
}

/// Adds a partition of the PC's table.
fn add_foreign(label: &mut DiskLabel, entry: &mbr::Entry) {
    let clamp = |sectors: u64| u32::try_from(sectors).unwrap_or(u32::MAX);
    let partition = Partition {
        size: clamp(entry.size),
        offset: clamp(entry.start),
        fs_type: foreign_type(entry.kind),
        ..Partition::default()
    };
    if entry.kind == mbr::kind::NETBSD && label.slot(NETBSD_PART).size == 0 {
        label.set_partition(NETBSD_PART, Partition { fs_type: fs_type::UNUSED, ..partition });
    }
    let slot = if entry.table == 0 {
        FIRST_FOREIGN + entry.slot
    } else {
        let free = (FIRST_EXTENDED..MOST_PARTITIONS).find(|&slot| label.slot(slot).size == 0);
        let Some(free) = free else { return };
        free
    };
    // Partition a is the whole disk only where there is no table.
    label.set_partition(0, Partition::default());
    label.set_partition(slot, partition);
    label.set_partition_count(label.partition_count().max(slot + 1));
}

/// The type of file system (`FS_*`) that a type of partition of the PC's table holds.
fn foreign_type(kind: u8) -> u8 {
    const SWAP: u8 = 1;
    const MSDOS: u8 = 8;
    const OTHER: u8 = 10;
    const EXT2: u8 = 17;
    const NTFS: u8 = 18;
    match kind {
        mbr::kind::NETBSD | 0xa5 | 0xa6 => fs_type::BSD_FFS,
        0x01 | 0x04 | 0x06 | 0x0b | 0x0c | 0x0e | 0xef => MSDOS,
        0x07 => NTFS,
        0x82 => SWAP,
        0x83 => EXT2,
        _ => OTHER,
    }
}

/// A label from a disk need not have a partition d that is the whole disk; this one gets it, in the place that the original
/// gives it.
fn with_raw_partition(mut label: DiskLabel, disk: &Disk) -> DiskLabel {
    let is_whole = |label: &DiskLabel, index: usize| {
        label.partition(index).is_some_and(|partition| partition.offset == 0 && partition.size != 0)
    };
    let (raw, other) = (label.slot(RAW), label.slot(NETBSD_PART));
    let count = label.partition_count();
    if is_whole(&label, RAW) {
        return label;
    }
    if count > RAW && is_whole(&label, NETBSD_PART) {
        label.set_partition(RAW, other);
        label.set_partition(NETBSD_PART, raw);
    } else if count == RAW && is_whole(&label, NETBSD_PART) {
        label.set_partition_count(RAW + 1);
        label.set_partition(RAW, other);
    } else {
        if count > RAW {
            for index in (RAW + 1..(count + 1).min(MOST_PARTITIONS)).rev() {
                label.set_partition(index, label.slot(index - 1));
            }
        } else {
            (count..RAW).for_each(|index| label.set_partition(index, Partition::default()));
        }
        label.set_partition_count((count + 1).max(RAW + 1));
        label.set_partition(RAW, disk.made_up.slot(RAW));
    }
    label
}

/// Puts in what the disk's rules say of a disk whose label is damaged.
fn fall_back(disk: &Disk, label: &mut DiskLabel) {
    let raw = disk.made_up.slot(RAW);
    let whole = Partition { fs_type: fs_type::BSD_FFS, ..raw };
    if disk.rules == LabelRules::AllPartitions {
        for index in (0..MOST_PARTITIONS).filter(|&index| index != RAW) {
            if label.slot(index).size == 0 {
                label.set_partition(index, whole);
            }
        }
        label.set_partition_count(MOST_PARTITIONS);
    } else {
        label.set_partition(RAW, whole);
    }
    label.set_pack_name("default label");
}

/// Whether a volume descriptor of ISO 9660 is in its place.
fn is_iso9660(disk: &Disk) -> bool {
    const DESCRIPTOR: u64 = 32 * 1024;
    let sector = DESCRIPTOR / u64::from(disk.geometry.sector_size);
    disk.read_sectors(sector, 1).is_ok_and(|bytes| bytes.get(1..6) == Some(b"CD001"))
}

/// Writes a label to a disk: into every NetBSD partition of the PC's table, and to the start of the disk where there is no
/// table or a label is there already.
///
/// # Errors
/// `EROFS`; `ESRCH` when there is no place for it; what the medium says.
pub fn write_label(disk: &Disk, label: &DiskLabel) -> Result<()> {
    let table = scan_mbr(disk)?;
    let mut written = false;
    for entry in table.entries.iter().filter(|entry| entry.kind == mbr::kind::NETBSD) {
        written |= write_at(disk, label, entry.start, true)?;
    }
    written |= write_at(disk, label, 0, !table.is_there)?;
    if written { Ok(()) } else { Err(Errno::ESRCH) }
}

/// Writes over the label from sector `start` on; where there is none, only if `new`.
fn write_at(disk: &Disk, label: &DiskLabel, start: u64, new: bool) -> Result<bool> {
    let (found, at, mut bytes) = look(disk, start)?;
    let at = match found {
        Found::Label(_) => at,
        _ if new => LABEL_SECTOR as usize * disk.geometry.sector_size as usize,
        _ => return Ok(false),
    };
    let place = bytes.get_mut(at..at + SIZE).ok_or(Errno::ENOSPC)?;
    place.copy_from_slice(label.bytes());
    disk.write_sectors(start, &bytes)?;
    Ok(true)
}

//! Making, listing and removing the wedges of a disk, and finding them by the tables on it (dkctl(8)).

use crate::disk::Disk;
use crate::label::{DiskLabel, MOST_PARTITIONS, fs_type};
use crate::request::{Request, long, put, put_string, string_in};
use crate::units::Unit;
use crate::wedges::{Description, Wedges, info};
use crate::{gpt, label_store, mbr};
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use rump::errno::{Errno, Result};
use rump::user_memory::UserAddress;

mod command {
    pub const ADD: u64 = 0xc0d0_6479;
    pub const DELETE: u64 = 0x80d0_647b;
    pub const LIST: u64 = 0xc018_647c;
    pub const DISCOVER: u64 = 0x4004_6483;
}

/// Carries out an ioctl about the wedges of a disk; `None` when it is none of those.
pub(crate) fn control(unit: &Arc<Unit>, request: &Request<'_>) -> Option<Result<()>> {
    match request.command {
        command::ADD => Some(add(unit, request)),
        command::DELETE => Some(delete(unit, request)),
        command::LIST => Some(list(unit, request)),
        command::DISCOVER => Some(discover(unit, request)),
        _ => None,
    }
}

/// `DIOCAWEDGE`. Errors: as [`Wedges::add`]; `EBADF`; `EFAULT`.
fn add(unit: &Arc<Unit>, request: &Request<'_>) -> Result<()> {
    request.needs_writing()?;
    let mut bytes = request.argument::<{ info::SIZE }>()?;
    let offset = i64::from_ne_bytes(long(&bytes, info::OFFSET).to_ne_bytes());
    let description = Description {
        name: string_in(&bytes, info::NAME, info::NAME_SIZE - 1).to_vec(),
        kind: string_in(&bytes, info::KIND, info::KIND_SIZE - 1).to_vec(),
        offset: u64::try_from(offset).map_err(|_| Errno::EINVAL)?,
        size: long(&bytes, info::LENGTH),
    };
    let wedge = Wedges::of(request.kernel())?.add(request.kernel(), unit, description)?;
    let clear = [0; info::DEVICE_SIZE];
    put(&mut bytes, info::DEVICE, &clear);
    put_string(&mut bytes, info::DEVICE, info::DEVICE_SIZE, wedge.device_name().as_bytes());
    put(&mut bytes, info::PARENT, &clear);
    put_string(&mut bytes, info::PARENT, info::DEVICE_SIZE, unit.name.as_bytes());
    request.answer(&bytes)
}

/// `DIOCDWEDGE`. Errors: `ESRCH` when the disk has no such wedge; `EBUSY` while it is open; `ENXIO`; `EBADF`; `EFAULT`.
fn delete(unit: &Unit, request: &Request<'_>) -> Result<()> {
    request.needs_writing()?;
    let bytes = request.argument::<{ info::SIZE }>()?;
    let name = string_in(&bytes, info::DEVICE, info::DEVICE_SIZE);
    let wedge = {
        let mut state = unit.state();
        if state.disk.is_none() {
            return Err(Errno::ENXIO);
        }
        let index = state.wedges.iter().position(|wedge| wedge.device_name().as_bytes() == name);
        let index = index.ok_or(Errno::ESRCH)?;
        if state.wedges[index].is_open() {
            return Err(Errno::EBUSY);
        }
        state.wedges.remove(index)
    };
    wedge.retire(request.kernel());
    Ok(())
}

/// `DIOCLWEDGES`: as many as fit into the program's memory. Errors: `ENXIO`; `EFAULT`.
fn list(unit: &Unit, request: &Request<'_>) -> Result<()> {
    const SIZE: usize = 24;
    const BUFFER: usize = 0;
    const BUFFER_SIZE: usize = 8;
    const COUNT: usize = 16;
    const COPIED: usize = 20;
    let mut bytes = request.argument::<SIZE>()?;
    let wedges = {
        let state = unit.state();
        if state.disk.is_none() {
            return Err(Errno::ENXIO);
        }
        state.wedges.clone()
    };
    let room = usize::try_from(long(&bytes, BUFFER_SIZE)).unwrap_or(usize::MAX) / info::SIZE;
    let mut to = UserAddress::new(long(&bytes, BUFFER));
    let copied = wedges.len().min(room);
    for wedge in &wedges[..copied] {
        request.lwp.process.space.copy_out(&wedge.info(), to)?;
        to = to.offset(info::SIZE)?;
    }
    put(&mut bytes, COUNT, &(wedges.len() as u32).to_ne_bytes());
    put(&mut bytes, COPIED, &(copied as u32).to_ne_bytes());
    request.answer(&bytes)
}

/// What a table on the disk asks for, and the name to take where its own is taken.
struct Proposal {
    description: Description,
    other_name: Option<String>,
}

/// `DIOCMWEDGES`: makes the wedges that a table on the disk describes; the first table found counts, in the order GPT,
/// disklabel, PC. What cannot be made is left out.
///
/// Errors: `EINVAL` for a GPT whose header is right and whose table is not; `ENXIO`; `EBADF`; what the medium says.
fn discover(unit: &Arc<Unit>, request: &Request<'_>) -> Result<()> {
    request.needs_writing()?;
    let disk = unit.disk()?;
    let proposals = match from_gpt(&disk)? {
        Some(proposals) => proposals,
        None => match label_store::written_label(&disk)? {
            Some(label) => from_label(&label, &unit.name),
            None => from_mbr(&disk, &unit.name)?,
        },
    };
    let wedges = Wedges::of(request.kernel())?;
    for Proposal { description, other_name } in proposals {
        let again = other_name.map(|name| Description { name: name.into_bytes(), ..description.clone() });
        let mut result = wedges.add(request.kernel(), unit, description);
        if let (Err(Errno::EEXIST), Some(again)) = (&result, again) {
            result = wedges.add(request.kernel(), unit, again);
        }
        match result {
            // Partitions of a table may overlap or be there already; the others are made all the same.
            Ok(_) | Err(Errno::EEXIST | Errno::EINVAL) => {}
            Err(error) => return Err(error),
        }
    }
    request.answer(&0u32.to_ne_bytes())
}

/// The partitions of a GPT: by its header in the second sector or, where that one is damaged, in the last.
fn from_gpt(disk: &Disk) -> Result<Option<Vec<Proposal>>> {
    let last = disk.geometry.sectors.saturating_sub(1);
    let header_at = |sector: u64| -> Result<Option<gpt::Header>> {
        if sector == 0 || sector > last {
            return Ok(None);
        }
        Ok(gpt::parse_header(&disk.read_sectors(sector, 1)?, sector))
    };
    let header = match header_at(1)? {
        Some(header) => header,
        None => match header_at(last)? {
            Some(header) => header,
            None => return Ok(None),
        },
    };
    let size = header.table_size().ok_or(Errno::EINVAL)?;
    let sectors = (size as u64).div_ceil(u64::from(disk.geometry.sector_size));
    let table = if sectors == 0 { [].into() } else { disk.read_sectors(header.table, sectors)? };
    let entries = header.parse_entries(&table).ok_or(Errno::EINVAL)?;
    let proposals = entries.iter().map(|entry| {
        let id = format!("{}", entry.id);
        let name: String = entry.name().collect();
        let (name, other_name) = if name.is_empty() { (id, None) } else { (name, Some(id)) };
        let kind = gpt_kind(&entry.kind);
        Proposal {
            description: describe(name.as_bytes(), kind.as_bytes(), entry.start, entry.size),
            other_name,
        }
    });
    Ok(Some(proposals.collect()))
}

/// A description whose name fits into what programs see of it.
fn describe(name: &[u8], kind: &[u8], offset: u64, size: u64) -> Description {
    let name = &name[..name.len().min(info::NAME_SIZE - 1)];
    Description { name: name.to_vec(), kind: kind.to_vec(), offset, size }
}

/// The word for what is in a partition of that type; unknown types have none.
fn gpt_kind(kind: &gpt::Guid) -> &'static str {
    match &*format!("{kind}") {
        "c12a7328-f81f-11d2-ba4b-00a0c93ec93b" => "msdos",
        "49f48d32-b10e-11dc-b99b-0019d1879648" | "516e7cb5-6ecf-11d6-8ff8-00022d09712b" => "swap",
        "49f48d5a-b10e-11dc-b99b-0019d1879648"
        | "516e7cb6-6ecf-11d6-8ff8-00022d09712b"
        | "55465300-0000-11aa-aa11-00306543ecac" => "ffs",
        "49f48d82-b10e-11dc-b99b-0019d1879648" => "lfs",
        "49f48daa-b10e-11dc-b99b-0019d1879648" => "raidframe",
        "2db519c4-b10f-11dc-b99b-0019d1879648" => "ccd",
        "2db519ec-b10f-11dc-b99b-0019d1879648" => "cgd",
        "48465300-0000-11aa-aa11-00306543ecac" => "hfs",
        _ => "",
    }
}

/// The partitions of a disklabel, but for those that are unused.
fn from_label(label: &DiskLabel, unit: &str) -> Vec<Proposal> {
    let pack = label.pack_name();
    let named = !pack.is_empty() && pack != b"fictitious";
    let partitions = (0..MOST_PARTITIONS).filter_map(|index| Some((index, label.partition(index)?)));
    let used = partitions.filter(|(_, partition)| partition.fs_type != fs_type::UNUSED);
    used.map(|(index, partition)| {
        let letter = b'a' + index as u8;
        let name =
            if named { [pack, b"/", &[letter]].concat() } else { [unit.as_bytes(), &[letter]].concat() };
        let kind = label_kind(partition.fs_type);
        let (offset, size) = (u64::from(partition.offset), u64::from(partition.size));
        Proposal { description: describe(&name, kind.as_bytes(), offset, size), other_name: None }
    })
    .collect()
}

/// The word for a type of file system (`FS_*`).
fn label_kind(kind: u8) -> String {
    const WORDS: [&str; 30] = [
        "unused",
        "swap",
        "v6",
        "v7",
        "sysv",
        "v71k",
        "v8",
        "ffs",
        "msdos",
        "lfs",
        "other",
        "hpfs",
        "cd9660",
        "boot",
        "ados",
        "hfs",
        "filecore",
        "ext2fs",
        "ntfs",
        "raidframe",
        "ccd",
        "jfs2",
        "appleufs",
        "vinum",
        "udf",
        "sysvbfs",
        "efs",
        "nilfs",
        "cgd",
        "minixfs3",
    ];
    WORDS.get(usize::from(kind)).map_or_else(|| format!("unknown#{kind}"), |word| String::from(*word))
}

/// The partitions of the PC's table whose types are known. Names begin at e, four for each table of the chain.
fn from_mbr(disk: &Disk, unit: &str) -> Result<Vec<Proposal>> {
    const SLOTS: usize = 4;
    let table = mbr::scan(disk.geometry.sectors, &|sector| disk.read_sectors(sector, 1))?;
    let known = table.entries.iter().filter_map(|entry| Some((entry, mbr_kind(entry.kind)?)));
    let proposals = known.map(|(entry, kind)| {
        let place = entry.table * SLOTS + entry.slot;
        // Past z the alphabet is at its end, and numbers go on.
        let letter =
            u8::try_from(place).ok().and_then(|place| b'e'.checked_add(place)).filter(|&l| l <= b'z');
        let name = letter
            .map_or_else(|| format!("{unit}#{place}"), |letter| format!("{unit}{}", char::from(letter)));
        Proposal {
            description: describe(name.as_bytes(), kind.as_bytes(), entry.start, entry.size),
            other_name: None,
        }
    });
    Ok(proposals.collect())
}

/// The word for a type of partition of the PC's table, if it is one that wedges are made of.
fn mbr_kind(kind: u8) -> Option<&'static str> {
    match kind {
        0x01 | 0x04 | 0x06 | 0x0b | 0x0c | 0x0e | 0xef => Some("msdos"),
        0x07 => Some("ntfs"),
        0x82 => Some("swap"),
        0x83 => Some("ext2fs"),
        0xa8 => Some("appleufs"),
        _ => None,
    }
}

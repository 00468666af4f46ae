//! Nodes of devices for drivers that bring their own tables (`struct devsw_conv`), and the links beside them.

use crate::attributes::{NewFile, VnodeKind};
use crate::lookup::Resolver;
use crate::special;
use crate::state::device_number;
use crate::syscalls::check_directory_write;
use crate::working_directory::WorkingDirectory;
use alloc::format;
use rump::errno::{Errno, Result};
use rump::host::console;
use rump::sched::Lwp;

/// Permissions of nodes that a driver asks for, less the umask.
const PERMISSIONS: u32 = 0o666;
/// Permissions of nodes that are made of a table.
const TABLE_PERMISSIONS: u32 = 0o600;
/// The greatest major number, which has 12 bits.
const GREATEST_MAJOR: u32 = 0xfff;
/// The greatest minor number, which has 20 bits.
const GREATEST_MINOR: u32 = 0xf_ffff;

/// A block or a character device by its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceName {
    kind: VnodeKind,
    number: u64,
}

impl DeviceName {
    /// The device with these numbers.
    ///
    /// # Errors
    /// `EINVAL` for another kind of file, or numbers that a device number has no room for.
    pub fn new(kind: Option<VnodeKind>, major: i32, minor: i32) -> Result<Self> {
        let kind = kind.filter(|kind| matches!(kind, VnodeKind::Block | VnodeKind::Character));
        let bounded = |number: i32, most: u32| u32::try_from(number).ok().filter(|&number| number <= most);
        match (kind, bounded(major, GREATEST_MAJOR), bounded(minor, GREATEST_MINOR)) {
            (Some(kind), Some(major), Some(minor)) => Ok(Self { kind, number: device_number(major, minor) }),
            _ => Err(Errno::EINVAL),
        }
    }
}

/// Devices whose minor numbers follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Series {
    pub kind: Option<VnodeKind>,
    pub major: i32,
    /// The first one's.
    pub minor: i32,
    /// How many; below 1 is none.
    pub count: i32,
}

/// How many nodes a driver has in `/dev`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nodes {
    None,
    /// One, with its minor number.
    Single(i32),
    /// One for each unit, or one for each letter of each unit; the first of all under the bare name, too, if it is wanted.
    Vector {
        units: i32,
        letters: i32,
        bare: bool,
    },
}

/// A driver's line in a table of devices.
#[derive(Clone, Copy, Debug)]
pub struct TableEntry<'a> {
    pub name: &'a str,
    pub block_major: Option<i32>,
    pub character_major: Option<i32>,
    pub nodes: Nodes,
}

/// Makes a node with the rights and the umask of the calling process. One that is there already and of that device will do.
///
/// # Errors
/// `EEXIST` when something else is there; `EPERM`; as mknod(2).
pub fn make(lwp: &Lwp, path: &[u8], device: DeviceName) -> Result<()> {
    let mask = WorkingDirectory::of(&lwp.process)?.mask();
    make_with(lwp, path, device, PERMISSIONS & !mask)
}

fn make_with(lwp: &Lwp, path: &[u8], device: DeviceName, permissions: u32) -> Result<()> {
    let resolver = Resolver::new(&lwp.process)?;
    let (last, found) = resolver.resolve_for_creation(None, path, false)?;
    if let Some(found) = found {
        let is_same = found.kind == device.kind && found.device == device.number;
        return if is_same { Ok(()) } else { Err(Errno::EEXIST) };
    }
    if last.must_be_directory {
        return Err(Errno::ENOENT);
    }
    if !resolver.who.is_superuser() {
        return Err(Errno::EPERM);
    }
    check_directory_write(&last.directory, &resolver.who)?;
    let user = resolver.who.effective_user;
    let new = NewFile { kind: device.kind, permissions, user, device: device.number };
    last.directory.create(&last.name, &new).map(drop)
}

/// Makes `count` nodes: their names are `path` and a letter, from `first` on (0 is none), their minor numbers count up from `minor`.
///
/// # Errors
/// As [`make`]; `EINVAL` when numbers or letters come to their end before.
pub fn make_series(lwp: &Lwp, path: &[u8], first: u8, device: &Series) -> Result<()> {
    for index in 0..device.count.max(0) {
        let letter = i32::from(first).checked_add(index).and_then(|letter| u8::try_from(letter).ok());
        let letter =
            letter.filter(|letter| *letter == 0 || letter.is_ascii_graphic()).ok_or(Errno::EINVAL)?;
        let minor = device.minor.checked_add(index).ok_or(Errno::EINVAL)?;
        let mut path = path.to_vec();
        if letter != 0 {
            path.push(letter);
        }
        make(lwp, &path, DeviceName::new(device.kind, device.major, minor)?)?;
    }
    Ok(())
}

/// Makes `/dev/null` and `/dev/zero`, wherever they have gone. Their driver is there for as long as the kernel is.
///
/// # Errors
/// As [`make`].
pub fn make_memory_nodes(lwp: &Lwp) -> Result<()> {
    for (name, number, permissions) in special::NODES {
        if matches!(name, "null" | "zero") {
            let device = DeviceName { kind: VnodeKind::Character, number };
            make_with(lwp, format!("/dev/{name}").as_bytes(), device, permissions)?;
        }
    }
    Ok(())
}

/// Makes the nodes of a driver in `/dev`. What cannot be made is left out; a kernel that is to be verbose says so.
pub fn build(lwp: &Lwp, entry: &TableEntry<'_>) {
    let name = entry.name;
    match entry.nodes {
        Nodes::None => {}
        Nodes::Single(minor) => build_one(lwp, entry, name, minor),
        Nodes::Vector { units, letters, bare } => {
            for unit in 0..units {
                if build_unit(lwp, entry, unit, letters).is_none() {
                    break;
                }
            }
            if bare {
                // The character device's name is the bare one, or else the block device's.
                let character_only = TableEntry { block_major: None, ..*entry };
                let first = if entry.character_major.is_some() { &character_only } else { entry };
                build_one(lwp, first, name, 0);
            }
        }
    }
}

/// `None` when the minor numbers or the alphabet have come to their end.
fn build_unit(lwp: &Lwp, entry: &TableEntry<'_>, unit: i32, letters: i32) -> Option<()> {
    let name = entry.name;
    let in_range = |minor: &i32| *minor <= GREATEST_MINOR.cast_signed();
    if letters <= 0 {
        let minor = Some(unit).filter(in_range)?;
        build_one(lwp, entry, &format!("{name}{unit}"), minor);
        return Some(());
    }
    for letter in 0..letters {
        let minor = unit.checked_mul(letters)?.checked_add(letter).filter(in_range)?;
        let Some(letter) = u8::try_from(letter).ok().filter(|letter| *letter < 26) else { break };
        build_one(lwp, entry, &format!("{name}{unit}{}", char::from(b'a' + letter)), minor);
    }
    Some(())
}

fn build_one(lwp: &Lwp, entry: &TableEntry<'_>, name: &str, minor: i32) {
    let raw = if entry.block_major.is_some() { "r" } else { "" };
    let nodes = [
        (entry.block_major, VnodeKind::Block, format!("/dev/{name}")),
        (entry.character_major, VnodeKind::Character, format!("/dev/{raw}{name}")),
    ];
    for (major, kind, path) in nodes {
        let Some(major) = major else { continue };
        let made = DeviceName::new(Some(kind), major, minor)
            .and_then(|device| make_with(lwp, path.as_bytes(), device, TABLE_PERMISSIONS));
        if let Err(error) = made {
            report(lwp, &path, error);
        }
    }
}

fn report(lwp: &Lwp, path: &str, error: Errno) {
    if lwp.process.kernel.configuration.verbose {
        console::print(format_args!("rump: there is no node {path}: {error}\n"));
    }
}

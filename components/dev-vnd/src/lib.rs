#![no_std]
#![forbid(unsafe_code)]
//! Component dev_vnd: files as disks, vnd0, vnd1 ... (vnd(4)).

extern crate alloc;
#[cfg(test)]
extern crate std;
#[cfg(test)]
use rumpuser as _;

mod compressed_medium;
mod file_medium;

use alloc::sync::Arc;
use compressed_medium::CompressedMedium;
use dev_disk::request::{long, put, word};
use dev_disk::{Disk, DiskKind, Geometry, LabelRules, Media, Request, Unit};
use file_medium::FileMedium;
use rump::component::{Component, Stage};
use rump::errno::{Errno, Result};
use rump::file::FileStatus;
use rump::kernel::Kernel;
use vfs::{BlockDevice, VnodeKind};

/// The component.
pub static COMPONENT: Component = Component::new("dev_vnd", Stage::Driver, &["dev_disk"], || {}, start);

const NAME: &str = "vnd";
/// `DKTYPE_VND`.
const DRIVE_TYPE: u16 = 12;
const SECTOR: u32 = 512;
/// Bytes in the path of a file at most, with its NUL.
const LONGEST_PATH: usize = 1024;

fn start(kernel: &Arc<Kernel>) -> Result<()> {
    dev_disk::attach(kernel, Arc::new(FileDisks::default()))
}

/// The ioctls, and the structures that they take.
mod command {
    pub const SET: u64 = 0xc028_4600;
    pub const CLEAR: u64 = 0x8028_4601;
    pub const GET: u64 = 0xc018_4603;
    /// `struct vnd_ioctl`.
    pub const SIZE: usize = 40;
    pub const FILE_AT: usize = 0;
    pub const FLAGS_AT: usize = 8;
    pub const GEOMETRY_AT: usize = 12;
    pub const OLD_LENGTH_AT: usize = 28;
    pub const LENGTH_AT: usize = 32;
    pub const HAS_GEOMETRY: u32 = 1;
    pub const READ_ONLY: u32 = 2;
    pub const FORCE: u32 = 4;
    /// A file that is compressed.
    pub const COMPRESSED: u32 = 0x400;
    /// `struct vnd_user`.
    pub const USER_SIZE: usize = 24;
    pub const UNIT_AT: usize = 0;
    pub const DEVICE_AT: usize = 8;
    pub const NUMBER_AT: usize = 16;
}

#[derive(Default)]
struct FileDisks {
    /// For `VNDIOCGET`.
    files: Media<FileMedium>,
}

impl DiskKind for FileDisks {
    fn name(&self) -> &'static str {
        NAME
    }

    fn keeps_labels(&self) -> bool {
        true
    }

    fn control(&self, unit: &Arc<Unit>, partition: u32, request: &Request<'_>) -> Option<Result<()>> {
        match request.command {
            command::SET => Some(self.set(unit, request)),
            command::CLEAR => Some(clear(unit, partition, request)),
            command::GET => Some(self.get(unit, request)),
            _ => None,
        }
    }
}

impl FileDisks {
    /// `VNDIOCSET`: the disk is as large as the file, or as the geometry that is asked for, and the answer says how large.
    /// Errors: `EBUSY` for a unit that is configured; `EBADF` when the unit is not open for writing; `EOPNOTSUPP` for what is
    /// no regular file; `EINVAL` for a geometry that does not fit, or a compressed file whose head is damaged; as open(2).
    fn set(&self, unit: &Unit, request: &Request<'_>) -> Result<()> {
        request.needs_writing()?;
        if unit.disk().is_ok() {
            return Err(Errno::EBUSY);
        }
        let mut bytes = request.argument::<{ command::SIZE }>()?;
        let flags = word(&bytes, command::FLAGS_AT);
        let path = request.string(long(&bytes, command::FILE_AT), LONGEST_PATH)?;
        let is_compressed = flags & command::COMPRESSED != 0;
        let read_only = is_compressed || flags & command::READ_ONLY != 0;
        let mut status = FileStatus::READ;
        status.set(FileStatus::WRITE, !read_only);
        let file = vfs::open_by_name(request.lwp, &path, status)?;
        if file.vnode.kind != VnodeKind::Regular {
            return Err(Errno::EOPNOTSUPP);
        }
        let file = Arc::new(FileMedium::new(file, read_only)?);
        let medium: Arc<dyn BlockDevice> =
            if is_compressed { Arc::new(CompressedMedium::new(Arc::clone(&file))?) } else { file.clone() };
        let sectors = medium.size() / u64::from(SECTOR);
        let geometry = if flags & command::HAS_GEOMETRY != 0 {
            asked_geometry(&bytes)?
        } else {
            Geometry::of_size(sectors, SECTOR)
        };
        let disk = Disk::new(medium.clone(), geometry, LabelRules::AllPartitions, NAME, DRIVE_TYPE)?;
        unit.configure(disk)?;
        self.files.insert(unit.number, &file);
        put(&mut bytes, command::LENGTH_AT, &medium.size().to_ne_bytes());
        put(&mut bytes, command::OLD_LENGTH_AT, &(medium.size() as u32).to_ne_bytes());
        request.answer(&bytes)
    }

    /// `VNDIOCGET`: which file a unit is made of, zeroes when it is not configured. Unit -1 is this one. Errors: `EINVAL` for
    /// other negative units, `ENXIO` past the last.
    fn get(&self, unit: &Unit, request: &Request<'_>) -> Result<()> {
        let mut bytes = request.argument::<{ command::USER_SIZE }>()?;
        let asked = word(&bytes, command::UNIT_AT).cast_signed();
        let number =
            if asked == -1 { unit.number } else { u32::try_from(asked).map_err(|_| Errno::EINVAL)? };
        if number > unit.number && self.files.last().is_none_or(|last| number > last) {
            return Err(Errno::ENXIO);
        }
        let (device, identity) = match self.files.get(number) {
            Some(file) => file.identity()?,
            None => (0, 0),
        };
        put(&mut bytes, command::UNIT_AT, &number.to_ne_bytes());
        put(&mut bytes, command::DEVICE_AT, &device.to_ne_bytes());
        put(&mut bytes, command::NUMBER_AT, &identity.to_ne_bytes());
        request.answer(&bytes)
    }
}

/// The geometry in a `struct vnd_ioctl`. Errors: `EINVAL` when it is empty.
fn asked_geometry(bytes: &[u8]) -> Result<Geometry> {
    let member = |index: usize| word(bytes, command::GEOMETRY_AT + 4 * index);
    let (sector_size, sectors_per_track, tracks, cylinders) = (member(0), member(1), member(2), member(3));
    let per_cylinder = u64::from(sectors_per_track) * u64::from(tracks);
    let sectors = per_cylinder.checked_mul(u64::from(cylinders)).filter(|&sectors| sectors > 0);
    Ok(Geometry {
        sector_size,
        sectors: sectors.ok_or(Errno::EINVAL)?,
        sectors_per_track,
        tracks,
        cylinders: u64::from(cylinders),
    })
}

/// `VNDIOCCLR`. Errors: as [`Unit::unconfigure`]; `EBADF`.
fn clear(unit: &Unit, partition: u32, request: &Request<'_>) -> Result<()> {
    request.needs_writing()?;
    let flags = word(&request.argument::<{ command::SIZE }>()?, command::FLAGS_AT);
    unit.unconfigure(request.kernel(), partition, flags & command::FORCE != 0)
}

#![no_std]
#![forbid(unsafe_code)]
//! Component dev_cgd: encrypted disks on other disks, cgd0, cgd1 ... (cgd(4)).
//!
//! What it writes, NetBSD reads, and the other way round.

extern crate alloc;
#[cfg(test)]
extern crate std;
#[cfg(test)]
use rumpuser as _;

pub mod ciphers;
mod medium;
mod xts;

use alloc::sync::Arc;
use ciphers::{Algorithm, IvMethod, LONGEST_KEY};
use dev_disk::request::{long, put, put_string, word};
use dev_disk::{Disk, DiskKind, Geometry, LabelRules, Media, Request, Unit};
use medium::EncryptedMedium;
use rump::component::{Component, Stage};
use rump::errno::{Errno, Result};
use rump::file::FileStatus;
use rump::kernel::Kernel;
use rump::user_memory::UserAddress;
use vfs::BlockDevice;

/// The component.
pub static COMPONENT: Component = Component::new("dev_cgd", Stage::Driver, &["dev_disk"], || {}, start);

const NAME: &str = "cgd";
/// `DKTYPE_CGD`.
const DRIVE_TYPE: u16 = 17;
/// Bytes in strings from programs at most, with their NULs.
const LONGEST_PATH: usize = 1024;
const LONGEST_NAME: usize = 256;

fn start(kernel: &Arc<Kernel>) -> Result<()> {
    dev_disk::attach(kernel, Arc::new(EncryptedDisks::default()))
}

/// The ioctls, and the structures that they take.
mod command {
    pub const SET: u64 = 0xc040_4612;
    pub const CLEAR: u64 = 0x8040_4613;
    pub const GET: u64 = 0xc040_4614;
    /// `DIOCCACHESYNC`, which needs a disk that is open for writing here.
    pub const SYNCHRONISE_CACHE: u64 = 0x8004_6476;
    /// `struct cgd_ioctl`.
    pub const SIZE: usize = 64;
    pub const DISK_AT: usize = 0;
    pub const ALGORITHM_AT: usize = 24;
    pub const METHOD_AT: usize = 32;
    pub const KEY_LENGTH_AT: usize = 40;
    pub const KEY_AT: usize = 48;
    pub const BLOCK_SIZE_AT: usize = 56;
    /// The block size that stands for the algorithm's own.
    pub const ANY_BLOCK_SIZE: u64 = u64::MAX;
    /// `struct cgd_user`.
    pub const UNIT_AT: usize = 0;
    pub const DEVICE_AT: usize = 8;
    pub const NAME_AT: usize = 16;
    pub const NAME_SIZE: usize = 32;
    pub const TOLD_BLOCK_SIZE_AT: usize = 48;
    pub const MODE_AT: usize = 56;
    pub const TOLD_KEY_LENGTH_AT: usize = 60;
}

#[derive(Default)]
struct EncryptedDisks {
    /// For `CGDIOCGET`.
    media: Media<EncryptedMedium>,
}

impl DiskKind for EncryptedDisks {
    fn name(&self) -> &'static str {
        NAME
    }

    fn keeps_labels(&self) -> bool {
        false
    }

    fn control(&self, unit: &Arc<Unit>, partition: u32, request: &Request<'_>) -> Option<Result<()>> {
        match request.command {
            command::SET => Some(self.set(unit, request)),
            command::CLEAR => Some(
                request.needs_writing().and_then(|()| unit.unconfigure(request.kernel(), partition, false)),
            ),
            command::GET => Some(self.get(unit, request)),
            command::SYNCHRONISE_CACHE => request.needs_writing().err().map(Err),
            _ => None,
        }
    }
}

impl EncryptedDisks {
    /// `CGDIOCSET`. Errors: `EBUSY` for a unit that is configured; `EBADF` when it is not open for writing; `ENOTBLK` for
    /// what is no block device; `ENODEV` for an empty one; `EINVAL` for an algorithm, key or method that there is not; as
    /// open(2) on the disk below.
    fn set(&self, unit: &Unit, request: &Request<'_>) -> Result<()> {
        request.needs_writing()?;
        if unit.disk().is_ok() {
            return Err(Errno::EBUSY);
        }
        let bytes = request.argument::<{ command::SIZE }>()?;
        let path = request.string(long(&bytes, command::DISK_AT), LONGEST_PATH)?;
        let file = vfs::open_by_name(request.lwp, &path, FileStatus::READ | FileStatus::WRITE)?;
        let algorithm = Algorithm::find(&request.string(long(&bytes, command::ALGORITHM_AT), LONGEST_NAME)?)?;
        let method = IvMethod::find(&request.string(long(&bytes, command::METHOD_AT), LONGEST_NAME)?)?;
        let block_size = long(&bytes, command::BLOCK_SIZE_AT);
        let key_length = long(&bytes, command::KEY_LENGTH_AT);
        let fits = block_size == command::ANY_BLOCK_SIZE || block_size == algorithm.block_size;
        if !fits || key_length > LONGEST_KEY || !key_length.is_multiple_of(8) {
            return Err(Errno::EINVAL);
        }
        let mut key = [0; (LONGEST_KEY / 8) as usize];
        let key = &mut key[..(key_length / 8) as usize];
        let address = UserAddress::new(long(&bytes, command::KEY_AT));
        request.lwp.process.space.copy_in(address, key)?;
        let made = EncryptedMedium::new(file, algorithm, method, key);
        key.fill(0);
        let medium = Arc::new(made?);
        let disk = Disk::new(
            medium.clone(),
            geometry_of(&*medium),
            LabelRules::RawPartition,
            &unit.name,
            DRIVE_TYPE,
        )?;
        unit.configure(disk)?;
        self.media.insert(unit.number, &medium);
        // A value-result argument of which nothing changes.
        request.answer(&bytes)
    }

    /// `CGDIOCGET`: how this unit is configured; nothing is no error. Errors: `EINVAL` for a negative unit other than -1.
    fn get(&self, unit: &Unit, request: &Request<'_>) -> Result<()> {
        let asked = word(&request.argument::<{ command::SIZE }>()?, command::UNIT_AT).cast_signed();
        let number = if asked == -1 { unit.number.cast_signed() } else { asked };
        if number < 0 {
            return Err(Errno::EINVAL);
        }
        let mut bytes = [0; command::SIZE];
        put(&mut bytes, command::UNIT_AT, &number.to_ne_bytes());
        if let Some(medium) = self.media.get(unit.number) {
            let block_size = medium.algorithm.told_block_size(medium.method);
            put(&mut bytes, command::DEVICE_AT, &medium.device_below().to_ne_bytes());
            put_string(&mut bytes, command::NAME_AT, command::NAME_SIZE, medium.algorithm.name.as_bytes());
            put(&mut bytes, command::TOLD_BLOCK_SIZE_AT, &block_size.to_ne_bytes());
            put(&mut bytes, command::MODE_AT, &medium.method.number().to_ne_bytes());
            put(&mut bytes, command::TOLD_KEY_LENGTH_AT, &(medium.key_length as u32).to_ne_bytes());
        }
        request.answer(&bytes)
    }
}

/// Cylinders of one megabyte, in one track.
fn geometry_of(medium: &dyn BlockDevice) -> Geometry {
    const CYLINDER: u32 = 1 << 20;
    let sector_size = medium.sector_size();
    let sectors = medium.size() / u64::from(sector_size);
    let sectors_per_track = (CYLINDER / sector_size).max(1);
    let cylinders = sectors / u64::from(sectors_per_track);
    Geometry { sector_size, sectors, sectors_per_track, tracks: 1, cylinders }
}

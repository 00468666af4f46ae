#![no_std]
#![forbid(unsafe_code)]
//! Component dev_md: memory disks, md0, md1 ... (md(4)).

extern crate alloc;

mod memory;

use alloc::sync::Arc;
use alloc::vec::Vec;
use dev_disk::request::{long, put, word};
use dev_disk::{Disk, DiskKind, Geometry, LabelRules, RAW_PARTITION, Request, Unit};
use memory::MemoryMedium;
use rump::component::{Component, Stage};
use rump::errno::{Errno, Result};
use rump::kernel::Kernel;

/// The component.
pub static COMPONENT: Component = Component::new("dev_md", Stage::Driver, &["dev_disk"], || {}, start);

const NAME: &str = "md";

fn start(kernel: &Arc<Kernel>) -> Result<()> {
    dev_disk::attach(kernel, Arc::new(MemoryDisks))
}

/// The ioctls, and `struct md_conf`.
mod command {
    pub const GET: u64 = 0x4018_7200;
    pub const SET: u64 = 0x8018_7201;
    pub const SIZE: usize = 24;
    pub const LENGTH_AT: usize = 8;
    pub const KIND_AT: usize = 16;
    /// `MD_KMEM_ALLOCATED`.
    pub const ALLOCATED: u32 = 2;
    /// `MD_UMEM_SERVER`.
    pub const SERVER: u32 = 3;
}

const SECTOR: u32 = 512;
/// `DKTYPE_MD`.
const DRIVE_TYPE: u16 = 22;

struct MemoryDisks;

impl DiskKind for MemoryDisks {
    fn name(&self) -> &'static str {
        NAME
    }

    fn keeps_labels(&self) -> bool {
        true
    }

    fn control(&self, unit: &Arc<Unit>, partition: u32, request: &Request<'_>) -> Option<Result<()>> {
        match request.command {
            command::GET | command::SET if partition != RAW_PARTITION => Some(Err(Errno::ENOTTY)),
            command::GET => Some(get(unit, request)),
            command::SET => Some(set(unit, request)),
            _ => None,
        }
    }
}

/// `MD_GETCONF`: size and kind; the memory's address is nobody's business and is told as null.
fn get(unit: &Unit, request: &Request<'_>) -> Result<()> {
    let mut bytes: Vec<u8> = [0; command::SIZE].to_vec();
    if let Ok(disk) = unit.disk() {
        put(&mut bytes, command::LENGTH_AT, &disk.medium.size().to_ne_bytes());
        put(&mut bytes, command::KIND_AT, &command::ALLOCATED.to_ne_bytes());
    }
    request.answer(&bytes)
}

/// `MD_SETCONF`: memory of the kernel, once. Errors: `EINVAL` for a unit that is configured, a size of no sector or an
/// unknown kind; `EOPNOTSUPP` for memory that a program serves; `ENOMEM`.
fn set(unit: &Unit, request: &Request<'_>) -> Result<()> {
    let bytes = request.argument::<{ command::SIZE }>()?;
    let size = long(&bytes, command::LENGTH_AT);
    match word(&bytes, command::KIND_AT) {
        command::ALLOCATED => {}
        command::SERVER => return Err(Errno::EOPNOTSUPP),
        _ => return Err(Errno::EINVAL),
    }
    let sectors = size / u64::from(SECTOR);
    if unit.disk().is_ok() || sectors == 0 {
        return Err(Errno::EINVAL);
    }
    let medium = Arc::new(MemoryMedium::new(size)?);
    let geometry = Geometry::of_size(sectors, SECTOR);
    let disk = Disk::new(medium, geometry, LabelRules::None, NAME, DRIVE_TYPE)?;
    unit.configure(disk).map_err(|_| Errno::EINVAL)
}

#![no_std]
#![forbid(unsafe_code)]
//! Component dev_md: memory disks, md0, md1 ... (md(4)).

extern crate alloc;

mod memory;
mod served;

use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use alloc::vec::Vec;
use dev_disk::request::{long, put, word};
use dev_disk::{Disk, DiskKind, Geometry, LabelRules, RAW_PARTITION, Request, Unit};
use memory::MemoryMedium;
use rump::component::{Component, Stage};
use rump::errno::{Errno, Result};
use rump::kernel::Kernel;
use rump::sync::Mutex;
use rump::user_memory::UserAddress;
use served::ServedMedium;
use vfs::BlockDevice;

/// The component.
pub static COMPONENT: Component = Component::new("dev_md", Stage::Driver, &["dev_disk"], || {}, start);

const NAME: &str = "md";

fn start(kernel: &Arc<Kernel>) -> Result<()> {
    dev_disk::attach(kernel, Arc::new(MemoryDisks::default()))
}

/// The ioctls, and `struct md_conf`.
mod command {
    pub const GET: u64 = 0x4018_7200;
    pub const SET: u64 = 0x8018_7201;
    pub const SIZE: usize = 24;
    pub const ADDRESS_AT: usize = 0;
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

#[derive(Default)]
struct MemoryDisks {
    /// Units whose memory is a program's.
    served: Mutex<BTreeSet<u32>>,
}

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
            command::GET => Some(self.get(unit, request)),
            command::SET => Some(self.set(unit, request)),
            _ => None,
        }
    }
}

impl MemoryDisks {
    /// `MD_GETCONF`: size and kind; the memory's address is nobody's business and is told as null.
    fn get(&self, unit: &Unit, request: &Request<'_>) -> Result<()> {
        let mut bytes: Vec<u8> = [0; command::SIZE].to_vec();
        if let Ok(disk) = unit.disk() {
            let is_served = self.served.lock().contains(&unit.number);
            let kind = if is_served { command::SERVER } else { command::ALLOCATED };
            put(&mut bytes, command::LENGTH_AT, &disk.medium.size().to_ne_bytes());
            put(&mut bytes, command::KIND_AT, &kind.to_ne_bytes());
        }
        request.answer(&bytes)
    }

    /// `MD_SETCONF`: memory of the kernel, once, or of the program. Errors: `EINVAL` for a unit that is configured, a size of no
    /// sector, memory that no program has or an unknown kind; `ENOMEM`; `EINTR` when a program serves no longer.
    fn set(&self, unit: &Unit, request: &Request<'_>) -> Result<()> {
        let bytes = request.argument::<{ command::SIZE }>()?;
        let size = long(&bytes, command::LENGTH_AT);
        let kind = word(&bytes, command::KIND_AT);
        if unit.disk().is_ok() || size < u64::from(SECTOR) {
            return Err(Errno::EINVAL);
        }
        match kind {
            command::ALLOCATED => configure(unit, Arc::new(MemoryMedium::new(size)?)),
            command::SERVER => {
                let start = UserAddress::new(long(&bytes, command::ADDRESS_AT));
                let medium = Arc::new(ServedMedium::new(request.lwp.process.space, start, size)?);
                self.serve(unit, request.kernel(), &medium)
            }
            _ => Err(Errno::EINVAL),
        }
    }

    /// The caller's memory is the disk until a signal comes; then there is none any more, for whoever has it open.
    fn serve(&self, unit: &Unit, kernel: &Kernel, medium: &Arc<ServedMedium>) -> Result<()> {
        configure(unit, medium.clone())?;
        self.served.lock().insert(unit.number);
        let result = ServedMedium::serve();
        // Nobody else unconfigures a memory disk.
        let unconfigured = unit.unconfigure(kernel, RAW_PARTITION, true);
        self.served.lock().remove(&unit.number);
        medium.end();
        unconfigured.and(result)
    }
}

/// Makes a unit a disk. Errors: `EINVAL` when another program was faster.
fn configure(unit: &Unit, medium: Arc<dyn BlockDevice>) -> Result<()> {
    let geometry = Geometry::of_size(medium.size() / u64::from(SECTOR), SECTOR);
    let disk = Disk::new(medium, geometry, LabelRules::None, NAME, DRIVE_TYPE)?;
    unit.configure(disk).map_err(|_| Errno::EINVAL)
}

#![no_std]
#![forbid(unsafe_code)]
//! Component dev_disk: disks, disklabels and wedges.
//!
//! ```text
//!   dev-md  dev-vnd  dev-cgd          kinds of disks: they configure units (trait DiskKind)
//!        \     |     /
//!      units: opens, partitions       wedges: parts of disks that are disks themselves (dk)
//!        |           |                    |
//!   partition     control  ------  wedge_control, discovery        ioctls
//!        |           |  property_list      |
//!      disk     label_store          label  mbr  gpt               the formats: one a file
//!        |
//!   vfs::BlockDevice                                               what holds the bytes
//! ```
//!
//! Lock order, outermost first: a driver's list of units, a unit's state (an encrypted disk's before that of the disk below it), the
//! nodes of wedges, their table. The list of disks is a leaf.

extern crate alloc;
#[cfg(test)]
extern crate std;
#[cfg(test)]
use rumpuser as _;

mod control;
mod discovery;
pub mod disk;
pub mod gpt;
pub mod label;
pub mod label_store;
pub mod mbr;
mod media;
mod partition;
mod property_list;
pub mod request;
mod statistics;
pub mod units;
mod wedge_control;
mod wedges;

pub use disk::{Disk, Geometry, LabelRules};
pub use media::Media;
pub use request::Request;
pub use units::{DiskKind, Unit, attach};

use alloc::sync::Arc;
use dev::Devices;
use rump::component::{Component, Stage};
use rump::errno::Result;
use rump::kernel::Kernel;
use statistics::DiskList;
use vfs::{DeviceDriver, FileSystems};

/// The component.
pub static COMPONENT: Component = Component::new("dev_disk", Stage::Driver, &["dev", "vfs"], || {}, start);

fn start(kernel: &Arc<Kernel>) -> Result<()> {
    let devices = Devices::of(kernel)?;
    let majors = devices.attach("dk")?;
    let wedges = Arc::new(wedges::Wedges::new(majors));
    devices.share(Arc::clone(&wedges))?;
    devices.share(Arc::new(DiskList::default()))?;
    statistics::add_nodes(kernel)?;
    let driver: Arc<dyn DeviceDriver> = wedges;
    FileSystems::of(kernel)?.register_driver(Some(majors.block), Some(majors.character), &driver)
}

/// Letters a to p.
pub const MOST_PARTITIONS: u32 = 16;
/// The partition that is the whole disk (`RAW_PART`): d.
pub const RAW_PARTITION: u32 = 3;

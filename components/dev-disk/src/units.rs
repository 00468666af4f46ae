//! Units of pseudo disks (vnd0, vnd1 ...): opens, partitions, and what configures them.

use crate::disk::{Disk, LabelRules};
use crate::label::{DiskLabel, fs_type};
use crate::partition::{NodeKind, OpenPartition};
use crate::request::Request;
use crate::statistics::DiskList;
use crate::wedges::Wedge;
use crate::{MOST_PARTITIONS, RAW_PARTITION, label_store};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use dev::Devices;
use rump::errno::{Errno, Result};
use rump::file::FileStatus;
use rump::kernel::Kernel;
use rump::sync::{Mutex, MutexGuard};
use vfs::device_switch::device_number;
use vfs::special::CharacterDevice;
use vfs::{BlockDevice, DeviceDriver, FileSystems, VnodeKind};

/// A kind of disk, whose units are configured by ioctls of its own.
pub trait DiskKind: Send + Sync {
    /// What its units are called, without the number.
    fn name(&self) -> &'static str;

    /// Whether a label that has been read stays when the last open of the unit ends.
    fn keeps_labels(&self) -> bool;

    /// An ioctl of this kind of disk; `None` when it is none of those. Errors: as the driver's manual page says.
    fn control(&self, unit: &Arc<Unit>, partition: u32, request: &Request<'_>) -> Option<Result<()>>;
}

/// Units are eight minor numbers apart; partitions i to p of all of them come after all others.
const OLD_PARTITIONS: u32 = 8;
const MOST_UNITS: u32 = (1 << 20) / MOST_PARTITIONS;
/// Nodes of a unit that are made in `/dev`: a to g.
const NODES: u32 = 7;

/// Unit and partition of a minor number, as NetBSD/amd64 counts them.
#[must_use]
pub fn unit_and_partition(minor: u32) -> (u32, u32) {
    let unit = minor / OLD_PARTITIONS % MOST_UNITS;
    (unit, minor % OLD_PARTITIONS + minor / (MOST_UNITS * OLD_PARTITIONS) * OLD_PARTITIONS)
}

/// How often each partition is open.
#[derive(Clone, Debug, Default)]
pub(crate) struct Opens {
    blocks: [u32; MOST_PARTITIONS as usize],
    characters: [u32; MOST_PARTITIONS as usize],
}

impl Opens {
    pub(crate) fn count(&mut self, partition: u32, kind: NodeKind) -> &mut u32 {
        let counts = match kind {
            NodeKind::Block => &mut self.blocks,
            NodeKind::Character => &mut self.characters,
        };
        &mut counts[(partition % MOST_PARTITIONS) as usize]
    }

    fn any(&self) -> bool {
        self.blocks.iter().chain(&self.characters).any(|&count| count > 0)
    }

    /// Whether a partition other than this one is open.
    pub(crate) fn any_but(&self, partition: u32) -> bool {
        (0..MOST_PARTITIONS as usize)
            .any(|index| index != partition as usize && self.blocks[index] + self.characters[index] > 0)
    }

    /// Whether somebody beside one opener of this partition stands in the way of taking the unit apart.
    fn is_busy_beside(&self, partition: u32) -> bool {
        let index = (partition % MOST_PARTITIONS) as usize;
        self.any_but(partition) || (self.blocks[index] > 0 && self.characters[index] > 0)
    }
}

/// What changes in a unit.
#[derive(Default)]
pub(crate) struct UnitState {
    pub disk: Option<Arc<Disk>>,
    pub label: Option<DiskLabel>,
    pub opens: Opens,
    pub keeps_label: bool,
    pub label_is_writable: bool,
    pub wedges: Vec<Arc<Wedge>>,
}

impl UnitState {
    /// The disk and its label, which is read now if it is not known.
    ///
    /// # Errors
    /// `ENXIO` when the unit is not configured; what the medium says.
    pub(crate) fn disk_and_label(&mut self) -> Result<(Arc<Disk>, &DiskLabel)> {
        let disk = self.disk.clone().ok_or(Errno::ENXIO)?;
        let label = match self.label.take() {
            Some(label) => label,
            None => label_store::label_of(&disk)?,
        };
        Ok((disk, self.label.insert(label)))
    }
}

/// A part of a disk, in bytes.
pub(crate) struct Extent {
    pub disk: Arc<Disk>,
    pub offset: u64,
    pub size: u64,
    /// Where a label is that must not be written over, in bytes from the start of the disk.
    pub guarded: Option<u64>,
}

/// One unit.
pub struct Unit {
    pub name: String,
    pub number: u32,
    pub(crate) kind: Arc<dyn DiskKind>,
    disks: Arc<DiskList>,
    state: Mutex<UnitState>,
}

impl Unit {
    pub(crate) fn state(&self) -> MutexGuard<'_, UnitState> {
        self.state.lock()
    }

    /// The disk.
    ///
    /// # Errors
    /// `ENXIO` when it is not configured.
    pub fn disk(&self) -> Result<Arc<Disk>> {
        self.state().disk.clone().ok_or(Errno::ENXIO)
    }

    /// Configures it.
    ///
    /// # Errors
    /// `EBUSY` when it is configured already.
    pub fn configure(&self, disk: Arc<Disk>) -> Result<()> {
        let mut state = self.state();
        if state.disk.is_some() {
            return Err(Errno::EBUSY);
        }
        state.keeps_label = self.kind.keeps_labels();
        state.label_is_writable = false;
        // Where it cannot be read, there is still the raw partition.
        state.label = label_store::label_of(&disk).ok();
        self.disks.attach(&self.name, &disk.statistics);
        state.disk = Some(disk);
        Ok(())
    }

    /// Takes its configuration away, for somebody who has `partition` open: whoever has another one open, or the same one by
    /// its other node, forbids it unless `force`, and gets `ENXIO` from then on. Its wedges go.
    ///
    /// # Errors
    /// `ENXIO` when it is not configured; `EBUSY`; what making its writes stable says, and then it stays, unless `force`.
    pub fn unconfigure(&self, kernel: &Kernel, partition: u32, force: bool) -> Result<()> {
        let disk = self.disk()?;
        if self.state().opens.is_busy_beside(partition) && !force {
            return Err(Errno::EBUSY);
        }
        if !disk.medium.is_read_only() {
            let flushed = disk.medium.flush();
            if !force {
                flushed?;
            }
        }
        let mut state = self.state();
        // Somebody may have opened or unconfigured it since.
        if state.disk.is_none() {
            return Err(Errno::ENXIO);
        }
        if state.opens.is_busy_beside(partition) && !force {
            return Err(Errno::EBUSY);
        }
        let wedges = core::mem::take(&mut state.wedges);
        state.disk = None;
        state.label = None;
        self.disks.detach(&disk.statistics);
        drop(state);
        wedges.iter().for_each(|wedge| wedge.retire(kernel));
        Ok(())
    }

    /// Opens a partition.
    fn open(self: &Arc<Self>, partition: u32, kind: NodeKind, status: FileStatus) -> Result<OpenPartition> {
        let mut state = self.state();
        if partition != RAW_PARTITION {
            if !state.wedges.is_empty() {
                return Err(Errno::EBUSY);
            }
            let (disk, label) = state.disk_and_label()?;
            let is_there =
                label.partition(partition as usize).is_some_and(|found| found.fs_type != fs_type::UNUSED);
            if disk.rules != LabelRules::None && !is_there {
                return Err(Errno::ENXIO);
            }
        }
        *state.opens.count(partition, kind) += 1;
        drop(state);
        Ok(OpenPartition::new(Arc::clone(self), partition, kind, status))
    }

    pub(crate) fn close(&self, partition: u32, kind: NodeKind) {
        let mut state = self.state();
        let count = state.opens.count(partition, kind);
        *count = count.saturating_sub(1);
        if !state.opens.any() && !state.keeps_label {
            state.label = None;
        }
    }

    /// Where a partition lies.
    ///
    /// # Errors
    /// `ENXIO` when the unit is not configured, or the partition is not there any more.
    pub(crate) fn extent(&self, partition: u32) -> Result<Extent> {
        let mut state = self.state();
        let is_writable = state.label_is_writable;
        let disk = state.disk.as_ref().ok_or(Errno::ENXIO)?;
        let total = disk.size();
        if partition == RAW_PARTITION || disk.rules == LabelRules::None {
            return Ok(Extent { disk: Arc::clone(disk), offset: 0, size: total, guarded: None });
        }
        let (disk, label) = state.disk_and_label()?;
        let found = label.partition(partition as usize).ok_or(Errno::ENXIO)?;
        let unit = u64::from(disk.geometry.sector_size);
        let offset = (u64::from(found.offset) * unit).min(total);
        let size = (u64::from(found.size) * unit).min(total - offset);
        let guarded = (u64::from(label.slot(2).offset) + label_store::LABEL_SECTOR) * unit;
        Ok(Extent { disk, offset, size, guarded: (!is_writable).then_some(guarded) })
    }

    fn is_idle(&self) -> bool {
        let state = self.state();
        state.disk.is_none() && !state.opens.any()
    }
}

/// The units of a kind of disk in one kernel.
struct DiskDriver {
    kind: Arc<dyn DiskKind>,
    disks: Arc<DiskList>,
    units: Mutex<BTreeMap<u32, Arc<Unit>>>,
}

impl DiskDriver {
    /// Opens a partition of a unit, which comes into being with its first open.
    fn open(&self, minor: u32, kind: NodeKind, status: FileStatus) -> Result<OpenPartition> {
        let (number, partition) = unit_and_partition(minor);
        let mut units = self.units.lock();
        units.retain(|&known, unit| known == number || !unit.is_idle());
        let unit = units.entry(number).or_insert_with(|| {
            Arc::new(Unit {
                name: format!("{}{number}", self.kind.name()),
                number,
                kind: Arc::clone(&self.kind),
                disks: Arc::clone(&self.disks),
                state: Mutex::default(),
            })
        });
        unit.open(partition, kind, status)
    }
}

impl DeviceDriver for DiskDriver {
    fn medium(&self, minor: u32) -> Option<usize> {
        self.units.lock().get(&unit_and_partition(minor).0).map(|unit| Arc::as_ptr(unit).addr())
    }

    fn open_block(&self, minor: u32, status: FileStatus) -> Result<Arc<dyn BlockDevice>> {
        Ok(Arc::new(self.open(minor, NodeKind::Block, status)?))
    }

    fn open_character(&self, minor: u32, status: FileStatus) -> Result<Arc<dyn CharacterDevice>> {
        Ok(Arc::new(self.open(minor, NodeKind::Character, status)?))
    }
}

/// Attaches a kind of disk: numbers, driver, and the nodes of unit 0.
///
/// # Errors
/// `EEXIST` when its name or numbers are taken; what making the nodes says.
pub fn attach(kernel: &Arc<Kernel>, kind: Arc<dyn DiskKind>) -> Result<()> {
    let name = kind.name();
    let majors = Devices::of(kernel)?.attach(name)?;
    let state = FileSystems::of(kernel)?;
    let driver: Arc<dyn DeviceDriver> =
        Arc::new(DiskDriver { kind, disks: DiskList::of(kernel)?, units: Mutex::default() });
    state.register_driver(Some(majors.block), Some(majors.character), &driver)?;
    for partition in 0..NODES {
        let letter = char::from(b'a' + partition as u8);
        let (block, character) = (format!("{name}0{letter}"), format!("r{name}0{letter}"));
        state.make_device_node(block.as_bytes(), VnodeKind::Block, device_number(majors.block, partition))?;
        let number = device_number(majors.character, partition);
        state.make_device_node(character.as_bytes(), VnodeKind::Character, number)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::unit_and_partition;

    #[test]
    fn minor_numbers_name_units_and_partitions() {
        assert_eq!(unit_and_partition(3), (0, 3));
        assert_eq!(unit_and_partition(8), (1, 0));
        assert_eq!(unit_and_partition(65535 * 8 + 7), (65535, 7));
        assert_eq!(unit_and_partition(65536 * 8), (0, 8));
        assert_eq!(unit_and_partition(65536 * 8 + 5 * 8 + 7), (5, 15));
    }
}

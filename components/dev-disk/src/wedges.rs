//! Wedges: parts of disks that are disks themselves, dk0, dk1 ... (dk(4)).

use crate::disk::Disk;
use crate::partition::{NodeKind, check_raw_transfer};
use crate::request::{Request, put, put_string};
use crate::statistics::{DiskList, Statistics, Way};
use crate::units::Unit;
use crate::{RAW_PARTITION, wedge_control};
use alloc::format;
use alloc::string::String;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use dev::{Devices, Majors};
use rump::errno::{Errno, Result};
use rump::file::FileStatus;
use rump::kernel::Kernel;
use rump::sched::Lwp;
use rump::sync::Mutex;
use rump::uio::Uio;
use rump::user_memory::UserAddress;
use vfs::device_switch::device_number;
use vfs::special::CharacterDevice;
use vfs::{BlockDevice, DeviceDriver, FileSystems, VnodeKind, block_io};

/// Bytes of `struct dkwedge_info` and the places of its members.
pub(crate) mod info {
    pub const SIZE: usize = 208;
    pub const DEVICE: usize = 0;
    pub const NAME: usize = 16;
    pub const PARENT: usize = 144;
    pub const OFFSET: usize = 160;
    pub const LENGTH: usize = 168;
    pub const KIND: usize = 176;
    /// Sizes of the members that are strings.
    pub const DEVICE_SIZE: usize = 16;
    pub const NAME_SIZE: usize = 128;
    pub const KIND_SIZE: usize = 32;
}

/// What a wedge is to be: where on its disk, in sectors, and what it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Description {
    pub name: Vec<u8>,
    /// What is in it, as a word: `ffs`, `msdos` ...
    pub kind: Vec<u8>,
    pub offset: u64,
    pub size: u64,
}

/// A wedge.
pub(crate) struct Wedge {
    number: u32,
    pub description: Description,
    parent: Weak<Unit>,
    parent_name: String,
    /// Changes while the parent's state is locked.
    opens: AtomicU32,
    gone: AtomicBool,
    statistics: Arc<Statistics>,
}

impl Wedge {
    pub(crate) fn device_name(&self) -> String {
        format!("dk{}", self.number)
    }

    pub(crate) fn is_open(&self) -> bool {
        self.opens.load(Ordering::Acquire) > 0
    }

    /// `struct dkwedge_info`.
    pub(crate) fn info(&self) -> [u8; info::SIZE] {
        let mut bytes = [0; info::SIZE];
        put_string(&mut bytes, info::DEVICE, info::DEVICE_SIZE, self.device_name().as_bytes());
        put_string(&mut bytes, info::NAME, info::NAME_SIZE, &self.description.name);
        put_string(&mut bytes, info::PARENT, info::DEVICE_SIZE, self.parent_name.as_bytes());
        put(&mut bytes, info::OFFSET, &self.description.offset.to_ne_bytes());
        put(&mut bytes, info::LENGTH, &self.description.size.to_ne_bytes());
        put_string(&mut bytes, info::KIND, info::KIND_SIZE, &self.description.kind);
        bytes
    }

    fn overlaps(&self, other: &Description) -> bool {
        let end = |wedge: &Description| wedge.offset.saturating_add(wedge.size);
        self.description.offset < end(other) && other.offset < end(&self.description)
    }

    /// The disk that it is on.
    ///
    /// # Errors
    /// `ENXIO` when the wedge or the disk is gone.
    pub(crate) fn disk(&self) -> Result<Arc<Disk>> {
        if self.gone.load(Ordering::Acquire) {
            return Err(Errno::ENXIO);
        }
        self.parent.upgrade().ok_or(Errno::ENXIO)?.disk()
    }

    /// Opens it, and the raw partition of its disk with it.
    fn open(self: &Arc<Self>, status: FileStatus) -> Result<OpenWedge> {
        let unit = self.parent.upgrade().ok_or(Errno::ENXIO)?;
        let mut state = unit.state();
        if self.gone.load(Ordering::Acquire) || state.disk.is_none() {
            return Err(Errno::ENXIO);
        }
        self.opens.fetch_add(1, Ordering::AcqRel);
        *state.opens.count(RAW_PARTITION, NodeKind::Block) += 1;
        drop(state);
        Ok(OpenWedge { wedge: Arc::clone(self), unit, status })
    }

    /// Takes it out of the table and `/dev`; its disk has forgotten it already. Nothing can be done with it any more.
    pub(crate) fn retire(&self, kernel: &Kernel) {
        self.gone.store(true, Ordering::Release);
        let Ok(wedges) = Wedges::of(kernel) else { return };
        if let Some(slot) = wedges.slots.lock().get_mut(self.number as usize) {
            *slot = None;
        }
        if let Ok(disks) = DiskList::of(kernel) {
            disks.detach(&self.statistics);
        }
        // A node that cannot be removed leads to nothing, which does no harm.
        let _ = wedges.settle_nodes(kernel, self.number);
    }
}

/// All wedges of one kernel.
pub(crate) struct Wedges {
    majors: Majors,
    slots: Mutex<Vec<Option<Arc<Wedge>>>>,
    /// Held while nodes are made or removed: what `/dev` holds is what the table says.
    nodes: Mutex<()>,
}

/// Wedges at most: as many as there are minor numbers that a node's name has room for.
const MOST_WEDGES: usize = 4096;

impl Wedges {
    pub(crate) fn new(majors: Majors) -> Self {
        Self { majors, slots: Mutex::default(), nodes: Mutex::default() }
    }

    pub(crate) fn of(kernel: &Kernel) -> Result<Arc<Self>> {
        Devices::of(kernel)?.shared()
    }

    fn get(&self, number: u32) -> Result<Arc<Wedge>> {
        self.slots.lock().get(number as usize).cloned().flatten().ok_or(Errno::ENXIO)
    }

    /// Finds a slot for a wedge whose name nobody has.
    fn enter(&self, make: impl FnOnce(u32) -> Arc<Wedge>, name: &[u8]) -> Result<Arc<Wedge>> {
        let mut slots = self.slots.lock();
        if slots.iter().flatten().any(|wedge| wedge.description.name == name) {
            return Err(Errno::EEXIST);
        }
        let free = slots.iter().position(Option::is_none).unwrap_or(slots.len());
        if free >= MOST_WEDGES {
            return Err(Errno::ENOMEM);
        }
        let wedge = make(free as u32);
        if free == slots.len() {
            slots.push(None);
        }
        slots[free] = Some(Arc::clone(&wedge));
        Ok(wedge)
    }

    /// Makes the nodes of a wedge that is in the table, and removes those of one that is not.
    fn settle_nodes(&self, kernel: &Kernel, number: u32) -> Result<()> {
        let _settling = self.nodes.lock();
        let state = FileSystems::of(kernel)?;
        let is_there = self.get(number).is_ok();
        for (prefix, kind, major) in
            [("", VnodeKind::Block, self.majors.block), ("r", VnodeKind::Character, self.majors.character)]
        {
            let name = format!("{prefix}dk{number}");
            let device = device_number(major, number);
            if is_there {
                state.make_device_node(name.as_bytes(), kind, device)?;
            } else {
                state.remove_device_node(name.as_bytes(), device)?;
            }
        }
        Ok(())
    }

    /// Makes a wedge on the disk of a unit.
    ///
    /// # Errors
    /// `ENXIO` when the unit is not configured; `EBUSY` while a partition other than the raw one is open; `EINVAL` for a
    /// wedge that is empty, goes past the end of the disk or overlaps another; `EEXIST` for a name that is taken.
    pub(crate) fn add(
        &self,
        kernel: &Kernel,
        unit: &Arc<Unit>,
        description: Description,
    ) -> Result<Arc<Wedge>> {
        let wedge = {
            let mut state = unit.state();
            let disk = state.disk.as_ref().ok_or(Errno::ENXIO)?;
            let end = description.offset.checked_add(description.size).ok_or(Errno::EINVAL)?;
            if description.size == 0 || end > disk.geometry.sectors {
                return Err(Errno::EINVAL);
            }
            if state.opens.any_but(RAW_PARTITION) {
                return Err(Errno::EBUSY);
            }
            if let Some(other) = state.wedges.iter().find(|known| known.overlaps(&description)) {
                let same = (other.description.offset, other.description.size, &other.description.name)
                    == (description.offset, description.size, &description.name);
                return Err(if same { Errno::EEXIST } else { Errno::EINVAL });
            }
            let name = description.name.clone();
            let make = |number| {
                Arc::new(Wedge {
                    number,
                    description,
                    parent: Arc::downgrade(unit),
                    parent_name: unit.name.clone(),
                    opens: AtomicU32::new(0),
                    gone: AtomicBool::new(false),
                    statistics: Statistics::new(),
                })
            };
            let wedge = self.enter(make, &name)?;
            state.wedges.push(Arc::clone(&wedge));
            // Before anybody can retire it.
            DiskList::of(kernel)?.attach(&wedge.device_name(), &wedge.statistics);
            wedge
        };
        self.settle_nodes(kernel, wedge.number)?;
        Ok(wedge)
    }
}

impl DeviceDriver for Wedges {
    fn medium(&self, minor: u32) -> Option<usize> {
        self.get(minor).ok().map(|wedge| wedge.parent.as_ptr().addr())
    }

    fn open_block(&self, minor: u32, status: FileStatus) -> Result<Arc<dyn BlockDevice>> {
        Ok(Arc::new(self.get(minor)?.open(status)?))
    }

    fn open_character(&self, minor: u32, status: FileStatus) -> Result<Arc<dyn CharacterDevice>> {
        Ok(Arc::new(self.get(minor)?.open(status)?))
    }
}

/// An open wedge; dropping it closes it.
struct OpenWedge {
    wedge: Arc<Wedge>,
    unit: Arc<Unit>,
    status: FileStatus,
}

impl OpenWedge {
    /// The disk, and where a range of the wedge lies on it.
    fn place(&self, offset: u64, length: usize) -> Result<(Arc<Disk>, u64)> {
        let disk = self.wedge.disk()?;
        let unit = u64::from(disk.geometry.sector_size);
        let end = offset.checked_add(length as u64).ok_or(Errno::EINVAL)?;
        let start = self.wedge.description.offset.checked_mul(unit).ok_or(Errno::EINVAL)?;
        if end > self.size() {
            return Err(Errno::EINVAL);
        }
        Ok((disk, start.checked_add(offset).ok_or(Errno::EINVAL)?))
    }

    fn request(&self, lwp: &Lwp, command: u64, data: UserAddress) -> Result<i64> {
        let request = Request { lwp, command, data, status: self.status };
        wedge_control::control(&self.wedge, &request).map(|()| 0)
    }
}

impl Drop for OpenWedge {
    fn drop(&mut self) {
        let mut state = self.unit.state();
        self.wedge.opens.fetch_sub(1, Ordering::AcqRel);
        let count = state.opens.count(RAW_PARTITION, NodeKind::Block);
        *count = count.saturating_sub(1);
    }
}

impl BlockDevice for OpenWedge {
    fn present_size(&self) -> Result<u64> {
        let unit = u64::from(self.wedge.disk()?.geometry.sector_size);
        Ok(self.wedge.description.size.saturating_mul(unit))
    }

    /// 0 when the disk is gone.
    fn size(&self) -> u64 {
        self.present_size().unwrap_or(0)
    }

    fn sector_size(&self) -> u32 {
        self.wedge.disk().map_or(512, |disk| disk.geometry.sector_size)
    }

    fn is_read_only(&self) -> bool {
        !self.status.contains(FileStatus::WRITE)
            || self.wedge.disk().is_ok_and(|disk| disk.medium.is_read_only())
    }

    fn read(&self, offset: u64, into: &mut [u8]) -> Result<()> {
        let (disk, place) = self.place(offset, into.len())?;
        self.wedge.statistics.count(Way::Read, into.len(), || disk.read(place, into))
    }

    fn write(&self, offset: u64, from: &[u8]) -> Result<()> {
        let (disk, place) = self.place(offset, from.len())?;
        if disk.medium.is_read_only() {
            return Err(Errno::EROFS);
        }
        self.wedge.statistics.count(Way::Write, from.len(), || disk.write(place, from))
    }

    fn flush(&self) -> Result<()> {
        self.wedge.disk()?.medium.flush()
    }

    fn control(&self, lwp: &Lwp, command: u64, data: UserAddress) -> Result<i64> {
        self.request(lwp, command, data)
    }
}

impl CharacterDevice for OpenWedge {
    fn read(&self, _minor: u32, uio: &mut Uio<'_>) -> Result<()> {
        check_raw_transfer(uio, self.wedge.disk()?.geometry.sector_size)?;
        block_io::read(self, uio)
    }

    fn write(&self, _minor: u32, uio: &mut Uio<'_>) -> Result<()> {
        check_raw_transfer(uio, self.wedge.disk()?.geometry.sector_size)?;
        block_io::write(self, uio)
    }

    fn control(&self, _minor: u32, lwp: &Lwp, command: u64, data: UserAddress) -> Result<i64> {
        self.request(lwp, command, data)
    }
}

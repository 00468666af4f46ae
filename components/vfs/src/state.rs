//! What component vfs keeps for one kernel.

use crate::advisory_lock::{LockWaits, Patience};
use crate::attributes::{NewFile, VnodeKind};
use crate::block_device::BlockDevice;
pub use crate::device_switch::device_number;
use crate::device_switch::{DeviceDriver, DeviceSwitch};
use crate::etfs::HostFiles;
use crate::event_counters::{ForgottenNames, HostTransfers};
use crate::file_system::FileSystemType;
use crate::mount::Mount;
use crate::page_pool::PagePool;
use crate::root_directory::RootDirectory;
use crate::special::CharacterDevice;
use crate::syncer::Syncer;
use crate::vnode::VnodeRef;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU64, Ordering};
use rump::component::Slot;
use rump::errno::{Errno, Result};
use rump::event_counter::EventCounters;
use rump::file::FileStatus;
use rump::kernel::Kernel;
use rump::memory;
use rump::sync::{Mutex, RwLock};

/// File-system types, mounts and devices of one kernel.
pub struct FileSystems {
    pub pages: Arc<PagePool>,
    pub host_files: HostFiles,
    pub(crate) lock_waits: LockWaits,
    /// Held while the list of mounts, or what they cover, changes.
    pub(crate) mount_lock: Mutex<()>,
    pub(crate) syncer: Syncer,
    pub(crate) host_transfers: HostTransfers,
    pub(crate) forgotten_names: ForgottenNames,
    types: RwLock<Vec<Arc<dyn FileSystemType>>>,
    mounts: RwLock<Vec<Arc<Mount>>>,
    /// The root file system's.
    root: RwLock<Option<VnodeRef>>,
    pub(crate) root_directory: RootDirectory,
    pub(crate) devices: DeviceSwitch,
    next_mount: AtomicU64,
}

impl FileSystems {
    pub(crate) fn new(counters: &EventCounters) -> Self {
        Self {
            pages: PagePool::new(None),
            host_files: HostFiles::default(),
            lock_waits: LockWaits::default(),
            mount_lock: Mutex::new(()),
            syncer: Syncer::default(),
            host_transfers: HostTransfers::new(counters),
            forgotten_names: ForgottenNames::new(counters),
            types: RwLock::default(),
            mounts: RwLock::default(),
            root: RwLock::default(),
            root_directory: RootDirectory::default(),
            devices: DeviceSwitch::default(),
            next_mount: AtomicU64::new(1),
        }
    }

    /// The state of component vfs in a kernel.
    ///
    /// # Errors
    /// `ENOSYS` when the component is not there.
    pub fn of(kernel: &Kernel) -> Result<&Self> {
        kernel.slots.get(Slot::FileSystems).ok_or(Errno::ENOSYS)
    }

    /// How long a request for an advisory lock waits.
    #[must_use]
    pub fn patience(&self, waits: bool) -> Patience<'_> {
        if waits { Patience::Wait(&self.lock_waits) } else { Patience::None }
    }

    /// Adds a type of file system.
    ///
    /// # Errors
    /// `EEXIST` when there is one of that name.
    pub fn register_type(&self, new: Arc<dyn FileSystemType>) -> Result<()> {
        let mut types = self.types.write();
        if types.iter().any(|known| known.name() == new.name()) {
            return Err(Errno::EEXIST);
        }
        types.push(new);
        Ok(())
    }

    /// Removes a type of file system.
    ///
    /// # Errors
    /// `EBUSY` while one of that type is mounted; `ENODEV` when there is no such type.
    pub fn remove_type(&self, name: &str) -> Result<()> {
        let _changing = self.mount_lock.lock();
        if self.mounts.read().iter().any(|mount| mount.type_name == name) {
            return Err(Errno::EBUSY);
        }
        let mut types = self.types.write();
        let index = types.iter().position(|known| known.name() == name).ok_or(Errno::ENODEV)?;
        types.remove(index);
        Ok(())
    }

    /// The type of that name.
    ///
    /// # Errors
    /// `ENODEV` when there is none.
    pub fn find_type(&self, name: &[u8]) -> Result<Arc<dyn FileSystemType>> {
        let types = self.types.read();
        types.iter().find(|known| known.name().as_bytes() == name).cloned().ok_or(Errno::ENODEV)
    }

    /// The names of all types, in the order in which they came.
    #[must_use]
    pub fn type_names(&self) -> Vec<&'static str> {
        self.types.read().iter().map(|known| known.name()).collect()
    }

    /// A number for a new mount.
    pub fn next_mount_id(&self) -> u64 {
        self.next_mount.fetch_add(1, Ordering::Relaxed)
    }

    /// All mounts, the root first. No list of them is made, for which there might be no memory: one that comes or goes
    /// meanwhile may be among them or not.
    pub fn mounts(&self) -> impl Iterator<Item = Arc<Mount>> {
        let mut last = None;
        core::iter::from_fn(move || {
            let mounts = self.mounts.read();
            let next = last.map_or(0, |last| mounts.partition_point(|mount| mount.id <= last));
            let mount = mounts.get(next).cloned()?;
            last = Some(mount.id);
            Some(mount)
        })
    }

    /// The newest mount, or that before the one with number `last`.
    pub(crate) fn newest_mount_before(&self, last: Option<u64>) -> Option<Arc<Mount>> {
        let is_before = |mount: &&Arc<Mount>| last.is_none_or(|last| mount.id < last);
        self.mounts.read().iter().rev().find(is_before).cloned()
    }

    /// Makes all mounts stable.
    ///
    /// # Errors
    /// The first that a file system gives; the others are tried all the same.
    pub fn sync(&self) -> Result<()> {
        let mut result = Ok(());
        for mount in self.mounts() {
            result = result.and(mount.file_system().and_then(|file_system| file_system.sync()));
        }
        result
    }

    /// Gives memory back that holds what devices have, too: file data and then metadata. What is dirty is written first, if
    /// there is too little else.
    ///
    /// # Errors
    /// What a file system gives where something had to be written.
    pub fn release_memory(&self, bytes: usize) -> Result<()> {
        let left = bytes.saturating_sub(self.release_clean(bytes));
        if left > 0 {
            let result = self.sync();
            self.release_clean(left);
            result?;
        }
        Ok(())
    }

    /// Gives clean memory back, and tells how much.
    fn release_clean(&self, bytes: usize) -> usize {
        let mut released = self.pages.release(bytes);
        for mount in self.mounts() {
            if let (Ok(file_system), true) = (mount.file_system(), released < bytes) {
                released += file_system.release_metadata(bytes - released);
            }
        }
        released
    }

    /// Makes room for one more mount.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub(crate) fn reserve_mount(&self) -> Result<()> {
        memory::reserve(&mut self.mounts.write(), 1)
    }

    /// Enters a mount for which there is room, in the order of their numbers.
    pub(crate) fn add_mount(&self, mount: Arc<Mount>) {
        let mut mounts = self.mounts.write();
        let place = mounts.partition_point(|known| known.id < mount.id);
        mounts.insert(place, mount);
    }

    pub(crate) fn remove_mount(&self, mount: &Arc<Mount>) {
        self.mounts.write().retain(|known| !Arc::ptr_eq(known, mount));
    }

    pub(crate) fn set_root(&self, root: VnodeRef) {
        self.root_directory.set(Some(root.clone()));
        *self.root.write() = Some(root);
    }

    /// Unmounts everything, the newest first, and lets the root go.
    ///
    /// # Errors
    /// The first that a file system gives; the others are unmounted all the same.
    pub(crate) fn end(&self) -> Result<()> {
        self.syncer.stop();
        self.root_directory.set(None);
        let mut result = Ok(());
        loop {
            let newest = self.mounts.read().last().cloned();
            let Some(mount) = newest else { break };
            result = result.and(mount.file_system().and_then(|file_system| file_system.unmount(true)));
            mount.vnodes.clear();
            mount.let_go();
            self.remove_mount(&mount);
        }
        let root = self.root.write().take();
        drop(root);
        // Disks hold files, and with them the kernel.
        self.devices.clear();
        result
    }

    /// The root file system's root directory, whatever is mounted over it.
    ///
    /// # Errors
    /// `ENXIO` before it is mounted.
    pub fn root(&self) -> Result<VnodeRef> {
        self.root.read().clone().ok_or(Errno::ENXIO)
    }

    /// Adds a block device under a device number.
    ///
    /// # Errors
    /// `EEXIST` when the number is taken.
    pub fn register_block_device(&self, number: u64, device: Arc<dyn BlockDevice>) -> Result<()> {
        self.devices.add_block(number, device)
    }

    /// Removes a block device; who has it open keeps it.
    pub fn remove_block_device(&self, number: u64) {
        self.devices.remove_block(number);
    }

    /// The block device of that number, open for whatever it allows; dropping it closes it.
    ///
    /// # Errors
    /// `ENXIO` when there is none; what its driver says.
    pub fn block_device(&self, number: u64) -> Result<Arc<dyn BlockDevice>> {
        match self.devices.registered_block(number) {
            Some(device) => Ok(device),
            None => self.devices.open_block(number, FileStatus::READ | FileStatus::WRITE),
        }
    }

    /// Adds a character device under a device number.
    ///
    /// # Errors
    /// `EEXIST` when the number is taken.
    pub fn register_character_device(&self, number: u64, device: Arc<dyn CharacterDevice>) -> Result<()> {
        self.devices.add_character(number, device)
    }

    /// Removes a character device; who has it open keeps it.
    pub fn remove_character_device(&self, number: u64) {
        self.devices.remove_character(number);
    }

    /// Puts what `wrap` makes of a registered character device into its place: a driver that adds to what it does.
    ///
    /// # Errors
    /// `ENXIO` when there is none.
    pub fn wrap_character_device(
        &self,
        number: u64,
        wrap: &dyn Fn(Arc<dyn CharacterDevice>) -> Arc<dyn CharacterDevice>,
    ) -> Result<()> {
        self.devices.wrap_character(number, wrap)
    }

    /// Adds a driver under its major numbers.
    ///
    /// # Errors
    /// `EEXIST` when one of them is taken.
    pub fn register_driver(
        &self,
        block: Option<u32>,
        character: Option<u32>,
        driver: &Arc<dyn DeviceDriver>,
    ) -> Result<()> {
        self.devices.add_driver(block, character, driver)
    }

    /// Makes a node of a device in `/dev`; one that is there already stays as it is.
    ///
    /// # Errors
    /// `ENOENT` without `/dev`; what its file system says.
    pub fn make_device_node(&self, name: &[u8], kind: VnodeKind, number: u64) -> Result<()> {
        const PERMISSIONS: u32 = 0o644;
        let node = NewFile { kind, permissions: PERMISSIONS, user: 0, device: number };
        match self.root()?.lookup(b"dev")?.create(name, &node) {
            Ok(_) | Err(Errno::EEXIST) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Removes a device's node from `/dev`, if it is there and of that device.
    ///
    /// # Errors
    /// What its file system says.
    pub fn remove_device_node(&self, name: &[u8], number: u64) -> Result<()> {
        let directory = self.root()?.lookup(b"dev")?;
        match directory.lookup(name) {
            Ok(node) if node.device == number => directory.remove(name, &node),
            Ok(_) | Err(Errno::ENOENT) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

//! Mounts: one file system in the tree, with its vnodes.

use crate::file_system::FileSystem;
use crate::page_pool::PagePool;
use crate::state::FileSystems;
use crate::vnode::{NewVnode, VnodeRef};
use crate::vnode_table::VnodeTable;
use alloc::sync::Arc;
use alloc::vec::Vec;
use bitflags::bitflags;
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use rump::component::Slot;
use rump::errno::{Errno, Result};
use rump::kernel::Kernel;
use rump::sync::{Mutex, Once, SpinMutex, set_once};
use rump::time::Timespec;

bitflags! {
    /// Options of a mount, and what mount(2) is to do (`MNT_*`).
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct MountFlags: u32 {
        const READ_ONLY = 0x0000_0001;
        const SYNCHRONOUS = 0x0000_0002;
        const NO_EXECUTE = 0x0000_0004;
        const NO_SET_ID = 0x0000_0008;
        const NO_DEVICES = 0x0000_0010;
        const UNION = 0x0000_0020;
        const ASYNCHRONOUS = 0x0000_0040;
        const LOCAL = 0x0000_1000;
        const ROOT = 0x0000_4000;
        const UPDATE = 0x0001_0000;
        const RELATIVE_ACCESS_TIME = 0x0002_0000;
        const RELOAD = 0x0004_0000;
        const FORCE = 0x0008_0000;
        const GET_ARGUMENTS = 0x0040_0000;
        /// Extended attributes are to be started (`MNT_EXTATTR`).
        const EXTENDED_ATTRIBUTES = 0x0100_0000;
        const LOG = 0x0200_0000;
        const NO_ACCESS_TIME = 0x0400_0000;
        /// What a request asks for beside the options.
        const OPERATIONS = Self::UPDATE.bits() | Self::RELOAD.bits() | Self::FORCE.bits()
            | Self::GET_ARGUMENTS.bits();
        /// Options that an update may change.
        const UPDATABLE = Self::READ_ONLY.bits() | Self::SYNCHRONOUS.bits() | Self::NO_EXECUTE.bits()
            | Self::NO_SET_ID.bits() | Self::NO_DEVICES.bits() | Self::ASYNCHRONOUS.bits()
            | Self::RELATIVE_ACCESS_TIME.bits() | Self::NO_ACCESS_TIME.bits() | Self::LOG.bits()
            | Self::EXTENDED_ATTRIBUTES.bits();
        const _ = !0;
    }
}

/// Where a mount hangs in the tree, and what it came from.
#[derive(Clone, Default)]
pub struct MountNames {
    /// Path that it is mounted on.
    pub on: Vec<u8>,
    /// What it was mounted from: a device's path, or the type's name.
    pub from: Vec<u8>,
}

/// One mounted file system.
pub struct Mount {
    /// Unique among the mounts of this kernel; the file system's device number in stat(2).
    pub id: u64,
    pub kernel: Arc<Kernel>,
    pub type_name: &'static str,
    pub vnodes: VnodeTable,
    /// Held while a rename looks at ancestors.
    pub rename_lock: Mutex<()>,
    /// The user who mounted it.
    pub owner: u32,
    flags: AtomicU32,
    /// Files that are open for writing.
    writers: AtomicU32,
    /// Set once it has been unmounted.
    is_gone: AtomicBool,
    names: SpinMutex<MountNames>,
    covered: SpinMutex<Option<VnodeRef>>,
    /// The node of the block device that it was mounted from, in use while it is mounted.
    device: SpinMutex<Option<VnodeRef>>,
    activity: AtomicU64,
    file_system: Once<Arc<dyn FileSystem>>,
}

impl Mount {
    /// A mount that nobody sees yet and that has no file system.
    #[must_use]
    pub fn new(
        kernel: &Arc<Kernel>,
        id: u64,
        type_name: &'static str,
        flags: MountFlags,
        owner: u32,
    ) -> Arc<Self> {
        Arc::new(Self {
            id,
            kernel: Arc::clone(kernel),
            type_name,
            vnodes: VnodeTable::new(kernel.configuration.vnodes),
            rename_lock: Mutex::new(()),
            owner,
            flags: AtomicU32::new(flags.difference(MountFlags::OPERATIONS).bits()),
            writers: AtomicU32::new(0),
            is_gone: AtomicBool::new(false),
            names: SpinMutex::new(MountNames::default()),
            covered: SpinMutex::new(None),
            device: SpinMutex::new(None),
            activity: AtomicU64::new(0),
            file_system: Once::new(),
        })
    }

    /// Its options.
    #[must_use]
    pub fn flags(&self) -> MountFlags {
        MountFlags::from_bits_retain(self.flags.load(Ordering::Acquire))
    }

    /// Whether nothing on it may be changed.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.flags().contains(MountFlags::READ_ONLY)
    }

    pub(crate) fn add_writer(&self) {
        self.writers.fetch_add(1, Ordering::AcqRel);
    }

    pub(crate) fn remove_writer(&self) {
        self.writers.fetch_sub(1, Ordering::AcqRel);
    }

    /// Whether a file on it is open for writing.
    pub(crate) fn has_writers(&self) -> bool {
        self.writers.load(Ordering::Acquire) > 0
    }

    /// Whether it has been unmounted: by force, where somebody still has a vnode of it.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.is_gone.load(Ordering::Acquire)
    }

    pub(crate) fn set_gone(&self) {
        self.is_gone.store(true, Ordering::Release);
    }

    /// Changes its options.
    pub fn set_flags(&self, flags: MountFlags) {
        self.flags.store(flags.difference(MountFlags::OPERATIONS).bits(), Ordering::Release);
    }

    /// Where it hangs and what it came from.
    #[must_use]
    pub fn names(&self) -> MountNames {
        self.names.lock().clone()
    }

    /// Sets what it was mounted from.
    pub fn set_source(&self, from: &[u8]) {
        let from = from.to_vec();
        self.names.lock().from = from;
    }

    /// The node of the block device that it was mounted from, if that is what it was mounted from.
    #[must_use]
    pub fn device(&self) -> Option<VnodeRef> {
        self.device.lock().clone()
    }

    /// Sets that node. Writing to the device by its nodes can be forbidden (securelevel).
    pub fn set_device(&self, node: VnodeRef) {
        let former = self.device.lock().replace(node);
        drop(former);
    }

    pub(crate) fn set_place(&self, on: &[u8]) {
        let on = on.to_vec();
        self.names.lock().on = on;
    }

    /// Gives it its file system, once.
    ///
    /// # Errors
    /// `EBUSY` when it has one.
    pub fn set_file_system(&self, file_system: Arc<dyn FileSystem>) -> Result<()> {
        set_once(&self.file_system, file_system).map_err(|_| Errno::EBUSY)
    }

    /// Its file system.
    ///
    /// # Errors
    /// `ENXIO` while it is being mounted.
    pub fn file_system(&self) -> Result<&Arc<dyn FileSystem>> {
        self.file_system.get().ok_or(Errno::ENXIO)
    }

    /// The directory that it covers; `None` for the root.
    #[must_use]
    pub fn covered(&self) -> Option<VnodeRef> {
        self.covered.lock().clone()
    }

    pub(crate) fn set_covered(&self, vnode: VnodeRef) {
        let former = self.covered.lock().replace(vnode);
        drop(former);
    }

    /// It has been unmounted: what it was mounted on and from is no longer in use.
    pub(crate) fn let_go(&self) {
        // Dropped outside the locks: that may run a file system's `inactive`.
        let covered = self.covered.lock().take();
        let device = self.device.lock().take();
        drop((covered, device));
    }

    /// Counts uses of vnodes, for telling which was used last.
    pub(crate) fn next_activity(&self) -> u64 {
        self.activity.fetch_add(1, Ordering::Relaxed)
    }

    /// All file data that this kernel keeps in memory.
    ///
    /// # Errors
    /// `ENXIO` when component vfs has not started.
    pub fn page_pool(&self) -> Result<&Arc<PagePool>> {
        let state: &FileSystems = self.kernel.slots.get(Slot::FileSystems).ok_or(Errno::ENXIO)?;
        Ok(&state.pages)
    }

    /// The time of day.
    #[must_use]
    pub fn now(&self) -> Timespec {
        self.kernel.now()
    }

    /// The vnode of a number, brought into memory by `load` if it is not there.
    ///
    /// # Errors
    /// What `load` says.
    pub fn vnode(
        self: &Arc<Self>,
        number: u64,
        load: &mut dyn FnMut() -> Result<NewVnode>,
    ) -> Result<VnodeRef> {
        self.vnodes.get_or_load(self, number, load)
    }

    /// Whether devices named by files on it may be used.
    #[must_use]
    pub fn allows_devices(&self) -> bool {
        !self.flags().contains(MountFlags::NO_DEVICES)
    }

    /// Whether the access time of a file of this kind is to be kept.
    #[must_use]
    pub fn keeps_access_times(&self) -> bool {
        !self.flags().intersects(MountFlags::READ_ONLY | MountFlags::NO_ACCESS_TIME)
    }
}

//! The type `ffs`, and one mount of it.

use crate::attributes::control::SlotSize;
use crate::attributes::started::StartedAttributes;
use crate::format::numbers::InodeNumber;
use crate::node::Node;
use crate::unlocked_changes::UnlockedChanges;
use crate::volume::{OpenOptions, Volume};
use alloc::boxed::Box;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use rump::errno::{Errno, Result};
use rump::sync::Mutex;
use rump::user_memory::UserAddress;
use vfs::attributes::{FileSystemStatistics, VnodeKind};
use vfs::block_device::BlockDevice;
use vfs::extended_attributes::AttributeRequest;
use vfs::file_system::{FileHandle, FileSystem, FileSystemType, MountRequest};
use vfs::mount::{Mount, MountFlags};
use vfs::state::FileSystems;
use vfs::vnode::VnodeRef;

/// Bytes in a name at most (`FFS_MAXNAMLEN`).
const LONGEST_NAME: u64 = 255;
/// Bytes of `struct ufs_args`: a pointer to the device's path.
const ARGUMENTS: usize = 8;
const LONGEST_PATH: usize = 1024;
/// Metadata changed and not yet written, in bytes, before it is written in passing.
const DIRTY_METADATA: usize = 32 << 20;

/// The type of file system.
#[derive(Default)]
pub struct FfsType {
    /// Devices that are mounted.
    mounted: Mutex<Vec<(u64, Weak<Shared>)>>,
    /// Of files that are made for extended attributes.
    pub(crate) slot_size: Arc<SlotSize>,
}

/// What all nodes of a mount share.
pub struct Shared {
    pub(crate) volume: Volume,
    mount: Weak<Mount>,
    /// Held by whoever locks two directories.
    pub(crate) namespace: Mutex<()>,
    pub(crate) unlocked_changes: UnlockedChanges,
    pub(crate) attributes: StartedAttributes,
    pub(crate) slot_size: Arc<SlotSize>,
}

impl Shared {
    /// The mount.
    ///
    /// # Errors
    /// `ENXIO` when it is gone.
    pub(crate) fn mount(&self) -> Result<Arc<Mount>> {
        self.mount.upgrade().ok_or(Errno::ENXIO)
    }

    /// The vnode of a number.
    ///
    /// # Errors
    /// `ENOENT` for a free inode; `EIO`.
    pub(crate) fn load(self: &Arc<Self>, number: InodeNumber) -> Result<VnodeRef> {
        let mut load = || Node::vnode(self, number, self.volume.read_inode(number)?, None);
        self.mount()?.vnode(u64::from(number.0), &mut load)
    }

    /// Ends a change, with no node locked: writes metadata when the mount is synchronous, or much of it waits in memory.
    ///
    /// # Errors
    /// What the device says.
    pub(crate) fn finish_change(&self) -> Result<()> {
        if self.mount()?.flags().contains(MountFlags::SYNCHRONOUS) {
            return self.volume.sync_metadata();
        }
        if self.volume.buffers.dirty_bytes() > DIRTY_METADATA { self.volume.write_buffers() } else { Ok(()) }
    }

    /// Writes the data of all files in memory. All are tried.
    fn flush_files(&self) -> Result<()> {
        let mut result = Ok(());
        for vnode in self.mount()?.vnodes.all()? {
            result = result.and(Node::of(&vnode)?.flush());
        }
        result
    }

    /// Gives back what has no name, in use or not.
    ///
    /// # Errors
    /// `ENXIO` when the mount is gone; `ENOMEM`.
    fn release_unlinked(self: &Arc<Self>) -> Result<()> {
        for vnode in self.mount()?.vnodes.all()? {
            Node::of(&vnode)?.release_by_force();
        }
        self.release_orphans();
        Ok(())
    }

    /// Gives back what lost its name and its last use when it could not be given back, or before a crash.
    fn release_orphans(self: &Arc<Self>) {
        while let Some(number) = self.volume.next_orphan() {
            self.volume.keep_failure(self.release_orphan(number));
        }
    }

    fn release_orphan(self: &Arc<Self>, number: InodeNumber) -> Result<()> {
        if !self.volume.is_valid_number(number) || !self.volume.is_inode_used(number)? {
            return Ok(());
        }
        if self.volume.read_any_inode(number)?.mode == 0 {
            return self.volume.free_inode(number, false);
        }
        let inode = self.volume.read_inode(number)?;
        Node::new(self, number, inode, None)?.release_by_force();
        Ok(())
    }

    fn any_unlinked(&self) -> Result<bool> {
        let vnodes = self.mount()?.vnodes.all()?;
        Ok(vnodes
            .iter()
            .filter_map(|vnode| Node::of(vnode).ok())
            .any(|node| node.state.read().inode.nlink == 0))
    }

    /// Makes all stable and marks the file system as unmounted in order. By `force`, what has no name goes though it is in use.
    fn end_writing(self: &Arc<Self>, force: bool) -> Result<()> {
        if self.volume.is_read_only() {
            return Ok(());
        }
        self.flush_files()?;
        // From here on no operation begins a change; what had begun is waited for, or holds a lock that flushing waits for.
        self.volume.stop_changes();
        self.unlocked_changes.wait();
        let released = if force { self.release_unlinked() } else { Ok(()) };
        let result = released.and_then(|()| self.flush_files()).and_then(|()| self.volume.end_writing());
        if result.is_err() {
            self.volume.resume_changes();
        }
        result
    }
}

/// A mount.
pub struct Ffs {
    shared: Arc<Shared>,
    /// Held while the mount becomes another: read-only or not, or none.
    changing: Mutex<()>,
}

impl Ffs {
    /// Mounts the file system on `device` at `mount`, as its flags say.
    ///
    /// # Errors
    /// As [`Volume::open`].
    pub fn new(mount: &Arc<Mount>, device: Arc<dyn BlockDevice>, force: bool) -> Result<Arc<Self>> {
        Self::open(mount, device, force, Arc::default())
    }

    fn open(
        mount: &Arc<Mount>,
        device: Arc<dyn BlockDevice>,
        force: bool,
        slot_size: Arc<SlotSize>,
    ) -> Result<Arc<Self>> {
        let kernel = Arc::clone(&mount.kernel);
        let options = OpenOptions { read_only: mount.is_read_only(), force };
        let volume = Volume::open(device, options, Box::new(move || kernel.now()))?;
        let shared = Arc::new(Shared {
            volume,
            mount: Arc::downgrade(mount),
            namespace: Mutex::new(()),
            unlocked_changes: UnlockedChanges::default(),
            attributes: StartedAttributes::default(),
            slot_size,
        });
        if !options.read_only {
            shared.release_orphans();
        }
        Ok(Arc::new(Self { shared, changing: Mutex::new(()) }))
    }
}

fn device_path(request: &MountRequest<'_>) -> Result<Option<Vec<u8>>> {
    if request.length < ARGUMENTS || request.arguments.is_null() {
        return Err(Errno::EINVAL);
    }
    let path = UserAddress::new(request.space.read::<u64>(request.arguments)?);
    if path.is_null() {
        return Ok(None);
    }
    request.space.copy_in_string(path, LONGEST_PATH).map(Some)
}

impl FileSystemType for FfsType {
    fn name(&self) -> &'static str {
        "ffs"
    }

    fn mount(&self, mount: &Arc<Mount>, request: &MountRequest<'_>) -> Result<Arc<dyn FileSystem>> {
        if request.flags.contains(MountFlags::LOG) {
            return Err(Errno::EOPNOTSUPP);
        }
        let path = device_path(request)?.ok_or(Errno::EINVAL)?;
        let vnode = (request.resolve)(&path)?;
        if vnode.kind != VnodeKind::Block {
            return Err(Errno::ENOTBLK);
        }
        let device = FileSystems::of(&mount.kernel)?.block_device(vnode.device)?;
        let mut mounted = self.mounted.lock();
        mounted.retain(|(_, shared)| shared.strong_count() > 0);
        if mounted.iter().any(|(number, _)| *number == vnode.device) {
            return Err(Errno::EBUSY);
        }
        let force = request.flags.contains(MountFlags::FORCE);
        let ffs = Ffs::open(mount, device, force, Arc::clone(&self.slot_size))?;
        mounted.push((vnode.device, Arc::downgrade(&ffs.shared)));
        mount.set_source(&path);
        mount.set_device(vnode);
        Ok(ffs)
    }
}

impl FileSystem for Ffs {
    fn root(&self) -> Result<VnodeRef> {
        self.shared.load(InodeNumber::ROOT)
    }

    fn statistics(&self) -> Result<FileSystemStatistics> {
        let geometry = &self.shared.volume.geometry;
        let total = self.shared.volume.totals();
        let count = |value: i64| u64::try_from(value).unwrap_or(0);
        let free = total.free_fragments(geometry);
        let reserved = self.shared.volume.reserved_fragments();
        Ok(FileSystemStatistics {
            block_size: u64::from(geometry.fs_bsize),
            fragment_size: u64::from(geometry.fs_fsize),
            blocks: geometry.fs_dsize,
            blocks_free: free,
            blocks_available: free.saturating_sub(reserved),
            blocks_reserved: reserved,
            files: u64::from(geometry.inode_count() - InodeNumber::ROOT.0),
            files_free: count(total.cs_nifree),
            files_available: count(total.cs_nifree),
            files_reserved: 0,
            longest_name: LONGEST_NAME,
        })
    }

    fn sync(&self) -> Result<()> {
        if self.shared.volume.is_read_only() {
            return Ok(());
        }
        // Data first: what metadata points to is there when it is written.
        let data = self.shared.flush_files();
        data.and(self.shared.volume.sync())
    }

    fn release_metadata(&self, bytes: usize) -> usize {
        self.shared.volume.buffers.release(bytes)
    }

    fn update(&self, _mount: &Arc<Mount>, request: &MountRequest<'_>) -> Result<()> {
        if request.flags.contains(MountFlags::LOG) {
            return Err(Errno::EOPNOTSUPP);
        }
        let force = request.flags.contains(MountFlags::FORCE);
        let read_only = request.flags.contains(MountFlags::READ_ONLY);
        let _changing = self.changing.lock();
        if read_only && !self.shared.volume.is_read_only() {
            if !force && self.shared.any_unlinked()? {
                return Err(Errno::EBUSY);
            }
            self.shared.end_writing(force)?;
        }
        if request.flags.contains(MountFlags::RELOAD) {
            self.shared.reload()?;
        }
        if !read_only && self.shared.volume.is_read_only() {
            self.shared.volume.begin_writing(force)?;
            self.shared.release_orphans();
        }
        Ok(())
    }

    fn own_uses(&self) -> Result<Vec<u64>> {
        self.shared.attributes.files_on(&self.shared.mount()?)
    }

    fn control_attributes(&self, request: &AttributeRequest<'_>) -> Result<()> {
        self.shared.control_attributes(request)
    }

    fn unmount(&self, force: bool) -> Result<()> {
        let _changing = self.changing.lock();
        let mut attributes = self.shared.attributes.stop();
        if let Some(attributes) = &mut attributes {
            // A file that no name leads to any more is freed with its last use, as long as that can be written.
            attributes.retain(|attribute| !attribute.file.is_unlinked());
        }
        let result = self.shared.end_writing(force);
        if force {
            self.shared.volume.stop_changes();
        } else if let (Err(_), Some(attributes)) = (&result, attributes) {
            self.shared.attributes.resume(attributes);
        }
        result
    }

    fn vnode_by_handle(&self, handle: FileHandle) -> Result<VnodeRef> {
        let number = InodeNumber(u32::try_from(handle.number).map_err(|_| Errno::ESTALE)?);
        if !self.shared.volume.is_valid_number(number) || !self.shared.volume.is_inode_used(number)? {
            return Err(Errno::ESTALE);
        }
        let vnode = match self.shared.load(number) {
            Err(Errno::ENOENT) => Err(Errno::ESTALE),
            other => other,
        }?;
        let same = {
            let state = Node::of(&vnode)?.state.read();
            !state.freed && state.inode.nlink > 0 && state.inode.generation == handle.generation
        };
        if same { Ok(vnode) } else { Err(Errno::ESTALE) }
    }

    /// As in the original, the path is not told: only that there is one.
    fn arguments(&self) -> Result<Vec<u8>> {
        Ok([0; ARGUMENTS].to_vec())
    }
}

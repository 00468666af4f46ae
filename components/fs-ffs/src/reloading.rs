//! Reading a file system anew that something else has changed on its device, a checker or tunefs(8), while it was mounted
//! read-only (`MNT_RELOAD`).

use crate::format::dinode::Inode;
use crate::format::numbers::InodeNumber;
use crate::format::superblock::flags;
use crate::journal::replayed_device::ReplayedDevice;
use crate::mounting::Shared;
use crate::node::Node;
use crate::volume::Volume;
use alloc::sync::Arc;
use core::sync::atomic::Ordering;
use rump::errno::{Errno, Result};
use rump::memory;
use vfs::attributes::VnodeKind;
use vfs::block_device::BlockDevice;

impl Shared {
    /// Reads everything anew. Files that are open go on as what they are on the device now; one that is no more there, or
    /// another file, is `ENOENT` for who has it.
    ///
    /// # Errors
    /// `EINVAL` when the mount is not read-only, there is no file system on the device any more, or one that lies elsewhere;
    /// `EFTYPE` when there is a log where there was none, or none that can be replayed; `EIO`, `ENOMEM`. Unless a single file
    /// cannot be read, everything is as it was then.
    pub(crate) fn reload(self: &Arc<Self>) -> Result<()> {
        self.volume.reload()?;
        let vnodes = &self.mount()?.vnodes;
        vnodes.distrust_loading();
        let mut result = Ok(());
        for vnode in vnodes.all()? {
            vnodes.remove_unused(vnode.number);
            if let Some(vnode) = vnodes.get(vnode.number) {
                result = result.and(Node::of(&vnode)?.reload());
            }
        }
        self.volume.drop_used_orphans();
        result
    }
}

impl Node {
    /// Reads the inode anew and forgets what the file held.
    fn reload(&self) -> Result<()> {
        let mut state = self.state.write();
        if state.freed {
            return Ok(());
        }
        state.index = None;
        self.cache.clear();
        self.accessed.store(false, Ordering::Relaxed);
        self.modified.store(false, Ordering::Relaxed);
        let found = self.shared.volume.read_inode(self.number);
        match found {
            Ok(inode) if inode.kind() == Ok(self.kind) && inode.generation == state.inode.generation => {
                state.inode = inode;
                return Ok(());
            }
            _ => {}
        }
        state.freed = true;
        drop(self.shared.mount()?.vnodes.remove(u64::from(self.number.0)));
        match found {
            Err(Errno::ENOENT) | Ok(_) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

impl Volume {
    /// Reads the superblock, the summary and the log anew, and forgets all other metadata.
    fn reload(&self) -> Result<()> {
        if !self.is_read_only() {
            return Err(Errno::EINVAL);
        }
        if self.has_moved() || self.buffers.dirty_bytes() > 0 {
            return Err(Errno::EBUSY);
        }
        let medium = match &self.replayed {
            Some(replayed) => Arc::clone(replayed.underlying()),
            None => Arc::clone(&self.device) as _,
        };
        let replayed = self.replay_anew(&medium)?;
        let device: &dyn BlockDevice = match &replayed {
            Some(replayed) => &**replayed,
            None => &*medium,
        };
        let superblock = Self::find_superblock(device)?;
        if !superblock.geometry.has_layout_of(&self.geometry) {
            return Err(Errno::EINVAL);
        }
        let known = self.accounts.lock().superblock.fs_flags | flags::FS_KNOWN_FLAGS;
        if superblock.fs_flags & !known != 0 {
            return Err(Errno::EINVAL);
        }
        self.check_root(device)?;
        let accounts = Self::read_accounts(superblock, device, &self.clock)?;
        if let Some(former) = &self.replayed {
            former.take_over(replayed.as_deref());
        }
        *self.accounts.lock() = accounts;
        self.buffers.clear();
        Ok(())
    }

    /// What the log holds now, if one is in use.
    fn replay_anew(&self, medium: &Arc<dyn BlockDevice>) -> Result<Option<Arc<ReplayedDevice>>> {
        let superblock = Self::find_superblock(&**medium)?;
        let was_logged = self.accounts.lock().superblock.fs_flags & flags::FS_DOWAPBL != 0;
        match (Self::replay(medium, &superblock), &self.replayed) {
            // Overlooked at mount, by force.
            (Err(Errno::EFTYPE), None) if was_logged => Ok(None),
            (Ok(Some(_)), None) => Err(Errno::EFTYPE),
            (replayed, _) => replayed,
        }
    }

    /// The root directory has to be one: who has it has it for as long as the mount is there.
    fn check_root(&self, device: &dyn BlockDevice) -> Result<()> {
        let (block, at) = self.geometry.inode_place(InodeNumber::ROOT);
        let mut bytes = memory::zeroed(self.geometry.fs_bsize as usize)?;
        device.read(block, &mut bytes)?;
        let end = at + self.geometry.inode_size() as usize;
        let root = Inode::decode(bytes.get(at..end).ok_or(Errno::EIO)?, &self.geometry);
        root.check(&self.geometry)?;
        if root.kind() == Ok(VnodeKind::Directory) { Ok(()) } else { Err(Errno::EINVAL) }
    }

    /// Inodes without a name that wait to be given back may have been given one, or given back, by a checker.
    fn drop_used_orphans(&self) {
        self.orphans.lock().retain(|&number| self.read_any_inode(number).is_ok_and(|inode| inode.nlink == 0));
    }
}

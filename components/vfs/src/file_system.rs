//! File systems, as the VFS sees them (vfsops(9)).

use crate::attributes::FileSystemStatistics;
use crate::extended_attributes::AttributeRequest;
use crate::mount::{Mount, MountFlags};
use crate::vnode::VnodeRef;
use alloc::sync::Arc;
use alloc::vec::Vec;
use rump::errno::{Errno, Result};
use rump::user_memory::{AddressSpace, UserAddress};

/// What mount(2) was asked for.
pub struct MountRequest<'a> {
    pub flags: MountFlags,
    /// Where the arguments of this file-system type lie, in NetBSD's layout, and how long the caller says they are.
    pub arguments: UserAddress,
    pub length: usize,
    pub space: AddressSpace,
    /// Resolves a path of the calling process, for the device that the arguments name.
    pub resolve: &'a dyn Fn(&[u8]) -> Result<VnodeRef>,
}

/// A type of file system that can be mounted.
pub trait FileSystemType: Send + Sync {
    /// As mount(2) names it: `ffs`, `tmpfs`.
    fn name(&self) -> &'static str;

    /// Mounts a new instance. `mount` is not visible to anybody yet; its `source` may be set here.
    /// Errors: `EINVAL` for arguments or an image that are none of this type, `ENXIO`, `EBUSY` for the device.
    fn mount(&self, mount: &Arc<Mount>, request: &MountRequest<'_>) -> Result<Arc<dyn FileSystem>>;
}

/// A file handle (`struct fid`): a file's number and generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileHandle {
    pub number: u64,
    pub generation: u32,
}

/// One mounted file system.
pub trait FileSystem: Send + Sync {
    /// Its root directory.
    fn root(&self) -> Result<VnodeRef>;

    /// Figures for statvfs(2).
    fn statistics(&self) -> Result<FileSystemStatistics>;

    /// Makes everything stable on the device.
    fn sync(&self) -> Result<()>;

    /// Drops metadata from memory that the device has as well, about so many bytes; tells how many.
    fn release_metadata(&self, _bytes: usize) -> usize {
        0
    }

    /// Changes options of the mount (`MNT_UPDATE`): read-only to read-write and back. Errors: `EOPNOTSUPP`.
    fn update(&self, _mount: &Arc<Mount>, _request: &MountRequest<'_>) -> Result<()> {
        Err(Errno::EOPNOTSUPP)
    }

    /// Ends the mount: all is made stable and the device is let go. No vnode of it is in use, unless `force`. On an error
    /// the mount stays as it was, unless `force`.
    fn unmount(&self, force: bool) -> Result<()>;

    /// The numbers of vnodes of this file system that it uses itself, each as often as it does: they do not keep it from
    /// being unmounted. Errors: `ENOMEM`.
    fn own_uses(&self) -> Result<Vec<u64>> {
        Ok(Vec::new())
    }

    /// Starts and stops keeping extended attributes (extattrctl(2)). Errors: `EOPNOTSUPP` where there is nothing to start;
    /// those of [`AttributeRequest::understand`]; the file system's own.
    fn control_attributes(&self, _request: &AttributeRequest<'_>) -> Result<()> {
        Err(Errno::EOPNOTSUPP)
    }

    /// The file that a handle names. Errors: `ESTALE` when it is gone.
    fn vnode_by_handle(&self, _handle: FileHandle) -> Result<VnodeRef> {
        Err(Errno::EOPNOTSUPP)
    }

    /// Writes the type's mount arguments for `MNT_GETARGS`, in NetBSD's layout.
    fn arguments(&self) -> Result<Vec<u8>> {
        Err(Errno::EOPNOTSUPP)
    }
}

#![no_std]
#![forbid(unsafe_code)]
//! Component fs_tmpfs: the memory file system of component vfs, mounted with limits (mount_tmpfs(8)).

extern crate alloc;

mod arguments;

use alloc::sync::Arc;
use alloc::vec::Vec;
use arguments::Arguments;
use rump::component::{Component, Stage};
use rump::errno::Result;
use rump::kernel::Kernel;
use vfs::memory_fs::MemoryFileSystem;
use vfs::{
    FileHandle, FileSystem, FileSystemStatistics, FileSystemType, FileSystems, Mount, MountRequest, VnodeRef,
};

/// The component.
pub static COMPONENT: Component =
    Component::new("fs_tmpfs", Stage::Driver, &["vfs"], || {}, start).with_stop(stop);

fn start(kernel: &Arc<Kernel>) -> Result<()> {
    FileSystems::of(kernel)?.register_type(Arc::new(TmpfsType))
}

fn stop(kernel: &Arc<Kernel>) -> Result<()> {
    FileSystems::of(kernel)?.remove_type("tmpfs")
}

struct TmpfsType;

impl FileSystemType for TmpfsType {
    fn name(&self) -> &'static str {
        "tmpfs"
    }

    fn mount(&self, mount: &Arc<Mount>, request: &MountRequest<'_>) -> Result<Arc<dyn FileSystem>> {
        let arguments = Arguments::read(request)?;
        let inner = MemoryFileSystem::new(mount, arguments.limits(), arguments.root)?;
        Ok(Arc::new(Tmpfs { inner }))
    }
}

/// One tmpfs.
struct Tmpfs {
    inner: Arc<MemoryFileSystem>,
}

impl FileSystem for Tmpfs {
    fn root(&self) -> Result<VnodeRef> {
        self.inner.root()
    }

    fn statistics(&self) -> Result<FileSystemStatistics> {
        self.inner.statistics()
    }

    fn sync(&self) -> Result<()> {
        self.inner.sync()
    }

    /// Takes new limits, where the request names some, and new attributes of the root.
    fn update(&self, _mount: &Arc<Mount>, request: &MountRequest<'_>) -> Result<()> {
        let arguments = Arguments::read(request)?;
        self.inner.set_limits(arguments.limits())?;
        self.inner.set_root_attributes(arguments.root)
    }

    fn unmount(&self, force: bool) -> Result<()> {
        self.inner.unmount(force)
    }

    fn vnode_by_handle(&self, handle: FileHandle) -> Result<VnodeRef> {
        self.inner.vnode_by_handle(handle)
    }

    fn arguments(&self) -> Result<Vec<u8>> {
        let (limits, root) = (self.inner.limits(), self.inner.root_attributes()?);
        Ok(Arguments::encode(limits, root))
    }
}

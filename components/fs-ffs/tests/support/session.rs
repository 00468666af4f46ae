//! A mounted file system, reached through the operations of its vnodes.

use super::image::{assert_clean, superblock};
use super::{Content, MemoryDisk, Tree};
use fs_ffs::mounting::Ffs;
use rump::errno::{Errno, Result};
use rump::kernel::{Configuration, Kernel};
use rump::uio::Uio;
use std::sync::Arc;
use vfs::attributes::{NewFile, VnodeKind};
use vfs::file_system::FileSystem;
use vfs::mount::{Mount, MountFlags};
use vfs::vnode::{DirectorySink, IoFlags, VnodeRef};

/// A kernel with component vfs.
pub fn kernel() -> Arc<Kernel> {
    let configuration = Configuration { prefault: true, ..Configuration::small(2) };
    let kernel = Kernel::new(configuration);
    (vfs::COMPONENT.start)(&kernel).unwrap();
    kernel
}

/// One mount of a disk.
pub struct Session {
    disk: Arc<MemoryDisk>,
    pub mount: Arc<Mount>,
    pub ffs: Arc<Ffs>,
}

pub struct Names(pub Vec<(Vec<u8>, u64, Option<VnodeKind>)>);

impl DirectorySink for Names {
    fn entry(&mut self, number: u64, kind: Option<VnodeKind>, name: &[u8], _next: u64) -> bool {
        self.0.push((name.to_vec(), number, kind));
        true
    }
}

pub const fn new_file(kind: VnodeKind) -> NewFile {
    NewFile { kind, permissions: 0o644, user: 0, device: 0 }
}

impl Session {
    pub fn try_mount(kernel: &Arc<Kernel>, disk: &Arc<MemoryDisk>, flags: MountFlags) -> Result<Self> {
        let mount = Mount::new(kernel, 77, "ffs", flags, 0);
        let ffs = Ffs::new(&mount, disk.clone(), flags.contains(MountFlags::FORCE))?;
        mount.set_file_system(ffs.clone())?;
        Ok(Self { disk: disk.clone(), mount, ffs })
    }

    pub fn mount(kernel: &Arc<Kernel>, disk: &Arc<MemoryDisk>) -> Self {
        Self::try_mount(kernel, disk, MountFlags::empty()).unwrap()
    }

    /// Unmounts as the VFS does. What was mounted for writing is in order afterwards.
    #[track_caller]
    pub fn unmount(self) {
        assert!(!self.mount.vnodes.any_in_use(&self.ffs.own_uses().unwrap()), "vnodes in use");
        self.ffs.unmount(false).unwrap();
        self.mount.vnodes.clear();
        if !self.mount.is_read_only() {
            let geometry = superblock(&self.disk.bytes()).geometry;
            let format = (geometry.version, geometry.order, geometry.fs_bsize, geometry.fs_fsize);
            assert_clean(&self.disk.bytes(), &format!("{format:?}"));
        }
    }

    pub fn root(&self) -> VnodeRef {
        self.ffs.root().unwrap()
    }

    pub fn walk(&self, path: &str) -> Result<VnodeRef> {
        let mut at = self.ffs.root()?;
        for name in path.split('/').filter(|name| !name.is_empty()) {
            at = at.operations().lookup(name.as_bytes())?;
        }
        Ok(at)
    }

    fn parent<'a>(&self, path: &'a str) -> Result<(VnodeRef, &'a [u8])> {
        let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
        Ok((self.walk(parent)?, name.as_bytes()))
    }

    pub fn create(&self, path: &str) -> Result<VnodeRef> {
        let (parent, name) = self.parent(path)?;
        parent.operations().create(name, &new_file(VnodeKind::Regular))
    }

    pub fn make_directory(&self, path: &str) -> Result<()> {
        let (parent, name) = self.parent(path)?;
        parent.operations().make_directory(name, &new_file(VnodeKind::Directory)).map(drop)
    }

    pub fn make_link(&self, path: &str, target: &[u8]) -> Result<()> {
        let (parent, name) = self.parent(path)?;
        let new = new_file(VnodeKind::SymbolicLink);
        parent.operations().make_symbolic_link(name, &new, target).map(drop)
    }

    pub fn remove(&self, path: &str) -> Result<()> {
        let (parent, name) = self.parent(path)?;
        let target = parent.operations().lookup(name)?;
        if target.is_directory() {
            parent.operations().remove_directory(name, &target)
        } else {
            parent.operations().remove(name, &target)
        }
    }

    pub fn rename(&self, from: &str, to: &str) -> Result<()> {
        let (directory, name) = self.parent(from)?;
        let (to_directory, to_name) = self.parent(to)?;
        let source = directory.operations().lookup(name)?;
        let replaced = match to_directory.operations().lookup(to_name) {
            Ok(found) => Some(found),
            Err(Errno::ENOENT) => None,
            Err(error) => return Err(error),
        };
        let operations = directory.operations();
        operations.rename(name, &source, &to_directory, to_name, replaced.as_deref())
    }

    pub fn link(&self, from: &str, to: &str) -> Result<()> {
        let source = self.walk(from)?;
        let (directory, name) = self.parent(to)?;
        directory.operations().link(name, &source)
    }

    pub fn read(&self, path: &str) -> Result<Vec<u8>> {
        read_all(&self.walk(path)?)
    }

    pub fn write(&self, path: &str, offset: u64, bytes: &[u8]) -> Result<usize> {
        write_at(&self.walk(path)?, offset, bytes)
    }

    pub fn names(&self, path: &str) -> Vec<(Vec<u8>, u64, Option<VnodeKind>)> {
        let mut names = Names(Vec::new());
        self.walk(path).unwrap().operations().read_directory(0, &mut names).unwrap();
        names.0
    }

    pub fn tree(&self) -> Tree {
        let mut tree = Tree::new();
        self.collect("", &mut tree);
        tree
    }

    fn collect(&self, path: &str, tree: &mut Tree) {
        for (name, ..) in self.names(path) {
            if name == b"." || name == b".." {
                continue;
            }
            let name = String::from_utf8(name).unwrap();
            let path = if path.is_empty() { name } else { format!("{path}/{name}") };
            let vnode = self.walk(&path).unwrap();
            let content = match vnode.kind {
                VnodeKind::Directory => Content::Directory,
                VnodeKind::Regular => Content::File(read_all(&vnode).unwrap()),
                VnodeKind::SymbolicLink => Content::Link(vnode.operations().read_link().unwrap()),
                kind => panic!("{path} is a {kind:?}"),
            };
            tree.insert(path.clone().into_bytes(), content);
            if vnode.is_directory() {
                self.collect(&path, tree);
            }
        }
    }
}

pub fn read_all(vnode: &VnodeRef) -> Result<Vec<u8>> {
    let size = vnode.operations().attributes()?.size;
    read_at(vnode, 0, size as usize)
}

pub fn read_at(vnode: &VnodeRef, offset: u64, length: usize) -> Result<Vec<u8>> {
    let mut bytes = vec![0xee; length];
    let mut uio = Uio::into_kernel(&mut bytes, offset);
    vnode.operations().read(&mut uio, IoFlags::empty())?;
    let left = uio.residual();
    bytes.truncate(length - left);
    Ok(bytes)
}

/// Writes; how much was written counts even with an error, unless it is nothing.
pub fn write_at(vnode: &VnodeRef, offset: u64, bytes: &[u8]) -> Result<usize> {
    let mut uio = Uio::from_kernel(bytes, offset);
    let result = vnode.operations().write(&mut uio, IoFlags::empty());
    let written = bytes.len() - uio.residual();
    match result {
        Err(error) if written == 0 => Err(error),
        _ => Ok(written),
    }
}

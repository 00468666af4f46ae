//! Host files in the name space (rump_etfs(3)): a key of the root directory stands for a file of the host.

mod control;
mod device;
mod node;

pub use device::HostBlockDevice;
use device::RawDevice;

use crate::attributes::VnodeKind;
use crate::mount::Mount;
use crate::state::{FileSystems, device_number};
use crate::vnode::{NewVnode, VnodeRef};
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use node::HostNode;
use rump::errno::{Errno, Result};
use rump::host::block::{self, HostFileKind};
use rump::sync::RwLock;

/// What a key stands for (`enum rump_etfs_type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostFileType {
    Regular,
    Block,
    Character,
    /// The files right inside a host directory.
    Directory,
    /// All files below a host directory.
    DirectoryTree,
}

/// The part of a host file that is to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// First byte.
    pub begin: u64,
    /// Length in bytes; `None` goes to the end of the host file.
    pub size: Option<u64>,
}

struct Entry {
    /// Without leading slashes.
    key: Vec<u8>,
    host_path: Vec<u8>,
    kind: HostFileType,
    window: Window,
    /// Of the vnode; for block devices the device's minor number as well.
    number: u32,
}

/// All registered keys.
#[derive(Default)]
pub struct HostFiles {
    entries: RwLock<Vec<Arc<Entry>>>,
    /// How many there are, for the lookup that finds none.
    count: AtomicUsize,
    next: AtomicU32,
}

const DEVICE_MAJOR: u32 = 197;
/// Numbers of host files begin here, above those of the root file system's own.
const FIRST_NUMBER: u64 = 1 << 40;

fn without_slashes(path: &[u8]) -> &[u8] {
    let start = path.iter().position(|&byte| byte != b'/').unwrap_or(path.len());
    &path[start..]
}

impl HostFiles {
    /// Whether nothing is registered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count.load(Ordering::Acquire) == 0
    }

    /// Registers a key, which begins with a slash.
    ///
    /// # Errors
    /// `EINVAL` for a key without a slash or a window that does not fit; `EEXIST` when the key is taken; `ENOTDIR` or
    /// `EISDIR` when the host's file is of another kind; the host's errno.
    pub fn register(
        &self,
        state: &FileSystems,
        key: &[u8],
        host_path: &[u8],
        kind: HostFileType,
        window: Window,
    ) -> Result<()> {
        if key.first() != Some(&b'/') {
            return Err(Errno::EINVAL);
        }
        let (size, host_kind) = block::file_info(host_path)?;
        let wants_directory = matches!(kind, HostFileType::Directory | HostFileType::DirectoryTree);
        match host_kind {
            HostFileKind::Directory if !wants_directory => return Err(Errno::EISDIR),
            HostFileKind::Directory => {}
            _ if wants_directory => return Err(Errno::ENOTDIR),
            _ => {}
        }
        let available = size.checked_sub(window.begin).ok_or(Errno::EINVAL)?;
        if !wants_directory && window.size.is_some_and(|wanted| wanted > available) {
            return Err(Errno::EINVAL);
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let key = without_slashes(key).to_vec();
        let entry = Entry { key, host_path: host_path.to_vec(), kind, window, number };
        let mut entries = self.entries.write();
        if entries.iter().any(|known| known.key == entry.key) {
            return Err(Errno::EEXIST);
        }
        let device_number = device_number(DEVICE_MAJOR, number);
        let transfers = &state.host_transfers;
        match kind {
            HostFileType::Block => {
                let device = HostBlockDevice::open(host_path, window, size)?.into_disk(number, transfers);
                state.register_block_device(device_number, Arc::new(device))?;
            }
            HostFileType::Character => {
                let device = HostBlockDevice::open(host_path, window, size)?.into_disk(number, transfers);
                state.register_character_device(device_number, Arc::new(RawDevice(device)))?;
            }
            _ => {}
        }
        entries.push(Arc::new(entry));
        self.count.store(entries.len(), Ordering::Release);
        Ok(())
    }

    /// Removes a key. Who has it open, or mounted, keeps the host's file.
    ///
    /// # Errors
    /// `ENOENT` when it is not registered; `EBUSY` when it is a mounted device.
    pub fn remove(&self, state: &FileSystems, mount: &Arc<Mount>, key: &[u8]) -> Result<()> {
        let key = without_slashes(key);
        let mut entries = self.entries.write();
        let index = entries.iter().position(|entry| entry.key == key).ok_or(Errno::ENOENT)?;
        let device = device_number(DEVICE_MAJOR, entries[index].number);
        if entries[index].kind == HostFileType::Block {
            if state.devices.registered_block(device).is_some_and(|device| Arc::strong_count(&device) > 2) {
                return Err(Errno::EBUSY);
            }
            state.remove_block_device(device);
        }
        if entries[index].kind == HostFileType::Character {
            state.remove_character_device(device);
        }
        let entry = entries.remove(index);
        self.count.store(entries.len(), Ordering::Release);
        drop(entries);
        mount.vnodes.remove(FIRST_NUMBER + u64::from(entry.number));
        Ok(())
    }

    /// The host file that a path from the root names, if it is one.
    pub(crate) fn find(&self, root: &Arc<Mount>, path: &[u8]) -> Option<Result<VnodeRef>> {
        let path = without_slashes(path);
        let entry = {
            let entries = self.entries.read();
            Arc::clone(entries.iter().find(|entry| entry.covers(path))?)
        };
        Some(entry.vnode(root, path))
    }
}

impl Entry {
    fn covers(&self, path: &[u8]) -> bool {
        let Some(rest) = path.strip_prefix(&*self.key) else { return false };
        match self.kind {
            HostFileType::Directory | HostFileType::DirectoryTree => rest.is_empty() || rest[0] == b'/',
            _ => rest.is_empty(),
        }
    }

    fn vnode(&self, root: &Arc<Mount>, path: &[u8]) -> Result<VnodeRef> {
        let inside = without_slashes(path.strip_prefix(&*self.key).unwrap_or_default());
        if !inside.is_empty() {
            return self.vnode_inside(root, inside);
        }
        let number = FIRST_NUMBER + u64::from(self.number);
        root.vnode(number, &mut || {
            let (kind, device) = match self.kind {
                HostFileType::Regular => (VnodeKind::Regular, 0),
                HostFileType::Block => (VnodeKind::Block, device_number(DEVICE_MAJOR, self.number)),
                HostFileType::Character => (VnodeKind::Character, device_number(DEVICE_MAJOR, self.number)),
                HostFileType::Directory | HostFileType::DirectoryTree => (VnodeKind::Directory, 0),
            };
            let node = HostNode::new(root, number, kind, device, &self.host_path, self.window)?;
            Ok(NewVnode { kind, number, device, is_root: false, operations: Box::new(node) })
        })
    }

    /// A file below a registered directory. Each lookup makes its own node: the host may change what the name means.
    fn vnode_inside(&self, root: &Arc<Mount>, inside: &[u8]) -> Result<VnodeRef> {
        if self.kind == HostFileType::Directory && inside.contains(&b'/') {
            return Err(Errno::ENOENT);
        }
        if inside.split(|&byte| byte == b'/').any(|name| name == b"..") {
            return Err(Errno::EACCES);
        }
        let mut host_path = self.host_path.clone();
        host_path.push(b'/');
        host_path.extend_from_slice(inside);
        let (_, host_kind) = block::file_info(&host_path)?;
        let kind =
            if host_kind == HostFileKind::Directory { VnodeKind::Directory } else { VnodeKind::Regular };
        let number = FIRST_NUMBER + hash(&host_path);
        root.vnode(number, &mut || {
            let window = Window { begin: 0, size: None };
            let node = HostNode::new(root, number, kind, 0, &host_path, window)?;
            Ok(NewVnode { kind, number, device: 0, is_root: false, operations: Box::new(node) })
        })
    }
}

/// FNV-1a, kept clear of the numbers of registered keys.
fn hash(bytes: &[u8]) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325u64;
    let full = bytes.iter().fold(start, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    (full >> 2) | (1 << 61)
}

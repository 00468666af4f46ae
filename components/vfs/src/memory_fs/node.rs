//! Nodes: what a file in memory consists of.

use super::data::Data;
use super::directory::Directory;
use super::extended_attributes::Attributes;
use super::operations::Handle;
use super::{MemoryFileSystem, ROOT_NUMBER};
use crate::attributes::VnodeKind;
use crate::mount::Mount;
use crate::vnode::{NewVnode, VnodeRef};
use alloc::boxed::Box;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU8, Ordering};
use rump::errno::{Errno, Result};
use rump::sync::{Mutex, MutexGuard, RwLock};
use rump::time::Timespec;

pub const MOST_LINKS: u32 = 32_767;

/// Attributes that are kept as such.
pub struct NodeState {
    pub permissions: u32,
    pub links: u32,
    pub user: u32,
    pub group: u32,
    pub flags: u32,
    pub access_time: Timespec,
    pub modification_time: Timespec,
    pub change_time: Timespec,
    pub birth_time: Timespec,
}

impl NodeState {
    pub fn new(kind: VnodeKind, permissions: u32, user: u32, group: u32, now: Timespec) -> Self {
        let links = if kind == VnodeKind::Directory { 2 } else { 1 };
        Self {
            permissions,
            links,
            user,
            group,
            flags: 0,
            access_time: now,
            modification_time: now,
            change_time: now,
            birth_time: now,
        }
    }
}

/// What a node holds.
pub enum Content {
    Data(RwLock<Data>),
    Directory(RwLock<Directory>),
    Link(Vec<u8>),
    Nothing,
}

impl Content {
    pub fn directory(parent: &Weak<Node>) -> Self {
        Self::Directory(RwLock::new(Directory::new(parent)))
    }
}

/// Times that are to be brought up to date when somebody asks.
pub mod stamp {
    pub const ACCESS: u8 = 1;
    pub const MODIFICATION: u8 = 2;
    pub const CHANGE: u8 = 4;
}

/// A file in memory.
pub struct Node {
    pub file_system: Arc<MemoryFileSystem>,
    pub kind: VnodeKind,
    pub number: u64,
    pub device: u64,
    pub state: Mutex<NodeState>,
    pub pending: AtomicU8,
    pub content: Content,
    pub extended: Mutex<Attributes>,
}

impl Node {
    pub fn new(
        file_system: Arc<MemoryFileSystem>,
        kind: VnodeKind,
        number: u64,
        device: u64,
        state: NodeState,
        content: Content,
    ) -> Self {
        Self {
            file_system,
            kind,
            number,
            device,
            state: Mutex::new(state),
            pending: AtomicU8::new(0),
            content,
            extended: Mutex::default(),
        }
    }

    /// Its attributes, with the times up to date.
    pub fn lock_state(&self) -> MutexGuard<'_, NodeState> {
        let mut state = self.state.lock();
        let pending = self.pending.swap(0, Ordering::AcqRel);
        if pending != 0
            && let Ok(mount) = self.file_system.mount()
        {
            let now = mount.now();
            if pending & stamp::ACCESS != 0 {
                state.access_time = now;
            }
            if pending & stamp::MODIFICATION != 0 {
                state.modification_time = now;
            }
            if pending & stamp::CHANGE != 0 {
                state.change_time = now;
            }
        }
        state
    }

    pub fn mark(&self, stamps: u8) {
        if self.pending.load(Ordering::Relaxed) & stamps != stamps {
            self.pending.fetch_or(stamps, Ordering::AcqRel);
        }
    }

    pub fn mark_changed(&self) {
        self.mark(stamp::MODIFICATION | stamp::CHANGE);
    }

    /// The nodes of its entries, when nobody else has it any more.
    pub fn take_children(&mut self) -> Vec<Arc<Self>> {
        match &mut self.content {
            Content::Directory(directory) => directory.write().take_nodes(),
            _ => Vec::new(),
        }
    }

    /// The vnode that lends this node to the VFS.
    pub fn vnode(self: &Arc<Self>, mount: &Arc<Mount>) -> Result<VnodeRef> {
        let is_root = self.number == ROOT_NUMBER;
        mount.vnode(self.number, &mut || {
            Ok(NewVnode {
                kind: self.kind,
                number: self.number,
                device: self.device,
                is_root,
                operations: Box::new(Handle(Arc::clone(self))),
            })
        })
    }

    pub fn data(&self) -> Result<&RwLock<Data>> {
        match &self.content {
            Content::Data(data) => Ok(data),
            Content::Directory(_) => Err(Errno::EISDIR),
            _ => Err(Errno::EINVAL),
        }
    }

    pub fn directory(&self) -> Result<&RwLock<Directory>> {
        match &self.content {
            Content::Directory(directory) => Ok(directory),
            _ => Err(Errno::ENOTDIR),
        }
    }

    pub fn add_link(&self) -> Result<()> {
        let mut state = self.lock_state();
        if state.links >= MOST_LINKS {
            return Err(Errno::EMLINK);
        }
        state.links += 1;
        drop(state);
        self.mark(stamp::CHANGE);
        Ok(())
    }

    pub fn drop_links(&self, count: u32) {
        let mut state = self.lock_state();
        state.links = state.links.saturating_sub(count);
        drop(state);
        self.mark(stamp::CHANGE);
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.file_system.node_dropped(self.number);
        // One level at a time: a deep tree must not run out of stack.
        let mut below = self.take_children();
        while let Some(child) = below.pop() {
            if let Some(mut child) = Arc::into_inner(child) {
                below.append(&mut child.take_children());
            }
        }
    }
}

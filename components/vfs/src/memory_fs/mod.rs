//! A file system that lives in memory alone: the root of every kernel, and what tmpfs is made of.
//!
//! A directory owns its entries' nodes; a vnode only borrows one. A node without a name lives as long as its vnode is in use.
//!
//! Lock order: a directory before those below it; of the two directories of a rename the upper one first, and before what
//! is replaced; a node's own state last.

mod data;
mod directory;
mod extended_attributes;
mod node;
mod operations;
mod rename_lock;

use crate::attributes::{FileSystemStatistics, VnodeKind};
use crate::file_system::{FileHandle, FileSystem, MountRequest};
use crate::mount::Mount;
use crate::vnode::VnodeRef;
use alloc::sync::{Arc, Weak};
use core::sync::atomic::{AtomicU64, Ordering};
use hashbrown::HashMap;
use node::{Content, Node, NodeState};
use rump::errno::{Errno, Result};
use rump::memory;
use rump::sync::{Mutex, SpinMutex};

/// Bytes that data is counted in.
pub const PAGE: u64 = 4096;
/// Bytes that a file takes of the limit beside its data: a limit bounds memory, and empty files take some, too.
const FILE: u64 = 512;

/// What a memory file system may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Files at most.
    pub nodes: u64,
    /// Bytes of data at most.
    pub bytes: u64,
}

impl Limits {
    /// As much as there is.
    pub const NONE: Self = Self { nodes: u64::MAX, bytes: u64::MAX };
}

/// Who owns the root directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RootAttributes {
    pub user: u32,
    pub group: u32,
    pub permissions: u32,
}

/// The number of the root directory.
const ROOT_NUMBER: u64 = 2;

/// One memory file system.
pub struct MemoryFileSystem {
    mount: Weak<Mount>,
    most_nodes: AtomicU64,
    most_bytes: AtomicU64,
    nodes: AtomicU64,
    pages: AtomicU64,
    next_number: AtomicU64,
    /// Until it is unmounted: nodes hold their file system, so this would keep both for ever.
    root: SpinMutex<Option<Arc<Node>>>,
    /// For file handles.
    by_number: Mutex<HashMap<u64, Weak<Node>>>,
}

impl MemoryFileSystem {
    /// An empty file system for `mount`.
    ///
    /// # Errors
    /// `ENOSPC` when the limits do not allow a root directory.
    pub fn new(mount: &Arc<Mount>, limits: Limits, root: RootAttributes) -> Result<Arc<Self>> {
        let file_system = Arc::new(Self {
            mount: Arc::downgrade(mount),
            most_nodes: AtomicU64::new(limits.nodes),
            most_bytes: AtomicU64::new(limits.bytes),
            nodes: AtomicU64::new(0),
            pages: AtomicU64::new(0),
            next_number: AtomicU64::new(ROOT_NUMBER),
            root: SpinMutex::new(None),
            by_number: Mutex::default(),
        });
        let state =
            NodeState::new(VnodeKind::Directory, root.permissions, root.user, root.group, mount.now());
        let content = Content::directory(&Weak::new());
        let node = file_system.new_node(VnodeKind::Directory, 0, state, content)?;
        node.lock_state().links = 2;
        *file_system.root.lock() = Some(node);
        Ok(file_system)
    }

    /// What it may take now.
    #[must_use]
    pub fn limits(&self) -> Limits {
        Limits {
            nodes: self.most_nodes.load(Ordering::Relaxed),
            bytes: self.most_bytes.load(Ordering::Relaxed),
        }
    }

    /// Changes the limits; those that are none stay as they were.
    ///
    /// # Errors
    /// `EBUSY` when more is in use already.
    pub fn set_limits(&self, new: Limits) -> Result<()> {
        let used = self.pages.load(Ordering::Relaxed);
        if self.nodes.load(Ordering::Relaxed) > new.nodes || used > new.bytes / PAGE {
            return Err(Errno::EBUSY);
        }
        for (limit, place) in [(new.nodes, &self.most_nodes), (new.bytes, &self.most_bytes)] {
            if limit != u64::MAX {
                place.store(limit, Ordering::Relaxed);
            }
        }
        Ok(())
    }

    /// Who owns the root now.
    ///
    /// # Errors
    /// `EIO` while there is no root.
    pub fn root_attributes(&self) -> Result<RootAttributes> {
        let root = self.root_node()?;
        let state = root.lock_state();
        Ok(RootAttributes { user: state.user, group: state.group, permissions: state.permissions })
    }

    /// Gives the root another owner and other permissions.
    ///
    /// # Errors
    /// `EIO` while there is no root.
    pub fn set_root_attributes(&self, root: RootAttributes) -> Result<()> {
        let node = self.root_node()?;
        let mut state = node.lock_state();
        (state.user, state.group, state.permissions) = (root.user, root.group, root.permissions);
        Ok(())
    }

    /// Its mount.
    ///
    /// # Errors
    /// `EIO` when it has been unmounted by force.
    fn mount(&self) -> Result<Arc<Mount>> {
        self.mount.upgrade().ok_or(Errno::EIO)
    }

    fn root_node(&self) -> Result<Arc<Node>> {
        self.root.lock().clone().ok_or(Errno::EIO)
    }

    /// Makes a node within the limits.
    ///
    /// # Errors
    /// `ENOSPC` at the limit; `ENOMEM`.
    fn new_node(
        self: &Arc<Self>,
        kind: VnodeKind,
        device: u64,
        state: NodeState,
        content: Content,
    ) -> Result<Arc<Node>> {
        let nodes = self.nodes.fetch_add(1, Ordering::Relaxed);
        let too_many = nodes >= self.limits().nodes || self.pages.load(Ordering::Relaxed) > self.most_pages();
        if too_many {
            self.nodes.fetch_sub(1, Ordering::Relaxed);
            return Err(Errno::ENOSPC);
        }
        let room = self.check_room_for_node();
        if let Err(error) = room {
            self.nodes.fetch_sub(1, Ordering::Relaxed);
            return Err(error);
        }
        let number = self.next_number.fetch_add(1, Ordering::Relaxed);
        let node = Arc::new(Node::new(Arc::clone(self), kind, number, device, state, content));
        self.by_number.lock().insert(number, Arc::downgrade(&node));
        Ok(node)
    }

    fn check_room_for_node(&self) -> Result<()> {
        memory::check_room(memory::SMALL)?;
        let mut known = self.by_number.lock();
        memory::check_growth(known.len(), known.capacity(), size_of::<(u64, Weak<Node>)>())?;
        known.try_reserve(1).map_err(|_| Errno::ENOMEM)
    }

    fn node_dropped(&self, number: u64) {
        self.nodes.fetch_sub(1, Ordering::Relaxed);
        self.by_number.lock().remove(&number);
    }

    /// Takes `pages` of data within the limits.
    fn take_pages(&self, pages: u64) -> Result<()> {
        let limit = self.most_pages();
        let taken = self.pages.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
            used.checked_add(pages).filter(|&total| total <= limit)
        });
        taken.map(|_| ()).map_err(|_| Errno::ENOSPC)
    }

    /// Pages that the files take beside their data.
    fn pages_of_files(&self) -> u64 {
        self.nodes.load(Ordering::Relaxed).saturating_mul(FILE).div_ceil(PAGE)
    }

    /// What the limit leaves for data, in pages.
    fn most_pages(&self) -> u64 {
        (self.limits().bytes / PAGE).saturating_sub(self.pages_of_files())
    }

    fn give_pages(&self, pages: u64) {
        self.pages.fetch_sub(pages, Ordering::Relaxed);
    }

    /// Pages that are left: by the limit, or by the kernel's memory.
    fn pages_free(&self) -> u64 {
        let by_limit = self.most_pages().saturating_sub(self.pages.load(Ordering::Relaxed));
        let (used, limit) = memory::usage();
        by_limit.min(limit.saturating_sub(used) as u64 / PAGE).min(1 << 40)
    }
}

impl FileSystem for MemoryFileSystem {
    fn root(&self) -> Result<VnodeRef> {
        self.root_node()?.vnode(&self.mount()?)
    }

    fn statistics(&self) -> Result<FileSystemStatistics> {
        let nodes = self.nodes.load(Ordering::Relaxed);
        let used = self.pages.load(Ordering::Relaxed).saturating_add(self.pages_of_files());
        let free = self.pages_free();
        let files_free = self.limits().nodes.saturating_sub(nodes).min(1 << 40);
        Ok(FileSystemStatistics {
            block_size: PAGE,
            fragment_size: PAGE,
            blocks: used + free,
            blocks_free: free,
            blocks_available: free,
            blocks_reserved: 0,
            files: nodes + files_free,
            files_free,
            files_available: files_free,
            files_reserved: 0,
            longest_name: crate::lookup::LONGEST_NAME as u64,
        })
    }

    fn sync(&self) -> Result<()> {
        Ok(())
    }

    fn update(&self, _mount: &Arc<Mount>, _request: &MountRequest<'_>) -> Result<()> {
        Ok(())
    }

    fn unmount(&self, _force: bool) -> Result<()> {
        // The tree goes with its root, outside of the lock.
        let root = self.root.lock().take();
        drop(root);
        Ok(())
    }

    fn vnode_by_handle(&self, handle: FileHandle) -> Result<VnodeRef> {
        let node = self.by_number.lock().get(&handle.number).and_then(Weak::upgrade);
        let node = node.filter(|node| node.lock_state().links > 0).ok_or(Errno::ESTALE)?;
        node.vnode(&self.mount()?)
    }
}

//! Nodes: what a file in memory consists of, and what can be done with it.

use super::data::Data;
use super::directory::{Directory, FIRST_POSITION};
use super::{MemoryFileSystem, ROOT_NUMBER};
use crate::attributes::{AttributeChange, Attributes, NewFile, TimeChange, VnodeKind};
use crate::mount::Mount;
use crate::vnode::{DirectorySink, IoFlags, NewVnode, SyncScope, Vnode, VnodeOperations, VnodeRef};
use alloc::boxed::Box;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU8, Ordering};
use rump::errno::{Errno, Result};
use rump::sync::{Mutex, MutexGuard, RwLock, RwLockWriteGuard};
use rump::time::Timespec;
use rump::uio::Uio;

const MOST_LINKS: u32 = 32_767;
const LARGEST_FILE: u64 = i64::MAX as u64;

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
mod stamp {
    pub const ACCESS: u8 = 1;
    pub const MODIFICATION: u8 = 2;
    pub const CHANGE: u8 = 4;
}

/// A file in memory.
pub struct Node {
    file_system: Arc<MemoryFileSystem>,
    kind: VnodeKind,
    number: u64,
    device: u64,
    state: Mutex<NodeState>,
    pending: AtomicU8,
    content: Content,
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

    fn mark(&self, stamps: u8) {
        if self.pending.load(Ordering::Relaxed) & stamps != stamps {
            self.pending.fetch_or(stamps, Ordering::AcqRel);
        }
    }

    fn mark_changed(&self) {
        self.mark(stamp::MODIFICATION | stamp::CHANGE);
    }

    /// The nodes of its entries, when nobody else has it any more.
    fn take_children(&mut self) -> Vec<Arc<Self>> {
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

    fn data(&self) -> Result<&RwLock<Data>> {
        match &self.content {
            Content::Data(data) => Ok(data),
            Content::Directory(_) => Err(Errno::EISDIR),
            _ => Err(Errno::EINVAL),
        }
    }

    fn directory(&self) -> Result<&RwLock<Directory>> {
        match &self.content {
            Content::Directory(directory) => Ok(directory),
            _ => Err(Errno::ENOTDIR),
        }
    }

    fn add_link(&self) -> Result<()> {
        let mut state = self.lock_state();
        if state.links >= MOST_LINKS {
            return Err(Errno::EMLINK);
        }
        state.links += 1;
        drop(state);
        self.mark(stamp::CHANGE);
        Ok(())
    }

    fn drop_links(&self, count: u32) {
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

/// A node as the VFS holds it.
pub struct Handle(Arc<Node>);

/// The node behind a vnode of a memory file system.
fn node_of(vnode: &Vnode) -> Result<&Arc<Node>> {
    vnode.node::<Handle>().map(|handle| &handle.0).ok_or(Errno::EXDEV)
}

impl Handle {
    /// Makes a node and enters it here.
    fn make(&self, name: &[u8], new: &NewFile, content: Content) -> Result<VnodeRef> {
        let file_system = &self.0.file_system;
        let mount = file_system.mount()?;
        let mut directory = self.0.directory()?.write();
        if directory.get(name).is_some() {
            return Err(Errno::EEXIST);
        }
        let group = self.0.state.lock().group;
        let state = NodeState::new(new.kind, new.permissions, new.user, group, mount.now());
        let node = file_system.new_node(new.kind, new.device, state, content)?;
        if new.kind == VnodeKind::Directory {
            self.0.add_link()?;
        }
        let entered = directory.insert(name, Arc::clone(&node));
        drop(directory);
        if let Err(error) = entered {
            if new.kind == VnodeKind::Directory {
                self.0.drop_links(1);
            }
            return Err(error);
        }
        self.0.mark_changed();
        node.vnode(&mount)
    }
}

impl VnodeOperations for Handle {
    fn attributes(&self) -> Result<Attributes> {
        let node = &*self.0;
        let (size, occupied) = match &node.content {
            Content::Data(data) => {
                let data = data.read();
                (data.size, data.occupied())
            }
            Content::Directory(directory) => ((directory.read().len() as u64 + 2) * 32, 0),
            Content::Link(target) => (target.len() as u64, 0),
            Content::Nothing => (0, 0),
        };
        let state = node.lock_state();
        Ok(Attributes {
            kind: node.kind,
            permissions: state.permissions,
            links: state.links,
            user: state.user,
            group: state.group,
            number: node.number,
            size,
            block_size: super::PAGE as u32,
            access_time: state.access_time,
            modification_time: state.modification_time,
            change_time: state.change_time,
            birth_time: state.birth_time,
            generation: 1,
            flags: state.flags,
            device: node.device,
            occupied,
        })
    }

    fn set_attributes(&self, change: &AttributeChange) -> Result<()> {
        let node = &*self.0;
        if let Some(size) = change.size {
            if size > LARGEST_FILE {
                return Err(Errno::EFBIG);
            }
            node.data()?.write().truncate(size);
            node.mark_changed();
        }
        let now = node.file_system.mount()?.now();
        let mut state = node.lock_state();
        state.permissions = change.permissions.unwrap_or(state.permissions);
        state.user = change.user.unwrap_or(state.user);
        state.group = change.group.unwrap_or(state.group);
        state.flags = change.flags.unwrap_or(state.flags);
        state.birth_time = change.birth_time.unwrap_or(state.birth_time);
        let time = |wanted: TimeChange| match wanted {
            TimeChange::Now => now,
            TimeChange::To(time) => time,
        };
        state.access_time = change.access_time.map_or(state.access_time, time);
        state.modification_time = change.modification_time.map_or(state.modification_time, time);
        state.change_time = now;
        Ok(())
    }

    fn read(&self, uio: &mut Uio<'_>, _flags: IoFlags) -> Result<()> {
        self.0.data()?.read().read(uio)?;
        self.note_access();
        Ok(())
    }

    fn write(&self, uio: &mut Uio<'_>, flags: IoFlags) -> Result<()> {
        let mut data = self.0.data()?.write();
        if flags.contains(IoFlags::APPEND) {
            uio.offset = data.size;
        }
        if uio.offset.checked_add(uio.residual() as u64).is_none_or(|end| end > LARGEST_FILE) {
            return Err(Errno::EFBIG);
        }
        let before = uio.residual();
        let result = data.write(uio);
        drop(data);
        if uio.residual() == before {
            return result;
        }
        self.0.mark_changed();
        if flags.contains(IoFlags::CLEAR_SET_ID) {
            self.0.state.lock().permissions &= !0o6000;
        }
        result
    }

    fn sync(&self, _scope: SyncScope) -> Result<()> {
        Ok(())
    }

    fn allocate(&self, offset: u64, length: u64) -> Result<()> {
        if offset.checked_add(length).is_none_or(|end| end > LARGEST_FILE) {
            return Err(Errno::EFBIG);
        }
        self.0.data()?.write().allocate(offset, length)?;
        self.0.mark_changed();
        Ok(())
    }

    fn discard(&self, offset: u64, length: u64) -> Result<()> {
        self.0.data()?.write().discard(offset, length);
        self.0.mark_changed();
        Ok(())
    }

    fn is_indexed(&self) -> bool {
        true
    }

    fn lookup(&self, name: &[u8]) -> Result<VnodeRef> {
        let node = {
            let directory = self.0.directory()?.read();
            match name {
                // The root is its own parent.
                b".." => directory.parent.upgrade().unwrap_or_else(|| Arc::clone(&self.0)),
                _ => Arc::clone(directory.get(name).ok_or(Errno::ENOENT)?),
            }
        };
        node.vnode(&self.0.file_system.mount()?)
    }

    fn create(&self, name: &[u8], new: &NewFile) -> Result<VnodeRef> {
        let content = match new.kind {
            VnodeKind::Regular => Content::Data(RwLock::new(Data::new(&self.0.file_system))),
            VnodeKind::Directory | VnodeKind::SymbolicLink => return Err(Errno::EINVAL),
            _ => Content::Nothing,
        };
        self.make(name, new, content)
    }

    fn make_directory(&self, name: &[u8], new: &NewFile) -> Result<VnodeRef> {
        self.make(name, new, Content::directory(&Arc::downgrade(&self.0)))
    }

    fn make_symbolic_link(&self, name: &[u8], new: &NewFile, target: &[u8]) -> Result<VnodeRef> {
        self.make(name, new, Content::Link(target.to_vec()))
    }

    fn link(&self, name: &[u8], target: &Vnode) -> Result<()> {
        let node = node_of(target)?;
        let mut directory = self.0.directory()?.write();
        if node.lock_state().links == 0 {
            return Err(Errno::ENOENT);
        }
        node.add_link()?;
        if let Err(error) = directory.insert(name, Arc::clone(node)) {
            node.drop_links(1);
            return Err(error);
        }
        self.0.mark_changed();
        Ok(())
    }

    fn remove(&self, name: &[u8], target: &Vnode) -> Result<()> {
        let node = node_of(target)?;
        let mut directory = self.0.directory()?.write();
        if !directory.get(name).is_some_and(|found| Arc::ptr_eq(found, node)) {
            return Err(Errno::ENOENT);
        }
        directory.remove(name);
        drop(directory);
        node.drop_links(1);
        self.0.mark_changed();
        Ok(())
    }

    fn remove_directory(&self, name: &[u8], target: &Vnode) -> Result<()> {
        let node = node_of(target)?;
        let mut directory = self.0.directory()?.write();
        if !directory.get(name).is_some_and(|found| Arc::ptr_eq(found, node)) {
            return Err(Errno::ENOENT);
        }
        mark_removed(node)?;
        directory.remove(name);
        drop(directory);
        self.0.drop_links(1);
        self.0.mark_changed();
        Ok(())
    }

    fn rename(
        &self,
        name: &[u8],
        source: &Vnode,
        to_directory: &Vnode,
        to_name: &[u8],
        replaced: Option<&Vnode>,
    ) -> Result<()> {
        let moved = node_of(source)?;
        let target = node_of(to_directory)?;
        let replaced = replaced.map(node_of).transpose()?;
        let mut places = Places::lock(&self.0, target)?;
        if !places.from().get(name).is_some_and(|found| Arc::ptr_eq(found, moved)) {
            return Err(Errno::ENOENT);
        }
        if places.to().removed {
            return Err(Errno::ENOENT);
        }
        match (places.to().get(to_name), replaced) {
            (None, None) => {}
            (Some(found), Some(replaced)) if Arc::ptr_eq(found, replaced) => {}
            _ => return Err(Errno::EEXIST),
        }
        places.to().make_room()?;
        let is_directory = moved.kind == VnodeKind::Directory;
        let changes_parent = is_directory && !Arc::ptr_eq(&self.0, target);
        if changes_parent && replaced.is_none() {
            target.add_link()?;
        }
        if let Some(replaced) = replaced {
            drop_replaced(replaced, target, changes_parent)?;
            places.to().remove(to_name);
        }
        places.from().remove(name);
        // The name's room was made above, so that the file cannot be lost between its names.
        places.to().insert(to_name, Arc::clone(moved))?;
        drop(places);
        if changes_parent {
            moved.directory()?.write().parent = Arc::downgrade(target);
            self.0.drop_links(1);
        }
        self.0.mark_changed();
        target.mark_changed();
        moved.mark(stamp::CHANGE);
        Ok(())
    }

    fn read_directory(&self, offset: u64, sink: &mut dyn DirectorySink) -> Result<u64> {
        let directory = self.0.directory()?.read();
        let kind = Some(VnodeKind::Directory);
        let mut next = offset;
        if next == 0 {
            if !sink.entry(self.0.number, kind, b".", 1) {
                return Ok(next);
            }
            next = 1;
        }
        if next == 1 {
            let parent = directory.parent.upgrade().map_or(self.0.number, |parent| parent.number);
            if !sink.entry(parent, kind, b"..", FIRST_POSITION) {
                return Ok(next);
            }
            next = FIRST_POSITION;
        }
        for (position, entry) in directory.from(next) {
            let node = &entry.node;
            if !sink.entry(node.number, Some(node.kind), &entry.name, position + 1) {
                return Ok(position);
            }
            next = position + 1;
        }
        drop(directory);
        self.note_access();
        Ok(next)
    }

    fn read_link(&self) -> Result<Vec<u8>> {
        match &self.0.content {
            Content::Link(target) => {
                self.note_access();
                Ok(target.clone())
            }
            _ => Err(Errno::EINVAL),
        }
    }

    fn note_access(&self) {
        if self.0.file_system.mount().is_ok_and(|mount| mount.keeps_access_times()) {
            self.0.mark(stamp::ACCESS);
        }
    }

    fn note_modification(&self) {
        self.0.mark_changed();
    }

    fn inactive(&self) {
        // A file that nobody uses any more has its times from then, not from when somebody asks.
        if self.0.lock_state().links == 0
            && let Ok(mount) = self.0.file_system.mount()
        {
            mount.vnodes.remove(self.0.number);
        }
    }

    fn path_configuration(&self, name: i32) -> Result<u64> {
        const LINK_MAX: i32 = 1;
        const FILE_SIZE_BITS: i32 = 11;
        match name {
            LINK_MAX => Ok(u64::from(MOST_LINKS)),
            FILE_SIZE_BITS => Ok(64),
            _ => Err(Errno::EINVAL),
        }
    }
}

/// Marks an empty directory as removed, so that nothing is made in it any more.
fn mark_removed(node: &Node) -> Result<()> {
    let mut directory = node.directory()?.write();
    if !directory.is_empty() {
        return Err(Errno::ENOTEMPTY);
    }
    directory.removed = true;
    drop(directory);
    node.drop_links(2);
    Ok(())
}

/// Takes the links away from what a rename replaces. A directory's `..` link is taken over by the one that comes.
fn drop_replaced(replaced: &Node, parent: &Node, link_taken_over: bool) -> Result<()> {
    if replaced.kind != VnodeKind::Directory {
        replaced.drop_links(1);
        return Ok(());
    }
    mark_removed(replaced)?;
    if !link_taken_over {
        parent.drop_links(1);
    }
    Ok(())
}

/// Whether `upper` is somewhere above `node`.
fn is_above(upper: &Arc<Node>, node: &Arc<Node>) -> Result<bool> {
    let mut next = node.directory()?.read().parent.upgrade();
    while let Some(parent) = next {
        if Arc::ptr_eq(&parent, upper) {
            return Ok(true);
        }
        next = parent.directory()?.read().parent.upgrade();
    }
    Ok(false)
}

/// Both directories of a rename, locked in the order in which rmdir locks: the upper one first.
struct Places<'a> {
    first: RwLockWriteGuard<'a, Directory>,
    second: Option<RwLockWriteGuard<'a, Directory>>,
    from_is_first: bool,
}

impl<'a> Places<'a> {
    fn lock(from: &'a Arc<Node>, to: &'a Arc<Node>) -> Result<Self> {
        if Arc::ptr_eq(from, to) {
            return Ok(Self { first: from.directory()?.write(), second: None, from_is_first: true });
        }
        // The mount's rename lock keeps parents as they are; of unrelated ones either may be first.
        let from_is_first = is_above(from, to)?;
        let (upper, other) = if from_is_first { (from, to) } else { (to, from) };
        let first = upper.directory()?.write();
        Ok(Self { first, second: Some(other.directory()?.write()), from_is_first })
    }

    fn from(&mut self) -> &mut Directory {
        match &mut self.second {
            Some(second) if !self.from_is_first => second,
            _ => &mut self.first,
        }
    }

    fn to(&mut self) -> &mut Directory {
        match &mut self.second {
            Some(second) if self.from_is_first => second,
            _ => &mut self.first,
        }
    }
}

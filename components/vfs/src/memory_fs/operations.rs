//! What can be done with a file in memory.

use super::data::Data;
use super::directory::FIRST_POSITION;
use super::node::{Content, MOST_LINKS, Node, NodeState, stamp};
use super::rename_lock::Places;
use crate::attributes::{AttributeChange, Attributes, NewFile, TimeChange, VnodeKind};
use crate::extended_attributes::ExtendedAttributes;
use crate::vnode::{DirectorySink, IoFlags, SyncScope, Vnode, VnodeOperations, VnodeRef};
use alloc::sync::Arc;
use alloc::vec::Vec;
use rump::errno::{Errno, Result};
use rump::sync::RwLock;
use rump::uio::Uio;

const LARGEST_FILE: u64 = i64::MAX as u64;

/// A node as the VFS holds it.
pub struct Handle(pub Arc<Node>);

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

    fn extended_attributes(&self) -> Option<&dyn ExtendedAttributes> {
        Some(&*self.0)
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

    fn has_whiteout(&self, name: &[u8]) -> Result<bool> {
        Ok(self.0.directory()?.read().has_whiteout(name))
    }

    fn set_whiteout(&self, name: &[u8], is_there: bool) -> Result<()> {
        self.0.directory()?.write().set_whiteout(name, is_there)?;
        self.0.mark_changed();
        Ok(())
    }

    fn note_modification(&self) {
        self.0.mark_changed();
    }

    fn inactive(&self, _vnode: &Vnode) {
        // A file that nobody uses any more has its times from then, not from when somebody asks.
        if self.0.lock_state().links == 0
            && let Ok(mount) = self.0.file_system.mount()
        {
            mount.vnodes.remove_unused(self.0.number);
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

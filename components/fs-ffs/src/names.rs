//! What is done with names: making, linking, removing and renaming files.
//!
//! Two directories at once are locked only under [`Shared::namespace`](crate::mounting::Shared), so that the order of
//! directories among each other cannot matter; other nodes are locked after the directory.

use crate::directory_change::{DirectoryChange, NewEntry};
use crate::directory_index::DirectoryIndex;
use crate::format::dinode::Inode;
use crate::format::numbers::InodeNumber;
use crate::node::{Node, State};
use crate::volume::Volume;
use alloc::vec::Vec;
use rump::errno::{Errno, Result};
use rump::sync::RwLockWriteGuard;
use vfs::attributes::{NewFile, VnodeKind};
use vfs::buffer_cache::Buffer;
use vfs::vnode::{Vnode, VnodeRef};

/// Links to a file at most.
pub const LINK_MAX: u16 = 32767;
/// Bytes in a symbolic link's target at most (`MAXPATHLEN` without the NUL).
const LONGEST_TARGET: usize = 1023;

impl Node {
    /// The node of a vnode of this file system type.
    ///
    /// # Errors
    /// `EXDEV` for another's.
    pub(crate) fn of(vnode: &Vnode) -> Result<&Self> {
        vnode.node().ok_or(Errno::EXDEV)
    }

    /// Changes the names of this directory, whose lock is held.
    fn change_names<R>(
        &self,
        state: &mut State,
        change: impl FnOnce(&mut DirectoryChange<'_>) -> Result<R>,
    ) -> Result<R> {
        self.load_index(state)?;
        let _held = self.shared.volume.hold_inode(self.number)?;
        let index = state.index.as_mut().ok_or(Errno::EIO)?;
        let result = change(&mut DirectoryChange {
            volume: &self.shared.volume,
            number: self.number,
            inode: &mut state.inode,
            index,
        });
        if result.is_ok() {
            state.touch(self.shared.volume.now());
        }
        // Stored in any case: the directory may have grown before the error.
        let stored = self.store(state);
        let value = result?;
        stored.map(|()| value)
    }

    fn find(&self, state: &mut State, name: &[u8]) -> Result<InodeNumber> {
        if self.kind != VnodeKind::Directory {
            return Err(Errno::ENOTDIR);
        }
        self.load_index(state)?;
        Ok(state.index.as_ref().ok_or(Errno::EIO)?.find(name)?.number)
    }

    fn check_absent(&self, state: &mut State, name: &[u8]) -> Result<()> {
        match self.find(state, name) {
            Ok(_) => Err(Errno::EEXIST),
            Err(Errno::ENOENT) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Makes a file of any kind; `target` is a symbolic link's.
    pub(crate) fn make(&self, name: &[u8], new: &NewFile, target: Option<&[u8]>) -> Result<VnodeRef> {
        if target.is_some_and(|target| target.len() > LONGEST_TARGET) {
            return Err(Errno::ENAMETOOLONG);
        }
        let is_directory = new.kind == VnodeKind::Directory;
        self.shared.volume.check_writable()?;
        let _change = self.shared.unlocked_changes.begin();
        let group = {
            let mut state = self.lock_for_change()?;
            state.check_alive()?;
            state.check_enterable()?;
            self.check_absent(&mut state, name)?;
            if is_directory && state.inode.nlink >= LINK_MAX {
                return Err(Errno::EMLINK);
            }
            state.inode.gid
        };
        // Made and in memory before the directory is locked again: bringing a vnode in may wait for other nodes.
        let made = self.make_inode(new, group, target)?;
        let node = Self::of(&made)?;
        let entered = self.enter_new(name, node, is_directory);
        if entered.is_err() {
            let mut state = node.state.write();
            state.inode.nlink = 0;
            self.shared.volume.keep_failure(node.store(&mut state));
        } else {
            self.shared.finish_change()?;
        }
        entered.map(|()| made)
    }

    fn enter_new(&self, name: &[u8], node: &Self, is_directory: bool) -> Result<()> {
        let mut state = self.lock_for_change()?;
        state.check_alive()?;
        self.check_absent(&mut state, name)?;
        if is_directory && state.inode.nlink >= LINK_MAX {
            return Err(Errno::EMLINK);
        }
        let entry = NewEntry { name, number: node.number, kind: node.kind };
        self.change_names(&mut state, |directory| {
            directory.enter(entry)?;
            directory.inode.nlink += u16::from(is_directory);
            Ok(())
        })
    }

    /// Takes an inode, fills it and brings its vnode into memory.
    fn make_inode(&self, new: &NewFile, group: u32, target: Option<&[u8]>) -> Result<VnodeRef> {
        let volume = &self.shared.volume;
        let is_directory = new.kind == VnodeKind::Directory;
        if volume.geometry.old_inodes && u16::try_from(new.user).is_err() {
            return Err(Errno::EINVAL);
        }
        let number = volume.allocate_inode(self.number, is_directory)?;
        if volume.read_any_inode(number)?.mode != 0 {
            // In use, though its group called it free: it stays taken.
            return Err(Errno::EIO);
        }
        let filled = self.fill_inode(number, new, group, target);
        let result = filled.and_then(|(inode, mut index)| {
            let vnode = self.shared.mount()?.vnode(u64::from(number.0), &mut || {
                Self::vnode(&self.shared, number, inode.clone(), index.take())
            })?;
            // A lookup of a name that is gone may have brought the inode in, by its number and as it is now.
            let same = vnode.kind == new.kind && !Self::of(&vnode)?.state.read().freed;
            if same { Ok(vnode) } else { Err(Errno::EIO) }
        });
        if result.is_err() {
            volume.keep_failure(self.abandon_inode(number, is_directory));
        }
        result
    }

    fn fill_inode(
        &self,
        number: InodeNumber,
        new: &NewFile,
        group: u32,
        target: Option<&[u8]>,
    ) -> Result<(Inode, Option<DirectoryIndex>)> {
        let volume = &self.shared.volume;
        let geometry = &volume.geometry;
        let is_directory = new.kind == VnodeKind::Directory;
        let mut inode = volume.read_any_inode(number)?;
        let now = volume.now();
        inode.clear_pointers();
        inode.mode = (new.kind.mode_bits() | new.permissions & 0o7777) as u16;
        inode.nlink = if is_directory { 2 } else { 1 };
        (inode.uid, inode.gid) = (new.user, group);
        (inode.size, inode.blocks, inode.flags) = (0, 0, 0);
        (inode.extsize, inode.extb) = (0, [0; 2]);
        (inode.atime, inode.mtime, inode.ctime, inode.birthtime) = (now, now, now, now);
        inode.generation = inode.generation.wrapping_add(1).max(1);
        if matches!(new.kind, VnodeKind::Block | VnodeKind::Character) {
            inode.set_device(new.device, geometry);
        }
        if let Some(target) = target {
            inode.size = target.len() as u64;
            let short = i32::try_from(target.len()).is_ok_and(|length| length < geometry.fs_maxsymlinklen);
            if short {
                inode.set_short_link(target);
            } else {
                inode.size = 0;
                volume.write_link_block(number, &mut inode, target)?;
            }
        }
        let mut index = None;
        if is_directory {
            let mut names = DirectoryIndex::empty();
            let mut directory = DirectoryChange { volume, number, inode: &mut inode, index: &mut names };
            if let Err(error) = directory.enter_dots(self.number) {
                volume.keep_failure(volume.truncate_blocks(&mut inode, 0));
                return Err(error);
            }
            index = Some(names);
        }
        volume.write_inode(number, &inode)?;
        Ok((inode, index))
    }

    /// Enters another name for `target`.
    pub(crate) fn link_node(&self, name: &[u8], target: &Self) -> Result<()> {
        if target.kind == VnodeKind::Directory {
            return Err(Errno::EPERM);
        }
        let mut state = self.lock_for_change()?;
        state.check_alive()?;
        state.check_enterable()?;
        self.check_absent(&mut state, name)?;
        let mut other = target.state.write();
        other.check_alive()?;
        other.check_changeable()?;
        if other.inode.nlink >= LINK_MAX {
            return Err(Errno::EMLINK);
        }
        let _held = self.shared.volume.hold_inode(target.number)?;
        let entry = NewEntry { name, number: target.number, kind: target.kind };
        self.change_names(&mut state, |directory| directory.enter(entry))?;
        other.inode.nlink += 1;
        other.inode.ctime = self.shared.volume.now();
        target.store(&mut other)
    }

    /// Whether an entry hides that name.
    ///
    /// # Errors
    /// `EOPNOTSUPP` in the old format of directories.
    pub(crate) fn has_whiteout_of(&self, name: &[u8]) -> Result<bool> {
        if self.shared.volume.geometry.old_directories() {
            return Err(Errno::EOPNOTSUPP);
        }
        self.with_index(|_, index| Ok(index.has_whiteout(name)))
    }

    /// Makes or removes an entry that hides a name.
    pub(crate) fn change_whiteout(&self, name: &[u8], is_there: bool) -> Result<()> {
        self.has_whiteout_of(name)?;
        let mut state = self.lock_for_change()?;
        state.check_alive()?;
        state.check_enterable()?;
        self.check_absent(&mut state, name)?;
        self.change_names(&mut state, |directory| {
            if is_there { directory.enter_whiteout(name) } else { directory.remove_whiteout(name) }
        })?;
        drop(state);
        self.shared.finish_change()
    }

    /// Checks that `name` in this directory still leads to `target`.
    fn check_leads(&self, state: &mut State, name: &[u8], target: &Self) -> Result<()> {
        if self.find(state, name)? == target.number { Ok(()) } else { Err(Errno::ENOENT) }
    }

    /// Removes a name of what is no directory.
    pub(crate) fn remove_node(&self, name: &[u8], target: &Self) -> Result<()> {
        if target.kind == VnodeKind::Directory {
            return Err(Errno::EPERM);
        }
        let mut state = self.lock_for_change()?;
        state.check_alive()?;
        state.check_changeable()?;
        self.check_leads(&mut state, name, target)?;
        let mut other = target.state.write();
        other.check_alive()?;
        other.check_changeable()?;
        let _held = self.shared.volume.hold_inode(target.number)?;
        self.change_names(&mut state, |directory| directory.remove(name))?;
        other.inode.nlink = other.inode.nlink.saturating_sub(1);
        other.inode.ctime = self.shared.volume.now();
        target.store(&mut other)
    }

    /// Removes an empty directory.
    pub(crate) fn remove_directory_node(&self, name: &[u8], target: &Self) -> Result<()> {
        if target.kind != VnodeKind::Directory {
            return Err(Errno::ENOTDIR);
        }
        if target.number == self.number {
            return Err(Errno::EINVAL);
        }
        let _alone = self.shared.namespace.lock();
        let mut state = self.lock_for_change()?;
        state.check_alive()?;
        state.check_changeable()?;
        self.check_leads(&mut state, name, target)?;
        let mut other = target.state.write();
        target.check_empty(&mut other)?;
        other.check_changeable()?;
        let _held = self.shared.volume.hold_inode(target.number)?;
        self.change_names(&mut state, |directory| {
            directory.remove(name)?;
            directory.inode.nlink = directory.inode.nlink.saturating_sub(1);
            Ok(())
        })?;
        other.inode.nlink = 0;
        other.inode.ctime = self.shared.volume.now();
        target.store(&mut other)
    }

    fn check_empty(&self, state: &mut State) -> Result<()> {
        state.check_alive()?;
        self.load_index(state)?;
        let empty = state.index.as_ref().is_some_and(DirectoryIndex::is_empty);
        if empty { Ok(()) } else { Err(Errno::ENOTEMPTY) }
    }

    /// Moves `source` from `name` here to `to_name` in `to_directory`.
    pub(crate) fn rename_node(
        &self,
        name: &[u8],
        source: &Self,
        to_directory: &Self,
        to_name: &[u8],
        replaced: Option<&Self>,
    ) -> Result<()> {
        let in_the_way = [Some(source), replaced];
        if in_the_way.iter().flatten().any(|node| [self.number, to_directory.number].contains(&node.number)) {
            return Err(Errno::EINVAL);
        }
        let _alone = self.shared.namespace.lock();
        let mut locked = Locked::new([Some(self), Some(to_directory), Some(source), replaced]);
        self.shared.volume.check_writable()?;
        let rename = Rename { from: self, name, source, to: to_directory, to_name, replaced };
        rename.check(&mut locked)?;
        let _held = locked.hold(&self.shared.volume)?;
        rename.perform(&mut locked)
    }
}

/// Nodes that are locked, each once.
struct Locked<'a> {
    guards: Vec<(InodeNumber, RwLockWriteGuard<'a, State>)>,
}

impl<'a> Locked<'a> {
    /// Locks directories first, then the others, each by number.
    fn new(nodes: [Option<&'a Node>; 4]) -> Self {
        let mut nodes: Vec<_> = nodes.into_iter().flatten().collect();
        nodes.sort_by_key(|node| (node.kind != VnodeKind::Directory, node.number));
        nodes.dedup_by_key(|node| node.number);
        Self { guards: nodes.into_iter().map(|node| (node.number, node.state.write())).collect() }
    }

    /// Keeps their inodes' blocks in memory as long as the answer lives.
    fn hold(&self, volume: &Volume) -> Result<Vec<Buffer>> {
        self.guards.iter().map(|(number, _)| volume.hold_inode(*number)).collect()
    }

    fn state(&mut self, node: &Node) -> Result<&mut State> {
        let found = self.guards.iter_mut().find(|(number, _)| *number == node.number);
        found.map(|(_, guard)| &mut **guard).ok_or(Errno::EIO)
    }
}

struct Rename<'a> {
    from: &'a Node,
    name: &'a [u8],
    source: &'a Node,
    to: &'a Node,
    to_name: &'a [u8],
    replaced: Option<&'a Node>,
}

impl Rename<'_> {
    fn moves_directory(&self) -> bool {
        self.source.kind == VnodeKind::Directory && self.from.number != self.to.number
    }

    fn check(&self, locked: &mut Locked<'_>) -> Result<()> {
        let from = locked.state(self.from)?;
        from.check_alive()?;
        from.check_changeable()?;
        self.from.check_leads(from, self.name, self.source)?;
        let source = locked.state(self.source)?;
        source.check_alive()?;
        source.check_changeable()?;
        let to = locked.state(self.to)?;
        to.check_alive()?;
        to.check_enterable()?;
        let Some(replaced) = self.replaced else {
            self.to.check_absent(to, self.to_name)?;
            let full = self.moves_directory() && to.inode.nlink >= LINK_MAX;
            return if full { Err(Errno::EMLINK) } else { Ok(()) };
        };
        to.check_changeable()?;
        self.to.check_leads(to, self.to_name, replaced)?;
        let victim = locked.state(replaced)?;
        victim.check_changeable()?;
        match (self.source.kind == VnodeKind::Directory, replaced.kind == VnodeKind::Directory) {
            (true, true) => replaced.check_empty(victim),
            (true, false) => Err(Errno::ENOTDIR),
            (false, true) => Err(Errno::EISDIR),
            (false, false) => victim.check_alive(),
        }
    }

    fn perform(&self, locked: &mut Locked<'_>) -> Result<()> {
        let now = self.from.shared.volume.now();
        if self.replaced.is_some_and(|replaced| replaced.number == self.source.number) {
            return self.merge(locked);
        }
        let entry = NewEntry { name: self.to_name, number: self.source.number, kind: self.source.kind };
        let state = locked.state(self.to)?;
        match self.replaced {
            Some(_) => self.to.change_names(state, |directory| directory.retarget(entry))?,
            None => self.to.change_names(state, |directory| directory.enter(entry))?,
        }
        let state = locked.state(self.from)?;
        self.from.change_names(state, |directory| directory.remove(self.name))?;
        if self.moves_directory() {
            self.move_parent(locked)?;
        }
        if let Some(replaced) = self.replaced {
            self.drop_replaced(locked, replaced)?;
        }
        let state = locked.state(self.source)?;
        state.inode.ctime = now;
        self.source.store(state)
    }

    /// Both names lead to one file: the old one goes, as NetBSD's rename(2) has it.
    fn merge(&self, locked: &mut Locked<'_>) -> Result<()> {
        if self.from.number == self.to.number && self.name == self.to_name {
            return Ok(());
        }
        let state = locked.state(self.from)?;
        self.from.change_names(state, |directory| directory.remove(self.name))?;
        let state = locked.state(self.source)?;
        state.inode.nlink = state.inode.nlink.saturating_sub(1);
        state.inode.ctime = self.from.shared.volume.now();
        self.source.store(state)
    }

    /// The moved directory's `..` leads to its new parent, and counts there.
    fn move_parent(&self, locked: &mut Locked<'_>) -> Result<()> {
        let parent = NewEntry { name: b"..", number: self.to.number, kind: VnodeKind::Directory };
        let state = locked.state(self.source)?;
        self.source.change_names(state, |directory| directory.retarget(parent))?;
        let state = locked.state(self.from)?;
        state.inode.nlink = state.inode.nlink.saturating_sub(1);
        self.from.store(state)?;
        let state = locked.state(self.to)?;
        state.inode.nlink = state.inode.nlink.saturating_add(1);
        self.to.store(state)
    }

    fn drop_replaced(&self, locked: &mut Locked<'_>, replaced: &Node) -> Result<()> {
        let now = self.from.shared.volume.now();
        let is_directory = replaced.kind == VnodeKind::Directory;
        let victim = locked.state(replaced)?;
        victim.inode.nlink = if is_directory { 0 } else { victim.inode.nlink.saturating_sub(1) };
        victim.inode.ctime = now;
        replaced.store(victim)?;
        if is_directory {
            let state = locked.state(self.to)?;
            state.inode.nlink = state.inode.nlink.saturating_sub(1);
            self.to.store(state)?;
        }
        Ok(())
    }
}

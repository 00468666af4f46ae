//! One file in memory: its inode, its data in the page cache, and what can be done with it alone.

use crate::directory_index::DirectoryIndex;
use crate::file::{FileChange, FileStore};
use crate::format::dinode::Inode;
use crate::format::numbers::{InodeNumber, LogicalBlock};
use crate::mounting::Shared;
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::Range;
use core::sync::atomic::{AtomicBool, Ordering};
use rump::errno::{Errno, Result};
use rump::sync::{RwLock, RwLockWriteGuard};
use rump::time::Timespec;
use rump::uio::Uio;
use vfs::attributes::{AttributeChange, Attributes, FileFlags, NewFile, TimeChange, VnodeKind};
use vfs::extended_attributes::ExtendedAttributes;
use vfs::mount::MountFlags;
use vfs::page_cache::{FileCache, ReadAhead};
use vfs::vnode::{Advice, DirectorySink, IoFlags, NewVnode, SyncScope, Vnode, VnodeOperations, VnodeRef};

/// What a node's lock guards.
pub(crate) struct State {
    pub inode: Inode,
    /// A directory's names, once somebody asked.
    pub index: Option<DirectoryIndex>,
    /// The inode has been given back: its number may be another file's.
    pub freed: bool,
}

impl State {
    /// Whether the node still is the file that it was.
    ///
    /// # Errors
    /// `ENOENT`.
    pub fn check_alive(&self) -> Result<()> {
        if self.freed || self.inode.nlink == 0 { Err(Errno::ENOENT) } else { Ok(()) }
    }

    fn flags(&self) -> FileFlags {
        FileFlags::from_bits_retain(self.inode.flags)
    }

    /// # Errors
    /// `EPERM` for files that may not be changed, or only appended to.
    pub fn check_changeable(&self) -> Result<()> {
        let fixed = self.flags().intersects(FileFlags::IMMUTABLE | FileFlags::APPEND);
        if fixed { Err(Errno::EPERM) } else { Ok(()) }
    }

    /// # Errors
    /// `EPERM` for directories in which nothing new may be made.
    pub fn check_enterable(&self) -> Result<()> {
        if self.flags().intersects(FileFlags::IMMUTABLE) { Err(Errno::EPERM) } else { Ok(()) }
    }

    /// Sets the times of modification and change.
    pub fn touch(&mut self, now: Timespec) {
        self.inode.mtime = now;
        self.inode.ctime = now;
    }
}

/// A file in memory.
pub struct Node {
    pub(crate) shared: Arc<Shared>,
    pub(crate) number: InodeNumber,
    pub(crate) kind: VnodeKind,
    pub(crate) state: RwLock<State>,
    pub(crate) cache: FileCache,
    /// The access time is to be set to the present.
    pub(crate) accessed: AtomicBool,
    /// The modification time is: data went through a fifo or device.
    pub(crate) modified: AtomicBool,
}

impl Node {
    /// An inode that is in use, in memory.
    ///
    /// # Errors
    /// As [`vnode`](Self::vnode).
    pub(crate) fn new(
        shared: &Arc<Shared>,
        number: InodeNumber,
        inode: Inode,
        index: Option<DirectoryIndex>,
    ) -> Result<Self> {
        Ok(Self {
            shared: Arc::clone(shared),
            number,
            kind: inode.kind()?,
            state: RwLock::new(State { inode, index, freed: false }),
            cache: FileCache::new(shared.mount()?.page_pool()?),
            accessed: AtomicBool::new(false),
            modified: AtomicBool::new(false),
        })
    }

    /// A vnode for an inode that is in use.
    ///
    /// # Errors
    /// `EIO` for a kind of file that there is not; `ENXIO` while the kernel shuts down.
    pub(crate) fn vnode(
        shared: &Arc<Shared>,
        number: InodeNumber,
        inode: Inode,
        index: Option<DirectoryIndex>,
    ) -> Result<NewVnode> {
        let kind = inode.kind()?;
        let is_device = matches!(kind, VnodeKind::Block | VnodeKind::Character);
        let device = if is_device { inode.device(&shared.volume.geometry) } else { 0 };
        let node = Self::new(shared, number, inode, index)?;
        Ok(NewVnode {
            kind,
            number: u64::from(number.0),
            device,
            is_root: number == InodeNumber::ROOT,
            operations: Box::new(node),
        })
    }

    /// Locks for a change, once it is sure that changes are allowed.
    ///
    /// # Errors
    /// `EROFS`.
    pub(crate) fn lock_for_change(&self) -> Result<RwLockWriteGuard<'_, State>> {
        let state = self.state.write();
        self.shared.volume.check_writable()?;
        Ok(state)
    }

    /// Stores the inode in its block in memory.
    pub(crate) fn store(&self, state: &mut State) -> Result<()> {
        if self.accessed.swap(false, Ordering::Relaxed) {
            state.inode.atime = self.shared.volume.now();
        }
        if self.modified.swap(false, Ordering::Relaxed) {
            state.touch(self.shared.volume.now());
        }
        self.shared.volume.write_inode(self.number, &state.inode)
    }

    /// Gives the times their values, if data has been read or passed through since.
    fn settle_times(&self) -> Result<()> {
        let is_noted = || self.accessed.load(Ordering::Relaxed) || self.modified.load(Ordering::Relaxed);
        if !is_noted() || self.shared.volume.is_read_only() {
            return Ok(());
        }
        let mut state = self.state.write();
        // Asked again: if another thread has settled them since, this vnode may be out of use by now, and its inode old.
        if state.freed || !is_noted() { Ok(()) } else { self.store(&mut state) }
    }

    /// Writes data and access time to where [`crate::volume::Volume::sync`] finds them, or to the device.
    ///
    /// # Errors
    /// What the device says.
    pub(crate) fn flush(&self) -> Result<()> {
        self.settle_times()?;
        let state = self.state.read();
        self.flush_data(&state)
    }

    fn flush_data(&self, state: &State) -> Result<()> {
        if self.kind != VnodeKind::Regular || state.freed {
            return Ok(());
        }
        self.cache.flush(&FileStore::new(&self.shared.volume, &state.inode))
    }

    /// Runs `ask` with the names of this directory.
    ///
    /// # Errors
    /// `ENOTDIR`, `ENOENT` for a removed one, `EIO`, `ENOMEM`.
    pub(crate) fn with_index<R>(&self, ask: impl FnOnce(&State, &DirectoryIndex) -> Result<R>) -> Result<R> {
        if self.kind != VnodeKind::Directory {
            return Err(Errno::ENOTDIR);
        }
        {
            let state = self.state.read();
            state.check_alive()?;
            if let Some(index) = &state.index {
                return ask(&state, index);
            }
        }
        let mut state = self.state.write();
        state.check_alive()?;
        self.load_index(&mut state)?;
        ask(&state, state.index.as_ref().ok_or(Errno::EIO)?)
    }

    pub(crate) fn load_index(&self, state: &mut State) -> Result<()> {
        if state.index.is_none() {
            state.index = Some(self.shared.volume.load_index(&state.inode)?);
        }
        Ok(())
    }

    fn file_change<'a>(&'a self, state: &'a mut State) -> Result<FileChange<'a>> {
        match self.kind {
            VnodeKind::Regular => Ok(FileChange {
                volume: &self.shared.volume,
                number: self.number,
                inode: &mut state.inode,
                cache: &self.cache,
            }),
            VnodeKind::Directory => Err(Errno::EISDIR),
            _ => Err(Errno::EINVAL),
        }
    }

    /// Changes the contents by `change` and notes the time.
    fn change_contents<R>(
        &self,
        state: &mut State,
        change: impl FnOnce(&mut FileChange<'_>) -> Result<R>,
    ) -> Result<R> {
        let result = change(&mut self.file_change(state)?);
        state.touch(self.shared.volume.now());
        let stored = self.store(state);
        let value = result?;
        stored.map(|()| value)
    }

    fn sync_locked(&self, state: &State) -> Result<()> {
        self.flush_data(state)?;
        self.shared.volume.sync_metadata()
    }

    fn apply(&self, state: &mut State, change: &AttributeChange) -> Result<()> {
        let now = self.shared.volume.now();
        let time = |change| match change {
            TimeChange::Now => now,
            TimeChange::To(time) => time,
        };
        if let Some(size) = change.size {
            match self.kind {
                VnodeKind::Regular => self.change_contents(state, |file| file.resize(size))?,
                VnodeKind::Directory => return Err(Errno::EISDIR),
                VnodeKind::SymbolicLink => return Err(Errno::EINVAL),
                _ => {}
            }
        }
        let inode = &mut state.inode;
        if self.shared.volume.geometry.old_inodes {
            let wide = |id: Option<u32>| id.is_some_and(|id| u16::try_from(id).is_err());
            if wide(change.user) || wide(change.group) {
                return Err(Errno::EINVAL);
            }
        }
        if let Some(permissions) = change.permissions {
            inode.mode = inode.mode & 0o170_000 | (permissions & 0o7777) as u16;
        }
        inode.uid = change.user.unwrap_or(inode.uid);
        inode.gid = change.group.unwrap_or(inode.gid);
        inode.flags = change.flags.unwrap_or(inode.flags);
        inode.birthtime = change.birth_time.unwrap_or(inode.birthtime);
        if let Some(modification) = change.modification_time {
            inode.mtime = time(modification);
            self.modified.store(false, Ordering::Relaxed);
        }
        if let Some(access) = change.access_time {
            inode.atime = time(access);
            self.accessed.store(false, Ordering::Relaxed);
        }
        inode.ctime = now;
        self.store(state)
    }
}

impl VnodeOperations for Node {
    fn attributes(&self) -> Result<Attributes> {
        self.settle_times()?;
        let state = self.state.read();
        let inode = &state.inode;
        let geometry = &self.shared.volume.geometry;
        let is_device = matches!(self.kind, VnodeKind::Block | VnodeKind::Character);
        let ufs2 = geometry.version == crate::format::geometry::Version::Ufs2;
        Ok(Attributes {
            kind: self.kind,
            permissions: u32::from(inode.mode & 0o7777),
            links: u32::from(inode.nlink),
            user: inode.uid,
            group: inode.gid,
            number: u64::from(self.number.0),
            size: inode.size,
            block_size: geometry.fs_bsize,
            access_time: inode.atime,
            modification_time: inode.mtime,
            change_time: inode.ctime,
            birth_time: if ufs2 { inode.birthtime } else { Timespec::ZERO },
            generation: inode.generation,
            flags: inode.flags,
            device: if is_device { inode.device(geometry) } else { 0 },
            occupied: inode.blocks.saturating_mul(512),
        })
    }

    fn set_attributes(&self, change: &AttributeChange) -> Result<()> {
        if *change == AttributeChange::default() {
            return Ok(());
        }
        let mut state = self.lock_for_change()?;
        if state.freed {
            return Err(Errno::ENOENT);
        }
        if change.flags.is_none() {
            state.check_changeable()?;
        }
        self.apply(&mut state, change)?;
        drop(state);
        self.shared.finish_change()
    }

    fn read(&self, uio: &mut Uio<'_>, flags: IoFlags) -> Result<()> {
        match self.kind {
            VnodeKind::Regular => {}
            VnodeKind::Directory => return Err(Errno::EISDIR),
            _ => return Err(Errno::EINVAL),
        }
        let state = self.state.read();
        if state.freed {
            return Err(Errno::ENOENT);
        }
        let store = FileStore::new(&self.shared.volume, &state.inode);
        let ahead = match () {
            () if flags.contains(IoFlags::RANDOM) => ReadAhead::Nothing,
            () if flags.contains(IoFlags::SEQUENTIAL) => ReadAhead::Further,
            () => ReadAhead::Chunk,
        };
        self.cache.read(uio, state.inode.size, &store, ahead)?;
        drop(state);
        self.note_access();
        Ok(())
    }

    fn write(&self, uio: &mut Uio<'_>, flags: IoFlags) -> Result<()> {
        let mut state = self.lock_for_change()?;
        let size = state.inode.size;
        // Asked for its kind first: a directory's size means something else.
        self.file_change(&mut state)?;
        if state.freed {
            return Err(Errno::ENOENT);
        }
        if flags.contains(IoFlags::APPEND) {
            uio.offset = size;
        }
        if state.flags().intersects(FileFlags::APPEND) && uio.offset != size {
            return Err(Errno::EPERM);
        }
        if uio.residual() == 0 {
            return Ok(());
        }
        if flags.contains(IoFlags::CLEAR_SET_ID) {
            state.inode.mode &= !0o6000;
        }
        self.change_contents(&mut state, |file| file.write(uio))?;
        let mount_flags = self.shared.mount()?.flags();
        if flags.contains(IoFlags::SYNCHRONOUS) || mount_flags.contains(MountFlags::SYNCHRONOUS) {
            return self.sync_locked(&state);
        }
        drop(state);
        self.shared.finish_change()
    }

    fn sync(&self, _scope: SyncScope) -> Result<()> {
        if self.shared.volume.is_read_only() {
            return Ok(());
        }
        self.settle_times()?;
        let state = self.state.read();
        self.sync_locked(&state)
    }

    fn sync_range(&self, scope: SyncScope, range: Range<u64>) -> Result<()> {
        let volume = &self.shared.volume;
        if volume.is_read_only() {
            return Ok(());
        }
        if self.kind != VnodeKind::Regular {
            return self.sync(scope);
        }
        self.settle_times()?;
        let state = self.state.read();
        if !state.freed {
            self.cache.flush_range(range, &FileStore::new(volume, &state.inode))?;
        }
        // All of it: which block names which is not known here.
        volume.sync_metadata()
    }

    fn advise(&self, range: Range<u64>, advice: Advice) -> Result<()> {
        let state = self.state.read();
        if self.kind != VnodeKind::Regular || state.freed {
            return Ok(());
        }
        let store = FileStore::new(&self.shared.volume, &state.inode);
        match advice {
            Advice::WillNeed => {
                self.cache.will_need(range, state.inode.size, &store);
                Ok(())
            }
            Advice::DontNeed => self.cache.dont_need(range, &store),
        }
    }

    fn allocate(&self, offset: u64, length: u64) -> Result<()> {
        let mut state = self.lock_for_change()?;
        if state.freed {
            return Err(Errno::ENOENT);
        }
        state.check_changeable()?;
        self.change_contents(&mut state, |file| file.reserve(offset, length))
    }

    fn discard(&self, offset: u64, length: u64) -> Result<()> {
        let mut state = self.lock_for_change()?;
        if state.freed {
            return Err(Errno::ENOENT);
        }
        state.check_changeable()?;
        self.change_contents(&mut state, |file| file.discard(offset, length))
    }

    fn is_indexed(&self) -> bool {
        true
    }

    fn lookup(&self, name: &[u8]) -> Result<VnodeRef> {
        loop {
            let place = self.with_index(|_, index| index.find(name))?;
            let found = self.shared.load(place.number);
            // Loaded without this directory's lock, so that loading may wait for other nodes: the name may have changed.
            let same = self.with_index(|_, index| index.find(name))?.number == place.number;
            match found {
                Ok(found) if same && found.node::<Self>().is_some_and(|node| !node.state.read().freed) => {
                    return Ok(found);
                }
                Err(error) if same => return Err(error),
                _ => {}
            }
        }
    }

    fn create(&self, name: &[u8], new: &NewFile) -> Result<VnodeRef> {
        self.make(name, new, None)
    }

    fn make_directory(&self, name: &[u8], new: &NewFile) -> Result<VnodeRef> {
        self.make(name, &NewFile { kind: VnodeKind::Directory, ..*new }, None)
    }

    fn make_symbolic_link(&self, name: &[u8], new: &NewFile, target: &[u8]) -> Result<VnodeRef> {
        self.make(name, &NewFile { kind: VnodeKind::SymbolicLink, ..*new }, Some(target))
    }

    fn link(&self, name: &[u8], target: &Vnode) -> Result<()> {
        self.link_node(name, Self::of(target)?)?;
        self.shared.finish_change()
    }

    fn remove(&self, name: &[u8], target: &Vnode) -> Result<()> {
        self.remove_node(name, Self::of(target)?)?;
        self.shared.finish_change()
    }

    fn remove_directory(&self, name: &[u8], target: &Vnode) -> Result<()> {
        self.remove_directory_node(name, Self::of(target)?)?;
        self.shared.finish_change()
    }

    fn rename(
        &self,
        name: &[u8],
        source: &Vnode,
        to_directory: &Vnode,
        to_name: &[u8],
        replaced: Option<&Vnode>,
    ) -> Result<()> {
        let replaced = replaced.map(Self::of).transpose()?;
        self.rename_node(name, Self::of(source)?, Self::of(to_directory)?, to_name, replaced)?;
        self.shared.finish_change()
    }

    fn read_directory(&self, offset: u64, sink: &mut dyn DirectorySink) -> Result<u64> {
        if self.kind != VnodeKind::Directory {
            return Err(Errno::ENOTDIR);
        }
        let state = self.state.read();
        if state.freed || state.inode.nlink == 0 {
            return Ok(offset);
        }
        let next = self.shared.volume.read_directory(&state.inode, offset, sink)?;
        drop(state);
        self.note_access();
        Ok(next)
    }

    fn read_link(&self) -> Result<Vec<u8>> {
        if self.kind != VnodeKind::SymbolicLink {
            return Err(Errno::EINVAL);
        }
        let state = self.state.read();
        if state.freed {
            return Err(Errno::ENOENT);
        }
        let target = self.shared.volume.read_link(&state.inode)?;
        drop(state);
        self.note_access();
        Ok(target)
    }

    fn note_access(&self) {
        if !self.accessed.load(Ordering::Relaxed)
            && self.shared.mount().is_ok_and(|mount| mount.keeps_access_times())
        {
            self.accessed.store(true, Ordering::Relaxed);
        }
    }

    fn has_whiteout(&self, name: &[u8]) -> Result<bool> {
        self.has_whiteout_of(name)
    }

    fn set_whiteout(&self, name: &[u8], is_there: bool) -> Result<()> {
        self.change_whiteout(name, is_there)
    }

    fn note_modification(&self) {
        if !self.modified.load(Ordering::Relaxed) {
            self.modified.store(true, Ordering::Relaxed);
        }
    }

    fn inactive(&self, vnode: &Vnode) {
        // Whoever has found the file since, when it still had a name, may go on using it.
        self.release_if_unused(&|| vnode.uses() > 0);
    }

    fn extended_attributes(&self) -> Option<&dyn ExtendedAttributes> {
        if self.has_attributes() { Some(self) } else { None }
    }

    fn path_configuration(&self, name: i32) -> Result<u64> {
        const LINK_MAX: i32 = 1;
        const FILE_SIZE_BITS: i32 = 11;
        const SYMLINK_MAX: i32 = 12;
        const TWO_SYMLINKS: i32 = 13;
        match name {
            LINK_MAX => Ok(u64::from(crate::names::LINK_MAX)),
            FILE_SIZE_BITS => Ok(42),
            SYMLINK_MAX => Ok(1024),
            TWO_SYMLINKS => Ok(1),
            _ => Err(Errno::EINVAL),
        }
    }

    fn map_block(&self, offset: u64) -> Result<Option<(u64, u64)>> {
        let volume = &self.shared.volume;
        let geometry = &volume.geometry;
        let state = self.state.read();
        if !matches!(self.kind, VnodeKind::Regular | VnodeKind::Directory) || state.freed {
            return Err(Errno::EOPNOTSUPP);
        }
        if offset >= state.inode.size {
            return Ok(None);
        }
        let block = geometry.block_of(offset);
        let run = volume.run(&state.inode, block, u64::from(geometry.fs_nindir))?;
        let Some(fragment) = run.fragment else { return Ok(None) };
        let last = LogicalBlock(block.0 + run.blocks - 1);
        let bytes = ((run.blocks - 1) << geometry.fs_bshift)
            + (u64::from(geometry.fragments_of(state.inode.size, last)) << geometry.fs_fshift);
        let start = u64::from(geometry.offset_in_block(offset));
        Ok(Some((geometry.byte_offset(fragment) + start, bytes.saturating_sub(start))))
    }
}

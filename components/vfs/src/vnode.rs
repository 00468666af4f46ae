//! Vnodes: files of any file system, as the rest of the kernel sees them.
//!
//! A file system implements [`VnodeOperations`]; the VFS wraps each of its nodes in a [`Vnode`] and hands out counted
//! [`VnodeRef`]s. A node does its own locking, so every operation may be called at any time by many threads at once; where
//! two nodes must be locked, the file system orders them (directory before entry, else by number).

use crate::advisory_lock::AdvisoryLocks;
use crate::attributes::{AttributeChange, Attributes, NewFile, VnodeKind};
use crate::extended_attributes::ExtendedAttributes;
use crate::handle_lock::HandleLock;
use crate::mount::Mount;
use crate::name_cache::NameCache;
use crate::special::SpecialState;
use alloc::boxed::Box;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use bitflags::bitflags;
use core::any::Any;
use core::ops::{Deref, Range};
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use rump::errno::{Errno, Result};
use rump::kqueue::note;
use rump::poll::Listeners;
use rump::process::Credentials;
use rump::sync::{Once, SpinMutex};
use rump::uio::Uio;

bitflags! {
    /// How data is moved.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct IoFlags: u32 {
        /// Write at the end, whatever the offset says (`O_APPEND`).
        const APPEND = 1;
        /// The data and the attributes needed to find it are stable before the call returns (`O_SYNC`, `O_DSYNC`).
        const SYNCHRONOUS = 2;
        /// Answer `EAGAIN` instead of waiting (`O_NONBLOCK`).
        const NONBLOCK = 4;
        /// The writer is no superuser: set-id bits of the file go.
        const CLEAR_SET_ID = 8;
        /// Reads go here and there: nothing need be read ahead (`POSIX_FADV_RANDOM`).
        const RANDOM = 16;
        /// Reads go on from where they are: more may be read ahead (`POSIX_FADV_SEQUENTIAL`).
        const SEQUENTIAL = 32;
    }
}

/// How much must be stable when fsync returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyncScope {
    /// The data, and what is needed to read it (`fdatasync`).
    Data,
    /// The data and all attributes (`fsync`).
    Everything,
}

/// What is to come of a byte range of a file (posix_fadvise(2)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// It is about to be read (`POSIX_FADV_WILLNEED`).
    WillNeed,
    /// Nobody is about to read it (`POSIX_FADV_DONTNEED`).
    DontNeed,
}

/// Receives directory entries.
pub trait DirectorySink {
    /// Takes one entry. `next` is the offset at which the following entry begins: what a later read starts from.
    /// `false` says that there was no room, and ends the reading; the entry then has not been taken.
    fn entry(&mut self, number: u64, kind: Option<VnodeKind>, name: &[u8], next: u64) -> bool;
}

/// What a file system can do with one file. Names are never empty, `.` or `..` (except in
/// [`lookup`](Self::lookup), which gets `..`), contain no `/` or NUL and are 255 bytes long at most.
///
/// Every method may answer `EIO` for a failing device or an inconsistent image, `EROFS` on a read-only file system,
/// `ENOSPC` where it needs room, and `ENOENT` on a directory that has been removed.
pub trait VnodeOperations: Any + Send + Sync {
    /// All attributes.
    fn attributes(&self) -> Result<Attributes>;

    /// Changes attributes; a change of size truncates or extends (with a hole where the format can).
    /// Errors: `EPERM` for immutable or append-only files, `EFBIG` past the greatest size, `EISDIR`.
    fn set_attributes(&self, change: &AttributeChange) -> Result<()>;

    /// Reads from `uio.offset` on; stops at the end of the file without an error.
    /// Errors: `EISDIR` for directories, `EINVAL` for what holds no data.
    fn read(&self, _uio: &mut Uio<'_>, _flags: IoFlags) -> Result<()> {
        Err(Errno::EINVAL)
    }

    /// Writes at `uio.offset`, or at the end with [`IoFlags::APPEND`] (then `uio.offset` is set to the end first). What
    /// was written before an error stays, and `uio` tells how much.
    /// Errors: `EFBIG`, `ENOSPC`, `EISDIR`.
    fn write(&self, _uio: &mut Uio<'_>, _flags: IoFlags) -> Result<()> {
        Err(Errno::EINVAL)
    }

    /// Makes the file stable on its device.
    fn sync(&self, scope: SyncScope) -> Result<()>;

    /// Makes a byte range of the file stable on its device, and what is needed to read it, or more (fsync_range(2)).
    fn sync_range(&self, scope: SyncScope, _range: Range<u64>) -> Result<()> {
        self.sync(scope)
    }

    /// Takes advice on a byte range, which may reach past the end of the file, into account where there is a cache. Errors: where
    /// what is dropped from memory has to be written first, those of writing.
    fn advise(&self, _range: Range<u64>, _advice: Advice) -> Result<()> {
        Ok(())
    }

    /// Makes room for a byte range, extending the file if need be (posix_fallocate(2)).
    fn allocate(&self, _offset: u64, _length: u64) -> Result<()> {
        Err(Errno::EOPNOTSUPP)
    }

    /// Gives the room of a byte range back; it reads as zeroes (fdiscard(2)).
    fn discard(&self, _offset: u64, _length: u64) -> Result<()> {
        Err(Errno::EOPNOTSUPP)
    }

    /// Whether lookups in this directory are as fast as the name cache would be, so that it is not needed.
    fn is_indexed(&self) -> bool {
        false
    }

    /// Finds an entry of this directory; `..` is its parent. Errors: `ENOENT`, `ENOTDIR`.
    fn lookup(&self, _name: &[u8]) -> Result<VnodeRef> {
        Err(Errno::ENOTDIR)
    }

    /// Makes a file of any kind but directory and symbolic link. Errors: `EEXIST`.
    fn create(&self, _name: &[u8], _new: &NewFile) -> Result<VnodeRef> {
        Err(Errno::ENOTDIR)
    }

    /// Makes a directory with its `.` and `..`. Errors: `EEXIST`, `EMLINK`.
    fn make_directory(&self, _name: &[u8], _new: &NewFile) -> Result<VnodeRef> {
        Err(Errno::ENOTDIR)
    }

    /// Makes a symbolic link. Errors: `EEXIST`, `ENAMETOOLONG`.
    fn make_symbolic_link(&self, _name: &[u8], _new: &NewFile, _target: &[u8]) -> Result<VnodeRef> {
        Err(Errno::ENOTDIR)
    }

    /// Enters another name for `target`, which is of the same file system and no directory. Errors: `EEXIST`, `EMLINK`,
    /// `EPERM` for immutable targets.
    fn link(&self, _name: &[u8], _target: &Vnode) -> Result<()> {
        Err(Errno::ENOTDIR)
    }

    /// Removes a name; `target` is what a lookup of it gave, and no directory. Errors: `ENOENT` when the name does not
    /// lead to `target` any more.
    fn remove(&self, _name: &[u8], _target: &Vnode) -> Result<()> {
        Err(Errno::ENOTDIR)
    }

    /// Removes an empty directory; `target` is what a lookup gave. Errors: `ENOTEMPTY`, `ENOENT`.
    fn remove_directory(&self, _name: &[u8], _target: &Vnode) -> Result<()> {
        Err(Errno::ENOTDIR)
    }

    /// Moves `source` from `name` in this directory to `to_name` in `to_directory`, replacing `replaced` if there is one.
    /// All are of one file system; types fit, and neither is `source` above `to_directory` nor `replaced` above this
    /// directory, as the VFS has checked while holding the mount's rename lock. Errors: `ENOENT` or `EEXIST` when a name has changed meanwhile, `ENOTEMPTY`.
    fn rename(
        &self,
        _name: &[u8],
        _source: &Vnode,
        _to_directory: &Vnode,
        _to_name: &[u8],
        _replaced: Option<&Vnode>,
    ) -> Result<()> {
        Err(Errno::ENOTDIR)
    }

    /// Whether an entry of this directory hides a name of a layer below (a whiteout). Errors: `EOPNOTSUPP` where there are
    /// none.
    fn has_whiteout(&self, _name: &[u8]) -> Result<bool> {
        Err(Errno::EOPNOTSUPP)
    }

    /// Makes a whiteout of a name that is not there, or removes it. A file that is made under the name takes its place.
    /// Errors: `EEXIST`; `ENOENT` for removing one that is not there; `EOPNOTSUPP`.
    fn set_whiteout(&self, _name: &[u8], _is_there: bool) -> Result<()> {
        Err(Errno::EOPNOTSUPP)
    }

    /// Gives the entries from `offset` on to `sink`, `.` and `..` included; says where the next read starts. Entries that
    /// stay while others come and go are given exactly once. Errors: `EINVAL` for an offset that is no entry's.
    fn read_directory(&self, _offset: u64, _sink: &mut dyn DirectorySink) -> Result<u64> {
        Err(Errno::ENOTDIR)
    }

    /// The target of a symbolic link.
    fn read_link(&self) -> Result<Vec<u8>> {
        Err(Errno::EINVAL)
    }

    /// Notes that data was read, for the access time.
    fn note_access(&self) {}

    /// Notes that data was written which the file system does not see: through a fifo or device.
    fn note_modification(&self) {}

    /// The last reference went. A file system frees here what has no name left.
    fn inactive(&self, _vnode: &Vnode) {}

    /// pathconf(2); the VFS answers what is the same everywhere.
    fn path_configuration(&self, _name: i32) -> Result<u64> {
        Err(Errno::EINVAL)
    }

    /// The file's extended attributes, if the file system keeps any.
    fn extended_attributes(&self) -> Option<&dyn ExtendedAttributes> {
        None
    }

    /// An ioctl or file-system specific fcntl that the VFS does not know.
    fn control(&self, _command: u64, _data: &mut [u8], _credentials: &Credentials) -> Result<()> {
        Err(Errno::ENOTTY)
    }

    /// Where a block of the file lies on the device, for `VOP_BMAP`: (byte offset on the device, contiguous bytes).
    fn map_block(&self, _offset: u64) -> Result<Option<(u64, u64)>> {
        Err(Errno::EOPNOTSUPP)
    }
}

/// The operations of a file whose file system has been taken away (deadfs).
struct Dead;

impl VnodeOperations for Dead {
    fn attributes(&self) -> Result<Attributes> {
        Err(Errno::EIO)
    }

    fn set_attributes(&self, _change: &AttributeChange) -> Result<()> {
        Err(Errno::EIO)
    }

    fn read(&self, _uio: &mut Uio<'_>, _flags: IoFlags) -> Result<()> {
        Err(Errno::EIO)
    }

    fn write(&self, _uio: &mut Uio<'_>, _flags: IoFlags) -> Result<()> {
        Err(Errno::EIO)
    }

    fn sync(&self, _scope: SyncScope) -> Result<()> {
        Err(Errno::EIO)
    }
}

/// A file of some file system, in memory. There is one per file and mount at any time.
pub struct Vnode {
    pub kind: VnodeKind,
    /// The file's number on its file system.
    pub number: u64,
    /// The device that a block or character file names; otherwise 0.
    pub device: u64,
    /// The root of its mount.
    pub is_root: bool,
    pub mount: Arc<Mount>,
    operations: Box<dyn VnodeOperations>,
    /// References that count as use; at zero the file system's `inactive` runs.
    uses: AtomicU32,
    /// When it was last taken into use, on its mount's clock.
    activity: AtomicU64,
    /// Taken out of its mount's table while somebody held it.
    is_reclaimed: AtomicBool,
    /// What is mounted on this directory.
    covered_by: SpinMutex<Option<Weak<Mount>>>,
    is_covered: AtomicBool,
    /// For programs that lock vnodes through the C interface.
    pub handle_lock: HandleLock,
    pub(crate) names: NameCache,
    pub(crate) special: SpecialState,
    pub(crate) advisory_locks: AdvisoryLocks,
    pub(crate) listeners: Listeners,
    /// What the C edge has lent of it to programs: it knows what that is.
    pub lent: Once<Arc<dyn Any + Send + Sync>>,
    /// How often revoke(2) has taken it from those who have it open.
    revocations: AtomicU32,
}

impl Drop for Vnode {
    /// Whoever watches it without using it is told that it has gone.
    fn drop(&mut self) {
        self.note(note::REVOKE);
    }
}

/// What a file system says of a node that it brings into memory.
pub struct NewVnode {
    pub kind: VnodeKind,
    pub number: u64,
    /// For block and character files; otherwise 0.
    pub device: u64,
    pub is_root: bool,
    pub operations: Box<dyn VnodeOperations>,
}

impl Vnode {
    pub(crate) fn new(mount: Arc<Mount>, new: NewVnode) -> Arc<Self> {
        Arc::new(Self {
            kind: new.kind,
            number: new.number,
            device: new.device,
            is_root: new.is_root,
            mount,
            operations: new.operations,
            uses: AtomicU32::new(0),
            activity: AtomicU64::new(0),
            is_reclaimed: AtomicBool::new(false),
            covered_by: SpinMutex::new(None),
            is_covered: AtomicBool::new(false),
            handle_lock: HandleLock::default(),
            names: NameCache::default(),
            special: SpecialState::default(),
            advisory_locks: AdvisoryLocks::default(),
            listeners: Listeners::new(),
            lent: Once::new(),
            revocations: AtomicU32::new(0),
        })
    }

    /// What its file system can do with it: nothing any more after an unmount by force, or once it has been reclaimed.
    #[must_use]
    pub fn operations(&self) -> &dyn VnodeOperations {
        let is_dead = self.mount.is_gone() || self.is_reclaimed.load(Ordering::Acquire);
        if is_dead { &Dead } else { &*self.operations }
    }

    pub(crate) fn set_reclaimed(&self, is_reclaimed: bool) {
        self.is_reclaimed.store(is_reclaimed, Ordering::Release);
    }

    /// Whether its file has lost its last name, as its file system says.
    pub(crate) fn has_no_name(&self) -> bool {
        self.operations.attributes().is_ok_and(|attributes| attributes.links == 0)
    }

    /// The file system's own node, if it is a `T`.
    #[must_use]
    pub fn node<T: VnodeOperations>(&self) -> Option<&T> {
        let any: &dyn Any = &*self.operations;
        any.downcast_ref()
    }

    /// Its advisory locks.
    #[must_use]
    pub fn advisory_locks(&self) -> &AdvisoryLocks {
        &self.advisory_locks
    }

    /// How often it has been revoked: a file that was opened before the last time is no good any more.
    #[must_use]
    pub fn revocations(&self) -> u32 {
        self.revocations.load(Ordering::Acquire)
    }

    pub(crate) fn count_revocation(&self) {
        self.revocations.fetch_add(1, Ordering::AcqRel);
    }

    /// Whether it is a directory.
    #[must_use]
    pub fn is_directory(&self) -> bool {
        self.kind == VnodeKind::Directory
    }

    /// References in use.
    #[must_use]
    pub fn uses(&self) -> u32 {
        self.uses.load(Ordering::Acquire)
    }

    /// A number that is greater the later it was last taken into use; for comparing.
    #[must_use]
    pub(crate) fn activity(&self) -> u64 {
        self.activity.load(Ordering::Relaxed)
    }

    /// What is mounted here.
    #[must_use]
    pub fn covered_by(&self) -> Option<Arc<Mount>> {
        if !self.is_covered.load(Ordering::Acquire) {
            return None;
        }
        self.covered_by.lock().as_ref().and_then(Weak::upgrade)
    }

    /// Covers this directory with a mount, or uncovers it. Errors: `EBUSY` when it is covered already.
    pub(crate) fn cover(&self, mount: Option<&Arc<Mount>>) -> Result<()> {
        let mut covered_by = self.covered_by.lock();
        if mount.is_some() && covered_by.as_ref().and_then(Weak::upgrade).is_some() {
            return Err(Errno::EBUSY);
        }
        self.is_covered.store(mount.is_some(), Ordering::Release);
        *covered_by = mount.map(Arc::downgrade);
        Ok(())
    }
}

/// A counted reference to a vnode that is in use.
pub struct VnodeRef(Arc<Vnode>);

impl VnodeRef {
    /// Takes a new reference (`vref`).
    #[must_use]
    pub fn new(vnode: Arc<Vnode>) -> Self {
        if vnode.uses.fetch_add(1, Ordering::AcqRel) == 0 {
            vnode.activity.store(vnode.mount.next_activity(), Ordering::Relaxed);
        }
        Self(vnode)
    }

    /// A reference whose use has been counted before, by [`into_counted`](Self::into_counted).
    #[must_use]
    pub fn adopt(vnode: Arc<Vnode>) -> Self {
        Self(vnode)
    }

    /// Gives up the reference but not its use, which [`adopt`](Self::adopt) takes up again.
    #[must_use]
    pub fn into_counted(self) -> Arc<Vnode> {
        // One use more, for the one that goes with `self`.
        self.0.uses.fetch_add(1, Ordering::AcqRel);
        Arc::clone(&self.0)
    }

    /// The vnode without the use count.
    #[must_use]
    pub fn vnode(&self) -> &Arc<Vnode> {
        &self.0
    }
}

impl Clone for VnodeRef {
    fn clone(&self) -> Self {
        Self::new(Arc::clone(&self.0))
    }
}

impl Deref for VnodeRef {
    type Target = Vnode;
    fn deref(&self) -> &Vnode {
        &self.0
    }
}

impl PartialEq for VnodeRef {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Drop for VnodeRef {
    fn drop(&mut self) {
        if self.0.uses.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.0.operations().inactive(&self.0);
        }
    }
}

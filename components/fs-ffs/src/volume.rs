//! One file system on its device: the superblock, the summary counts, and reading and writing inodes.
//!
//! Lock order: a node, then `moving`, then the accounts, then single buffers. Metadata changes stay in the buffer cache until
//! [`Volume::sync`].

use crate::format::dinode::Inode;
use crate::format::geometry::Geometry;
use crate::format::numbers::{GroupNumber, InodeNumber};
use crate::format::superblock::{
    FS_ISCLEAN, FS_WASCLEAN, SBLOCKSEARCH, SBLOCKSIZE, Summary, Superblock, flags,
};
use crate::journal::log::Replay;
use crate::journal::replayed_device::ReplayedDevice;
use crate::relocation::Moved;
use crate::stable_device::StableDevice;
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicBool, Ordering};
use rump::errno::{Errno, Result};
use rump::memory;
use rump::sync::{Mutex, RwLock, SpinMutex};
use rump::time::Timespec;
use vfs::block_device::BlockDevice;
use vfs::buffer_cache::{Buffer, BufferCache};
use vfs::page_cache::PAGE;

/// Tells the time of day.
pub type Clock = Box<dyn Fn() -> Timespec + Send + Sync>;

/// How a file system is to be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenOptions {
    pub read_only: bool,
    /// Open even what has unknown flags or a log that cannot be replayed (`MNT_FORCE`).
    pub force: bool,
}

/// What changes with every allocation.
pub(crate) struct Accounts {
    pub superblock: Superblock,
    /// Each group's counts, as the summary area has them.
    pub groups: Vec<Summary>,
    /// The summary area as it lies on the disk.
    area: Box<[u8]>,
    /// Directories made in each group one after another with no file between.
    pub contiguous_directories: Vec<u8>,
    /// Whether superblock and summary area are to be written.
    changed: bool,
    /// State of the generator of generation numbers.
    random: u64,
    pub moved: Moved,
}

impl Accounts {
    /// Brings a group's and the total counts up to date.
    pub fn apply(&mut self, group: GroupNumber, before: Summary, after: Summary) {
        if let Some(counts) = self.groups.get_mut(group.0 as usize) {
            counts.apply(before, after);
        }
        self.superblock.fs_cstotal.apply(before, after);
        self.changed = true;
    }

    /// The next number that nobody can guess from the last (splitmix64).
    pub fn random(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.random ^ self.random >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }
}

/// An open file system.
pub struct Volume {
    /// Where everything is. What tunefs(8) changes counts in the superblock of the accounts.
    pub geometry: Geometry,
    pub(crate) device: Arc<StableDevice>,
    pub(crate) buffers: BufferCache,
    pub(crate) accounts: Mutex<Accounts>,
    /// Held for writing by who moves a piece of a file, for reading by who writes metadata.
    pub(crate) moving: RwLock<()>,
    read_only: AtomicBool,
    /// The device as the log makes it, where there was one.
    pub(crate) replayed: Option<Arc<ReplayedDevice>>,
    pub(crate) clock: Clock,
    pub(crate) orphans: Mutex<Vec<InodeNumber>>,
    /// An error that met no caller; the next sync tells it.
    failure: SpinMutex<Option<Errno>>,
}

impl Volume {
    /// Opens the file system on a device, as its log makes it if one is in use. For writing, the log is replayed on the device,
    /// and the file system is marked as in use.
    ///
    /// # Errors
    /// `EINVAL` when there is none, or one that contradicts itself or has unknown flags; `EROFS` for writing to a
    /// read-only device; `EFTYPE` when it has a log that cannot be replayed; `EOPNOTSUPP` for writing with snapshots.
    pub fn open(device: Arc<dyn BlockDevice>, options: OpenOptions, clock: Clock) -> Result<Self> {
        let mut superblock = Self::find_superblock(&*device)?;
        let replayed = match Self::replay(&device, &superblock) {
            // Only the log's format may be overlooked: one that cannot be read now may hold what is acknowledged.
            Err(Errno::EFTYPE) if options.force => None,
            other => other?,
        };
        let device: Arc<dyn BlockDevice> = match &replayed {
            Some(replayed) => Arc::clone(replayed) as _,
            None => device,
        };
        if replayed.is_some() {
            // The log may hold a newer one.
            superblock = Self::find_superblock(&*device)?;
        }
        let geometry = superblock.geometry;
        let sector = device.sector_size();
        if sector == 0 || geometry.fs_fsize % sector != 0 || !(PAGE as u32).is_multiple_of(sector) {
            return Err(Errno::EINVAL);
        }
        let unknown = superblock.fs_flags & !flags::FS_KNOWN_FLAGS != 0;
        if unknown && !options.force {
            return Err(Errno::EINVAL);
        }
        let accounts = Self::read_accounts(superblock, &*device, &clock)?;
        let device = Arc::new(StableDevice::new(device));
        let buffers = BufferCache::new(device.clone(), BufferCache::DEFAULT_LIMIT);
        let volume = Self {
            geometry,
            device,
            buffers,
            accounts: Mutex::new(accounts),
            moving: RwLock::new(()),
            read_only: AtomicBool::new(true),
            replayed,
            clock,
            orphans: Mutex::default(),
            failure: SpinMutex::new(None),
        };
        if !options.read_only {
            volume.begin_writing(options.force)?;
        }
        Ok(volume)
    }

    /// The device with what the log holds; `None` when no log is in use.
    pub(crate) fn replay(
        device: &Arc<dyn BlockDevice>,
        superblock: &Superblock,
    ) -> Result<Option<Arc<ReplayedDevice>>> {
        if superblock.fs_flags & flags::FS_DOWAPBL == 0 {
            return Ok(None);
        }
        let replay = Replay::read(&**device, &superblock.journal)?;
        Ok(Some(Arc::new(ReplayedDevice::new(Arc::clone(device), replay))))
    }

    pub(crate) fn find_superblock(device: &dyn BlockDevice) -> Result<Superblock> {
        let mut bytes = memory::zeroed(SBLOCKSIZE)?;
        for location in SBLOCKSEARCH {
            if location + SBLOCKSIZE as u64 > device.size() {
                continue;
            }
            device.read(location, &mut bytes)?;
            if let Ok(superblock) = Superblock::parse(&bytes, location, device.size()) {
                return Ok(superblock);
            }
        }
        Err(Errno::EINVAL)
    }

    pub(crate) fn read_accounts(
        superblock: Superblock,
        device: &dyn BlockDevice,
        clock: &Clock,
    ) -> Result<Accounts> {
        let geometry = superblock.geometry;
        let length = usize::try_from(geometry.summary_fragments() << geometry.fs_fshift);
        let mut area = memory::zeroed(length.map_err(|_| Errno::EINVAL)?)?;
        device.read(geometry.fs_csaddr << geometry.fs_fshift, &mut area)?;
        let count = geometry.fs_ncg as usize;
        let mut groups = memory::vector(count)?;
        groups.extend((0..count).map(|group| Summary::read(geometry.order, &area, group * Summary::SIZE)));
        let mut contiguous_directories = memory::vector(count)?;
        contiguous_directories.resize(count, 0);
        let now = clock();
        let random = now.seconds.cast_unsigned().rotate_left(32) ^ now.nanoseconds.cast_unsigned();
        Ok(Accounts {
            superblock,
            groups,
            area,
            contiguous_directories,
            changed: false,
            random,
            moved: Moved::default(),
        })
    }

    /// Whether nothing may be written.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.read_only.load(Ordering::Acquire)
    }

    /// # Errors
    /// `EROFS` when nothing may be written.
    pub fn check_writable(&self) -> Result<()> {
        if self.is_read_only() { Err(Errno::EROFS) } else { Ok(()) }
    }

    /// The time of day.
    #[must_use]
    pub fn now(&self) -> Timespec {
        (self.clock)()
    }

    /// Keeps an error for the next sync, as nobody can hear it now.
    pub fn keep_failure(&self, result: Result<()>) {
        if let Err(error) = result {
            self.failure.lock().get_or_insert(error);
        }
    }

    /// Allows writing, and marks the file system as in use on the device.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn begin_writing(&self, force: bool) -> Result<()> {
        if self.device.is_read_only() {
            return Err(Errno::EROFS);
        }
        if self.geometry.fs_size << self.geometry.fs_fshift > self.device.size() {
            return Err(Errno::EINVAL);
        }
        let mut accounts = self.accounts.lock();
        let fs_flags = accounts.superblock.fs_flags;
        let logged = fs_flags & flags::FS_DOWAPBL != 0;
        if logged && self.replayed.is_none() && !force {
            return Err(Errno::EFTYPE);
        }
        if fs_flags & flags::FS_DOQUOTA2 != 0 && !force {
            return Err(Errno::EINVAL);
        }
        if accounts.superblock.has_snapshots {
            return Err(Errno::EOPNOTSUPP);
        }
        let mut in_order = FS_ISCLEAN;
        if logged && let Some(replayed) = &self.replayed {
            replayed.apply()?;
            // In use when the log was written, and in order now.
            in_order |= FS_WASCLEAN;
        }
        let former = accounts.superblock.fs_clean;
        // What was in order stays known as such; what was not is left to fsck.
        accounts.superblock.fs_clean = if former & in_order != 0 { FS_WASCLEAN } else { 0 };
        // The log is not kept from here on.
        accounts.superblock.fs_flags &= !flags::FS_DOWAPBL;
        if let Err(error) = self.write_accounts(&mut accounts).and_then(|()| self.device.flush()) {
            (accounts.superblock.fs_clean, accounts.superblock.fs_flags) = (former, fs_flags);
            return Err(error);
        }
        drop(accounts);
        self.read_only.store(false, Ordering::Release);
        Ok(())
    }

    /// Remembers an inode without a name that nobody uses and that cannot be given back, as changes have been stopped.
    pub(crate) fn leave_orphan(&self, number: InodeNumber) {
        let mut orphans = self.orphans.lock();
        match orphans.try_reserve(1) {
            Ok(()) => orphans.push(number),
            Err(_) => self.keep_failure(Err(Errno::ENOMEM)),
        }
    }

    /// The next inode without a name that is to be given back: one of those, or one that the log names.
    pub fn next_orphan(&self) -> Option<InodeNumber> {
        let left = self.orphans.lock().pop();
        left.or_else(|| self.replayed.as_ref()?.next_unlinked().map(InodeNumber))
    }

    /// Makes everything stable and marks the file system as unmounted in order, if it was so before. Changes have been
    /// stopped.
    ///
    /// # Errors
    /// What the device says; the file system then stays as it was.
    pub fn end_writing(&self) -> Result<()> {
        self.write_everything()?;
        let mut accounts = self.accounts.lock();
        let former = accounts.superblock.fs_clean;
        if former & FS_WASCLEAN != 0 {
            accounts.superblock.fs_clean = FS_ISCLEAN;
        }
        if let Err(error) = self.write_accounts(&mut accounts).and_then(|()| self.device.flush()) {
            accounts.superblock.fs_clean = former;
            return Err(error);
        }
        Ok(())
    }

    /// Refuses changes from now on.
    pub fn stop_changes(&self) {
        self.read_only.store(true, Ordering::Release);
    }

    /// Allows changes again after [`stop_changes`](Self::stop_changes).
    pub fn resume_changes(&self) {
        self.read_only.store(false, Ordering::Release);
    }

    /// Makes all metadata stable, superblock and summary included. File data must have been written before.
    ///
    /// # Errors
    /// What the device says, or what went wrong unheard since the last time.
    pub fn sync(&self) -> Result<()> {
        if self.is_read_only() { Ok(()) } else { self.write_everything() }
    }

    fn write_everything(&self) -> Result<()> {
        let mut result = if self.has_moved() { self.settle_metadata() } else { Ok(()) };
        result = result.and(self.write_buffers());
        {
            let mut accounts = self.accounts.lock();
            if accounts.changed {
                result = result.and(self.write_accounts(&mut accounts));
            }
        }
        result = result.and(self.device.flush());
        let unheard = self.failure.lock().take();
        result.and(unheard.map_or(Ok(()), Err))
    }

    /// Makes all metadata but superblock and summary, which fsck rebuilds, stable.
    ///
    /// # Errors
    /// What the device says.
    pub fn sync_metadata(&self) -> Result<()> {
        if self.is_read_only() {
            return Ok(());
        }
        self.settle_metadata()
    }

    fn write_accounts(&self, accounts: &mut Accounts) -> Result<()> {
        let order = self.geometry.order;
        for (index, counts) in accounts.groups.iter().enumerate() {
            counts.write(order, &mut accounts.area, index * Summary::SIZE);
        }
        self.device.write(self.geometry.fs_csaddr << self.geometry.fs_fshift, &accounts.area)?;
        let location = accounts.superblock.fs_sblockloc;
        let now = self.now().seconds;
        self.device.write(location, accounts.superblock.encode(now, self.device.sector_size()))?;
        accounts.changed = false;
        Ok(())
    }

    /// Fragments that only the superuser may use.
    #[must_use]
    pub fn reserved_fragments(&self) -> u64 {
        self.accounts.lock().superblock.geometry.reserved_fragments()
    }

    /// The total counts. What waits to be given back is free.
    #[must_use]
    pub fn totals(&self) -> Summary {
        let accounts = self.accounts.lock();
        let mut totals = accounts.superblock.fs_cstotal;
        totals.cs_nffree = totals.cs_nffree.saturating_add(accounts.moved.fragments());
        totals
    }

    /// Whether a file may have that number.
    #[must_use]
    pub fn is_valid_number(&self, number: InodeNumber) -> bool {
        number >= InodeNumber::ROOT && number.0 < self.geometry.inode_count()
    }

    /// Reads an inode that is in use.
    ///
    /// # Errors
    /// `ENOENT` when it is free; `EIO` for a number that there is not, or an inode that cannot be.
    pub fn read_inode(&self, number: InodeNumber) -> Result<Inode> {
        let inode = self.read_any_inode(number)?;
        if inode.mode == 0 {
            return Err(Errno::ENOENT);
        }
        inode.check(&self.geometry)?;
        Ok(inode)
    }

    /// Reads an inode, in use or not.
    pub(crate) fn read_any_inode(&self, number: InodeNumber) -> Result<Inode> {
        if !self.is_valid_number(number) {
            return Err(Errno::EIO);
        }
        let (block, at) = self.geometry.inode_place(number);
        let buffer = self.buffers.read(block, self.geometry.fs_bsize as usize)?;
        let bytes = buffer.read();
        let end = at + self.geometry.inode_size() as usize;
        Ok(Inode::decode(bytes.get(at..end).ok_or(Errno::EIO)?, &self.geometry))
    }

    /// Keeps an inode's block in memory as long as the answer lives: storing the inode then cannot fail for want of memory.
    ///
    /// # Errors
    /// What reading the block says.
    pub(crate) fn hold_inode(&self, number: InodeNumber) -> Result<Buffer> {
        let (block, _) = self.geometry.inode_place(number);
        self.buffers.read(block, self.geometry.fs_bsize as usize)
    }

    /// Stores an inode in its block in memory.
    ///
    /// # Errors
    /// What reading the block says.
    pub fn write_inode(&self, number: InodeNumber, inode: &Inode) -> Result<()> {
        let (block, at) = self.geometry.inode_place(number);
        let buffer = self.buffers.read(block, self.geometry.fs_bsize as usize)?;
        let mut bytes = buffer.write();
        let end = at + self.geometry.inode_size() as usize;
        inode.encode(bytes.get_mut(at..end).ok_or(Errno::EIO)?, &self.geometry);
        Ok(())
    }
}

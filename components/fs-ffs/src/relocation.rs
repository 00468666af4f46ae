//! Ends of files that move when they grow.
//!
//! The device may name the former place of such a piece until the inode has been written. So what lies there stays, and the place
//! is nobody else's, until metadata has been made stable; and the new place has the former contents, stable before the inode is
//! written, since that may come before the file's data. What was acknowledged once is lost at no time.

use crate::format::numbers::{FragmentNumber, InodeNumber};
use crate::volume::Volume;
use alloc::collections::VecDeque;
use rump::errno::{Errno, Result};
use rump::memory;
use vfs::block_device::BlockDevice;
use vfs::buffer_cache::Buffer;

/// Fragments of one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    pub fragment: FragmentNumber,
    pub count: u32,
}

/// Who names a piece: a direct pointer of an inode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PieceOwner {
    pub number: InodeNumber,
    pub pointer: usize,
}

/// A former place, and the block of the inode that named it, which is not written in passing as long as it is held.
struct Former {
    piece: Piece,
    _inode: Buffer,
}

/// Former places of what has moved since metadata was last made stable.
#[derive(Default)]
pub(crate) struct Moved {
    places: VecDeque<Former>,
    /// Places that there were, ever.
    total: u64,
}

impl Moved {
    fn push(&mut self, former: Former) {
        self.places.push_back(former);
        self.total += 1;
    }

    /// The first place of those that had come when there were `total`.
    fn pop_before(&mut self, total: u64) -> Option<Former> {
        if self.total - self.places.len() as u64 >= total { None } else { self.places.pop_front() }
    }

    /// Fragments in all of them.
    pub fn fragments(&self) -> i64 {
        self.places.iter().map(|former| i64::from(former.piece.count)).sum()
    }
}

impl Volume {
    /// Copies a piece to its new place and has the inode in memory name it; gives the former place back, now or later.
    ///
    /// # Errors
    /// `ENOMEM`, `EIO`; the piece is where it was then.
    pub(crate) fn relocate(&self, owner: PieceOwner, from: Piece, to: FragmentNumber) -> Result<()> {
        let geometry = &self.geometry;
        let _moving = self.moving.write();
        let mut stored = self.read_any_inode(owner.number)?;
        if stored.pointer(owner.pointer, geometry) != from.fragment {
            // Nobody has stored an inode with this place in it.
            return self.free(from.fragment, from.count);
        }
        let inode = self.hold_inode(owner.number)?;
        self.accounts.lock().moved.places.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
        let mut bytes = memory::zeroed((from.count << geometry.fs_fshift) as usize)?;
        self.device.read(geometry.byte_offset(from.fragment), &mut bytes)?;
        self.device.write(geometry.byte_offset(to), &bytes)?;
        stored.set_pointer(owner.pointer, to, geometry);
        self.write_inode(owner.number, &stored)?;
        self.accounts.lock().moved.push(Former { piece: from, _inode: inode });
        self.buffers.discard(geometry.byte_offset(from.fragment));
        Ok(())
    }

    /// Whether pieces that have moved still keep their former places.
    pub(crate) fn has_moved(&self) -> bool {
        !self.accounts.lock().moved.places.is_empty()
    }

    /// Writes what is dirty in the buffer cache, after what has moved is stable where it went.
    ///
    /// # Errors
    /// What the device says.
    pub(crate) fn write_buffers(&self) -> Result<()> {
        let _still = self.moving.read();
        if self.has_moved() {
            self.device.flush()?;
        }
        self.buffers.flush()
    }

    /// Makes all metadata stable but superblock and summary, which fsck rebuilds; gives back what had moved before.
    ///
    /// # Errors
    /// What the device says.
    pub(crate) fn settle_metadata(&self) -> Result<()> {
        let total = self.accounts.lock().moved.total;
        self.write_buffers().and_then(|()| self.device.flush())?;
        let mut accounts = self.accounts.lock();
        while let Some(former) = accounts.moved.pop_before(total) {
            self.keep_failure(self.free_in(&mut accounts, former.piece.fragment, former.piece.count));
        }
        Ok(())
    }

    /// Runs `take`, and once more if there is more room after what has moved was given back.
    ///
    /// # Errors
    /// Those of `take`.
    pub(crate) fn with_moved_given_back<R>(&self, take: impl Fn() -> Result<R>) -> Result<R> {
        match take() {
            Err(Errno::ENOSPC) if self.has_moved() => self.settle_metadata().and_then(|()| take()),
            other => other,
        }
    }
}

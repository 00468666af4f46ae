//! Directories and symbolic links as they are read. What a directory holds is metadata and lives in the buffer cache.

use crate::directory_index::{DirectoryIndex, Place};
use crate::format::dinode::Inode;
use crate::format::directory_entry::{DT_WHT, Entry, EntryFormat, UFS_DIRBLKSIZ};
use crate::format::numbers::{InodeNumber, LogicalBlock};
use crate::volume::Volume;
use alloc::vec::Vec;
use rump::errno::{Errno, Result};
use rump::memory;
use vfs::attributes::VnodeKind;
use vfs::buffer_cache::Buffer;
use vfs::vnode::DirectorySink;

/// Whether a name may be shown: not empty, and without `/` and NUL.
fn is_usable(name: &[u8]) -> bool {
    !name.is_empty() && !name.contains(&b'/') && !name.contains(&0)
}

fn is_whiteout(entry: &Entry) -> bool {
    entry.number == InodeNumber::WHITEOUT && entry.kind == DT_WHT
}

fn is_shown(entry: &Entry, name: &[u8]) -> bool {
    entry.number.0 != 0 && !is_whiteout(entry) && is_usable(name)
}

impl Volume {
    pub(crate) fn entry_format(&self) -> EntryFormat {
        EntryFormat { order: self.geometry.order, old: self.geometry.old_directories() }
    }

    /// The buffer with a byte of a directory, and the byte's place in it.
    pub(crate) fn directory_buffer(&self, inode: &Inode, offset: u64) -> Result<(Buffer, usize)> {
        let geometry = &self.geometry;
        let block = geometry.block_of(offset);
        let fragment = self.lookup_block(inode, block)?.ok_or(Errno::EIO)?;
        let length = geometry.fragments_of(inode.size, block) << geometry.fs_fshift;
        let buffer = self.buffers.read(geometry.byte_offset(fragment), length as usize)?;
        Ok((buffer, geometry.offset_in_block(offset) as usize))
    }

    /// Runs `visit` on each block of 512 bytes from `offset` on, with its own offset, until it says `false`.
    fn visit_directory(
        &self,
        inode: &Inode,
        offset: u64,
        mut visit: impl FnMut(u64, &[u8]) -> Result<bool>,
    ) -> Result<()> {
        let step = UFS_DIRBLKSIZ as u64;
        if !inode.size.is_multiple_of(step) {
            return Err(Errno::EIO);
        }
        let mut offset = offset / step * step;
        while offset < inode.size {
            let (buffer, mut at) = self.directory_buffer(inode, offset)?;
            let bytes = buffer.read();
            while offset < inode.size && at < bytes.len() {
                let block = bytes.get(at..at + UFS_DIRBLKSIZ).ok_or(Errno::EIO)?;
                if !visit(offset, block)? {
                    return Ok(());
                }
                at += UFS_DIRBLKSIZ;
                offset += step;
            }
        }
        Ok(())
    }

    /// Reads all names of a directory.
    ///
    /// # Errors
    /// `EIO` when blocks are missing; `ENOMEM`.
    pub fn load_index(&self, inode: &Inode) -> Result<DirectoryIndex> {
        let format = self.entry_format();
        let mut index = DirectoryIndex::empty();
        self.visit_directory(inode, 0, |offset, block| {
            let mut gap = 0;
            for entry in format.entries(block) {
                let Ok(entry) = entry else {
                    (index.damaged, gap) = (true, 0);
                    break;
                };
                gap = gap.max(entry.spare());
                let name = entry.name(block);
                let offset = offset as u32 + entry.at as u32;
                if is_shown(&entry, name) {
                    index.make_room()?;
                    index.add(name, Place { number: entry.number, offset });
                } else if is_whiteout(&entry) && is_usable(name) {
                    index.make_whiteout_room()?;
                    index.add_whiteout(name, offset);
                }
            }
            index.gaps.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
            index.gaps.push(gap as u16);
            Ok(true)
        })?;
        Ok(index)
    }

    /// Gives the entries from `offset` on to `sink`, and says where the next reading starts. Any offset will do: what
    /// begins at or behind it is given.
    ///
    /// # Errors
    /// `EIO` when the first block to be read contradicts itself.
    pub fn read_directory(&self, inode: &Inode, offset: u64, sink: &mut dyn DirectorySink) -> Result<u64> {
        let format = self.entry_format();
        let mut next = offset;
        let mut given = false;
        let result = self.visit_directory(inode, offset, |start, block| {
            for entry in format.entries(block) {
                let entry = entry?;
                let place = start + entry.at as u64;
                let end = place + entry.length as u64;
                let name = entry.name(block);
                if place >= offset && is_shown(&entry, name) {
                    let kind = VnodeKind::from_mode(u32::from(entry.kind) << 12);
                    if !sink.entry(u64::from(entry.number.0), kind, name, end) {
                        return Ok(false);
                    }
                    given = true;
                }
                next = next.max(end);
            }
            Ok(true)
        });
        match result {
            Err(error) if !given => Err(error),
            _ => Ok(next),
        }
    }

    /// Makes a long symbolic link's target the contents of its only block.
    ///
    /// # Errors
    /// `ENOSPC`, `EIO`.
    pub fn write_link_block(&self, number: InodeNumber, inode: &mut Inode, target: &[u8]) -> Result<()> {
        let length =
            self.geometry.fragments_of(target.len() as u64, LogicalBlock(0)) << self.geometry.fs_fshift;
        let mut contents = memory::zeroed(length as usize)?;
        contents.get_mut(..target.len()).ok_or(Errno::EIO)?.copy_from_slice(target);
        let ensured = self.ensure_block(number, inode, LogicalBlock(0), target.len() as u32)?;
        inode.size = target.len() as u64;
        self.buffers.replace(self.geometry.byte_offset(ensured.fragment), contents);
        Ok(())
    }

    /// The target of a symbolic link.
    ///
    /// # Errors
    /// `EIO`, `ENOMEM`.
    pub fn read_link(&self, inode: &Inode) -> Result<Vec<u8>> {
        let mut target = Vec::new();
        target.try_reserve_exact(inode.size as usize).map_err(|_| Errno::ENOMEM)?;
        if inode.is_short_link(&self.geometry) {
            target.extend_from_slice(inode.short_link(&self.geometry)?);
            return Ok(target);
        }
        let (buffer, _) = self.directory_buffer(inode, 0)?;
        target.extend_from_slice(buffer.read().get(..inode.size as usize).ok_or(Errno::EIO)?);
        Ok(target)
    }
}

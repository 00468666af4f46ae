//! Giving back what lies past a file's new end.

use crate::format::dinode::{Inode, UFS_NXADDR, read_pointer, write_pointer};
use crate::format::geometry::{UFS_NDADDR, UFS_NIADDR};
use crate::format::numbers::{FragmentNumber, LogicalBlock};
use crate::volume::Volume;
use alloc::vec::Vec;
use rump::errno::{Errno, Result};

impl Volume {
    /// Gives back everything past `size` bytes, which is not more than the file has, and makes that its size. Short
    /// symbolic links and device files, which hold no blocks, are not to be given here.
    ///
    /// # Errors
    /// `EIO` for pointers that cannot be, what the device says for indirect blocks; the file is cut all the same, and what
    /// could not be given back is left to fsck.
    pub fn truncate_blocks(&self, inode: &mut Inode, size: u64) -> Result<()> {
        let geometry = &self.geometry;
        let kept = size.div_ceil(u64::from(geometry.fs_bsize));
        let mut result = Ok(());
        let mut span = u64::from(geometry.fs_nindir);
        let mut first = UFS_NDADDR;
        for level in 0..UFS_NIADDR {
            let index = UFS_NDADDR as usize + level;
            let pointer = inode.pointer(index, geometry);
            let kept_here = kept.saturating_sub(first);
            if pointer.0 != 0 && kept_here < span {
                let mut freed = 0;
                let outcome = self.free_tree(pointer, level, kept_here, &mut freed);
                self.refund(inode, freed);
                if kept_here == 0 {
                    inode.set_pointer(index, FragmentNumber(0), geometry);
                }
                result = result.and(outcome);
            }
            first = first.saturating_add(span);
            span = span.saturating_mul(u64::from(geometry.fs_nindir));
        }
        result = result.and(self.truncate_direct(inode, size, kept));
        inode.size = size;
        result
    }

    fn truncate_direct(&self, inode: &mut Inode, size: u64, kept: u64) -> Result<()> {
        let geometry = &self.geometry;
        let mut result = Ok(());
        for block in (kept.saturating_sub(1)..UFS_NDADDR).map(LogicalBlock) {
            let pointer = inode.pointer(block.0 as usize, geometry);
            let had = geometry.fragments_of(inode.size, block);
            let keeps = geometry.fragments_of(size, block);
            if pointer.0 == 0 {
                continue;
            }
            if keeps == 0 {
                inode.set_pointer(block.0 as usize, FragmentNumber(0), geometry);
            }
            if had > keeps {
                let freed = self.free(pointer.plus(keeps), had - keeps);
                if freed.is_ok() {
                    self.refund(inode, u64::from(had - keeps));
                }
                result = result.and(freed);
            }
        }
        result
    }

    /// Gives back the blocks that an indirect block names, but for the first `kept` blocks of data below it, and itself if
    /// none is kept. `level` is 0 for one that names data. The first error ends it: in an image that contradicts itself
    /// going on might take forever.
    fn free_tree(&self, fragment: FragmentNumber, level: usize, kept: u64, freed: &mut u64) -> Result<()> {
        let geometry = &self.geometry;
        let nindir = u64::from(geometry.fs_nindir);
        let below = nindir.pow(level as u32);
        let pointers = self.cut_pointers(fragment, (kept.div_ceil(below)) as usize)?;
        let straddling = (kept / below) as usize;
        for (index, &pointer) in pointers.iter().enumerate() {
            let kept_below = if index == straddling { kept % below } else { 0 };
            if pointer.0 == 0 || index < straddling {
                continue;
            }
            if level > 0 {
                self.free_tree(pointer, level - 1, kept_below, freed)?;
            } else {
                self.free(pointer, geometry.fs_frag)?;
                *freed += u64::from(geometry.fs_frag);
            }
        }
        if kept == 0 {
            self.free(fragment, geometry.fs_frag)?;
            *freed += u64::from(geometry.fs_frag);
        }
        Ok(())
    }

    /// The pointers of an indirect block as they were, after those from index `kept` on have been cleared in it.
    fn cut_pointers(&self, fragment: FragmentNumber, kept: usize) -> Result<Vec<FragmentNumber>> {
        let geometry = &self.geometry;
        let buffer = self.indirect_block(fragment)?;
        let count = geometry.fs_nindir as usize;
        let mut pointers = Vec::new();
        pointers.try_reserve_exact(count).map_err(|_| Errno::ENOMEM)?;
        {
            let bytes = buffer.read();
            pointers.extend((0..count).map(|index| read_pointer(&bytes, index, geometry)));
        }
        if kept > 0 {
            let mut bytes = buffer.write();
            for index in kept..count {
                write_pointer(&mut bytes, index, FragmentNumber(0), geometry);
            }
        }
        Ok(pointers)
    }

    /// Gives back an inode's external attribute blocks (UFS2).
    ///
    /// # Errors
    /// `EIO`.
    pub fn free_external_attributes(&self, inode: &mut Inode) -> Result<()> {
        let mut result = Ok(());
        for index in 0..UFS_NXADDR {
            let pointer = FragmentNumber(core::mem::take(&mut inode.extb[index]));
            let count = self.geometry.fragments_of(u64::from(inode.extsize), LogicalBlock(index as u64));
            if pointer.0 != 0 && count > 0 {
                let freed = self.free(pointer, count);
                if freed.is_ok() {
                    self.refund(inode, u64::from(count));
                }
                result = result.and(freed);
            }
        }
        inode.extsize = 0;
        result
    }
}

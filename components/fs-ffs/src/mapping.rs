//! From a file's blocks to fragments on the device: 12 direct pointers, and three trees of indirect blocks.

use crate::allocation::Preference;
use crate::format::dinode::{Inode, read_pointer, write_pointer};
use crate::format::geometry::{Geometry, UFS_NDADDR, UFS_NIADDR};
use crate::format::numbers::{FragmentNumber, InodeNumber, LogicalBlock};
use crate::relocation::{Piece, PieceOwner};
use crate::volume::Volume;
use alloc::vec::Vec;
use rump::errno::{Errno, Result};
use vfs::buffer_cache::Buffer;

/// Blocks of a file that lie one behind the other, or are all missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Where the first is; `None` for a hole.
    pub fragment: Option<FragmentNumber>,
    pub blocks: u64,
}

/// The way to a block: a pointer of the inode, then an index in each indirect block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Path {
    root: usize,
    indices: [usize; UFS_NIADDR],
    /// Indirect blocks on the way; 0 for direct blocks.
    depth: usize,
}

impl Path {
    /// # Errors
    /// `EFBIG` past the last block that the format can name.
    fn to(block: LogicalBlock, geometry: &Geometry) -> Result<Self> {
        if block.0 < UFS_NDADDR {
            return Ok(Self { root: block.0 as usize, indices: [0; UFS_NIADDR], depth: 0 });
        }
        let nindir = u64::from(geometry.fs_nindir);
        let mut rest = block.0 - UFS_NDADDR;
        let mut span = nindir;
        for depth in 1..=UFS_NIADDR {
            if rest < span {
                let mut indices = [0; UFS_NIADDR];
                for index in indices[..depth].iter_mut().rev() {
                    *index = (rest % nindir) as usize;
                    rest /= nindir;
                }
                return Ok(Self { root: UFS_NDADDR as usize + depth - 1, indices, depth });
            }
            rest -= span;
            span = span.saturating_mul(nindir);
        }
        Err(Errno::EFBIG)
    }
}

/// What [`Volume::ensure_block`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ensured {
    pub fragment: FragmentNumber,
    /// Whether there was a hole: what is on the device there belonged to somebody else.
    pub fresh: bool,
}

impl Volume {
    pub(crate) fn indirect_block(&self, fragment: FragmentNumber) -> Result<Buffer> {
        self.geometry.check_pointer(fragment, self.geometry.fs_frag)?;
        self.buffers.read(self.geometry.byte_offset(fragment), self.geometry.fs_bsize as usize)
    }

    /// Follows a path as far as there are indirect blocks: the last of them, and how many there were.
    fn descend(&self, inode: &Inode, path: &Path) -> Result<(Option<Buffer>, usize)> {
        let mut next = inode.pointer(path.root, &self.geometry);
        let mut last = None;
        for depth in 0..path.depth {
            if next.0 == 0 {
                return Ok((last, depth));
            }
            let buffer = self.indirect_block(next)?;
            next = read_pointer(&buffer.read(), path.indices[depth], &self.geometry);
            last = Some(buffer);
        }
        Ok((last, path.depth))
    }

    /// Where block `block` of a file is, with those that follow on, `most` at most.
    ///
    /// # Errors
    /// `EIO` for pointers to what is no data; `EFBIG` past what the format can name.
    pub fn run(&self, inode: &Inode, block: LogicalBlock, most: u64) -> Result<Run> {
        let geometry = &self.geometry;
        let path = Path::to(block, geometry)?;
        if path.depth == 0 {
            let pointers = (path.root..UFS_NDADDR as usize).map(|index| inode.pointer(index, geometry));
            return self.collect_run(inode, block, most, pointers);
        }
        let (leaf, reached) = self.descend(inode, &path)?;
        let nindir = geometry.fs_nindir as usize;
        let index = path.indices[path.depth - 1];
        let Some(leaf) = leaf.filter(|_| reached == path.depth) else {
            // No leaf: all that it would name is missing.
            return Ok(Run { fragment: None, blocks: most.min((nindir - index) as u64).max(1) });
        };
        let bytes = leaf.read();
        let pointers = (index..nindir).map(|index| read_pointer(&bytes, index, geometry));
        self.collect_run(inode, block, most, pointers)
    }

    fn collect_run(
        &self,
        inode: &Inode,
        block: LogicalBlock,
        most: u64,
        mut pointers: impl Iterator<Item = FragmentNumber>,
    ) -> Result<Run> {
        let geometry = &self.geometry;
        let first = pointers.next().ok_or(Errno::EIO)?;
        let more = usize::try_from(most.max(1) - 1).unwrap_or(usize::MAX);
        if first.0 == 0 {
            let holes = pointers.take(more).take_while(|pointer| pointer.0 == 0).count();
            return Ok(Run { fragment: None, blocks: holes as u64 + 1 });
        }
        let count = |index: u64| geometry.fragments_of(inode.size, LogicalBlock(block.0 + index)).max(1);
        geometry.check_pointer(first, count(0))?;
        let mut blocks = 1;
        for pointer in pointers.take(more) {
            let follows = first.0.checked_add(blocks << geometry.fs_fragshift) == Some(pointer.0);
            if !follows || geometry.check_pointer(pointer, count(blocks)).is_err() {
                break;
            }
            blocks += 1;
        }
        Ok(Run { fragment: Some(first), blocks })
    }

    /// Where one block of a file is; `None` for a hole.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn lookup_block(&self, inode: &Inode, block: LogicalBlock) -> Result<Option<FragmentNumber>> {
        Ok(self.run(inode, block, 1)?.fragment)
    }

    fn charge(&self, inode: &mut Inode, fragments: u32) {
        inode.blocks += u64::from(fragments) << (self.geometry.fs_fshift - 9);
    }

    pub(crate) fn refund(&self, inode: &mut Inode, fragments: u64) {
        inode.blocks = inode.blocks.saturating_sub(fragments << (self.geometry.fs_fshift - 9));
    }

    /// Makes sure that the first `needed` bytes of a block have a place. The caller has made the block before whole
    /// ([`complete_tail`](Self::complete_tail)), has what a growing fragment holds in memory, and raises the size so that
    /// it covers the block's new fragments.
    ///
    /// # Errors
    /// `ENOSPC`, `EFBIG`, `EIO`; nothing has changed then.
    pub fn ensure_block(
        &self,
        number: InodeNumber,
        inode: &mut Inode,
        block: LogicalBlock,
        needed: u32,
    ) -> Result<Ensured> {
        let path = Path::to(block, &self.geometry)?;
        if path.depth == 0 {
            self.ensure_direct(number, inode, block, needed)
        } else {
            self.ensure_indirect(number, inode, block, &path)
        }
    }

    fn ensure_direct(
        &self,
        number: InodeNumber,
        inode: &mut Inode,
        block: LogicalBlock,
        needed: u32,
    ) -> Result<Ensured> {
        let geometry = &self.geometry;
        let index = block.0 as usize;
        let present = inode.pointer(index, geometry);
        let has = geometry.fragments_of(inode.size, block);
        let wants = geometry.fragments_for(needed);
        if present.0 != 0 && has >= wants {
            geometry.check_pointer(present, has)?;
            return Ok(Ensured { fragment: present, fresh: false });
        }
        let previous =
            (index > 0).then(|| inode.pointer(index - 1, geometry)).filter(|fragment| fragment.0 != 0);
        let preference = self.block_preference(number, block.0, previous);
        if present.0 != 0 {
            if has == 0 {
                // A pointer past the end of the file.
                return Err(Errno::EIO);
            }
            let owner = PieceOwner { number, pointer: index };
            let piece = Piece { fragment: present, count: has };
            let fragment = self.grow_fragments(owner, piece, wants, preference)?;
            inode.set_pointer(index, fragment, geometry);
            self.charge(inode, wants - has);
            return Ok(Ensured { fragment, fresh: false });
        }
        // Inside the file a block has all the fragments that the size says.
        let count = wants.max(has);
        let fragment = self.allocate(count, preference)?;
        inode.set_pointer(index, fragment, geometry);
        self.charge(inode, count);
        Ok(Ensured { fragment, fresh: true })
    }

    fn ensure_indirect(
        &self,
        number: InodeNumber,
        inode: &mut Inode,
        block: LogicalBlock,
        path: &Path,
    ) -> Result<Ensured> {
        let geometry = &self.geometry;
        let (leaf, reached) = self.descend(inode, path)?;
        let index = path.indices[path.depth - 1];
        let mut previous = None;
        if let Some(leaf) = leaf.as_ref().filter(|_| reached == path.depth) {
            let bytes = leaf.read();
            let present = read_pointer(&bytes, index, geometry);
            if present.0 != 0 {
                geometry.check_pointer(present, geometry.fs_frag)?;
                return Ok(Ensured { fragment: present, fresh: false });
            }
            if index > 0 {
                previous = Some(read_pointer(&bytes, index - 1, geometry)).filter(|fragment| fragment.0 != 0);
            }
        }
        if previous.is_none() {
            previous = self.lookup_block(inode, LogicalBlock(block.0 - 1))?;
        }
        let preference = self.block_preference(number, index as u64, previous);
        let missing = path.depth - reached;
        let chain = self.allocate_chain(missing + 1, preference)?;
        let linked = self.link_chain(inode, path, reached, leaf.as_ref(), &chain);
        match (linked, chain.last()) {
            (Ok(()), Some(&fragment)) => {
                self.charge(inode, chain.len() as u32 * geometry.fs_frag);
                Ok(Ensured { fragment, fresh: true })
            }
            (result, _) => {
                self.free_chain(&chain);
                Err(result.err().unwrap_or(Errno::EIO))
            }
        }
    }

    /// Takes whole blocks for missing indirect blocks and the data block at their end, all or none.
    fn allocate_chain(&self, count: usize, mut preference: Preference) -> Result<Vec<FragmentNumber>> {
        let mut chain = Vec::with_capacity(count);
        for _ in 0..count {
            match self.allocate(self.geometry.fs_frag, preference) {
                Ok(fragment) => {
                    chain.push(fragment);
                    preference.fragment = Some(fragment.plus(self.geometry.fs_frag));
                }
                Err(error) => {
                    self.free_chain(&chain);
                    return Err(error);
                }
            }
        }
        Ok(chain)
    }

    fn free_chain(&self, chain: &[FragmentNumber]) {
        for &fragment in chain {
            self.keep_failure(self.free(fragment, self.geometry.fs_frag));
        }
    }

    /// Makes the chain's new indirect blocks and hangs it below what there is, the last step first.
    fn link_chain(
        &self,
        inode: &mut Inode,
        path: &Path,
        reached: usize,
        parent: Option<&Buffer>,
        chain: &[FragmentNumber],
    ) -> Result<()> {
        let geometry = &self.geometry;
        for (level, pair) in chain.windows(2).enumerate().rev() {
            let buffer = self.buffers.zeroed(geometry.byte_offset(pair[0]), geometry.fs_bsize as usize)?;
            write_pointer(&mut buffer.write(), path.indices[reached + level], pair[1], geometry);
        }
        let first = *chain.first().ok_or(Errno::EIO)?;
        match parent {
            Some(parent) => write_pointer(&mut parent.write(), path.indices[reached - 1], first, geometry),
            None => inode.set_pointer(path.root, first, geometry),
        }
        Ok(())
    }

    /// Makes the last block of a file whole, if it is a fragment, before the file grows past it. The size is then at the
    /// end of that block.
    ///
    /// # Errors
    /// As [`ensure_block`](Self::ensure_block).
    pub fn complete_tail(&self, number: InodeNumber, inode: &mut Inode) -> Result<()> {
        let geometry = &self.geometry;
        let tail = geometry.block_of(inode.size);
        let has = geometry.fragments_of(inode.size, tail);
        if tail.0 >= UFS_NDADDR || has == 0 || inode.pointer(tail.0 as usize, geometry).0 == 0 {
            return Ok(());
        }
        if has < geometry.fs_frag {
            self.ensure_direct(number, inode, tail, geometry.fs_bsize)?;
        }
        inode.size = geometry.block_start(LogicalBlock(tail.0 + 1));
        Ok(())
    }

    /// Takes a block out of a file, leaving a hole. Indirect blocks stay.
    ///
    /// # Errors
    /// `EIO`.
    pub fn punch_block(&self, inode: &mut Inode, block: LogicalBlock) -> Result<()> {
        let geometry = &self.geometry;
        let path = Path::to(block, geometry)?;
        let none = FragmentNumber(0);
        if path.depth == 0 {
            let present = inode.pointer(path.root, geometry);
            let count = geometry.fragments_of(inode.size, block);
            if present.0 != 0 && count > 0 {
                self.free(present, count)?;
                inode.set_pointer(path.root, none, geometry);
                self.refund(inode, u64::from(count));
            }
            return Ok(());
        }
        let (leaf, reached) = self.descend(inode, &path)?;
        let Some(leaf) = leaf.filter(|_| reached == path.depth) else { return Ok(()) };
        let index = path.indices[path.depth - 1];
        let present = read_pointer(&leaf.read(), index, geometry);
        if present.0 != 0 {
            self.free(present, geometry.fs_frag)?;
            write_pointer(&mut leaf.write(), index, none, geometry);
            self.refund(inode, u64::from(geometry.fs_frag));
        }
        Ok(())
    }
}

//! Inodes as they lie on the disk (`struct ufs1_dinode`, `struct ufs2_dinode`), and what they say.

use crate::format::geometry::{Geometry, UFS_NDADDR, UFS_NIADDR, Version};
use crate::format::numbers::FragmentNumber;
use rump::errno::{Errno, Result};
use rump::time::Timespec;
use vfs::attributes::VnodeKind;

/// Bytes of the block pointers of an UFS2 inode, the larger kind.
const POINTERS: usize = 15 * 8;
/// External attribute blocks of an UFS2 inode (`UFS_NXADDR`).
pub const UFS_NXADDR: usize = 2;

mod ufs1 {
    pub const MODE: usize = 0;
    pub const NLINK: usize = 2;
    pub const OLD_UID: usize = 4;
    pub const OLD_GID: usize = 6;
    pub const SIZE: usize = 8;
    pub const ATIME: usize = 16;
    pub const MTIME: usize = 24;
    pub const CTIME: usize = 32;
    pub const DB: usize = 40;
    pub const FLAGS: usize = 100;
    pub const BLOCKS: usize = 104;
    pub const GEN: usize = 108;
    pub const UID: usize = 112;
    pub const GID: usize = 116;
}

/// Byte offset of the generation number in an UFS2 inode.
pub(crate) const UFS2_GENERATION: usize = ufs2::GEN;

mod ufs2 {
    pub const MODE: usize = 0;
    pub const NLINK: usize = 2;
    pub const UID: usize = 4;
    pub const GID: usize = 8;
    pub const SIZE: usize = 16;
    pub const BLOCKS: usize = 24;
    pub const ATIME: usize = 32;
    pub const MTIME: usize = 40;
    pub const CTIME: usize = 48;
    pub const BIRTHTIME: usize = 56;
    pub const MTIMENSEC: usize = 64;
    pub const ATIMENSEC: usize = 68;
    pub const CTIMENSEC: usize = 72;
    pub const BIRTHNSEC: usize = 76;
    pub const GEN: usize = 80;
    pub const FLAGS: usize = 88;
    pub const EXTSIZE: usize = 92;
    pub const EXTB: usize = 96;
    pub const DB: usize = 112;
}

/// An inode in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inode {
    /// File type and permissions.
    pub mode: u16,
    pub nlink: u16,
    pub uid: u32,
    pub gid: u32,
    pub size: u64,
    /// What the file occupies, indirect blocks included, in units of 512 bytes.
    pub blocks: u64,
    pub atime: Timespec,
    pub mtime: Timespec,
    pub ctime: Timespec,
    /// UFS2 only; in UFS1 the change time stands in.
    pub birthtime: Timespec,
    pub generation: u32,
    pub flags: u32,
    /// Bytes of external attributes.
    pub extsize: u32,
    pub extb: [u64; UFS_NXADDR],
    /// `di_db` and `di_ib` as they lie on the disk: pointers, a short symbolic link's target, or a device number.
    pointers: [u8; POINTERS],
}

fn nanoseconds(value: i32) -> i64 {
    i64::from(value.clamp(0, 999_999_999))
}

impl Inode {
    /// Reads an inode out of its bytes. Whether it makes sense is for [`check`](Self::check) to say.
    #[must_use]
    pub fn decode(bytes: &[u8], geometry: &Geometry) -> Self {
        match geometry.version {
            Version::Ufs1 => Self::decode_ufs1(bytes, geometry),
            Version::Ufs2 => Self::decode_ufs2(bytes, geometry),
        }
    }

    fn decode_ufs1(bytes: &[u8], geometry: &Geometry) -> Self {
        let order = geometry.order;
        let time = |at| Timespec {
            seconds: i64::from(order.i32(bytes, at)),
            nanoseconds: nanoseconds(order.i32(bytes, at + 4)),
        };
        let owner = |old, new| {
            if geometry.old_inodes { u32::from(order.u16(bytes, old)) } else { order.u32(bytes, new) }
        };
        let mut pointers = [0; POINTERS];
        if let (Some(from), Some(into)) = (bytes.get(ufs1::DB..ufs1::DB + 60), pointers.get_mut(..60)) {
            into.copy_from_slice(from);
        }
        Self {
            mode: order.u16(bytes, ufs1::MODE),
            nlink: order.u16(bytes, ufs1::NLINK),
            uid: owner(ufs1::OLD_UID, ufs1::UID),
            gid: owner(ufs1::OLD_GID, ufs1::GID),
            size: order.u64(bytes, ufs1::SIZE),
            blocks: u64::from(order.u32(bytes, ufs1::BLOCKS)),
            atime: time(ufs1::ATIME),
            mtime: time(ufs1::MTIME),
            ctime: time(ufs1::CTIME),
            birthtime: Timespec::ZERO,
            generation: order.u32(bytes, ufs1::GEN),
            flags: order.u32(bytes, ufs1::FLAGS),
            extsize: 0,
            extb: [0; UFS_NXADDR],
            pointers,
        }
    }

    fn decode_ufs2(bytes: &[u8], geometry: &Geometry) -> Self {
        let order = geometry.order;
        let time = |seconds, fraction| Timespec {
            seconds: order.i64(bytes, seconds),
            nanoseconds: nanoseconds(order.i32(bytes, fraction)),
        };
        let mut pointers = [0; POINTERS];
        if let Some(from) = bytes.get(ufs2::DB..ufs2::DB + POINTERS) {
            pointers.copy_from_slice(from);
        }
        Self {
            mode: order.u16(bytes, ufs2::MODE),
            nlink: order.u16(bytes, ufs2::NLINK),
            uid: order.u32(bytes, ufs2::UID),
            gid: order.u32(bytes, ufs2::GID),
            size: order.u64(bytes, ufs2::SIZE),
            blocks: order.u64(bytes, ufs2::BLOCKS),
            atime: time(ufs2::ATIME, ufs2::ATIMENSEC),
            mtime: time(ufs2::MTIME, ufs2::MTIMENSEC),
            ctime: time(ufs2::CTIME, ufs2::CTIMENSEC),
            birthtime: time(ufs2::BIRTHTIME, ufs2::BIRTHNSEC),
            generation: order.u32(bytes, ufs2::GEN),
            flags: order.u32(bytes, ufs2::FLAGS),
            extsize: order.u32(bytes, ufs2::EXTSIZE),
            extb: [order.u64(bytes, ufs2::EXTB), order.u64(bytes, ufs2::EXTB + 8)],
            pointers,
        }
    }

    /// Stores the inode into its bytes; fields that it does not know stay as they are.
    pub fn encode(&self, bytes: &mut [u8], geometry: &Geometry) {
        match geometry.version {
            Version::Ufs1 => self.encode_ufs1(bytes, geometry),
            Version::Ufs2 => self.encode_ufs2(bytes, geometry),
        }
    }

    fn encode_ufs1(&self, bytes: &mut [u8], geometry: &Geometry) {
        let order = geometry.order;
        order.put_u16(bytes, ufs1::MODE, self.mode);
        order.put_u16(bytes, ufs1::NLINK, self.nlink);
        if geometry.old_inodes {
            order.put_u16(bytes, ufs1::OLD_UID, self.uid as u16);
            order.put_u16(bytes, ufs1::OLD_GID, self.gid as u16);
        }
        order.put_u32(bytes, ufs1::UID, self.uid);
        order.put_u32(bytes, ufs1::GID, self.gid);
        order.put_u64(bytes, ufs1::SIZE, self.size);
        order.put_u32(bytes, ufs1::BLOCKS, self.blocks as u32);
        for (at, time) in [(ufs1::ATIME, self.atime), (ufs1::MTIME, self.mtime), (ufs1::CTIME, self.ctime)] {
            order.put_i32(bytes, at, time.seconds as i32);
            order.put_i32(bytes, at + 4, time.nanoseconds as i32);
        }
        order.put_u32(bytes, ufs1::GEN, self.generation);
        order.put_u32(bytes, ufs1::FLAGS, self.flags);
        if let (Some(into), Some(from)) = (bytes.get_mut(ufs1::DB..ufs1::DB + 60), self.pointers.get(..60)) {
            into.copy_from_slice(from);
        }
    }

    fn encode_ufs2(&self, bytes: &mut [u8], geometry: &Geometry) {
        let order = geometry.order;
        order.put_u16(bytes, ufs2::MODE, self.mode);
        order.put_u16(bytes, ufs2::NLINK, self.nlink);
        order.put_u32(bytes, ufs2::UID, self.uid);
        order.put_u32(bytes, ufs2::GID, self.gid);
        order.put_u64(bytes, ufs2::SIZE, self.size);
        order.put_u64(bytes, ufs2::BLOCKS, self.blocks);
        let times = [
            (ufs2::ATIME, ufs2::ATIMENSEC, self.atime),
            (ufs2::MTIME, ufs2::MTIMENSEC, self.mtime),
            (ufs2::CTIME, ufs2::CTIMENSEC, self.ctime),
            (ufs2::BIRTHTIME, ufs2::BIRTHNSEC, self.birthtime),
        ];
        for (seconds, fraction, time) in times {
            order.put_i64(bytes, seconds, time.seconds);
            order.put_i32(bytes, fraction, time.nanoseconds as i32);
        }
        order.put_u32(bytes, ufs2::GEN, self.generation);
        order.put_u32(bytes, ufs2::FLAGS, self.flags);
        order.put_u32(bytes, ufs2::EXTSIZE, self.extsize);
        order.put_u64(bytes, ufs2::EXTB, self.extb[0]);
        order.put_u64(bytes, ufs2::EXTB + 8, self.extb[1]);
        if let Some(into) = bytes.get_mut(ufs2::DB..ufs2::DB + POINTERS) {
            into.copy_from_slice(&self.pointers);
        }
    }

    /// The kind of file.
    ///
    /// # Errors
    /// `EIO` for a type that there is not.
    pub fn kind(&self) -> Result<VnodeKind> {
        VnodeKind::from_mode(u32::from(self.mode)).ok_or(Errno::EIO)
    }

    /// Whether it is a directory.
    #[must_use]
    pub fn is_directory(&self) -> bool {
        self.kind() == Ok(VnodeKind::Directory)
    }

    /// Checks an inode in use that was read from the disk.
    ///
    /// # Errors
    /// `EIO` when the type is none, or the size cannot be.
    pub fn check(&self, geometry: &Geometry) -> Result<()> {
        let most = match self.kind()? {
            VnodeKind::Regular => geometry.greatest_file(),
            // A directory has no holes.
            VnodeKind::Directory => (geometry.fs_dsize << geometry.fs_fshift).min(i32::MAX as u64),
            VnodeKind::SymbolicLink => u64::from(geometry.fs_bsize),
            _ => u64::MAX,
        };
        if self.size > most { Err(Errno::EIO) } else { Ok(()) }
    }

    /// A data or indirect pointer: `di_db[0]` to `di_db[11]`, then `di_ib[0]` to `di_ib[2]`. 0 is none.
    #[must_use]
    pub fn pointer(&self, index: usize, geometry: &Geometry) -> FragmentNumber {
        debug_assert!(index < UFS_NDADDR as usize + UFS_NIADDR);
        read_pointer(&self.pointers, index, geometry)
    }

    /// Changes a pointer.
    pub fn set_pointer(&mut self, index: usize, value: FragmentNumber, geometry: &Geometry) {
        write_pointer(&mut self.pointers, index, value, geometry);
    }

    /// Whether a symbolic link's target lies in the inode itself.
    #[must_use]
    pub fn is_short_link(&self, geometry: &Geometry) -> bool {
        let limit = u64::try_from(geometry.fs_maxsymlinklen).unwrap_or(0).min(self.link_room(geometry));
        self.size < limit || (geometry.fs_maxsymlinklen == 0 && self.blocks == 0)
    }

    fn link_room(&self, geometry: &Geometry) -> u64 {
        15 * u64::from(geometry.pointer_size())
    }

    /// The target of a short symbolic link.
    ///
    /// # Errors
    /// `EIO` when the size is beyond what fits.
    pub fn short_link(&self, geometry: &Geometry) -> Result<&[u8]> {
        if self.size > self.link_room(geometry) {
            return Err(Errno::EIO);
        }
        self.pointers.get(..self.size as usize).ok_or(Errno::EIO)
    }

    /// Makes `target`, which fits, the target of a short symbolic link.
    pub fn set_short_link(&mut self, target: &[u8]) {
        self.pointers = [0; POINTERS];
        if let Some(into) = self.pointers.get_mut(..target.len()) {
            into.copy_from_slice(target);
            self.size = target.len() as u64;
        }
    }

    /// Forgets all pointers.
    pub fn clear_pointers(&mut self) {
        self.pointers = [0; POINTERS];
    }

    /// The device that a device file names (`di_rdev`).
    #[must_use]
    pub fn device(&self, geometry: &Geometry) -> u64 {
        match geometry.version {
            Version::Ufs1 => u64::from(geometry.order.u32(&self.pointers, 0)),
            Version::Ufs2 => geometry.order.u64(&self.pointers, 0),
        }
    }

    /// Sets the device that a device file names.
    pub fn set_device(&mut self, device: u64, geometry: &Geometry) {
        match geometry.version {
            Version::Ufs1 => geometry.order.put_u32(&mut self.pointers, 0, device as u32),
            Version::Ufs2 => geometry.order.put_u64(&mut self.pointers, 0, device),
        }
    }
}

/// The pointer with that index in an array of pointers as they lie on the disk. In UFS1 they are signed; a negative one
/// becomes a number that no file system reaches.
#[must_use]
pub fn read_pointer(bytes: &[u8], index: usize, geometry: &Geometry) -> FragmentNumber {
    FragmentNumber(match geometry.version {
        Version::Ufs1 => i64::from(geometry.order.i32(bytes, 4 * index)).cast_unsigned(),
        Version::Ufs2 => geometry.order.u64(bytes, 8 * index),
    })
}

/// Stores a pointer in such an array.
pub fn write_pointer(bytes: &mut [u8], index: usize, value: FragmentNumber, geometry: &Geometry) {
    match geometry.version {
        Version::Ufs1 => geometry.order.put_u32(bytes, 4 * index, value.0 as u32),
        Version::Ufs2 => geometry.order.put_u64(bytes, 8 * index, value.0),
    }
}

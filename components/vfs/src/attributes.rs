//! What is known of a file (vattr(9), stat(2)).

use bitflags::bitflags;
use rump::time::Timespec;

/// The kinds of file (`enum vtype`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum VnodeKind {
    Regular = 1,
    Directory = 2,
    Block = 3,
    Character = 4,
    SymbolicLink = 5,
    Socket = 6,
    Fifo = 7,
}

impl VnodeKind {
    /// The file-type bits of a mode (`S_IFMT`, stat(2)).
    #[must_use]
    pub fn mode_bits(self) -> u32 {
        match self {
            Self::Fifo => 0o010_000,
            Self::Character => 0o020_000,
            Self::Directory => 0o040_000,
            Self::Block => 0o060_000,
            Self::Regular => 0o100_000,
            Self::SymbolicLink => 0o120_000,
            Self::Socket => 0o140_000,
        }
    }

    /// The kind that the file-type bits of a mode name.
    #[must_use]
    pub fn from_mode(mode: u32) -> Option<Self> {
        Some(match mode & 0o170_000 {
            0o010_000 => Self::Fifo,
            0o020_000 => Self::Character,
            0o040_000 => Self::Directory,
            0o060_000 => Self::Block,
            0o100_000 => Self::Regular,
            0o120_000 => Self::SymbolicLink,
            0o140_000 => Self::Socket,
            _ => return None,
        })
    }

    /// The number in a directory entry (`d_type`, dirent(5)): the file-type bits, shifted.
    #[must_use]
    pub fn directory_entry_type(self) -> u8 {
        (self.mode_bits() >> 12) as u8
    }
}

/// All attributes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attributes {
    pub kind: VnodeKind,
    /// Permission, set-id and sticky bits (0o7777).
    pub permissions: u32,
    pub links: u32,
    pub user: u32,
    pub group: u32,
    /// Number of the file, unique on its file system.
    pub number: u64,
    pub size: u64,
    /// Preferred transfer size in bytes.
    pub block_size: u32,
    pub access_time: Timespec,
    pub modification_time: Timespec,
    pub change_time: Timespec,
    pub birth_time: Timespec,
    pub generation: u32,
    /// chflags(2).
    pub flags: u32,
    /// The device that a block or character file names (`dev_t`); otherwise 0.
    pub device: u64,
    /// Bytes that the file occupies.
    pub occupied: u64,
}

/// A time to set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeChange {
    Now,
    To(Timespec),
}

/// Which attributes to change; `None` leaves one as it is. Permission to do so has been checked by the VFS
/// (see [`crate::access`]); what only the file system knows (read-only, immutable) it checks itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AttributeChange {
    pub permissions: Option<u32>,
    pub user: Option<u32>,
    pub group: Option<u32>,
    pub size: Option<u64>,
    pub access_time: Option<TimeChange>,
    pub modification_time: Option<TimeChange>,
    pub birth_time: Option<Timespec>,
    pub flags: Option<u32>,
}

/// What a new file is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewFile {
    pub kind: VnodeKind,
    /// Permission bits with the umask applied (0o7777).
    pub permissions: u32,
    /// The maker's effective user. The group is the directory's, as in BSD.
    pub user: u32,
    /// For block and character files (`dev_t`); otherwise 0.
    pub device: u64,
}

bitflags! {
    /// chflags(2): what may not be done to a file.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct FileFlags: u32 {
        const NO_DUMP = 0x0000_0001;
        const USER_IMMUTABLE = 0x0000_0002;
        const USER_APPEND = 0x0000_0004;
        const OPAQUE = 0x0000_0008;
        const ARCHIVED = 0x0001_0000;
        const SYSTEM_IMMUTABLE = 0x0002_0000;
        const SYSTEM_APPEND = 0x0004_0000;
        const IMMUTABLE = 0x0002_0002;
        const APPEND = 0x0004_0004;
        const _ = !0;
    }
}

/// What statvfs(2) tells of a file system. Sizes in fragments unless said otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileSystemStatistics {
    /// Bytes in a block: the preferred transfer size.
    pub block_size: u64,
    /// Bytes in a fragment: the unit of the counts.
    pub fragment_size: u64,
    pub blocks: u64,
    pub blocks_free: u64,
    /// What users other than the superuser may still take.
    pub blocks_available: u64,
    pub blocks_reserved: u64,
    pub files: u64,
    pub files_free: u64,
    pub files_available: u64,
    pub files_reserved: u64,
    /// Bytes in a name at most.
    pub longest_name: u64,
}

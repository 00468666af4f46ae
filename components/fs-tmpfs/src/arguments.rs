//! `struct tmpfs_args`.

use alloc::vec::Vec;
use rump::errno::{Errno, Result};
use vfs::MountRequest;
use vfs::memory_fs::{Limits, PAGE, RootAttributes};

const SIZE: usize = 40;
const VERSION: i32 = 1;

/// What mount_tmpfs(8) asks for. Zero is no limit.
#[derive(Clone, Copy)]
pub struct Arguments {
    nodes: u64,
    bytes: i64,
    pub root: RootAttributes,
}

impl Arguments {
    /// Reads them from the program.
    ///
    /// # Errors
    /// `EINVAL` for a short structure, another version, or no regular permissions; `EFAULT`.
    pub fn read(request: &MountRequest<'_>) -> Result<Self> {
        if request.length < SIZE {
            return Err(Errno::EINVAL);
        }
        let (space, at) = (request.space, request.arguments);
        if space.read::<i32>(at)? != VERSION {
            return Err(Errno::EINVAL);
        }
        let [user, group, permissions] = space.read::<[u32; 3]>(at.offset(24)?)?;
        if permissions & !0o7777 != 0 {
            return Err(Errno::EINVAL);
        }
        Ok(Self {
            nodes: space.read(at.offset(8)?)?,
            bytes: space.read(at.offset(16)?)?,
            root: RootAttributes { user, group, permissions },
        })
    }

    /// The limits; a size below a page counts as none, as in the original.
    pub fn limits(&self) -> Limits {
        let bytes = u64::try_from(self.bytes).unwrap_or(0);
        Limits {
            nodes: if self.nodes <= 3 { u64::MAX } else { self.nodes },
            bytes: if bytes < PAGE { u64::MAX } else { bytes },
        }
    }

    /// The structure of a file system with these limits and this root, for `MNT_GETARGS`.
    pub fn encode(limits: Limits, root: RootAttributes) -> Vec<u8> {
        let unlimited = |limit: u64| if limit == u64::MAX { 0 } else { limit };
        let mut bytes = Vec::with_capacity(SIZE);
        bytes.extend_from_slice(&VERSION.to_ne_bytes());
        bytes.extend_from_slice(&[0; 4]);
        bytes.extend_from_slice(&unlimited(limits.nodes).to_ne_bytes());
        bytes.extend_from_slice(&unlimited(limits.bytes).to_ne_bytes());
        for number in [root.user, root.group, root.permissions] {
            bytes.extend_from_slice(&number.to_ne_bytes());
        }
        bytes.resize(SIZE, 0);
        bytes
    }
}

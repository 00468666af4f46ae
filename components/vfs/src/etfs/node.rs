//! The vnode of a host file.

use super::{HostBlockDevice, Window};
use crate::attributes::{AttributeChange, Attributes, VnodeKind};
use crate::block_device::BlockDevice;
use crate::mount::Mount;
use crate::vnode::{IoFlags, SyncScope, VnodeOperations, VnodeRef};
use alloc::sync::Arc;
use rump::errno::{Errno, Result};
use rump::host::block;
use rump::memory;
use rump::time::Timespec;
use rump::uio::Uio;

/// A host file that is registered or below a registered directory.
pub(super) struct HostNode {
    attributes: Attributes,
    /// For regular files: the data.
    file: Option<HostBlockDevice>,
    /// Whether writes past the end are for the file to grow: not where a window was asked for.
    may_grow: bool,
}

const PIECE: usize = 64 * 1024;

impl HostNode {
    pub(super) fn new(
        mount: &Arc<Mount>,
        number: u64,
        kind: VnodeKind,
        device: u64,
        host_path: &[u8],
        window: Window,
    ) -> Result<Self> {
        let (host_size, _) = block::file_info(host_path)?;
        let file = match kind {
            VnodeKind::Regular => Some(HostBlockDevice::open(host_path, window, host_size)?),
            _ => None,
        };
        let size = file.as_ref().map_or(0, HostBlockDevice::size);
        let now: Timespec = mount.now();
        let attributes = Attributes {
            kind,
            permissions: 0o755,
            links: 1,
            user: 0,
            group: 0,
            number,
            size,
            block_size: 512,
            access_time: now,
            modification_time: now,
            change_time: now,
            birth_time: now,
            generation: 0,
            flags: 0,
            device,
            occupied: size,
        };
        Ok(Self { attributes, file, may_grow: window.size.is_none() })
    }

    fn data(&self) -> Result<&HostBlockDevice> {
        self.file.as_ref().ok_or(Errno::EISDIR)
    }
}

impl VnodeOperations for HostNode {
    fn attributes(&self) -> Result<Attributes> {
        let size = self.file.as_ref().map_or(0, HostBlockDevice::size);
        Ok(Attributes { size, occupied: size, ..self.attributes })
    }

    /// The host's own attributes are out of reach.
    fn set_attributes(&self, change: &AttributeChange) -> Result<()> {
        // Opening with O_TRUNC and copying times are common and mean no harm to a file of fixed size.
        let harmless = AttributeChange {
            access_time: change.access_time,
            modification_time: change.modification_time,
            ..AttributeChange::default()
        };
        if *change == harmless { Ok(()) } else { Err(Errno::EOPNOTSUPP) }
    }

    fn read(&self, uio: &mut Uio<'_>, _flags: IoFlags) -> Result<()> {
        let file = self.data()?;
        let mut piece = memory::zeroed(PIECE.min(uio.residual()))?;
        while uio.residual() > 0 && uio.offset < file.size() {
            let left = usize::try_from(file.size() - uio.offset).unwrap_or(usize::MAX);
            let count = piece.len().min(uio.residual()).min(left);
            file.read(uio.offset, &mut piece[..count])?;
            uio.copy_out(&piece[..count])?;
        }
        Ok(())
    }

    fn write(&self, uio: &mut Uio<'_>, _flags: IoFlags) -> Result<()> {
        let file = self.data()?;
        let mut piece = memory::zeroed(PIECE.min(uio.residual()))?;
        while uio.residual() > 0 {
            let room = if self.may_grow {
                usize::MAX
            } else {
                let left =
                    file.size().checked_sub(uio.offset).filter(|&left| left > 0).ok_or(Errno::ENOSPC)?;
                usize::try_from(left).unwrap_or(usize::MAX)
            };
            let count = piece.len().min(uio.residual()).min(room);
            let offset = uio.offset;
            uio.copy_in(&mut piece[..count])?;
            let bytes = &piece[..count];
            let written =
                if self.may_grow { file.write_and_grow(offset, bytes) } else { file.write(offset, bytes) };
            written.inspect_err(|_| uio.note_loss())?;
        }
        Ok(())
    }

    fn sync(&self, _scope: SyncScope) -> Result<()> {
        self.file.as_ref().map_or(Ok(()), BlockDevice::flush)
    }

    /// Files below are found by their whole path; a walk that starts here finds none.
    fn lookup(&self, _name: &[u8]) -> Result<VnodeRef> {
        Err(if self.file.is_some() { Errno::ENOTDIR } else { Errno::ENOENT })
    }
}

//! The file that holds one extended attribute, as a vnode: its slots read and written.
//!
//! The file may be of any mount. A slot is read and written through the file's vnode, as programs do, with no node locked but
//! one that nobody uses any more; the lock here keeps a slot's header and value together.

use crate::format::attribute_file::{AttributeFile, FILE_HEADER, SLOT_HEADER, SlotHeader};
use crate::format::numbers::InodeNumber;
use alloc::vec::Vec;
use rump::errno::{Errno, Result};
use rump::memory;
use rump::sync::RwLock;
use rump::uio::Uio;
use vfs::attributes::{FileFlags, VnodeKind};
use vfs::extended_attributes::{AttributeExpectation, AttributeValue};
use vfs::vnode::{IoFlags, VnodeRef};

/// Whose a slot is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SlotOwner {
    pub number: InodeNumber,
    pub generation: u32,
}

/// A file of slots.
pub(crate) struct BackingFile {
    pub vnode: VnodeRef,
    format: AttributeFile,
    /// Held to look at a slot, and alone to change one.
    slots: RwLock<()>,
}

fn read(vnode: &VnodeRef, offset: u64, into: &mut [u8]) -> Result<usize> {
    let wanted = into.len();
    let mut uio = Uio::into_kernel(into, offset);
    vnode.operations().read(&mut uio, IoFlags::empty())?;
    Ok(wanted - uio.residual())
}

fn write(vnode: &VnodeRef, offset: u64, from: &[u8], flags: IoFlags) -> Result<()> {
    let mut uio = Uio::from_kernel(from, offset);
    vnode.operations().write(&mut uio, flags)?;
    if uio.residual() == 0 { Ok(()) } else { Err(Errno::EIO) }
}

/// Makes room for what is to be written, in whole blocks: fragments may move when the file grows, and who had set the values
/// in them was told that they are stable.
fn make_room(vnode: &VnodeRef, offset: u64, length: u64) -> Result<()> {
    let block = u64::from(vnode.operations().attributes()?.block_size).max(1);
    let end = offset.checked_add(length).ok_or(Errno::EFBIG)?;
    let whole = end.checked_next_multiple_of(block).unwrap_or(end);
    match vnode.operations().allocate(offset, whole - offset) {
        Err(Errno::EFBIG) => vnode.operations().allocate(offset, length),
        Err(Errno::EOPNOTSUPP) => Ok(()),
        result => result,
    }
}

impl BackingFile {
    /// Takes a file that has been made for an attribute.
    ///
    /// # Errors
    /// `EINVAL` for what is none, `EPERM` for one that can only be appended to, what reading says.
    pub fn open(vnode: VnodeRef) -> Result<Self> {
        if vnode.kind != VnodeKind::Regular {
            return Err(Errno::EINVAL);
        }
        let flags = FileFlags::from_bits_retain(vnode.operations().attributes()?.flags);
        if flags.intersects(FileFlags::APPEND) {
            return Err(Errno::EPERM);
        }
        let mut header = [0; FILE_HEADER];
        let count = read(&vnode, 0, &mut header)?;
        let format = AttributeFile::decode(header.get(..count).unwrap_or_default())?;
        Ok(Self { vnode, format, slots: RwLock::new(()) })
    }

    /// Makes an empty file one for an attribute.
    ///
    /// # Errors
    /// What writing says.
    pub fn create(vnode: VnodeRef, size: u32) -> Result<Self> {
        let format = AttributeFile::new(size);
        make_room(&vnode, 0, FILE_HEADER as u64)?;
        write(&vnode, 0, &format.encode(), IoFlags::SYNCHRONOUS)?;
        Ok(Self { vnode, format, slots: RwLock::new(()) })
    }

    /// Whether no name leads to it any more.
    pub fn is_unlinked(&self) -> bool {
        self.vnode.operations().attributes().is_ok_and(|attributes| attributes.links == 0)
    }

    /// # Errors
    /// `ENXIO` for a value that is longer than this file has room for.
    pub fn check_length(&self, length: usize) -> Result<u32> {
        let length = u32::try_from(length).ok().filter(|&length| length <= self.format.size);
        length.ok_or(Errno::ENXIO)
    }

    /// The slot's header, if it is the owner's. Errors: `ENXIO` when it says more than a slot can hold.
    fn header(&self, owner: SlotOwner) -> Result<Option<SlotHeader>> {
        let mut bytes = [0; SLOT_HEADER];
        if read(&self.vnode, self.format.slot(owner.number)?, &mut bytes)? < SLOT_HEADER {
            return Ok(None);
        }
        let slot = self.format.decode_slot(&bytes);
        if !slot.in_use || slot.generation != owner.generation {
            return Ok(None);
        }
        if slot.length > self.format.size { Err(Errno::ENXIO) } else { Ok(Some(slot)) }
    }

    /// Whether there is a value.
    ///
    /// # Errors
    /// `ENXIO` when its length cannot be; what reading says.
    pub fn holds(&self, owner: SlotOwner) -> Result<bool> {
        let _held = self.slots.read();
        Ok(self.header(owner)?.is_some())
    }

    /// The value, but for what goes beyond the first `most` bytes.
    ///
    /// # Errors
    /// `ENODATA`; `ENXIO` when its length cannot be; `EIO` when the file ends before it does; `ENOMEM`.
    pub fn get(&self, owner: SlotOwner, most: usize) -> Result<AttributeValue> {
        let _held = self.slots.read();
        loop {
            let slot = self.header(owner)?.ok_or(Errno::ENODATA)?;
            if let Some(bytes) = self.value(owner, slot, most)? {
                return Ok(AttributeValue { bytes, length: slot.length as usize });
            }
        }
    }

    /// The beginning of a value, unless the slot's header has changed: programs can write to the file, too, and who still uses
    /// an attribute that was let go of and enabled again has another lock.
    fn value(&self, owner: SlotOwner, slot: SlotHeader, most: usize) -> Result<Option<Vec<u8>>> {
        let start = self.format.slot(owner.number)?;
        let end = start.checked_add(SLOT_HEADER as u64 + u64::from(slot.length));
        // Asked first, so that a short file with a long value takes no memory.
        if end.is_none_or(|end| self.vnode.operations().attributes().is_ok_and(|now| end > now.size)) {
            return Err(Errno::EIO);
        }
        let wanted = SLOT_HEADER + (slot.length as usize).min(most);
        let mut bytes = memory::zeroed(wanted)?.into_vec();
        let count = read(&self.vnode, start, &mut bytes)?;
        let header = bytes.first_chunk().map(|header| self.format.decode_slot(header));
        if header != Some(slot) {
            return Ok(None);
        }
        bytes.drain(..SLOT_HEADER);
        if count < wanted { Err(Errno::EIO) } else { Ok(Some(bytes)) }
    }

    /// Sets the value; it is stable afterwards.
    ///
    /// # Errors
    /// `ENXIO` for one that is too long; `ENODATA` or `EEXIST` against `expected`; `ENOSPC` and `EFBIG`, and nothing has
    /// changed; `EIO`, `ENOMEM`.
    pub fn set(&self, owner: SlotOwner, mut value: Vec<u8>, expected: AttributeExpectation) -> Result<()> {
        let length = self.check_length(value.len())?;
        let offset = self.format.slot(owner.number)?;
        let slot = SlotHeader { in_use: true, length, generation: owner.generation };
        memory::reserve(&mut value, SLOT_HEADER)?;
        value.splice(..0, self.format.encode_slot(&slot));
        let _alone = self.slots.write();
        if expected != AttributeExpectation::None {
            match (expected, self.header(owner)?.is_some()) {
                (AttributeExpectation::Absent, true) => return Err(Errno::EEXIST),
                (AttributeExpectation::Present, false) => return Err(Errno::ENODATA),
                _ => {}
            }
        }
        // A full disk leaves the former value as it was.
        make_room(&self.vnode, offset, value.len() as u64)?;
        self.write_slot(owner, offset, &value)
    }

    /// Writes a slot; one that was torn holds nothing afterwards.
    fn write_slot(&self, owner: SlotOwner, offset: u64, bytes: &[u8]) -> Result<()> {
        let mut uio = Uio::from_kernel(bytes, offset);
        let result = self.vnode.operations().write(&mut uio, IoFlags::SYNCHRONOUS);
        let left = uio.residual();
        if left > 0 && left < bytes.len() {
            // The first error is the one to tell.
            let _ = self.clear(owner, IoFlags::empty());
        }
        result?;
        if left == 0 { Ok(()) } else { Err(Errno::EIO) }
    }

    fn clear(&self, owner: SlotOwner, flags: IoFlags) -> Result<()> {
        let slot = SlotHeader { in_use: false, length: 0, generation: owner.generation };
        write(&self.vnode, self.format.slot(owner.number)?, &self.format.encode_slot(&slot), flags)
    }

    /// Takes the value away, and makes that stable.
    ///
    /// # Errors
    /// `ENODATA`; `ENXIO` when its length cannot be; `EIO`.
    pub fn remove(&self, owner: SlotOwner) -> Result<()> {
        let _alone = self.slots.write();
        self.header(owner)?.ok_or(Errno::ENODATA)?;
        self.clear(owner, IoFlags::SYNCHRONOUS)
    }

    /// Takes the value of a file away that is going. What fails does no harm: the file that gets the number next has another
    /// generation.
    pub fn forget(&self, owner: SlotOwner) {
        let _alone = self.slots.write();
        if !matches!(self.header(owner), Ok(None)) {
            let _ = self.clear(owner, IoFlags::empty());
        }
    }
}

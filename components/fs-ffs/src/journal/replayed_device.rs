//! A device as it will be once its log has been replayed.

use crate::journal::log::Replay;
use alloc::sync::Arc;
use rump::errno::Result;
use rump::memory;
use rump::sync::RwLock;
use vfs::block_device::BlockDevice;

/// Lays the blocks of a log over the device, until they are written to their places.
pub struct ReplayedDevice {
    device: Arc<dyn BlockDevice>,
    replay: RwLock<Replay>,
}

impl ReplayedDevice {
    /// The device with what its log holds.
    #[must_use]
    pub fn new(device: Arc<dyn BlockDevice>, replay: Replay) -> Self {
        Self { device, replay: RwLock::new(replay) }
    }

    /// Writes every block of the log to its place, and makes that stable. Can be repeated after an error.
    ///
    /// # Errors
    /// `ENOMEM`; what the device says.
    pub fn apply(&self) -> Result<()> {
        let mut replay = self.replay.write();
        let mut block = memory::zeroed(replay.block_size as usize)?;
        for (&to, &from) in &replay.blocks {
            self.device.read(from, &mut block)?;
            self.device.write(to, &block)?;
        }
        self.device.flush()?;
        replay.blocks.clear();
        Ok(())
    }

    /// The device without what its log holds.
    #[must_use]
    pub fn underlying(&self) -> &Arc<dyn BlockDevice> {
        &self.device
    }

    /// Holds from now on what another of the same device holds, or nothing.
    pub fn take_over(&self, other: Option<&Self>) {
        let replay = other.map(|other| core::mem::take(&mut *other.replay.write())).unwrap_or_default();
        *self.replay.write() = replay;
    }

    /// The next inode of those that had no name.
    pub fn next_unlinked(&self) -> Option<u32> {
        self.replay.write().unlinked.pop_first()
    }
}

impl BlockDevice for ReplayedDevice {
    fn size(&self) -> u64 {
        self.device.size()
    }

    fn present_size(&self) -> Result<u64> {
        self.device.present_size()
    }

    fn sector_size(&self) -> u32 {
        self.device.sector_size()
    }

    fn is_read_only(&self) -> bool {
        self.device.is_read_only()
    }

    fn read(&self, offset: u64, into: &mut [u8]) -> Result<()> {
        let replay = self.replay.read();
        self.device.read(offset, into)?;
        if replay.blocks.is_empty() {
            return Ok(());
        }
        let mut block = memory::zeroed(replay.block_size as usize)?;
        let end = offset.saturating_add(into.len() as u64);
        // A block that begins before what is asked may reach into it.
        for (&to, &from) in replay.blocks.range(offset.saturating_sub(replay.block_size - 1)..end) {
            self.device.read(from, &mut block)?;
            let (start, stop) = (to.max(offset), (to + replay.block_size).min(end));
            let place = into.get_mut((start - offset) as usize..(stop - offset) as usize);
            let bytes = block.get((start - to) as usize..(stop - to) as usize);
            if let (Some(place), Some(bytes)) = (place, bytes) {
                place.copy_from_slice(bytes);
            }
        }
        Ok(())
    }

    fn write(&self, offset: u64, from: &[u8]) -> Result<()> {
        self.device.write(offset, from)
    }

    fn flush(&self) -> Result<()> {
        self.device.flush()
    }
}

//! A device that knows whether anything was written since it was last made stable.

use alloc::sync::Arc;
use core::sync::atomic::{AtomicBool, Ordering};
use rump::errno::Result;
use rump::sync::Mutex;
use vfs::block_device::BlockDevice;

/// Passes everything on, but flushes only after a write.
pub struct StableDevice {
    device: Arc<dyn BlockDevice>,
    written: AtomicBool,
    /// Held during a flush: who finds nothing to flush still waits for the one under way.
    flushing: Mutex<()>,
}

impl StableDevice {
    /// Nothing written yet.
    #[must_use]
    pub fn new(device: Arc<dyn BlockDevice>) -> Self {
        Self { device, written: AtomicBool::new(false), flushing: Mutex::new(()) }
    }
}

impl BlockDevice for StableDevice {
    fn size(&self) -> u64 {
        self.device.size()
    }

    fn sector_size(&self) -> u32 {
        self.device.sector_size()
    }

    fn is_read_only(&self) -> bool {
        self.device.is_read_only()
    }

    fn read(&self, offset: u64, into: &mut [u8]) -> Result<()> {
        self.device.read(offset, into)
    }

    fn write(&self, offset: u64, from: &[u8]) -> Result<()> {
        let result = self.device.write(offset, from);
        self.written.store(true, Ordering::Release);
        result
    }

    fn flush(&self) -> Result<()> {
        let _flushing = self.flushing.lock();
        if !self.written.swap(false, Ordering::AcqRel) {
            return Ok(());
        }
        self.device.flush().inspect_err(|_| self.written.store(true, Ordering::Release))
    }
}

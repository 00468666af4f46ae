//! Reading and writing a block device by the byte, as a file.

use crate::block_device::BlockDevice;
use alloc::boxed::Box;
use rump::errno::{Errno, Result};
use rump::memory;
use rump::uio::Uio;

const PIECE: u64 = 64 * 1024;

/// The sectors around the next piece of a transfer: where they begin, and the piece's place in them.
struct Window {
    start: u64,
    first: usize,
    length: usize,
    bytes: Box<[u8]>,
}

impl Window {
    fn next(device: &dyn BlockDevice, uio: &Uio<'_>) -> Result<Self> {
        let sector = u64::from(device.sector_size().max(1));
        let start = uio.offset / sector * sector;
        let first = (uio.offset - start) as usize;
        let left = (device.size() - uio.offset).min(uio.residual() as u64).min(PIECE);
        let end = (uio.offset + left).next_multiple_of(sector).min(device.size());
        let bytes = memory::zeroed((end - start) as usize)?;
        Ok(Self { start, first, length: left as usize, bytes })
    }
}

/// Reads up to the end of the device.
///
/// # Errors
/// What the device or the program's memory says.
pub fn read(device: &dyn BlockDevice, uio: &mut Uio<'_>) -> Result<()> {
    device.check_present()?;
    while uio.residual() > 0 && uio.offset < device.size() {
        let mut window = Window::next(device, uio)?;
        device.read(window.start, &mut window.bytes)?;
        uio.copy_out(&window.bytes[window.first..window.first + window.length])?;
    }
    Ok(())
}

/// Writes; sectors that are written in part are read first.
///
/// # Errors
/// `ENOSPC` at the end of the device; what the device or the program's memory says.
pub fn write(device: &dyn BlockDevice, uio: &mut Uio<'_>) -> Result<()> {
    device.check_present()?;
    while uio.residual() > 0 {
        if uio.offset >= device.size() {
            // One that has gone meanwhile has no size, which is not the same as being full.
            device.check_present()?;
            return Err(Errno::ENOSPC);
        }
        let mut window = Window::next(device, uio)?;
        if window.first > 0 || window.length < window.bytes.len() {
            device.read(window.start, &mut window.bytes)?;
        }
        uio.copy_in(&mut window.bytes[window.first..window.first + window.length])?;
        device.write(window.start, &window.bytes).inspect_err(|_| uio.note_loss())?;
    }
    Ok(())
}

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
    /// `None` at the end of the device. The device may go, or become another one, at any time: its size is looked at once.
    fn next(device: &dyn BlockDevice, uio: &Uio<'_>) -> Result<Option<Self>> {
        let size = device.present_size()?;
        if uio.offset >= size {
            return Ok(None);
        }
        let sector = u64::from(device.sector_size().max(1));
        let start = uio.offset / sector * sector;
        let first = (uio.offset - start) as usize;
        let left = (size - uio.offset).min(uio.residual() as u64).min(PIECE);
        let end = (uio.offset + left).next_multiple_of(sector).min(size);
        let bytes = memory::zeroed((end - start) as usize)?;
        Ok(Some(Self { start, first, length: left as usize, bytes }))
    }
}

/// Reads up to the end of the device.
///
/// # Errors
/// `ENXIO` when there is none (any more); what the device or the program's memory says.
pub fn read(device: &dyn BlockDevice, uio: &mut Uio<'_>) -> Result<()> {
    device.present_size()?;
    while uio.residual() > 0 {
        let Some(mut window) = Window::next(device, uio)? else { break };
        device.read(window.start, &mut window.bytes)?;
        uio.copy_out(&window.bytes[window.first..window.first + window.length])?;
    }
    Ok(())
}

/// Writes; sectors that are written in part are read first.
///
/// # Errors
/// `ENOSPC` at the end of the device; `ENXIO` when there is none (any more); what the device or the program's memory says.
pub fn write(device: &dyn BlockDevice, uio: &mut Uio<'_>) -> Result<()> {
    device.present_size()?;
    while uio.residual() > 0 {
        let mut window = Window::next(device, uio)?.ok_or(Errno::ENOSPC)?;
        if window.first > 0 || window.length < window.bytes.len() {
            device.read(window.start, &mut window.bytes)?;
        }
        uio.copy_in(&mut window.bytes[window.first..window.first + window.length])?;
        device.write(window.start, &window.bytes).inspect_err(|_| uio.note_loss())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::sync::atomic::{AtomicU32, Ordering};

    /// A disk that is taken away after so many questions about it.
    struct Fleeting {
        questions_left: AtomicU32,
    }

    impl Fleeting {
        fn ask(&self) -> Result<()> {
            let take_one = |left: u32| left.checked_sub(1);
            self.questions_left
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take_one)
                .map(|_| ())
                .map_err(|_| Errno::ENXIO)
        }
    }

    impl BlockDevice for Fleeting {
        fn size(&self) -> u64 {
            self.present_size().unwrap_or(0)
        }
        fn present_size(&self) -> Result<u64> {
            self.ask().map(|()| 1 << 20)
        }
        fn sector_size(&self) -> u32 {
            self.ask().map_or(512, |()| 4096)
        }
        fn is_read_only(&self) -> bool {
            false
        }
        fn read(&self, _: u64, into: &mut [u8]) -> Result<()> {
            into.fill(1);
            self.ask()
        }
        fn write(&self, _: u64, _: &[u8]) -> Result<()> {
            self.ask()
        }
        fn flush(&self) -> Result<()> {
            self.ask()
        }
    }

    #[test]
    fn a_disk_that_is_taken_away_in_between_is_told_as_such() {
        let mut succeeded = 0;
        for questions in 0..40 {
            let device = || Fleeting { questions_left: AtomicU32::new(questions) };
            let mut bytes = [0; 200_000];
            let answers = [
                read(&device(), &mut Uio::into_kernel(&mut bytes, 70_001)),
                write(&device(), &mut Uio::from_kernel(&[2; 200_000], 70_001)),
            ];
            for answer in answers {
                assert!(matches!(answer, Ok(()) | Err(Errno::ENXIO)), "{questions}: {answer:?}");
                succeeded += u32::from(answer.is_ok());
            }
        }
        assert!(succeeded > 20 && succeeded < 75);
    }
}

//! `/dev/null`, `/dev/zero`, `/dev/full`, `/dev/random`, `/dev/urandom` and `/dev/console`.

use super::CharacterDevice;
use crate::state::{FileSystems, device_number};
use alloc::sync::Arc;
use rump::errno::{Errno, Result};
use rump::host::{self, console};
use rump::uio::Uio;

const MEMORY_MAJOR: u32 = 2;
const RANDOM_MAJOR: u32 = 46;
const CONSOLE_MAJOR: u32 = 0;
const NULL: u32 = 2;
const FULL: u32 = 11;
const ZERO: u32 = 12;
const PIECE: usize = 512;

/// The nodes that the root file system starts with: name, device number, permissions.
pub(crate) const NODES: [(&str, u64, u32); 6] = [
    ("null", device_number(MEMORY_MAJOR, NULL), 0o666),
    ("zero", device_number(MEMORY_MAJOR, ZERO), 0o666),
    ("full", device_number(MEMORY_MAJOR, FULL), 0o666),
    ("random", device_number(RANDOM_MAJOR, 0), 0o444),
    ("urandom", device_number(RANDOM_MAJOR, 1), 0o644),
    ("console", device_number(CONSOLE_MAJOR, 0), 0o600),
];

/// Registers the drivers of all nodes.
///
/// # Errors
/// `EEXIST` when a number is taken.
pub(crate) fn register(state: &FileSystems) -> Result<()> {
    for (name, number, _) in NODES {
        let device: Arc<dyn CharacterDevice> = match name {
            "random" | "urandom" => Arc::new(Random),
            "console" => Arc::new(Console),
            _ => Arc::new(Memory),
        };
        state.register_character_device(number, device)?;
    }
    Ok(())
}

struct Memory;

impl CharacterDevice for Memory {
    fn read(&self, minor: u32, uio: &mut Uio<'_>) -> Result<()> {
        if minor != NULL {
            uio.zero_out(uio.residual())?;
        }
        Ok(())
    }

    fn write(&self, minor: u32, uio: &mut Uio<'_>) -> Result<()> {
        if minor == FULL { Err(Errno::ENOSPC) } else { swallow(uio, |_| ()) }
    }
}

/// Takes everything from the program, piece by piece.
fn swallow(uio: &mut Uio<'_>, mut each: impl FnMut(&[u8])) -> Result<()> {
    let mut piece = [0; PIECE];
    while uio.residual() > 0 {
        let count = uio.copy_in(&mut piece)?;
        each(&piece[..count]);
    }
    Ok(())
}

struct Random;

impl CharacterDevice for Random {
    fn read(&self, _minor: u32, uio: &mut Uio<'_>) -> Result<()> {
        let mut piece = [0; PIECE];
        while uio.residual() > 0 {
            let count = PIECE.min(uio.residual());
            host::random(&mut piece[..count])?;
            uio.copy_out(&piece[..count])?;
        }
        Ok(())
    }

    /// What is written would be mixed into a pool; the host's pool is out of reach, so it is taken and dropped.
    fn write(&self, _minor: u32, uio: &mut Uio<'_>) -> Result<()> {
        swallow(uio, |_| ())
    }
}

struct Console;

impl CharacterDevice for Console {
    fn read(&self, _minor: u32, _uio: &mut Uio<'_>) -> Result<()> {
        Err(Errno::ENXIO)
    }

    fn write(&self, _minor: u32, uio: &mut Uio<'_>) -> Result<()> {
        swallow(uio, console::write)
    }
}

//! Seconds and microseconds in programs' memory (`struct timeval`).

use crate::errno::{Errno, Result};
use crate::time::{NANOSECONDS, Timespec};
use crate::user_memory::{AddressSpace, UserAddress};

/// Nanoseconds in a microsecond.
const MICROSECOND: i64 = 1000;

/// Seconds and microseconds as a program gives them (`struct timeval`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeval {
    pub seconds: i64,
    pub microseconds: i64,
}

/// How wide microseconds are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimevalLayout {
    /// `struct timeval`: 32 bits and padding.
    Now,
    /// `struct timeval50`, from before NetBSD 6: 64 bits.
    Old,
}

impl Timeval {
    /// Bytes in either structure.
    pub const SIZE: usize = 16;

    /// Reads one, whatever it says.
    ///
    /// # Errors
    /// `EFAULT`.
    pub fn read(space: AddressSpace, from: UserAddress, layout: TimevalLayout) -> Result<Self> {
        let seconds = space.read(from)?;
        let place = from.offset(size_of::<i64>())?;
        let microseconds = match layout {
            TimevalLayout::Now => i64::from(space.read::<i32>(place)?),
            TimevalLayout::Old => space.read(place)?,
        };
        Ok(Self { seconds, microseconds })
    }

    /// The time, which may be before 1970.
    ///
    /// # Errors
    /// `EINVAL` when there are more microseconds than a second has, or less than none.
    pub fn time(self) -> Result<Timespec> {
        if !(0..NANOSECONDS / MICROSECOND).contains(&self.microseconds) {
            return Err(Errno::EINVAL);
        }
        Ok(Timespec { seconds: self.seconds, nanoseconds: self.microseconds * MICROSECOND })
    }

    /// Writes a `struct timeval`, its padding as zero. Nanoseconds are cut; where they are negative, so are the microseconds.
    ///
    /// # Errors
    /// `EFAULT`.
    pub fn write(time: Timespec, space: AddressSpace, to: UserAddress) -> Result<()> {
        space.write([time.seconds, time.nanoseconds / MICROSECOND], to)
    }
}

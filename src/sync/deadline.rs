//! When waits end.

use crate::errno::{Errno, Result};
use crate::host::clock;
use crate::time::Timespec;

/// When a wait ends at the latest, by the host's monotonic clock. Sleeps that end early for another reason go on for what is left.
#[derive(Clone, Copy, Debug)]
pub struct Deadline(Option<Timespec>);

impl Deadline {
    /// Never.
    pub const NEVER: Self = Self(None);

    /// `timeout` from now on; `None` is never.
    #[must_use]
    pub fn after(timeout: Option<Timespec>) -> Self {
        // For what has passed already no clock is read, now or later.
        let from_now_on = |timeout| match timeout {
            Timespec::ZERO => Timespec::ZERO,
            _ => clock::monotonic().saturating_add(timeout),
        };
        Self(timeout.map(from_now_on))
    }

    /// At that time of the clock.
    #[must_use]
    pub const fn at(time: Timespec) -> Self {
        Self(Some(time))
    }

    /// How much time is left, zero once it has passed; `None` for no end.
    #[must_use]
    pub fn left(self) -> Option<Timespec> {
        self.0.map(|time| if time == Timespec::ZERO { time } else { time.since(clock::monotonic()) })
    }

    /// As [`left`](Self::left), for the next sleep.
    ///
    /// # Errors
    /// `late` once it has passed.
    pub fn left_or(self, late: Errno) -> Result<Option<Timespec>> {
        match self.left() {
            Some(Timespec::ZERO) => Err(late),
            left => Ok(left),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_passes_once_and_never_comes_back() {
        assert_eq!(Deadline::NEVER.left_or(Errno::EAGAIN), Ok(None));
        assert_eq!(Deadline::after(None).left(), None);
        assert_eq!(Deadline::after(Some(Timespec::ZERO)).left_or(Errno::EAGAIN), Err(Errno::EAGAIN));
        let far = Timespec { seconds: i64::MAX, nanoseconds: 999_999_999 };
        assert!(Deadline::after(Some(far)).left().unwrap() > Timespec::from_milliseconds(1000));
        let soon = Deadline::after(Some(Timespec::from_milliseconds(1)));
        while let Ok(left) = soon.left_or(Errno::ETIMEDOUT) {
            assert!(left.unwrap() <= Timespec::from_milliseconds(1));
        }
        assert_eq!(soon.left(), Some(Timespec::ZERO));
    }
}

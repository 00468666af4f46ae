//! The security level (secmodel_securelevel(9)): what even the superuser may not do any more, once it has been raised.
//!
//! | level | not allowed |
//! |---|---|
//! | above 0 | changing flags of files that the system holds unchangeable; writing to mounted disks; modules; sysctl nodes by programs |
//! | above 1 | writing to any disk; mounting; mounts that become more than read-only; setting the time back; names of core files |

use crate::errno::{Errno, Result};
use core::sync::atomic::{AtomicI32, Ordering};

/// The level of one kernel: 0 at first.
#[derive(Default)]
pub struct SecureLevel(AtomicI32);

impl SecureLevel {
    /// The level now.
    #[must_use]
    pub fn get(&self) -> i32 {
        self.0.load(Ordering::Acquire)
    }

    /// Raises it.
    ///
    /// # Errors
    /// `EPERM` for a lower one.
    pub fn raise(&self, level: i32) -> Result<()> {
        let former = self.0.fetch_max(level, Ordering::AcqRel);
        if level < former { Err(Errno::EPERM) } else { Ok(()) }
    }

    /// Refuses what is allowed up to `level` only.
    ///
    /// # Errors
    /// `EPERM`.
    pub fn allows_up_to(&self, level: i32) -> Result<()> {
        if self.get() > level { Err(Errno::EPERM) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_never_falls() {
        let level = SecureLevel::default();
        assert_eq!(level.allows_up_to(0), Ok(()));
        assert_eq!(level.raise(2), Ok(()));
        assert_eq!(level.raise(2), Ok(()));
        assert_eq!(level.raise(1), Err(Errno::EPERM));
        assert_eq!(level.raise(-1), Err(Errno::EPERM));
        assert_eq!(level.get(), 2);
        assert_eq!(level.allows_up_to(1), Err(Errno::EPERM));
        assert_eq!(level.allows_up_to(2), Ok(()));
    }
}

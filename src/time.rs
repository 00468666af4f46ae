//! Points in time and durations.

/// Seconds and nanoseconds, with NetBSD's layout on amd64 (`struct timespec`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(C)]
pub struct Timespec {
    pub seconds: i64,
    /// 0 to 999,999,999.
    pub nanoseconds: i64,
}

/// Nanoseconds in a second.
pub const NANOSECONDS: i64 = 1_000_000_000;

impl Timespec {
    /// Zero seconds.
    pub const ZERO: Self = Self { seconds: 0, nanoseconds: 0 };

    /// Whether the nanoseconds are within a second and nothing is negative.
    #[must_use]
    pub fn is_valid_duration(self) -> bool {
        self.seconds >= 0 && (0..NANOSECONDS).contains(&self.nanoseconds)
    }

    /// From milliseconds.
    #[must_use]
    pub const fn from_milliseconds(milliseconds: i64) -> Self {
        Self { seconds: milliseconds / 1000, nanoseconds: milliseconds % 1000 * 1_000_000 }
    }

    /// All of it in nanoseconds.
    #[must_use]
    pub fn as_nanoseconds(self) -> i128 {
        i128::from(self.seconds) * i128::from(NANOSECONDS) + i128::from(self.nanoseconds)
    }

    /// From nanoseconds; zero for a time before 1970, and the greatest time there is for one after it.
    #[must_use]
    pub fn from_nanoseconds(nanoseconds: i128) -> Self {
        let second = i128::from(NANOSECONDS);
        let nanoseconds = nanoseconds.max(0);
        Self {
            seconds: i64::try_from(nanoseconds / second).unwrap_or(i64::MAX),
            nanoseconds: (nanoseconds % second) as i64,
        }
    }

    /// The sum, at most the greatest time there is.
    #[must_use]
    pub fn saturating_add(self, other: Self) -> Self {
        let nanoseconds = self.nanoseconds + other.nanoseconds;
        let carry = nanoseconds / NANOSECONDS;
        Self {
            seconds: self.seconds.saturating_add(other.seconds).saturating_add(carry),
            nanoseconds: nanoseconds % NANOSECONDS,
        }
    }

    /// The time from `earlier` to `self`; zero where `earlier` is the later one.
    #[must_use]
    pub fn since(self, earlier: Self) -> Self {
        if self <= earlier {
            return Self::ZERO;
        }
        let borrow = i64::from(self.nanoseconds < earlier.nanoseconds);
        Self {
            seconds: self.seconds.saturating_sub(earlier.seconds).saturating_sub(borrow),
            nanoseconds: self.nanoseconds + borrow * NANOSECONDS - earlier.nanoseconds,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_borrow_a_second() {
        let earlier = Timespec { seconds: 1, nanoseconds: 900_000_000 };
        let later = Timespec { seconds: 3, nanoseconds: 100_000_000 };
        assert_eq!(later.since(earlier), Timespec { seconds: 1, nanoseconds: 200_000_000 });
        assert_eq!(earlier.since(later), Timespec::ZERO);
        assert_eq!(earlier.saturating_add(later.since(earlier)), later);
    }
}

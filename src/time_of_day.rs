//! The time of day of one kernel: the host's wall clock, corrected by what was set, and steered by adjtime(2) and
//! ntp_adjtime(2).

use crate::host::clock;
use crate::sync::SpinMutex;
use crate::time::Timespec;

/// Nanoseconds that adjtime(2) changes the clock by in a second of time.
const SLEW: i128 = 500_000;
/// The same for adjustments of more than a second.
const FAST_SLEW: i128 = 5_000_000;
const SECOND: i128 = 1_000_000_000;
/// A frequency is in parts per million, with 16 bits of fraction.
const FREQUENCY_UNIT: i128 = 1_000_000 << 16;
/// The greatest frequency: 500 parts per million.
pub const MOST_FREQUENCY: i64 = 500 << 16;
/// The greatest offset that ntp_adjtime(2) takes, in nanoseconds.
pub const MOST_OFFSET: i64 = 500_000_000;
/// What the time constant 0 stands for, as a power of two of seconds.
const SHIFT: u32 = 4;

/// What ntp_adjtime(2) keeps (`struct timex`).
#[derive(Clone, Copy, Debug)]
pub struct Discipline {
    /// Nanoseconds that are still to be worked off.
    pub offset: i64,
    /// Parts per million, with 16 bits of fraction.
    pub frequency: i64,
    /// Microseconds.
    pub most_error: i64,
    /// Microseconds.
    pub estimated_error: i64,
    /// `STA_*`.
    pub status: i32,
    /// The time constant of the offset's decay.
    pub constant: i64,
    /// Seconds of international atomic time ahead of universal time.
    pub atomic_offset: i64,
}

struct State {
    /// Nanoseconds to add to the host's wall clock.
    offset: i128,
    /// Nanoseconds that adjtime(2) has left to work off.
    slew: i128,
    discipline: Discipline,
    /// The monotonic time up to which the steering has been applied.
    applied: i128,
}

/// The time of day.
pub struct TimeOfDay {
    state: SpinMutex<State>,
}

impl TimeOfDay {
    /// The host's, with a clock that nothing has synchronised yet.
    pub(crate) const fn new() -> Self {
        const UNSYNCHRONISED: i32 = 0x40;
        let discipline = Discipline {
            offset: 0,
            frequency: 0,
            most_error: MOST_OFFSET / 1000,
            estimated_error: MOST_OFFSET / 1000,
            status: UNSYNCHRONISED,
            constant: 0,
            atomic_offset: 0,
        };
        Self { state: SpinMutex::new(State { offset: 0, slew: 0, discipline, applied: 0 }) }
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Timespec {
        let host = clock::wall();
        let mut state = self.state.lock();
        state.steer();
        if state.offset == 0 {
            host
        } else {
            Timespec::from_nanoseconds(host.as_nanoseconds() + state.offset)
        }
    }

    /// Sets the time; an adjustment that is under way is dropped.
    pub fn set(&self, time: Timespec) {
        let host = clock::wall().as_nanoseconds();
        let mut state = self.state.lock();
        state.steer();
        state.slew = 0;
        state.offset = time.as_nanoseconds() - host;
    }

    /// What adjtime(2) has left to do, in nanoseconds; `new` replaces it.
    pub fn adjust(&self, new: Option<i64>) -> i64 {
        let mut state = self.state.lock();
        state.steer();
        let left = i64::try_from(state.slew).unwrap_or(i64::MAX);
        if let Some(new) = new {
            state.begin_steering();
            state.slew = i128::from(new);
        }
        left
    }

    /// What ntp_adjtime(2) keeps now, after `change` has been at it.
    pub fn discipline(&self, change: impl FnOnce(&mut Discipline)) -> Discipline {
        let mut state = self.state.lock();
        state.steer();
        state.begin_steering();
        change(&mut state.discipline);
        state.discipline
    }
}

impl State {
    fn is_steered(&self) -> bool {
        self.slew != 0 || self.discipline.offset != 0 || self.discipline.frequency != 0
    }

    fn begin_steering(&mut self) {
        if !self.is_steered() {
            self.applied = clock::monotonic().as_nanoseconds();
        }
    }

    /// Applies what has to be changed for the time that has passed.
    fn steer(&mut self) {
        if !self.is_steered() {
            return;
        }
        let now = clock::monotonic().as_nanoseconds();
        let passed = now - self.applied;
        self.applied = now;
        self.offset += passed * i128::from(self.discipline.frequency) / FREQUENCY_UNIT;
        let rate = if self.slew.abs() > SECOND { FAST_SLEW } else { SLEW };
        let most = passed * rate / SECOND;
        let step = self.slew.clamp(-most, most);
        self.slew -= step;
        let left = i128::from(self.discipline.offset);
        let decay = SECOND << (SHIFT + u32::try_from(self.discipline.constant).unwrap_or(0).min(10));
        // At least a nanosecond, so that it comes to an end.
        let part = (left * passed / decay).abs().max(i128::from(passed > 0)).min(left.abs());
        let part = if left < 0 { -part } else { part };
        self.discipline.offset = (left - part) as i64;
        self.offset += step + part;
    }
}

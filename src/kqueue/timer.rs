//! `EVFILT_TIMER`.

use super::event::EventFlags;
use super::knote::{Attachment, Knote};
use super::queue::Queue;
use crate::errno::{Errno, Result};
use crate::host::clock;
use crate::kernel::Kernel;
use crate::sched::Callout;
use crate::time::Timespec;
use alloc::boxed::Box;
use alloc::sync::{Arc, Weak};

/// `NOTE_*SECONDS` and `NOTE_ABSTIME`.
const UNITS: u32 = 0x3;
const ABSOLUTE: u32 = 0x10;
/// Nanoseconds in the units, by number: milliseconds, seconds, microseconds, nanoseconds.
const NANOSECONDS: [i128; 4] = [1_000_000, 1_000_000_000, 1_000, 1];

/// A timer wakes nobody more often; shorter periods are counted all the same.
const SHORTEST: Timespec = Timespec::from_milliseconds(1);

/// Whether a timer's time is a time of day; it runs out once then.
pub(super) fn is_absolute(wanted: u32) -> bool {
    wanted & ABSOLUTE != 0
}

/// Refuses times that are none.
///
/// # Errors
/// `EINVAL` for a negative time, and for zero again and again.
pub(super) fn check(time: i64, wanted: u32, once: bool) -> Result<()> {
    let again_and_again = !once && !is_absolute(wanted);
    if time < 0 || (time == 0 && again_and_again) { Err(Errno::EINVAL) } else { Ok(()) }
}

fn duration(time: i64, wanted: u32) -> Timespec {
    let unit = NANOSECONDS[(wanted & UNITS) as usize];
    Timespec::from_nanoseconds(i128::from(time) * unit)
}

/// A running timer.
pub(super) struct Timer {
    callout: Callout,
    /// When it runs out next, on the host's monotonic clock.
    deadline: Timespec,
    /// `None` for one that runs out once.
    period: Option<Timespec>,
    /// Of the knote's status when it was started.
    terms: u64,
}

impl Timer {
    /// Starts the timer that a knote's status asks for.
    ///
    /// # Errors
    /// `EAGAIN` when the host has no thread for callouts.
    pub fn start(kernel: &Arc<Kernel>, queue: &Arc<Queue>, knote: &Arc<Knote>) -> Result<Self> {
        let (time, wanted, once, terms) = {
            let _state = queue.state.lock();
            let status = knote.status.lock();
            let once = status.event.flags.contains(EventFlags::ONESHOT);
            (status.parameter, status.wanted, once, status.terms)
        };
        let mut delay = duration(time, wanted);
        if is_absolute(wanted) {
            delay = delay.since(kernel.now());
        }
        let (knote, queue) = (Arc::downgrade(knote), Arc::downgrade(queue));
        let callout = Callout::new(Arc::clone(kernel), Box::new(move || run_out(&knote, &queue, terms)));
        // Before scheduling: the callout does not come earlier than the deadline.
        let deadline = clock::monotonic().saturating_add(delay);
        callout.schedule(delay)?;
        Ok(Self { callout, deadline, period: (!once).then_some(delay), terms })
    }

    /// How often it has run out by now; schedules the next time.
    fn advance(&mut self) -> i64 {
        let now = clock::monotonic();
        if now < self.deadline {
            return 0;
        }
        let Some(period) = self.period else { return 1 };
        let late = now.since(self.deadline).as_nanoseconds();
        let length = period.as_nanoseconds().max(1);
        let count = 1 + late / length;
        let next = self.deadline.as_nanoseconds() + count * length;
        self.deadline = Timespec::from_nanoseconds(next);
        // Without a thread for callouts this would not run.
        let _ = self.callout.schedule(self.deadline.since(now).max(SHORTEST));
        i64::try_from(count).unwrap_or(i64::MAX)
    }
}

fn run_out(knote: &Weak<Knote>, queue: &Weak<Queue>, terms: u64) {
    let (Some(knote), Some(queue)) = (knote.upgrade(), queue.upgrade()) else { return };
    let count = match &mut *knote.attachment.lock() {
        Attachment::Timer(timer) if timer.terms == terms => timer.advance(),
        _ => 0,
    };
    queue.activate(&knote, |status| {
        // Its terms may have changed since.
        let counts = count > 0 && status.terms == terms;
        if counts {
            status.event.data = status.event.data.saturating_add(count);
        }
        counts
    });
}

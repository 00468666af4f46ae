//! Timers of processes: timer_create(2), setitimer(2).

mod table;

pub use table::Timers;

use crate::errno::{Errno, Result};
use crate::host::clock;
use crate::process::Process;
use crate::sched::Callout;
use crate::signal::{Information, Notification};
use crate::sync::{Mutex, Once};
use crate::time::Timespec;
use alloc::boxed::Box;
use alloc::sync::{Arc, Weak};

/// Which clock a timer runs by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimerClock {
    RealTime,
    Monotonic,
    /// The process's user time.
    Virtual,
    /// All of the process's processor time.
    Profiling,
}

impl TimerClock {
    /// Whether it stands still while the process does.
    #[must_use]
    pub fn counts_processor_time(self) -> bool {
        matches!(self, Self::Virtual | Self::Profiling)
    }

    /// The time by which deadlines of `process` are kept: the monotonic clock stands for the time of day as well.
    fn now(self, process: &Process) -> Timespec {
        match self {
            Self::RealTime | Self::Monotonic => clock::monotonic(),
            // A process spends no user time inside this kernel.
            Self::Virtual => Timespec::ZERO,
            Self::Profiling => process.usage.processor_time(),
        }
    }
}

/// When a timer expires, and how often (`struct itimerspec`). Zero is never.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Setting {
    pub interval: Timespec,
    pub value: Timespec,
}

#[derive(Default)]
struct State {
    interval: Timespec,
    /// By [`TimerClock::now`].
    deadline: Option<Timespec>,
    /// Expirations since the last signal was sent.
    missed: u32,
    /// Expirations that the last signal stands for, less one.
    overruns: u32,
}

/// One timer of a process.
pub struct Timer {
    process: Weak<Process>,
    clock: TimerClock,
    notification: Notification,
    state: Mutex<State>,
    /// Timers of processor time have none: the statistics clock has them expire.
    callout: Once<Callout>,
}

impl Timer {
    /// A timer that is not set.
    pub fn new(process: &Arc<Process>, clock: TimerClock, notification: Notification) -> Arc<Self> {
        let timer = Arc::new(Self {
            process: Arc::downgrade(process),
            clock,
            notification,
            state: Mutex::default(),
            callout: Once::new(),
        });
        if clock.counts_processor_time() {
            return timer;
        }
        let expiring = Arc::downgrade(&timer);
        let expire = move || {
            if let Some(timer) = expiring.upgrade() {
                timer.expire();
            }
        };
        timer.callout.call_once(|| Callout::new(Arc::clone(&process.kernel), Box::new(expire)));
        timer
    }

    /// How much time is left, and the interval.
    #[must_use]
    pub fn get(&self) -> Setting {
        let state = self.state.lock();
        let left = state
            .deadline
            .zip(self.process.upgrade())
            .map(|(deadline, process)| deadline.since(self.clock.now(&process)));
        Setting { interval: state.interval, value: left.unwrap_or_default() }
    }

    /// Whether it runs by processor time.
    #[must_use]
    pub fn counts_processor_time(&self) -> bool {
        self.clock.counts_processor_time()
    }

    /// Sets it; gives what it was set to. With `absolute` the value is a time of the timer's clock, unless that counts
    /// processor time.
    ///
    /// # Errors
    /// `EAGAIN` when the host has no thread for callouts; `ESRCH` when the process is gone.
    pub fn set(&self, new: Setting, absolute: bool) -> Result<Setting> {
        let process = self.process.upgrade().ok_or(Errno::ESRCH)?;
        let now = self.clock.now(&process);
        let delay = match (absolute, self.clock) {
            (false, _) => new.value,
            (true, TimerClock::Monotonic) => new.value.since(now),
            (true, TimerClock::RealTime) => new.value.since(process.kernel.now()),
            (true, TimerClock::Virtual | TimerClock::Profiling) => new.value,
        };
        let mut state = self.state.lock();
        let left = state.deadline.map(|deadline| deadline.since(now));
        let former = Setting { interval: state.interval, value: left.unwrap_or_default() };
        *state = State { interval: new.interval, ..State::default() };
        match (self.callout.get(), new.value == Timespec::ZERO) {
            (None, _) => {}
            (Some(callout), true) => drop(callout.stop()),
            (Some(callout), false) => callout.schedule(delay)?,
        }
        if new.value != Timespec::ZERO {
            state.deadline = Some(now.saturating_add(delay));
        }
        Ok(former)
    }

    /// Expirations that the last signal stands for, less one.
    #[must_use]
    pub fn overruns(&self) -> u32 {
        self.state.lock().overruns
    }

    /// Sends the signal where the time has come.
    fn expire(&self) {
        let Some(process) = self.process.upgrade() else { return };
        let mut state = self.state.lock();
        let now = self.clock.now(&process);
        // It may have been set again while this was on its way.
        let Some(deadline) = state.deadline.filter(|&deadline| deadline <= now) else { return };
        let more = state.set_next(deadline, now);
        if let (Some(next), Some(callout)) = (state.deadline, self.callout.get()) {
            // Where the host has no thread left the timer ends; this code runs on that thread.
            let _ = callout.schedule(next.since(now));
        }
        let Some(signal) = self.notification.signal else { return };
        if process.signals.pending().contains(signal) {
            state.missed = state.missed.saturating_add(1).saturating_add(more);
            return;
        }
        state.overruns = state.missed.saturating_add(more);
        state.missed = 0;
        drop(state);
        self.notification.send(&process, Information::TIMER);
    }
}

impl State {
    /// Sets the deadline after one that has passed; says how many more have passed as well.
    fn set_next(&mut self, deadline: Timespec, now: Timespec) -> u32 {
        let interval = self.interval.as_nanoseconds();
        if interval == 0 {
            self.deadline = None;
            return 0;
        }
        let late = now.since(deadline).as_nanoseconds();
        let passed = late / interval;
        let next = deadline.as_nanoseconds() + (passed + 1) * interval;
        self.deadline = Some(Timespec::from_nanoseconds(next));
        u32::try_from(passed).unwrap_or(u32::MAX)
    }
}

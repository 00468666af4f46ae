//! Signals that wait to be taken.

use super::SignalSet;
use crate::errno::{Errno, Result};
use crate::sync::{Condvar, Deadline, Mutex};
use crate::time::Timespec;

/// Where a signal comes from (the `siginfo_t` of sigtimedwait(2)).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Information {
    /// `SI_*`.
    pub code: i32,
    pub process: i32,
    pub user: u32,
    /// `union sigval`.
    pub value: u64,
}

impl Information {
    const SI_USER: i32 = 0;
    /// `SI_TIMER`.
    pub const TIMER: i32 = -2;
    /// `SI_ASYNCIO`.
    pub const ASYNC_IO: i32 = -3;
    const SI_NOINFO: i32 = 32767;

    /// A signal of kill(2).
    #[must_use]
    pub fn of_user(process: i32, user: u32) -> Self {
        Self { code: Self::SI_USER, process, user, value: 0 }
    }

    /// A signal that the kernel raises and says nothing about.
    #[must_use]
    pub fn of_kernel() -> Self {
        Self { code: Self::SI_NOINFO, ..Self::default() }
    }
}

struct Pending {
    set: SignalSet,
    /// Of each signal in `set`; a signal that is pending already is not queued a second time.
    information: [Information; super::COUNT as usize],
}

/// A process's pending signals.
pub struct Signals {
    pending: Mutex<Pending>,
    arrived: Condvar,
}

impl Signals {
    /// None pending.
    #[must_use]
    pub(crate) const fn new() -> Self {
        const NOTHING: Information = Information { code: 0, process: 0, user: 0, value: 0 };
        let pending = Pending { set: SignalSet::EMPTY, information: [NOTHING; super::COUNT as usize] };
        Self { pending: Mutex::new(pending), arrived: Condvar::new() }
    }

    /// What is pending now.
    #[must_use]
    pub fn pending(&self) -> SignalSet {
        self.pending.lock().set
    }

    /// Enters a signal. `interrupt` runs before anybody can take it: whose sleep ends by it must not have taken it before.
    pub(super) fn record(&self, signal: i32, information: Information, interrupt: impl FnOnce()) {
        let mut pending = self.pending.lock();
        if !pending.set.contains(signal)
            && let Some(place) = usize::try_from(signal).ok().and_then(|at| pending.information.get_mut(at))
        {
            *place = information;
        }
        pending.set = pending.set.with(signal);
        interrupt();
        drop(pending);
        self.arrived.notify_all();
    }

    /// Takes a pending signal of `wanted`, the lowest first; waits for one, `timeout` at most.
    ///
    /// # Errors
    /// `EAGAIN` when the time has passed; `EINTR` when another signal came that the lwp does not hold back.
    pub fn take(&self, wanted: SignalSet, timeout: Option<Timespec>) -> Result<(i32, Information)> {
        let deadline = Deadline::after(timeout);
        let mut pending = self.pending.lock();
        loop {
            if let Some(signal) = pending.set.intersection(wanted).first() {
                pending.set = pending.set.without(signal);
                return Ok((signal, pending.information[signal as usize]));
            }
            let left = deadline.left_or(Errno::EAGAIN)?;
            let woken = self.arrived.wait_interruptibly(&mut pending, left);
            if woken.is_err() && pending.set.intersection(wanted) == SignalSet::EMPTY {
                return Err(Errno::EINTR);
            }
        }
    }

    /// Waits until a signal is pending that `held_back` does not hold.
    ///
    /// # Errors
    /// `EINTR`, always: that is how the wait ends.
    pub fn suspend(&self, held_back: SignalSet) -> Result<()> {
        let mut pending = self.pending.lock();
        while pending.set.difference(held_back) == SignalSet::EMPTY {
            self.arrived.wait_interruptibly(&mut pending, None)?;
        }
        Err(Errno::EINTR)
    }
}

//! Waiting for open files: what poll(2) and select(2) have in common.

use super::{Events, Listener, Notice, Registration};
use crate::errno::{Errno, Result};
use crate::file::OpenFile;
use crate::memory;
use crate::process::DescriptorTable;
use crate::sched::Lwp;
use crate::signal::SignalSet;
use crate::sync::{Condvar, Deadline, Mutex};
use crate::time::Timespec;
use alloc::sync::Arc;
use alloc::vec::Vec;
use arrayvec::ArrayVec;

/// Descriptors looked up in one go.
const BATCH: usize = 32;

/// A descriptor, what is asked of it, and what was found.
#[derive(Clone, Copy, Debug)]
pub struct Watched {
    /// Negative ones are passed over.
    pub descriptor: i32,
    pub events: Events,
    /// [`Events::NOT_OPEN`] where the descriptor is none.
    pub found: Events,
}

impl Watched {
    /// Nothing has been found yet.
    #[must_use]
    pub const fn new(descriptor: i32, events: Events) -> Self {
        Self { descriptor, events, found: Events::empty() }
    }

    /// Looks. Says whether something was found.
    fn look(&mut self, file: Option<&Arc<OpenFile>>) -> bool {
        let asked = self.events | Events::UNASKED;
        self.found = match file {
            _ if self.descriptor < 0 => Events::empty(),
            None => Events::NOT_OPEN,
            Some(file) => file.object().poll(asked) & asked,
        };
        !self.found.is_empty()
    }
}

/// Looks at all of them once; how many have something.
fn look_at_all(descriptors: &DescriptorTable, watched: &mut [Watched]) -> usize {
    let mut count = 0;
    for batch in watched.chunks_mut(BATCH) {
        let mut files: ArrayVec<Option<Arc<OpenFile>>, BATCH> = ArrayVec::new();
        descriptors.get_each(batch.iter().map(|one| one.descriptor), |file| files.push(file.cloned()));
        for (one, file) in batch.iter_mut().zip(&files) {
            count += usize::from(one.look(file.as_ref()));
        }
    }
    count
}

/// Waits until something is found, or until `timeout` has passed (`None`: without end); how many have something then. With
/// `held_back`, the lwp holds these signals back while it waits, and no others, and a signal that is pending ends the wait.
///
/// # Errors
/// `EINVAL` for a time that is none; `EINTR`; `ENOMEM`.
pub fn wait(
    lwp: &Lwp,
    watched: &mut [Watched],
    timeout: Option<Timespec>,
    held_back: Option<SignalSet>,
) -> Result<usize> {
    let Some(held_back) = held_back else { return wait_with_mask(lwp, watched, timeout, None) };
    let held_back = held_back.difference(SignalSet::UNMASKABLE);
    let former = lwp.signal_mask.replace(held_back);
    let result = wait_with_mask(lwp, watched, timeout, Some(held_back));
    lwp.signal_mask.replace(former);
    result
}

fn wait_with_mask(
    lwp: &Lwp,
    watched: &mut [Watched],
    timeout: Option<Timespec>,
    held_back: Option<SignalSet>,
) -> Result<usize> {
    if timeout.is_some_and(|timeout| !timeout.is_valid_duration()) {
        return Err(Errno::EINVAL);
    }
    let descriptors = &lwp.process.descriptors;
    let found = look_at_all(descriptors, watched);
    if found > 0 || timeout == Some(Timespec::ZERO) {
        return Ok(found);
    }
    let deadline = Deadline::after(timeout);
    let mut sleep = Sleep::new(watched.len())?;
    let signals = held_back.map(|held_back| sleep.watch_signals(lwp, held_back)).transpose()?;
    let mut found = 0;
    for (index, one) in watched.iter_mut().enumerate() {
        found += usize::from(sleep.look_again(descriptors, index, one)?);
    }
    while found == 0 && sleep.until_notified(deadline)? {
        if let Some((_entry, held_back)) = &signals
            && is_signal_pending(lwp, *held_back)
        {
            return Err(Errno::EINTR);
        }
        for position in 0..sleep.notified.len() {
            let index = sleep.notified[position];
            found += usize::from(sleep.look_again(descriptors, index, &mut watched[index])?);
        }
    }
    Ok(found)
}

fn is_signal_pending(lwp: &Lwp, held_back: SignalSet) -> bool {
    lwp.process.signals.pending().difference(held_back) != SignalSet::EMPTY
}

/// Gathers which of the watched have been notified.
struct Poller {
    pending: Mutex<Pending>,
    changed: Condvar,
}

struct Pending {
    /// In order of arrival, each once; there is room for all.
    list: Vec<usize>,
    is_listed: Vec<bool>,
    /// A signal has come.
    is_signalled: bool,
}

/// The token of the entry for signals.
const SIGNAL: usize = usize::MAX;

impl Listener for Poller {
    fn notify(self: Arc<Self>, token: usize, _notice: &Notice) {
        let mut pending = self.pending.lock();
        if token == SIGNAL {
            pending.is_signalled = true;
        } else if core::mem::replace(&mut pending.is_listed[token], true) {
            return;
        } else {
            pending.list.push(token);
        }
        drop(pending);
        self.changed.notify_one();
    }
}

/// One wait: the poller and its entries in the objects.
struct Sleep {
    poller: Arc<Poller>,
    entries: Vec<Option<Registration>>,
    notified: Vec<usize>,
}

impl Sleep {
    fn new(count: usize) -> Result<Self> {
        let mut is_listed = memory::vector(count)?;
        is_listed.resize(count, false);
        let mut entries = memory::vector(count)?;
        entries.resize_with(count, || None);
        let pending = Mutex::new(Pending { list: memory::vector(count)?, is_listed, is_signalled: false });
        let poller = Arc::new(Poller { pending, changed: Condvar::new() });
        Ok(Self { poller, entries, notified: memory::vector(count)? })
    }

    /// Has signals end the sleep.
    ///
    /// # Errors
    /// `EINTR` when one is pending; `ENOMEM`.
    fn watch_signals(&self, lwp: &Lwp, held_back: SignalSet) -> Result<(Registration, SignalSet)> {
        let poller = Arc::clone(&self.poller) as Arc<dyn Listener>;
        let entry = lwp.process.listeners.point().register(poller, SIGNAL, Events::SIGNALS)?;
        if is_signal_pending(lwp, held_back) { Err(Errno::EINTR) } else { Ok((entry, held_back)) }
    }

    /// Enters the poller where it is not entered yet, then looks. The descriptor may stand for another file by now.
    fn look_again(&mut self, descriptors: &DescriptorTable, index: usize, one: &mut Watched) -> Result<bool> {
        if one.descriptor < 0 {
            return Ok(false);
        }
        // Not kept while asleep: who closes the descriptor closes the file.
        let file = descriptors.get(one.descriptor).ok();
        let entry = &mut self.entries[index];
        match file.as_ref().and_then(|file| file.object().listeners()) {
            Some(listeners) if entry.as_ref().is_some_and(|entry| entry.is_at(listeners)) => {}
            Some(listeners) => {
                *entry = None;
                let poller = Arc::clone(&self.poller) as Arc<dyn Listener>;
                let interest = one.events | Events::UNASKED | Events::NOT_OPEN;
                *entry = Some(listeners.point().register(poller, index, interest)?);
            }
            None => *entry = None,
        }
        Ok(one.look(file.as_ref()))
    }

    /// Sleeps until something was notified; `false` when the deadline came first.
    ///
    /// # Errors
    /// `EINTR`.
    fn until_notified(&mut self, deadline: Deadline) -> Result<bool> {
        self.notified.clear();
        let mut pending = self.poller.pending.lock();
        while pending.list.is_empty() && !pending.is_signalled {
            let Ok(left) = deadline.left_or(Errno::ETIMEDOUT) else { return Ok(false) };
            let woken = self.poller.changed.wait_interruptibly(&mut pending, left);
            if pending.list.is_empty() {
                woken?;
            }
        }
        pending.is_signalled = false;
        core::mem::swap(&mut pending.list, &mut self.notified);
        for &index in &self.notified {
            pending.is_listed[index] = false;
        }
        Ok(true)
    }
}

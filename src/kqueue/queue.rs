//! Event queues: which knotes there are, and which are ready.

use super::event::{Event, EventFlags, Filter};
use super::knote::{Key, Knote, Status};
use super::{attach, note};
use crate::errno::{Errno, Result};
use crate::file::OpenFile;
use crate::poll::{Events, Listeners, Notice};
use crate::sched::Lwp;
use crate::sync::{Condvar, Mutex};
use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use alloc::sync::Arc;
use alloc::vec::Vec;

#[derive(Default)]
pub(super) struct State {
    pub knotes: BTreeMap<Key, Arc<Knote>>,
    /// Active knotes in the order in which they are reported.
    pub ready: BTreeMap<u64, Arc<Knote>>,
    /// The next place in `ready`.
    pub next: u64,
    /// Counts closed descriptors of the queue, for those who sleep on it.
    pub closings: u64,
    is_closed: bool,
}

impl State {
    pub fn enqueue(&mut self, knote: &Arc<Knote>, status: &mut Status) {
        if status.place.is_none() {
            self.ready.insert(self.next, Arc::clone(knote));
            status.place = Some(self.next);
            self.next += 1;
        }
    }

    pub fn dequeue(&mut self, status: &mut Status) {
        if let Some(place) = status.place.take() {
            self.ready.remove(&place);
        }
    }
}

/// A kernel event queue.
#[derive(Default)]
pub struct Queue {
    pub(super) state: Mutex<State>,
    pub(super) filled: Condvar,
    listeners: Listeners,
}

impl Queue {
    /// How many knotes are ready.
    #[must_use]
    pub fn ready_count(&self) -> usize {
        self.state.lock().ready.len()
    }

    /// Those who poll the queue itself.
    #[must_use]
    pub fn listeners(&self) -> &Listeners {
        &self.listeners
    }

    /// Applies one change of a kevent(2).
    ///
    /// # Errors
    /// `EINVAL` for a filter that there is not, or that the file does not know; `EBADF`, `ENOENT`, `ESRCH`, `EACCES`, `ELOOP`
    /// for queues that watch each other, `ENOMEM`.
    pub fn register(self: &Arc<Self>, lwp: &Lwp, change: &Event) -> Result<()> {
        let filter = Filter::by_number(change.filter).ok_or(Errno::EINVAL)?;
        let file = match filter {
            Filter::File(_) => {
                let number = i32::try_from(change.identifier).map_err(|_| Errno::EBADF)?;
                Some(lwp.process.descriptors.get(number)?)
            }
            _ => None,
        };
        let key = Key { identifier: change.identifier, filter };
        let knote = loop {
            match self.known(lwp, key, file.as_ref())? {
                None if !change.flags.contains(EventFlags::ADD) => return Err(Errno::ENOENT),
                None => match attach::add(self, lwp, key, file.as_ref(), change)? {
                    Some(knote) => break knote,
                    // Somebody was faster.
                    None => continue,
                },
                Some(knote) if change.flags.contains(EventFlags::ADD) => {
                    attach::modify(self, &lwp.process.kernel, &knote, change)?;
                    break knote;
                }
                Some(knote) if change.flags.contains(EventFlags::DELETE) => {
                    self.drop_knote(&knote);
                    return Ok(());
                }
                Some(knote) => {
                    attach::touch(self, &knote, change);
                    break knote;
                }
            }
        };
        if change.flags.contains(EventFlags::DISABLE) {
            let mut state = self.state.lock();
            let mut status = knote.status.lock();
            status.is_disabled = true;
            state.dequeue(&mut status);
        }
        if change.flags.contains(EventFlags::ENABLE) {
            self.enable(&knote);
        }
        Ok(())
    }

    /// The knote of that key. One for another file than the descriptor's was entered by a call that closing the descriptor has
    /// overtaken; it is dropped, here or by that call.
    ///
    /// # Errors
    /// `EBADF` when the descriptor does not stand for `file` any more.
    fn known(&self, lwp: &Lwp, key: Key, file: Option<&Arc<OpenFile>>) -> Result<Option<Arc<Knote>>> {
        let known = self.state.lock().knotes.get(&key).cloned();
        match (&known, file) {
            (Some(knote), Some(file)) if !knote.watches(file) => {
                attach::check_stands_for(lwp, key, file)?;
                self.drop_knote(knote);
                Ok(None)
            }
            _ => Ok(known),
        }
    }

    /// What held while it was disabled, and holds still, counts.
    fn enable(&self, knote: &Arc<Knote>) {
        let was_disabled = {
            let _state = self.state.lock();
            core::mem::replace(&mut knote.status.lock().is_disabled, false)
        };
        if was_disabled {
            self.look_at(knote);
        }
    }

    /// Makes a knote active if there is an event already.
    pub(super) fn look_at(&self, knote: &Arc<Knote>) {
        let reading = knote.look();
        self.activate(knote, |status| match reading {
            Some(reading) => Knote::take_reading(status, reading),
            None => knote.has_event(status),
        });
    }

    /// Has `change` change a knote's status, and makes it active if that says so.
    pub(super) fn activate(&self, knote: &Arc<Knote>, change: impl FnOnce(&mut Status) -> bool) {
        {
            let mut state = self.state.lock();
            let mut status = knote.status.lock();
            if status.is_gone || !change(&mut status) {
                return;
            }
            status.is_active = true;
            status.activations += 1;
            if status.is_disabled || status.is_busy || status.place.is_some() {
                return;
            }
            state.enqueue(knote, &mut status);
        }
        self.wake();
    }

    /// There is one ready knote more.
    pub(super) fn wake(&self) {
        self.filled.notify_all();
        self.listeners.notify(&Notice::of(Events::READABLE));
    }

    /// Enters a new knote; `false` if there is one with its key.
    ///
    /// # Errors
    /// `EBADF` once the queue is closed.
    pub(super) fn enter(&self, knote: &Arc<Knote>) -> Result<bool> {
        let mut state = self.state.lock();
        if state.is_closed {
            return Err(Errno::EBADF);
        }
        match state.knotes.entry(knote.key) {
            Entry::Occupied(_) => Ok(false),
            Entry::Vacant(place) => {
                place.insert(Arc::clone(knote));
                Ok(true)
            }
        }
    }

    /// Takes a knote out.
    pub(super) fn drop_knote(&self, knote: &Arc<Knote>) {
        {
            let mut state = self.state.lock();
            let mut status = knote.status.lock();
            if !status.is_gone {
                status.is_gone = true;
                state.dequeue(&mut status);
                state.knotes.remove(&knote.key);
            }
        }
        knote.detach();
    }

    /// A descriptor has been closed in the process whose queue this is. Comes with its table locked.
    pub(crate) fn forget_descriptor(&self, number: usize) {
        for filter in Filter::OF_FILES {
            let key = Key { identifier: number as u64, filter };
            let knote = self.state.lock().knotes.get(&key).cloned();
            if let Some(knote) = knote {
                self.drop_knote(&knote);
            }
        }
    }

    /// A descriptor of the queue has been closed: those who sleep on it look whether it was theirs.
    pub(super) fn descriptor_closed(&self) {
        self.state.lock().closings += 1;
        self.filled.notify_all();
    }

    /// Drops all knotes.
    pub(super) fn close(&self) {
        let knotes = {
            let mut state = self.state.lock();
            state.is_closed = true;
            state.ready.clear();
            let knotes: Vec<_> = core::mem::take(&mut state.knotes).into_values().collect();
            for knote in &knotes {
                let mut status = knote.status.lock();
                status.is_gone = true;
                status.place = None;
            }
            knotes
        };
        for knote in knotes {
            knote.detach();
        }
    }

    /// All knotes now.
    pub(super) fn knotes(&self) -> Vec<Arc<Knote>> {
        self.state.lock().knotes.values().cloned().collect()
    }
}

/// Watches the child that a process with a `NOTE_TRACK` knote has forked.
pub(super) fn track_fork(queue: &Arc<Queue>, knote: &Arc<Knote>, notice: &Notice) {
    if notice.notes & note::FORK == 0 {
        return;
    }
    let parent = {
        let _state = queue.state.lock();
        let status = knote.status.lock();
        if status.wanted & note::TRACK == 0 || status.is_gone {
            return;
        }
        Event { filter_flags: status.wanted, ..status.event }
    };
    if attach::add_child(queue, &parent, notice.data).is_err() {
        queue.activate(knote, |status| {
            status.event.filter_flags |= note::TRACK_ERROR;
            true
        });
    }
}

//! Reporting what is ready, and waiting for it.

use super::event::{Event, EventFlags};
use super::knote::{Knote, Status};
use super::queue::{Queue, State};
use crate::errno::{Errno, Result};
use crate::poll::Reading;
use crate::sync::Deadline;
use alloc::sync::Arc;
use arrayvec::ArrayVec;

/// Events handed over in one go.
pub const BATCH: usize = 32;

/// What becomes of a knote that has been looked at.
enum Fate {
    Passed,
    Reported(Event),
    /// Reported, and to be dropped.
    Last(Event),
}

impl Queue {
    /// Hands up to `most` ready events to `deliver`, each knote once; waits for the first until `deadline`.
    /// `still_open` says whether the caller's descriptor still leads here. Says how many were delivered: none at the deadline.
    ///
    /// # Errors
    /// `EBADF` when the caller's descriptor was closed while it slept; `EINTR`; what `deliver` says.
    pub fn collect(
        &self,
        most: usize,
        deadline: Deadline,
        still_open: &dyn Fn() -> bool,
        deliver: &mut dyn FnMut(&[Event]) -> Result<()>,
    ) -> Result<usize> {
        loop {
            let count = self.pass(most, deliver)?;
            if count > 0 || most == 0 {
                return Ok(count);
            }
            let closings = self.state.lock().closings;
            if !still_open() {
                return Err(Errno::EBADF);
            }
            if !self.sleep(deadline, closings)? {
                return Ok(0);
            }
        }
    }

    /// Sleeps until a knote is ready or a descriptor of the queue is closed; `false` when the deadline came first.
    ///
    /// # Errors
    /// `EINTR`.
    fn sleep(&self, deadline: Deadline, closings: u64) -> Result<bool> {
        let mut state = self.state.lock();
        while state.ready.is_empty() && state.closings == closings {
            let Ok(left) = deadline.left_or(Errno::ETIMEDOUT) else { return Ok(false) };
            let woken = self.filled.wait_interruptibly(&mut state, left);
            if state.ready.is_empty() {
                woken?;
            }
        }
        Ok(true)
    }

    /// Walks the ready knotes once.
    fn pass(&self, most: usize, deliver: &mut dyn FnMut(&[Event]) -> Result<()>) -> Result<usize> {
        let mut batch: ArrayVec<Event, BATCH> = ArrayVec::new();
        let mut delivered = 0;
        let mut state = self.state.lock();
        let end = state.next;
        while delivered + batch.len() < most
            && let Some((knote, before)) = take_first_before(&mut state, end)
        {
            drop(state);
            match self.look_and_report(&knote, before) {
                Fate::Passed => {}
                Fate::Reported(event) => batch.push(event),
                Fate::Last(event) => {
                    batch.push(event);
                    self.drop_knote(&knote);
                }
            }
            if batch.is_full() {
                deliver(&batch)?;
                delivered += batch.len();
                batch.clear();
            }
            state = self.state.lock();
        }
        drop(state);
        if !batch.is_empty() {
            deliver(&batch)?;
        }
        Ok(delivered + batch.len())
    }

    /// `before`: how often the knote had been activated when it was taken.
    fn look_and_report(&self, knote: &Arc<Knote>, before: u64) -> Fate {
        let reading = knote.look();
        let (fate, is_back) = {
            let mut state = self.state.lock();
            let mut status = knote.status.lock();
            let came_meanwhile = status.activations != before;
            let was_ready = status.place.is_some();
            let fate = decide(knote, &mut state, &mut status, reading, came_meanwhile);
            (fate, status.place.is_some() && !was_ready)
        };
        // While it was busy, others may have gone to sleep without it.
        if is_back {
            self.wake();
        }
        fate
    }
}

/// The first ready knote that was queued before `end`, and how often it has been activated so far. One that stays ready however
/// often it is reported goes to the tail at once, so that others who come find it there; another kind is taken off.
fn take_first_before(state: &mut State, end: u64) -> Option<(Arc<Knote>, u64)> {
    let (&place, knote) = state.ready.first_key_value()?;
    if place >= end {
        return None;
    }
    let knote = Arc::clone(knote);
    let mut status = knote.status.lock();
    status.is_busy = is_consumed(&status);
    state.dequeue(&mut status);
    if !status.is_busy {
        state.enqueue(&knote, &mut status);
    }
    let activations = status.activations;
    drop(status);
    Some((knote, activations))
}

/// Whether a knote that was looked at is reported, and what is left of it. `came_meanwhile`: there was a notice that the look
/// may not have seen.
fn decide(
    knote: &Arc<Knote>,
    state: &mut State,
    status: &mut Status,
    reading: Option<Reading>,
    came_meanwhile: bool,
) -> Fate {
    if status.is_gone {
        return Fate::Passed;
    }
    let was_busy = core::mem::replace(&mut status.is_busy, false);
    if status.is_disabled {
        return Fate::Passed;
    }
    if !holds(knote, status, reading) {
        if came_meanwhile {
            state.enqueue(knote, status);
        } else {
            status.is_active = false;
            state.dequeue(status);
        }
        return Fate::Passed;
    }
    let event = knote.report(status);
    if status.event.flags.contains(EventFlags::ONESHOT) {
        // It stays busy, and so unseen, until it is dropped.
        status.is_busy = was_busy;
        return Fate::Last(event);
    }
    settle(knote, state, status, reading.is_some() && came_meanwhile);
    Fate::Reported(event)
}

/// Whether a report takes the event away.
fn is_consumed(status: &Status) -> bool {
    status.event.flags.intersects(EventFlags::ONESHOT | EventFlags::CLEAR | EventFlags::DISPATCH)
}

fn holds(knote: &Knote, status: &mut Status, reading: Option<Reading>) -> bool {
    match reading {
        Some(reading) => Knote::take_reading(status, reading),
        None => knote.has_event(status),
    }
}

/// What a report leaves behind.
fn settle(knote: &Arc<Knote>, state: &mut State, status: &mut Status, came_meanwhile: bool) {
    if status.event.flags.contains(EventFlags::CLEAR) {
        status.event.data = 0;
        status.event.filter_flags = 0;
        status.is_triggered = false;
        status.is_active = came_meanwhile;
    }
    if status.event.flags.contains(EventFlags::DISPATCH) {
        status.is_disabled = true;
        state.dequeue(status);
    } else if is_consumed(status) && came_meanwhile {
        state.enqueue(knote, status);
    } else if is_consumed(status) {
        state.dequeue(status);
    } else {
        state.enqueue(knote, status);
    }
}

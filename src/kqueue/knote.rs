//! Knotes: what a program has asked an event queue for.

use super::event::{Event, EventFlags, FileKind, Filter};
use super::queue::Queue;
use super::timer::Timer;
use super::{note, queue};
use crate::file::OpenFile;
use crate::poll::{Events, FileFilter, Listener, Notice, Reading, Registration};
use crate::sync::{Mutex, SpinMutex};
use alloc::sync::{Arc, Weak};

/// There is one knote in a queue for each key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub identifier: u64,
    pub filter: Filter,
}

/// What a knote is entered in.
#[derive(Default)]
pub(super) enum Attachment {
    /// Nothing, or nothing any more.
    #[default]
    None,
    Listening(#[expect(dead_code, reason = "held for what its end does")] Registration),
    Timer(Timer),
}

/// What changes about a knote; touched with its queue's state locked only.
#[derive(Default)]
pub(super) struct Status {
    pub event: Event,
    /// What the program asked for in `fflags` and `data`.
    pub wanted: u32,
    pub parameter: i64,
    /// An event has come and has not been reported yet.
    pub is_active: bool,
    pub is_disabled: bool,
    /// Taken off the ready ones by a thread that looks whether to report it: nobody else may report it meanwhile.
    pub is_busy: bool,
    /// `NOTE_TRIGGER`.
    pub is_triggered: bool,
    /// The file that it watches has been taken away (`NOTE_REVOKE`).
    pub is_revoked: bool,
    /// Taken out of its queue.
    pub is_gone: bool,
    /// Where it is among the ready ones.
    pub place: Option<u64>,
    /// Counts the terms that a timer was given: time that ran out under former ones does not count.
    pub terms: u64,
    /// Counts activations: tells whether one came during a look.
    pub activations: u64,
}

/// A knote.
pub(super) struct Knote {
    pub key: Key,
    queue: Weak<Queue>,
    /// For the filters of files. Weak: the file is closed by who closes the descriptor.
    file: Weak<OpenFile>,
    pub attachment: Mutex<Attachment>,
    pub status: SpinMutex<Status>,
}

impl Knote {
    pub fn new(key: Key, queue: &Arc<Queue>, file: Option<&Arc<OpenFile>>, change: &Event) -> Arc<Self> {
        let event = Event { filter_flags: 0, data: 0, ..*change };
        let status =
            Status { event, wanted: change.filter_flags, parameter: change.data, ..Status::default() };
        Arc::new(Self {
            key,
            queue: Arc::downgrade(queue),
            file: file.map_or_else(Weak::new, Arc::downgrade),
            attachment: Mutex::default(),
            status: SpinMutex::new(status),
        })
    }

    /// The queue, while it is open.
    pub fn queue(&self) -> Option<Arc<Queue>> {
        self.queue.upgrade()
    }

    /// The open file that it watches.
    pub fn file(&self) -> Option<Arc<OpenFile>> {
        self.file.upgrade()
    }

    /// Whether `file` is the open file that it watches.
    pub fn watches(&self, file: &Arc<OpenFile>) -> bool {
        core::ptr::eq(self.file.as_ptr(), Arc::as_ptr(file))
    }

    /// What a look at its file finds; `None` where there is nothing to look at: what came by notice is all there is.
    pub fn look(&self) -> Option<Reading> {
        let Filter::File(kind @ (FileKind::Read | FileKind::Write)) = self.key.filter else { return None };
        let found = self.file().and_then(|file| file.object().filter(&file, kind.into()).ok());
        Some(found.unwrap_or_default())
    }

    /// Takes a look's result over. Says whether there is an event.
    pub fn take_reading(status: &mut Status, reading: Reading) -> bool {
        status.event.data = reading.data;
        status.event.flags.set(EventFlags::END, reading.end || status.is_revoked);
        reading.ready || status.is_revoked
    }

    /// Whether there is an event of a kind that comes by notice.
    pub fn has_event(&self, status: &Status) -> bool {
        match self.key.filter {
            Filter::File(FileKind::Vnode) | Filter::Process => {
                status.event.filter_flags != 0 || status.event.flags.contains(EventFlags::END)
            }
            Filter::Signal | Filter::Timer => status.event.data != 0,
            Filter::User => status.is_triggered,
            Filter::File(_) => false,
        }
    }

    /// What is reported.
    pub fn report(&self, status: &Status) -> Event {
        match self.key.filter {
            Filter::User => Event { filter_flags: status.wanted, data: status.parameter, ..status.event },
            _ => status.event,
        }
    }

    /// Leaves what it is entered in.
    pub fn detach(&self) {
        let former = core::mem::take(&mut *self.attachment.lock());
        drop(former);
    }

    fn file_notice(status: &mut Status, kind: FileKind, notes: u32) -> bool {
        let revoked = notes & note::REVOKE != 0;
        status.is_revoked |= revoked;
        if kind != FileKind::Vnode {
            if revoked {
                status.event.flags |= EventFlags::END | EventFlags::ONESHOT;
            }
            return true;
        }
        status.event.filter_flags |= status.wanted & notes;
        if revoked {
            status.event.flags |= EventFlags::END;
        }
        revoked || status.event.filter_flags != 0
    }

    fn process_notice(status: &mut Status, notice: &Notice) -> bool {
        status.event.filter_flags |= status.wanted & notice.notes;
        if notice.notes & note::EXIT != 0 {
            status.event.flags |= EventFlags::END | EventFlags::ONESHOT;
            status.event.data = notice.data;
            return true;
        }
        status.event.filter_flags != 0
    }
}

impl Listener for Knote {
    fn notify(self: Arc<Self>, _token: usize, notice: &Notice) {
        let Some(queue) = self.queue() else { return };
        match self.key.filter {
            Filter::File(kind) => {
                let notes = if notice.events.contains(Events::VNODE_NOTES) { notice.notes } else { 0 };
                let concerns = notice.events.intersects(FileFilter::from(kind).interest());
                if concerns || notes & note::REVOKE != 0 {
                    queue.activate(&self, |status| Self::file_notice(status, kind, notes));
                }
            }
            Filter::Process => {
                queue::track_fork(&queue, &self, notice);
                queue.activate(&self, |status| Self::process_notice(status, notice));
            }
            Filter::Signal => queue.activate(&self, |status| {
                let is_mine = notice.data as u64 == status.event.identifier;
                status.event.data += i64::from(is_mine);
                is_mine
            }),
            Filter::Timer | Filter::User => {}
        }
    }
}

//! What can be waited for, and what is told.

use bitflags::bitflags;

bitflags! {
    /// Events of poll(2) (`POLL*`), and, above them, kinds of notes that only kqueue(2) knows.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct Events: u32 {
        const IN = 0x1;
        const PRIORITY = 0x2;
        /// Also `POLLWRNORM`.
        const OUT = 0x4;
        const ERROR = 0x8;
        const HANG_UP = 0x10;
        const NOT_OPEN = 0x20;
        const READ_NORMAL = 0x40;
        const READ_BAND = 0x80;
        const WRITE_BAND = 0x100;
        /// `EVFILT_VNODE`: the notice says which notes.
        const VNODE_NOTES = 0x1_0000;
        /// `EVFILT_PROC`: the notice says which note.
        const PROCESS_NOTES = 0x2_0000;
        /// `EVFILT_SIGNAL`: the notice's data is the signal's number.
        const SIGNALS = 0x4_0000;

        /// There is something to read.
        const READABLE = Self::IN.bits() | Self::READ_NORMAL.bits();
        /// What poll(2) reports whether it is asked for or not.
        const UNASKED = Self::ERROR.bits() | Self::HANG_UP.bits();
        /// What always holds for files that never make anybody wait.
        const ALWAYS = Self::READABLE.bits() | Self::OUT.bits();
        /// All that poll(2) knows.
        const POLLABLE = 0xffff;
    }
}

/// What an object tells its listeners.
#[derive(Clone, Copy, Debug)]
pub struct Notice {
    /// What may have begun to hold.
    pub events: Events,
    /// `NOTE_*` of kqueue(2), for the kinds of notes in `events`.
    pub notes: u32,
    /// What belongs to the note: an exit status, a child's number, a signal.
    pub data: i64,
}

impl Notice {
    /// A notice without notes.
    #[must_use]
    pub const fn of(events: Events) -> Self {
        Self { events, notes: 0, data: 0 }
    }
}

/// Filters of kqueue(2) that look at open files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFilter {
    /// `EVFILT_READ`.
    Read,
    /// `EVFILT_WRITE`.
    Write,
    /// `EVFILT_VNODE`: the object tells notes; a look finds nothing.
    Vnode,
}

impl FileFilter {
    /// The events that concern such a filter.
    #[must_use]
    pub const fn interest(self) -> Events {
        match self {
            Self::Read => Events::READABLE.union(Events::UNASKED),
            Self::Write => Events::OUT.union(Events::UNASKED),
            Self::Vnode => Events::VNODE_NOTES,
        }
    }
}

/// What a filter finds when it looks at an open file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Whether there is an event to report.
    pub ready: bool,
    /// Bytes that can be read or written now, or what the object counts instead.
    pub data: i64,
    /// `EV_EOF`.
    pub end: bool,
}

impl Reading {
    /// From what poll(2) finds of a filter's events; how much there is stays open.
    #[must_use]
    pub const fn of(found: Events) -> Self {
        Self { ready: !found.is_empty(), data: 0, end: found.contains(Events::HANG_UP) }
    }
}

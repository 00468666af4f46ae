//! Kernel event queues (kqueue(2)).
//!
//! A [`Queue`] holds knotes: what a program has asked for, one for each pair of filter and identifier. A knote is entered as a
//! listener in what it watches; a notice makes it active and puts it on its queue's list of ready knotes. kevent(2) walks
//! that list only, so that it costs what is ready, not what exists. A ready knote on a file is looked at again before it is
//! reported: what a notice promised may be gone.
//!
//! Lock order: the objects' own locks, a process's descriptors, lists of listeners, a queue's state, a knote's status (spin).
//! Objects are looked at with none of ours held. A descriptor's knotes go before its number can be had again.

mod attach;
mod event;
mod file;
mod knote;
mod queue;
mod scan;
mod timer;

pub use event::{Event, EventFlags, Filter};
pub use file::{QueueFile, create};
pub use queue::Queue;

/// `NOTE_*` that the kernel raises or reads.
pub mod note {
    /// `EVFILT_VNODE`: the last name went.
    pub const DELETE: u32 = 0x1;
    pub const WRITE: u32 = 0x2;
    pub const EXTEND: u32 = 0x4;
    pub const ATTRIBUTES: u32 = 0x8;
    /// The count of names changed.
    pub const LINK: u32 = 0x10;
    pub const RENAME: u32 = 0x20;
    pub const REVOKE: u32 = 0x40;

    /// `EVFILT_PROC`.
    pub const EXIT: u32 = 0x8000_0000;
    pub const FORK: u32 = 0x4000_0000;
    pub const EXEC: u32 = 0x2000_0000;
    /// Watch the children too.
    pub const TRACK: u32 = 0x1;
    pub const TRACK_ERROR: u32 = 0x2;
    pub const CHILD: u32 = 0x4;
}

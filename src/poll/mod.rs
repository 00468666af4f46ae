//! Waiting for any of several things: what poll(2), select(2) and kqueue(2) are made of.
//!
//! ```text
//!   poll, select            kevent
//!       |                      |
//!    waiting               kqueue::Queue, one Knote a filter
//!       |   Listener           |   Listener
//!       +----------+-----------+
//!                  |  entered in, and told by
//!              Listeners      one in each object that can be waited for
//! ```
//!
//! # What an object does
//!
//! A pipe, socket, terminal or device that can be waited for holds one [`Listeners`] and implements three methods of
//! [`FileObject`](crate::file::FileObject) (a character device those of its own trait):
//!
//! - `poll` says which events hold now, without waiting;
//! - `listeners` says where those who wait are entered. Without it the object's state never changes: who waits for what does
//!   not hold now is never told;
//! - `filter` says what kevent(2) reports: how much there is, and whether the end is reached. The default derives it from `poll`.
//!
//! Wherever it changes so that an event begins to hold, it calls [`Listeners::notify`]. Three rules keep wakes from being lost:
//!
//! 1. The state changes under the lock under which `poll` and `filter` look at it, and `notify` comes after the change, under
//!    that lock or after it. (Who waits enters first and looks then: one of the two sees the other.)
//! 2. `notify` names every event that may have begun to hold. One too many costs a look.
//! 3. Nothing that `notify` could reach is called with a lock that `poll` or `filter` of another object takes: listeners lock
//!    only themselves, so an object may notify under its own locks. Not so one that sends `SIGIO`
//!    ([`tells_when_ready`](crate::file::FileObject::tells_when_ready)): the host may run a program's handler at once, which
//!    may use the object. It holds no lock that a call takes.
//!
//! An object that nobody waits for pays one load and one branch.

mod events;
mod listeners;
mod waiting;

pub use events::{Events, FileFilter, Notice, Reading};
pub use listeners::{Listener, Listeners, Point, Registration};
pub use waiting::{Watched, wait};

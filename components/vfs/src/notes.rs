//! What is told to those who watch a file (kqueue(2)): changes of its data, attributes and names. Raised here for all file
//! systems: whatever changes a file goes through these methods.

use crate::attributes::AttributeChange;
use crate::vnode::{IoFlags, Vnode};
use rump::errno::Result;
use rump::kqueue::note;
use rump::poll::{Events, Listeners, Notice};
use rump::uio::Uio;

impl Vnode {
    /// Those who watch it.
    #[must_use]
    pub fn listeners(&self) -> &Listeners {
        &self.listeners
    }

    /// Tells those who watch it; `notes` are `NOTE_*` of `EVFILT_VNODE`.
    pub fn note(&self, notes: u32) {
        let mut events = Events::VNODE_NOTES;
        if notes & (note::WRITE | note::EXTEND) != 0 {
            events |= Events::READABLE;
        }
        self.listeners.notify(&Notice { events, notes, data: 0 });
    }

    /// The size, where somebody is to be told when it grows.
    fn watched_size(&self) -> Option<u64> {
        let is_watched = self.listeners.wanted(Events::VNODE_NOTES | Events::READABLE);
        is_watched.then(|| self.operations().attributes().ok()).flatten().map(|attributes| attributes.size)
    }

    /// `NOTE_EXTEND`, unless the size is what it was before.
    fn extension(&self, before: Option<u64>) -> u32 {
        let grown = self.watched_size().is_some_and(|size| before.is_none_or(|before| size > before));
        if grown { note::EXTEND } else { 0 }
    }

    /// Writes; as [`VnodeOperations::write`](crate::VnodeOperations::write).
    ///
    /// # Errors
    /// As there.
    pub fn write(&self, uio: &mut Uio<'_>, flags: IoFlags) -> Result<()> {
        let (before, total) = (self.watched_size(), uio.residual());
        let result = self.operations().write(uio, flags);
        if uio.residual() < total {
            self.note(note::WRITE | self.extension(before));
        }
        result
    }

    /// Changes attributes; as [`VnodeOperations::set_attributes`](crate::VnodeOperations::set_attributes).
    ///
    /// # Errors
    /// As there.
    pub fn set_attributes(&self, change: &AttributeChange) -> Result<()> {
        let before = self.watched_size();
        self.operations().set_attributes(change)?;
        let extension = if change.size.is_some() { self.extension(before) } else { 0 };
        self.note(note::ATTRIBUTES | extension);
        Ok(())
    }

    /// Makes room; as [`VnodeOperations::allocate`](crate::VnodeOperations::allocate).
    ///
    /// # Errors
    /// As there.
    pub fn allocate(&self, offset: u64, length: u64) -> Result<()> {
        let before = self.watched_size();
        self.operations().allocate(offset, length)?;
        self.note(self.extension(before));
        Ok(())
    }

    /// One of its names is gone.
    pub(crate) fn note_lost_name(&self) {
        if !self.listeners.wanted(Events::VNODE_NOTES) {
            return;
        }
        let has_names = self.operations().attributes().is_ok_and(|attributes| attributes.links > 0);
        self.note(if has_names { note::LINK } else { note::DELETE });
    }
}

//! What is done with the names of a directory, through the name cache.

use crate::attributes::NewFile;
use crate::name_cache::Known;
use crate::state::FileSystems;
use crate::vnode::{Vnode, VnodeRef};
use rump::errno::{Errno, Result};
use rump::kqueue::note;

impl Vnode {
    /// Finds an entry of this directory; as [`VnodeOperations::lookup`](crate::VnodeOperations::lookup).
    ///
    /// # Errors
    /// As there.
    pub fn lookup(&self, name: &[u8]) -> Result<VnodeRef> {
        if self.operations().is_indexed() || name == b".." {
            return self.operations().lookup(name);
        }
        let changes = match self.names.get(name) {
            Known::Absent => return Err(Errno::ENOENT),
            Known::File(number) => match self.mount.vnodes.get(number) {
                Some(vnode) => return Ok(vnode),
                // Remembered, but no longer in memory: the file system brings it back.
                None => return self.operations().lookup(name),
            },
            Known::Nothing(changes) => changes,
        };
        let found = self.operations().lookup(name);
        let forgotten = match &found {
            Ok(vnode) => self.names.remember(changes, name, Some(vnode.number)),
            Err(Errno::ENOENT) => self.names.remember(changes, name, None),
            Err(_) => 0,
        };
        if forgotten > 0
            && let Ok(state) = FileSystems::of(&self.mount.kernel)
        {
            state.forgotten_names.count(forgotten);
        }
        found
    }

    /// Makes a file; as [`VnodeOperations::create`](crate::VnodeOperations::create).
    ///
    /// # Errors
    /// As there.
    pub fn create(&self, name: &[u8], new: &NewFile) -> Result<VnodeRef> {
        let new = self.change_name(name, || self.operations().create(name, new))?;
        self.note(note::WRITE);
        Ok(new)
    }

    /// Makes a directory; as [`VnodeOperations::make_directory`](crate::VnodeOperations::make_directory).
    ///
    /// # Errors
    /// As there.
    pub fn make_directory(&self, name: &[u8], new: &NewFile) -> Result<VnodeRef> {
        let new = self.change_name(name, || self.operations().make_directory(name, new))?;
        self.note(note::WRITE | note::LINK);
        Ok(new)
    }

    /// Makes a symbolic link; as
    /// [`VnodeOperations::make_symbolic_link`](crate::VnodeOperations::make_symbolic_link).
    ///
    /// # Errors
    /// As there.
    pub fn make_symbolic_link(&self, name: &[u8], new: &NewFile, target: &[u8]) -> Result<VnodeRef> {
        let new = self.change_name(name, || self.operations().make_symbolic_link(name, new, target))?;
        self.note(note::WRITE);
        Ok(new)
    }

    /// Enters another name for a file; as [`VnodeOperations::link`](crate::VnodeOperations::link).
    ///
    /// # Errors
    /// As there.
    pub fn link(&self, name: &[u8], target: &Vnode) -> Result<()> {
        self.change_name(name, || self.operations().link(name, target))?;
        target.note(note::LINK);
        self.note(note::WRITE);
        Ok(())
    }

    /// Removes a name; as [`VnodeOperations::remove`](crate::VnodeOperations::remove).
    ///
    /// # Errors
    /// As there.
    pub fn remove(&self, name: &[u8], target: &Vnode) -> Result<()> {
        self.change_name(name, || self.operations().remove(name, target))?;
        target.note_lost_name();
        self.note(note::WRITE);
        Ok(())
    }

    /// Removes a directory; as [`VnodeOperations::remove_directory`](crate::VnodeOperations::remove_directory).
    ///
    /// # Errors
    /// As there.
    pub fn remove_directory(&self, name: &[u8], target: &Vnode) -> Result<()> {
        self.change_name(name, || self.operations().remove_directory(name, target))?;
        target.note(note::DELETE);
        self.note(note::WRITE | note::LINK);
        Ok(())
    }

    /// Makes or removes a whiteout; as [`VnodeOperations::set_whiteout`](crate::VnodeOperations::set_whiteout).
    ///
    /// # Errors
    /// As there.
    pub fn set_whiteout(&self, name: &[u8], is_there: bool) -> Result<()> {
        self.change_name(name, || self.operations().set_whiteout(name, is_there))?;
        self.note(note::WRITE);
        Ok(())
    }

    /// Moves a name; as [`VnodeOperations::rename`](crate::VnodeOperations::rename).
    ///
    /// # Errors
    /// As there.
    pub fn rename(
        &self,
        name: &[u8],
        source: &Vnode,
        to_directory: &Vnode,
        to_name: &[u8],
        replaced: Option<&Vnode>,
    ) -> Result<()> {
        self.change_name(name, || {
            to_directory.change_name(to_name, || {
                self.operations().rename(name, source, to_directory, to_name, replaced)
            })
        })?;
        self.note_rename(source, to_directory, replaced);
        Ok(())
    }

    /// `source` has been moved from this directory, where `replaced` was.
    fn note_rename(&self, source: &Vnode, to_directory: &Vnode, replaced: Option<&Vnode>) {
        let is_same = core::ptr::eq(self, to_directory);
        let counts = |changes: bool| if changes { note::WRITE | note::LINK } else { note::WRITE };
        let replaces_directory = replaced.is_some_and(Vnode::is_directory);
        source.note(note::RENAME);
        match replaced {
            Some(replaced) if replaces_directory => replaced.note(note::DELETE),
            Some(replaced) => replaced.note_lost_name(),
            None => {}
        }
        if !is_same {
            to_directory.note(counts(source.is_directory() && !replaces_directory));
        }
        self.note(counts(source.is_directory() && (!is_same || replaces_directory)));
    }

    fn change_name<R>(&self, name: &[u8], change: impl FnOnce() -> R) -> R {
        if self.operations().is_indexed() { change() } else { self.names.change(name, change) }
    }
}

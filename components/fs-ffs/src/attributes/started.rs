//! The extended attributes that are started on one mount, each with the file that holds it.
//!
//! The table's lock is held for looking at the table alone; files are read, written and let go of without it. Letting go of
//! the last use of a file may free it.

use crate::attributes::backing_file::{BackingFile, SlotOwner};
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use rump::errno::{Errno, Result};
use rump::memory;
use rump::sync::{Mutex, RwLock};
use vfs::extended_attributes::AttributeNamespace;
use vfs::mount::Mount;

/// One attribute.
pub(crate) struct StartedAttribute {
    pub namespace: AttributeNamespace,
    pub name: Box<[u8]>,
    pub file: BackingFile,
}

impl StartedAttribute {
    fn key(&self) -> (AttributeNamespace, &[u8]) {
        (self.namespace, &self.name)
    }
}

/// The attributes of a mount.
#[derive(Default)]
pub(crate) struct StartedAttributes {
    /// By namespace and name; `None` while attributes are not started.
    entries: RwLock<Option<Vec<Arc<StartedAttribute>>>>,
    /// Held by whoever makes a file for an attribute that has none, or starts and stops attributes.
    pub creation: Mutex<()>,
}

impl StartedAttributes {
    /// Whether attributes can be kept.
    pub fn are_started(&self) -> bool {
        self.entries.read().is_some()
    }

    /// Begins without any.
    ///
    /// # Errors
    /// `EBUSY` when they are started.
    pub fn start(&self) -> Result<()> {
        let mut entries = self.entries.write();
        if entries.is_some() {
            return Err(Errno::EBUSY);
        }
        *entries = Some(Vec::new());
        Ok(())
    }

    /// Ends it; gives what there was, for the caller to let go of.
    pub fn stop(&self) -> Option<Vec<Arc<StartedAttribute>>> {
        self.entries.write().take()
    }

    /// Puts back what [`stop`](Self::stop) gave, unless they have been started since.
    pub fn resume(&self, former: Vec<Arc<StartedAttribute>>) {
        let mut entries = self.entries.write();
        if entries.is_none() {
            *entries = Some(former);
        }
    }

    /// The attribute of that name.
    pub fn find(&self, namespace: AttributeNamespace, name: &[u8]) -> Option<Arc<StartedAttribute>> {
        let entries = self.entries.read();
        let entries = entries.as_ref()?;
        let place = entries.binary_search_by(|entry| entry.key().cmp(&(namespace, name))).ok()?;
        entries.get(place).cloned()
    }

    /// # Errors
    /// `EOPNOTSUPP` when attributes are not started; `EEXIST` when that one is.
    pub fn check_absent(&self, namespace: AttributeNamespace, name: &[u8]) -> Result<()> {
        if !self.are_started() {
            return Err(Errno::EOPNOTSUPP);
        }
        if self.find(namespace, name).is_some() { Err(Errno::EEXIST) } else { Ok(()) }
    }

    /// Adds one, and gives it.
    ///
    /// # Errors
    /// As [`check_absent`](Self::check_absent); `ENOMEM`.
    pub fn add(
        &self,
        namespace: AttributeNamespace,
        name: &[u8],
        file: BackingFile,
    ) -> Result<Arc<StartedAttribute>> {
        let mut copy = memory::vector(name.len())?;
        copy.extend_from_slice(name);
        let new = Arc::new(StartedAttribute { namespace, name: copy.into_boxed_slice(), file });
        let mut entries = self.entries.write();
        let entries = entries.as_mut().ok_or(Errno::EOPNOTSUPP)?;
        let place = match entries.binary_search_by(|entry| entry.key().cmp(&new.key())) {
            Ok(_) => return Err(Errno::EEXIST),
            Err(place) => place,
        };
        memory::reserve(entries, 1)?;
        entries.insert(place, Arc::clone(&new));
        Ok(new)
    }

    /// Takes one out, for the caller to let go of.
    ///
    /// # Errors
    /// `ENODATA` when it is not there.
    pub fn remove(&self, namespace: AttributeNamespace, name: &[u8]) -> Result<Arc<StartedAttribute>> {
        let mut entries = self.entries.write();
        let entries = entries.as_mut().ok_or(Errno::ENODATA)?;
        let place = entries.binary_search_by(|entry| entry.key().cmp(&(namespace, name)));
        Ok(entries.remove(place.map_err(|_| Errno::ENODATA)?))
    }

    /// All of a namespace, or of both.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn all(&self, namespace: Option<AttributeNamespace>) -> Result<Vec<Arc<StartedAttribute>>> {
        let entries = self.entries.read();
        let Some(entries) = &*entries else { return Ok(Vec::new()) };
        let wanted =
            |entry: &&Arc<StartedAttribute>| namespace.is_none_or(|wanted| wanted == entry.namespace);
        let mut all = Vec::new();
        // What this list is for may make room: the kernel's own limit does not count.
        all.try_reserve_exact(entries.len()).map_err(|_| Errno::ENOMEM)?;
        all.extend(entries.iter().filter(wanted).cloned());
        Ok(all)
    }

    /// The numbers of the files that are on `mount` itself.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn files_on(&self, mount: &Arc<Mount>) -> Result<Vec<u64>> {
        let all = self.all(None)?;
        let mut numbers = Vec::new();
        numbers.try_reserve_exact(all.len()).map_err(|_| Errno::ENOMEM)?;
        let vnodes = all.iter().map(|entry| &entry.file.vnode);
        numbers.extend(vnodes.filter(|vnode| Arc::ptr_eq(&vnode.mount, mount)).map(|vnode| vnode.number));
        Ok(numbers)
    }

    /// Takes all values of a file away that is going.
    pub fn forget(&self, owner: SlotOwner) {
        for entry in self.all(None).unwrap_or_default() {
            entry.file.forget(owner);
        }
    }
}

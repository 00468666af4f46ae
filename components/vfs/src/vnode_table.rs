//! The vnodes of one mount that are in memory.

use crate::mount::Mount;
use crate::vnode::{NewVnode, SyncScope, Vnode, VnodeRef};
use alloc::sync::Arc;
use alloc::vec::Vec;
use hashbrown::HashMap;
use rump::errno::{Errno, Result};
use rump::kqueue::note;
use rump::memory;
use rump::sync::Mutex;

#[derive(Default)]
struct Table {
    by_number: HashMap<u64, Arc<Vnode>>,
    /// Counts removals: a node that was read from the device before one may be out of date, or another file's by now.
    removals: u64,
}

/// Vnodes that are kept however little memory there is.
const FEW: usize = 64;

/// Vnodes by number. Those that nobody uses stay, for the next use, until there are too many.
pub struct VnodeTable {
    table: Mutex<Table>,
    limit: usize,
}

impl VnodeTable {
    pub(crate) fn new(limit: usize) -> Self {
        Self { table: Mutex::default(), limit: limit.max(FEW) }
    }

    /// The vnode of that number, if it is in memory.
    #[must_use]
    pub fn get(&self, number: u64) -> Option<VnodeRef> {
        // The use is counted under the lock, so that eviction sees it.
        self.table.lock().by_number.get(&number).map(|vnode| VnodeRef::new(Arc::clone(vnode)))
    }

    /// The vnode of that number; `load` makes it when it is not in memory, and may run more than once.
    ///
    /// # Errors
    /// What `load` says.
    pub fn get_or_load(
        &self,
        mount: &Arc<Mount>,
        number: u64,
        load: &mut dyn FnMut() -> Result<NewVnode>,
    ) -> Result<VnodeRef> {
        loop {
            let removals = {
                let table = self.table.lock();
                if let Some(vnode) = table.by_number.get(&number) {
                    return Ok(VnodeRef::new(Arc::clone(vnode)));
                }
                table.removals
            };
            let vnode = Vnode::new(Arc::clone(mount), load()?);
            let mut table = self.table.lock();
            if table.removals != removals {
                continue;
            }
            table.by_number.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
            let vnode = VnodeRef::new(Arc::clone(table.by_number.entry(number).or_insert(vnode)));
            let count = table.by_number.len();
            drop(table);
            if count > self.limit || (count > FEW && memory::is_low()) {
                self.evict(count / 8);
            }
            return Ok(vnode);
        }
    }

    /// Takes a vnode out, if it is in memory: its number is about to be given to another file.
    pub fn remove(&self, number: u64) -> Option<Arc<Vnode>> {
        let mut table = self.table.lock();
        table.removals += 1;
        table.by_number.remove(&number)
    }

    /// Has every vnode that is being brought into memory now read anew: the file system has changed on its device.
    pub fn distrust_loading(&self) {
        self.table.lock().removals += 1;
    }

    /// Takes a vnode out unless it has been taken into use again: its file is gone, and so may its memory be.
    pub fn remove_unused(&self, number: u64) {
        let mut table = self.table.lock();
        let unused = table.by_number.get(&number).is_some_and(|vnode| vnode.uses() == 0);
        table.removals += u64::from(unused);
        let former = if unused { table.by_number.remove(&number) } else { None };
        // Dropped outside the lock.
        drop(table);
        drop(former);
    }

    /// Ends a vnode that nobody uses but the caller, after making it stable: it leaves the table, and can do nothing any more.
    /// `own_uses` are the caller's.
    ///
    /// # Errors
    /// `EBUSY` when it is in use otherwise, is open or locked, or its file has no name, so that it goes with its last use; what
    /// making it stable says.
    pub fn reclaim(&self, vnode: &VnodeRef, own_uses: u32) -> Result<()> {
        vnode.operations().sync(SyncScope::Everything)?;
        if vnode.special.is_open() || vnode.handle_lock.mode().is_some() {
            return Err(Errno::EBUSY);
        }
        {
            let mut table = self.table.lock();
            let known =
                table.by_number.get(&vnode.number).is_some_and(|known| Arc::ptr_eq(known, vnode.vnode()));
            if !known || vnode.uses() > own_uses {
                return Err(Errno::EBUSY);
            }
            table.removals += 1;
            table.by_number.remove(&vnode.number);
            vnode.set_reclaimed(true);
        }
        // Names change with the vnode in use only: from here on they are another vnode's.
        if vnode.has_no_name() {
            vnode.set_reclaimed(false);
            self.table.lock().by_number.entry(vnode.number).or_insert_with(|| Arc::clone(vnode.vnode()));
            return Err(Errno::EBUSY);
        }
        vnode.note(note::REVOKE);
        Ok(())
    }

    /// All vnodes in memory, in the order of their numbers: near each other on most devices, and the same in every run.
    ///
    /// # Errors
    /// `ENOMEM` when the host has no room for the list.
    pub fn all(&self) -> Result<Vec<Arc<Vnode>>> {
        let mut all = Vec::new();
        {
            let table = self.table.lock();
            // The kernel's own limit does not count here: what this list is for may make room.
            all.try_reserve_exact(table.by_number.len()).map_err(|_| Errno::ENOMEM)?;
            all.extend(table.by_number.values().cloned());
        }
        all.sort_unstable_by_key(|vnode| vnode.number);
        Ok(all)
    }

    /// Whether any vnode is in use beside the file system's own uses, which are given by number.
    #[must_use]
    pub fn any_in_use(&self, own: &[u64]) -> bool {
        let own_uses = |vnode: &Vnode| own.iter().filter(|&&number| number == vnode.number).count();
        let table = self.table.lock();
        table.by_number.values().any(|vnode| vnode.uses() as usize > own_uses(vnode))
    }

    /// Drops up to `most` unused vnodes, least recently used first, after making them stable.
    fn evict(&self, most: usize) {
        let mut idle = Vec::new();
        {
            let table = self.table.lock();
            if idle.try_reserve_exact(table.by_number.len()).is_err() {
                return;
            }
            let unused = table.by_number.values().filter(|vnode| vnode.uses() == 0);
            idle.extend(unused.map(|vnode| (vnode.activity(), Arc::clone(vnode))));
        }
        idle.sort_unstable_by_key(|(activity, _)| *activity);
        for (activity, vnode) in idle.into_iter().take(most) {
            if vnode.operations().sync(SyncScope::Everything).is_err() {
                continue;
            }
            let mut table = self.table.lock();
            // Used since: it may be dirty again. Evicted by another thread since: its number may lead to another vnode.
            let same = table.by_number.get(&vnode.number).is_some_and(|known| Arc::ptr_eq(known, &vnode));
            if same && vnode.uses() == 0 && vnode.activity() == activity {
                table.removals += 1;
                table.by_number.remove(&vnode.number);
            }
        }
    }

    /// Forgets all vnodes, and tells those who watch them; for unmounting.
    pub fn clear(&self) {
        let former = core::mem::take(&mut self.table.lock().by_number);
        for vnode in former.values() {
            vnode.note(note::REVOKE);
        }
    }
}

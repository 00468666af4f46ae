//! All processes of one kernel.

use super::session::Membership;
use super::{Credentials, DescriptorTable, Limits, Process, Seed};
use crate::errno::{Errno, Result};
use crate::kernel::Kernel;
use crate::memory;
use crate::sched::Lwp;
use crate::sync::{Mutex, SpinMutex};
use crate::trace::Tracing;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Processes by number. Process 0 is the kernel's own, process 1 the one that threads without an lwp run in.
pub struct ProcessTable {
    processes: Mutex<Numbered>,
    /// Held while processes change groups.
    pub(super) groups: Mutex<()>,
    /// Processes 0 and 1, until the kernel is shut down.
    permanent: SpinMutex<Option<[Arc<Process>; 2]>>,
}

struct Numbered {
    by_id: BTreeMap<i32, Arc<Process>>,
    next: i32,
}

impl ProcessTable {
    /// The number of the init process.
    pub const INIT: i32 = 1;
    /// The highest number, and the most processes.
    pub const HIGHEST: i32 = 30_000;

    pub(crate) const fn new() -> Self {
        let processes = Mutex::new(Numbered { by_id: BTreeMap::new(), next: 2 });
        Self { processes, groups: Mutex::new(()), permanent: SpinMutex::new(None) }
    }

    /// Makes processes 0 and 1.
    pub(crate) fn populate(kernel: &Arc<Kernel>) {
        let table = &kernel.processes;
        let membership = Membership::first();
        let make = |id| {
            let seed = Seed {
                id,
                parent: 0,
                descriptors: Arc::new(DescriptorTable::new()),
                limits: Limits::default(),
                credentials: Credentials::superuser(),
                file_context: None,
                membership: membership.clone(),
                tracing: Tracing::default(),
            };
            let process = Process::new(kernel, seed);
            table.processes.lock().by_id.insert(id, Arc::clone(&process));
            process
        };
        let permanent = [make(0), make(Self::INIT)];
        *table.permanent.lock() = Some(permanent);
    }

    fn permanent(&self, id: usize) -> Result<Arc<Process>> {
        self.permanent.lock().as_ref().map(|processes| Arc::clone(&processes[id])).ok_or(Errno::ENXIO)
    }

    /// Process 0, whose lwps are the kernel's threads.
    ///
    /// # Errors
    /// `ENXIO` once the kernel has been shut down.
    pub fn system(&self) -> Result<Arc<Process>> {
        self.permanent(0)
    }

    /// Process 1.
    ///
    /// # Errors
    /// `ENXIO` once the kernel has been shut down.
    pub fn init(&self) -> Result<Arc<Process>> {
        self.permanent(1)
    }

    /// The process of that number.
    ///
    /// # Errors
    /// `ESRCH` when there is none.
    pub fn find(&self, id: i32) -> Result<Arc<Process>> {
        self.processes.lock().by_id.get(&id).cloned().ok_or(Errno::ESRCH)
    }

    /// All processes now.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn all(&self) -> Result<Vec<Arc<Process>>> {
        let numbered = self.processes.lock();
        let mut all = memory::vector(numbered.by_id.len())?;
        all.extend(numbered.by_id.values().cloned());
        Ok(all)
    }

    /// The process at that address, for handles that come from C programs.
    #[must_use]
    pub fn at(&self, address: usize) -> Option<Arc<Process>> {
        self.processes.lock().by_id.values().find(|process| Arc::as_ptr(process).addr() == address).cloned()
    }

    /// The lwp at that address, for handles that come from C programs.
    #[must_use]
    pub fn lwp_at(&self, address: usize) -> Option<Arc<Lwp>> {
        // The list of processes is locked before a process's list of lwps.
        self.processes.lock().by_id.values().find_map(|process| process.has_lwp_at(address))
    }

    /// Runs `each` on every lwp of every process; on those that are lent not.
    pub(crate) fn for_lwps(&self, each: &mut dyn FnMut(&Lwp)) {
        for process in self.processes.lock().by_id.values() {
            process.for_lwps(each);
        }
    }

    /// Makes a process with a fresh number.
    ///
    /// # Errors
    /// `EAGAIN` when all numbers are taken.
    pub(super) fn insert(&self, make: impl FnOnce(i32) -> Arc<Process>) -> Result<Arc<Process>> {
        let mut numbered = self.processes.lock();
        if numbered.by_id.len() >= Self::HIGHEST as usize {
            return Err(Errno::EAGAIN);
        }
        while numbered.by_id.contains_key(&numbered.next) {
            numbered.advance();
        }
        let id = numbered.next;
        numbered.advance();
        let process = make(id);
        numbered.by_id.insert(id, Arc::clone(&process));
        Ok(process)
    }

    pub(super) fn remove(&self, id: i32) {
        self.processes.lock().by_id.remove(&id);
    }

    pub(crate) fn clear(&self) {
        let processes = core::mem::take(&mut self.processes.lock().by_id);
        for process in processes.into_values() {
            process.descriptors.close_all();
            process.timers.clear();
            process.clear_lwps();
        }
        // Dropped outside the lock.
        let permanent = self.permanent.lock().take();
        drop(permanent);
    }
}

impl Numbered {
    fn advance(&mut self) {
        self.next = if self.next >= ProcessTable::HIGHEST { 2 } else { self.next + 1 };
    }
}

//! Processes: identities, descriptors, limits, and the lwps that run in them.

mod credentials;
mod descriptors;
mod limits;
mod session;
mod table;
mod usage;

pub use credentials::{Credentials, MOST_GROUPS};
pub use descriptors::{Descriptor, DescriptorTable};
pub use limits::{Limit, Limits, Resource};
pub use session::{LOGIN_NAME, Session};
pub use table::ProcessTable;
pub use usage::{Usage, count_block_transfer};

use crate::errno::{Errno, Result};
use crate::kernel::Kernel;
use crate::kqueue::note;
use crate::memory;
use crate::poll::{Events, Listeners, Notice};
use crate::sched::Lwp;
use crate::signal::Signals;
use crate::sync::{Mutex, Once, RwLock, SpinMutex, set_once};
use crate::timer::Timers;
use crate::trace::Tracing;
use crate::user_memory::AddressSpace;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::any::Any;
use core::sync::atomic::{AtomicI32, AtomicU64, Ordering};
use session::Membership;

/// What a component keeps for each process; the working directory, for one.
pub trait ProcessState: Any + Send + Sync {
    /// The child's own, made from the parent's.
    fn fork(&self) -> Arc<dyn ProcessState>;
}

/// How a new process gets its descriptors (`rump_pub_lwproc_rfork`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DescriptorInheritance {
    Share,
    Copy,
    Clear,
}

/// A process.
pub struct Process {
    pub id: i32,
    /// The number that it tells, which a program can change (`rump_pub_allbetsareoff_setid`).
    pub told_id: AtomicI32,
    pub parent: i32,
    pub kernel: Arc<Kernel>,
    /// Where its memory is.
    pub space: AddressSpace,
    pub descriptors: Arc<DescriptorTable>,
    pub limits: Mutex<Limits>,
    /// The current limit on file sizes once more, for each write to look at.
    file_size_limit: AtomicU64,
    credentials: RwLock<Arc<Credentials>>,
    /// Root, working directory and umask; set by component vfs.
    file_context: Once<Arc<dyn ProcessState>>,
    /// Signals that wait to be taken.
    pub signals: Signals,
    pub timers: Timers,
    pub usage: Usage,
    /// What its children had used when they ended, with their own children.
    pub children: Usage,
    /// What is traced of it.
    pub tracing: Tracing,
    membership: SpinMutex<Membership>,
    lwps: Mutex<Vec<Arc<Lwp>>>,
    /// Lwps of the kernel's threads that work for it.
    workers: Mutex<Vec<Arc<Lwp>>>,
    next_lwp: AtomicI32,
    /// Knotes on the process: `EVFILT_PROC`, `EVFILT_SIGNAL`.
    pub listeners: Listeners,
}

/// What a process starts with.
struct Seed {
    id: i32,
    parent: i32,
    descriptors: Arc<DescriptorTable>,
    limits: Limits,
    credentials: Arc<Credentials>,
    file_context: Option<Arc<dyn ProcessState>>,
    membership: Membership,
    tracing: Tracing,
}

impl Process {
    fn new(kernel: &Arc<Kernel>, seed: Seed) -> Arc<Self> {
        let file_context = Once::new();
        if let Some(context) = seed.file_context {
            file_context.call_once(|| context);
        }
        Arc::new(Self {
            id: seed.id,
            told_id: AtomicI32::new(seed.id),
            parent: seed.parent,
            kernel: Arc::clone(kernel),
            space: AddressSpace::Local,
            descriptors: seed.descriptors,
            file_size_limit: AtomicU64::new(seed.limits.get(Resource::FileSize).current),
            limits: Mutex::new(seed.limits),
            credentials: RwLock::new(seed.credentials),
            file_context,
            signals: Signals::new(),
            timers: Timers::new(),
            usage: Usage::default(),
            children: Usage::default(),
            tracing: seed.tracing,
            membership: SpinMutex::new(seed.membership),
            lwps: Mutex::new(Vec::new()),
            workers: Mutex::new(Vec::new()),
            next_lwp: AtomicI32::new(1),
            listeners: Listeners::new(),
        })
    }

    /// A child of this process, without an lwp.
    ///
    /// # Errors
    /// `EAGAIN` when there are too many processes; `ENOMEM`.
    pub fn fork(&self, inheritance: DescriptorInheritance) -> Result<Arc<Self>> {
        memory::check_room(memory::SMALL)?;
        self.check_process_limit()?;
        let descriptors = match inheritance {
            DescriptorInheritance::Share => {
                self.descriptors.join();
                Arc::clone(&self.descriptors)
            }
            DescriptorInheritance::Copy => Arc::new(self.descriptors.duplicate()?),
            DescriptorInheritance::Clear => Arc::new(DescriptorTable::new()),
        };
        let limits = self.limits.lock().clone();
        let file_context = self.file_context.get().map(|context| context.fork());
        let child = self.kernel.processes.insert(|id| {
            let seed = Seed {
                id,
                parent: self.id,
                descriptors,
                limits,
                credentials: self.credentials(),
                file_context,
                membership: self.membership.lock().clone(),
                tracing: self.tracing.inherited(),
            };
            Self::new(&self.kernel, seed)
        })?;
        self.note(note::FORK, i64::from(child.id));
        Ok(child)
    }

    /// Tells those who watch the process (`EVFILT_PROC`).
    pub fn note(&self, notes: u32, data: i64) {
        self.listeners.notify(&Notice { events: Events::PROCESS_NOTES, notes, data });
    }

    /// Whether its user may have one more process (`RLIMIT_NPROC`); the superuser may.
    fn check_process_limit(&self) -> Result<()> {
        let limit = self.limits.lock().get(Resource::Processes).current;
        let who = self.credentials();
        if limit >= Limit::INFINITY || who.is_superuser() {
            return Ok(());
        }
        let all = self.kernel.processes.all()?;
        let own = all.iter().filter(|process| process.credentials().real_user == who.real_user).count();
        if own as u64 >= limit { Err(Errno::EAGAIN) } else { Ok(()) }
    }

    /// Bytes that a file may grow to by its writes (`RLIMIT_FSIZE`).
    #[must_use]
    pub fn file_size_limit(&self) -> u64 {
        self.file_size_limit.load(Ordering::Relaxed)
    }

    /// Changes the limits of resource number `number`.
    ///
    /// # Errors
    /// `EINVAL` when there is no such resource, or the current limit is above the maximum; `EPERM` for a higher maximum than
    /// before, but for the superuser.
    pub fn set_limit(&self, number: i32, new: Limit, by_superuser: bool) -> Result<()> {
        let mut limits = self.limits.lock();
        let limit = limits.by_number(number).ok_or(Errno::EINVAL)?;
        if new.current > new.maximum {
            return Err(Errno::EINVAL);
        }
        if new.maximum > limit.maximum && !by_superuser {
            return Err(Errno::EPERM);
        }
        *limit = new;
        if number == Resource::Processes as i32 {
            limit.cut_to(ProcessTable::HIGHEST as u64);
        }
        self.file_size_limit.store(limits.get(Resource::FileSize).current, Ordering::Relaxed);
        Ok(())
    }

    /// Who it is now.
    #[must_use]
    pub fn credentials(&self) -> Arc<Credentials> {
        Arc::clone(&self.credentials.read())
    }

    /// Changes who it is by `change`, which may refuse.
    ///
    /// # Errors
    /// What `change` says; nothing has changed then.
    pub fn change_credentials(&self, change: impl FnOnce(&mut Credentials) -> Result<()>) -> Result<()> {
        let mut current = self.credentials.write();
        let mut new = Credentials::clone(&current);
        change(&mut new)?;
        *current = Arc::new(new);
        Ok(())
    }

    /// What component vfs keeps for it.
    #[must_use]
    pub fn file_context<T: Any>(&self) -> Option<&T> {
        let state: &dyn Any = &**self.file_context.get()?;
        state.downcast_ref()
    }

    /// Sets what component vfs keeps for it, once.
    ///
    /// # Errors
    /// `EEXIST` when it was set before.
    pub fn set_file_context(&self, state: Arc<dyn ProcessState>) -> Result<()> {
        set_once(&self.file_context, state)
    }

    /// The limit on its descriptor numbers (`RLIMIT_NOFILE`).
    #[must_use]
    pub fn descriptor_limit(&self) -> usize {
        let current = self.limits.lock().get(Resource::OpenFiles).current;
        usize::try_from(current).unwrap_or(usize::MAX)
    }

    /// A new lwp that no thread runs yet.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn new_lwp(self: &Arc<Self>) -> Result<Arc<Lwp>> {
        self.add_lwp(&self.lwps)
    }

    fn add_lwp(self: &Arc<Self>, list: &Mutex<Vec<Arc<Lwp>>>) -> Result<Arc<Lwp>> {
        memory::check_room(memory::SMALL)?;
        let mut lwps = list.lock();
        memory::reserve(&mut lwps, 1)?;
        let id = self.next_lwp.fetch_add(1, Ordering::Relaxed);
        let lwp = Arc::new(Lwp::new(Arc::clone(self), id));
        lwps.push(Arc::clone(&lwp));
        Ok(lwp)
    }

    /// An lwp for a thread of the kernel's that works for this process. The process ends without it, and signals do not
    /// interrupt it.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub(crate) fn new_worker_lwp(self: &Arc<Self>) -> Result<Arc<Lwp>> {
        self.add_lwp(&self.workers)
    }

    /// An lwp to lend to threads without one; it is on its kernel's list, not on ours.
    pub(crate) fn new_implicit_lwp(self: &Arc<Self>) -> Arc<Lwp> {
        let id = self.next_lwp.fetch_add(1, Ordering::Relaxed);
        Arc::new(Lwp::new_implicit(Arc::clone(self), id))
    }

    /// Whether it has an lwp at that address, for handles that come from C programs.
    #[must_use]
    pub fn has_lwp_at(&self, address: usize) -> Option<Arc<Lwp>> {
        let of = |list: &Mutex<Vec<Arc<Lwp>>>| {
            list.lock().iter().find(|lwp| Arc::as_ptr(lwp).addr() == address).cloned()
        };
        of(&self.lwps).or_else(|| of(&self.workers))
    }

    /// Takes an lwp off the list; its thread runs it for the last time. With the last one the process ends: nobody finds it
    /// any more, its record locks go, and its descriptors are closed unless others share them. Closing may block, so the
    /// caller is inside the kernel.
    pub fn remove_lwp(&self, lwp: &Lwp) {
        let is_another = |known: &Arc<Lwp>| !core::ptr::eq(Arc::as_ptr(known), lwp);
        self.workers.lock().retain(is_another);
        let last = {
            let mut lwps = self.lwps.lock();
            let before = lwps.len();
            lwps.retain(is_another);
            lwps.is_empty() && before > 0
        };
        if last && self.id > ProcessTable::INIT {
            self.abandon();
        }
    }

    /// Ends the process, which has no lwp.
    pub(crate) fn abandon(&self) {
        self.kernel.processes.remove(self.id);
        self.note(note::EXIT, 0);
        self.timers.clear();
        if let Ok(parent) = self.kernel.processes.find(self.parent) {
            parent.children.add(&self.usage);
            parent.children.add(&self.children);
        }
        self.kernel.process_has_ended(self);
        self.descriptors.for_each_file(&mut |file| file.object().descriptor_closed(self.id));
        if self.descriptors.leave() {
            self.descriptors.close_all();
        }
    }

    /// Ends the interruptible sleeps of its lwps that do not hold `signal` back.
    pub(crate) fn interrupt(&self, signal: i32) {
        let wants = |lwp: &Lwp| !lwp.signal_mask.get().contains(signal);
        for lwp in self.lwps.lock().iter().filter(|lwp| wants(lwp)) {
            lwp.interrupt();
        }
        if self.id == ProcessTable::INIT {
            self.kernel.for_implicit_lwps(&mut |lwp| {
                if wants(lwp) {
                    lwp.interrupt();
                }
            });
        }
    }

    fn for_lwps(&self, each: &mut dyn FnMut(&Lwp)) {
        for lwp in self.lwps.lock().iter() {
            each(lwp);
        }
    }

    /// Its lwp of that number; one that is lent has none for others.
    #[must_use]
    pub fn lwp(&self, id: i32) -> Option<Arc<Lwp>> {
        self.lwps.lock().iter().find(|lwp| lwp.id == id).cloned()
    }

    fn clear_lwps(&self) {
        self.lwps.lock().clear();
    }
}

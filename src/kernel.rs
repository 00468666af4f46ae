//! What one kernel consists of. Nothing of it is global: two kernels in one process know nothing of each other.

use crate::component::Slots;
use crate::errno::{Errno, Result};
use crate::event_counter::EventCounters;
use crate::host::{clock, console, parameter};
use crate::memory::Prefaulter;
use crate::module::Modules;
use crate::process::{Process, ProcessTable};
use crate::sched::{self, CalloutQueue, CrossCalls, Lwp, StatisticsClock, VirtualCpus};
use crate::secure_level::SecureLevel;
use crate::semaphore::Semaphores;
use crate::sync::{Mutex, Once, RwLock, SpinMutex, set_once};
use crate::sysctl::{self, SysctlTree};
use crate::time::Timespec;
use crate::time_of_day::TimeOfDay;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// How a kernel is to be.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// Virtual CPUs (`RUMP_NCPU`), at least 1.
    pub cpus: usize,
    /// Whether it may have threads of its own (`RUMP_THREADS`): without, what needs one fails with `EAGAIN`, and what can do
    /// without one does.
    pub threads: bool,
    /// Whether a thread of its own makes memory ready for files that grow: not where one processor is to be enough, nor where
    /// nothing may depend on what other kernels of the process have in memory.
    pub prefault: bool,
    /// Whether the boot messages are printed (`RUMP_VERBOSE`).
    pub verbose: bool,
    /// The host name that `uname` answers with.
    pub host_name: String,
    /// Vnodes kept in memory at most (`RUMP_NVNODES`).
    pub vnodes: usize,
}

impl Configuration {
    const DEFAULT_CPUS: usize = 2;
    pub(crate) const MOST_CPUS: usize = 256;
    const DEFAULT_VNODES: usize = 16 * 1024;

    /// A quiet kernel with `cpus` virtual CPUs and few vnodes, whatever the host's parameters say; it does nothing ahead of time.
    #[must_use]
    pub fn small(cpus: usize) -> Self {
        Self {
            cpus,
            threads: true,
            prefault: false,
            verbose: false,
            host_name: "rumpkern".into(),
            vnodes: 64,
        }
    }

    /// What the host's parameters ask for.
    #[must_use]
    pub fn from_host() -> Self {
        let threads = !parameter::get("RUMP_THREADS").is_some_and(|value| value.starts_with('0'));
        let cpus = match parameter::get("RUMP_NCPU").as_deref() {
            Some("host") => parameter::host_cpu_count().unwrap_or(1),
            Some(number) => number.trim().parse().unwrap_or(Self::DEFAULT_CPUS),
            None => Self::DEFAULT_CPUS,
        };
        let verbose = parameter::get("RUMP_VERBOSE").is_some_and(|value| value != "0");
        let vnodes = parameter::get("RUMP_NVNODES").and_then(|value| value.trim().parse().ok());
        let cpus = cpus.clamp(1, Self::MOST_CPUS);
        Self {
            cpus,
            threads,
            prefault: cpus > 1 && threads,
            verbose,
            host_name: parameter::host_name().unwrap_or_else(|| "rumpkern".into()),
            vnodes: vnodes.unwrap_or(Self::DEFAULT_VNODES),
        }
    }
}

/// What core files are called where nobody has said it, as in the original.
const CORE_NAME: &[u8; 8] = b"rumpdump";

/// One rump kernel.
pub struct Kernel {
    /// How it was asked to be.
    pub configuration: Configuration,
    /// The threads that may run in it at once.
    pub cpus: VirtualCpus,
    /// All processes.
    pub processes: ProcessTable,
    /// What runs later.
    pub callouts: CalloutQueue,
    /// Who uses its virtual CPUs.
    pub statistics: StatisticsClock,
    /// What makes memory ready for files that grow.
    pub prefaulter: Prefaulter,
    /// The state of each component.
    pub slots: Slots,
    /// What it is made of, by name.
    pub modules: Modules,
    /// The name that `uname` answers with; `sethostname` changes it.
    pub host_name: Mutex<String>,
    /// The name of its (YP) domain.
    pub domain_name: Mutex<String>,
    /// The number that `gethostid` answers with.
    pub host_id: SpinMutex<i32>,
    /// How often events have happened.
    pub event_counters: EventCounters,
    /// What it tells about itself.
    pub sysctl: SysctlTree,
    /// What its clock shows.
    pub time_of_day: TimeOfDay,
    /// What even the superuser may not do.
    pub secure_level: SecureLevel,
    /// What core files are called by default.
    pub core_name: SpinMutex<Arc<[u8]>>,
    /// POSIX semaphores.
    pub semaphores: Arc<Semaphores>,
    boot_time: Timespec,
    /// The same moment on the host's monotonic clock.
    started_at: Timespec,
    pub(crate) cross_calls: CrossCalls,
    implicit: Implicit,
    host_file_keys: Once<Arc<dyn HostFileKeys>>,
    ends: Mutex<Vec<End>>,
    process_ends: RwLock<Vec<ProcessEnd>>,
}

/// What a component does when a process ends.
pub type ProcessEnd = Box<dyn Fn(&Process) + Send + Sync>;

/// How a component ends.
pub type End = Box<dyn FnOnce(&Kernel) -> Result<()> + Send>;

/// A host file that is to be seen in the name space (rump_etfs(3)).
#[derive(Clone, Copy, Debug)]
pub struct HostFileKey<'a> {
    /// The path, from the root, that names it.
    pub name: &'a [u8],
    pub host_path: &'a [u8],
    /// `enum rump_etfs_type`.
    pub kind: i32,
    /// First byte of the host's file that is seen.
    pub begin: u64,
    /// Bytes that are seen; `None` is all that follow.
    pub size: Option<u64>,
}

/// Component vfs's side of `rump_pub_etfs_*`, which librump exports.
pub trait HostFileKeys: Send + Sync {
    /// Adds a key. Errors: `EEXIST`; `EINVAL` for a bad type or window; the host's errno.
    fn register(&self, key: &HostFileKey<'_>) -> Result<()>;

    /// Removes a key. Errors: `ENOENT`; `EBUSY` for a mounted device.
    fn remove(&self, name: &[u8]) -> Result<()>;
}

#[derive(Default)]
struct Implicit {
    all: Mutex<Vec<Arc<Lwp>>>,
    idle: Mutex<Vec<Arc<Lwp>>>,
}

impl Kernel {
    /// Makes a kernel with processes 0 and 1 and no component.
    #[must_use]
    pub fn new(configuration: Configuration) -> Arc<Self> {
        let cpus = VirtualCpus::new(configuration.cpus);
        let statistics = StatisticsClock::new(cpus.count());
        let host_name = Mutex::new(configuration.host_name.clone());
        let event_counters = EventCounters::default();
        let kernel = Arc::new(Self {
            configuration,
            cpus,
            processes: ProcessTable::new(),
            callouts: CalloutQueue::new(&event_counters),
            statistics,
            prefaulter: Prefaulter::default(),
            slots: Slots::default(),
            modules: Modules::default(),
            host_name,
            domain_name: Mutex::default(),
            host_id: SpinMutex::new(0),
            sysctl: SysctlTree::default(),
            time_of_day: TimeOfDay::new(),
            secure_level: SecureLevel::default(),
            core_name: SpinMutex::new(Arc::from(*CORE_NAME)),
            semaphores: Arc::default(),
            boot_time: clock::wall(),
            started_at: clock::monotonic(),
            cross_calls: CrossCalls::new(&event_counters),
            event_counters,
            implicit: Implicit::default(),
            host_file_keys: Once::new(),
            ends: Mutex::default(),
            process_ends: RwLock::default(),
        });
        ProcessTable::populate(&kernel);
        if let Err(error) = sysctl::populate(&kernel.sysctl) {
            console::print(format_args!("rump: the sysctl tree is not complete: {error}\n"));
        }
        kernel
    }

    /// The time of day.
    #[must_use]
    pub fn now(&self) -> Timespec {
        self.time_of_day.now()
    }

    /// When it was made.
    #[must_use]
    pub fn boot_time(&self) -> Timespec {
        self.boot_time
    }

    /// When it was made, on the host's monotonic clock.
    #[must_use]
    pub fn started_at(&self) -> Timespec {
        self.started_at
    }

    /// Component vfs says how host files are named.
    ///
    /// # Errors
    /// `EEXIST` the second time.
    pub fn set_host_file_keys(&self, keys: Arc<dyn HostFileKeys>) -> Result<()> {
        set_once(&self.host_file_keys, keys)
    }

    /// How host files are named.
    ///
    /// # Errors
    /// `ENOSYS` when component vfs is not there.
    pub fn host_file_keys(&self) -> Result<&Arc<dyn HostFileKeys>> {
        self.host_file_keys.get().ok_or(Errno::ENOSYS)
    }

    /// An lwp for a thread that has none: a pooled or a new one of process 1.
    ///
    /// # Errors
    /// `ENXIO` once the kernel has been shut down.
    pub(crate) fn implicit_lwp(&self) -> Result<Arc<Lwp>> {
        if let Some(lwp) = self.implicit.idle.lock().pop() {
            return Ok(lwp);
        }
        let process = self.processes.init()?;
        // A thread must be able to come in, and most come to give something back: this is bookkeeping, which memory that is
        // low does not refuse.
        let mut all = self.implicit.all.lock();
        all.reserve(1);
        // All of them may be idle at once.
        let mut idle = self.implicit.idle.lock();
        let (wanted, has) = (all.capacity(), idle.len());
        idle.reserve(wanted - has);
        drop(idle);
        let lwp = process.new_implicit_lwp();
        all.push(Arc::clone(&lwp));
        Ok(lwp)
    }

    pub(crate) fn pool_implicit_lwp(&self, lwp: &Lwp) {
        let all = self.implicit.all.lock();
        if let Some(lwp) = all.iter().find(|known| core::ptr::eq(Arc::as_ptr(known), lwp)) {
            self.implicit.idle.lock().push(Arc::clone(lwp));
        }
    }

    /// The lwp at that address, lent ones among them, for handles that come from C code.
    pub(crate) fn lwp_at(&self, address: usize) -> Option<Arc<Lwp>> {
        let lent = |lwp: &&Arc<Lwp>| Arc::as_ptr(lwp).addr() == address;
        self.processes.lwp_at(address).or_else(|| self.implicit.all.lock().iter().find(lent).cloned())
    }

    /// Runs `each` on every lwp that is lent to threads without one.
    pub(crate) fn for_implicit_lwps(&self, each: &mut dyn FnMut(&Lwp)) {
        for lwp in self.implicit.all.lock().iter() {
            each(lwp);
        }
    }

    /// Runs `each` on every lwp, with their lists locked.
    pub(crate) fn for_lwps(&self, each: &mut dyn FnMut(&Lwp)) {
        self.processes.for_lwps(each);
        self.for_implicit_lwps(each);
    }

    /// Has `end` run whenever a process ends, before its descriptors are closed.
    pub fn on_process_end(&self, end: ProcessEnd) {
        self.process_ends.write().push(end);
    }

    pub(crate) fn process_has_ended(&self, process: &Process) {
        for end in self.process_ends.read().iter() {
            end(process);
        }
    }

    /// Has `end` run, before those that were named earlier, when the kernel is shut down.
    pub fn on_shut_down(&self, end: End) {
        self.ends.lock().push(end);
    }

    /// Ends the components, last one first: file systems are unmounted, for instance. A second call finds none.
    ///
    /// # Errors
    /// The first that a component gives; the others are ended all the same.
    pub fn end_components(&self) -> Result<()> {
        let mut result = Ok(());
        let ends = core::mem::take(&mut *self.ends.lock());
        for end in ends.into_iter().rev() {
            result = result.and(end(self));
        }
        result
    }

    /// Ends the components, last one first, and the kernel's own threads, and takes its processes apart. Only for a kernel
    /// that no thread is in any more. Afterwards its memory goes with the last reference.
    ///
    /// # Errors
    /// The first that a component gives: what it could not make stable, for instance. The kernel has ended all the same.
    pub fn shut_down(self: &Arc<Self>) -> Result<()> {
        let mut result = Ok(());
        if let Some(_inside) = sched::enter(|| Some(self)) {
            result = self.end_components();
            self.statistics.stop();
            self.prefaulter.stop();
            self.callouts.stop();
        }
        self.slots.clear();
        self.modules.clear();
        self.processes.clear();
        self.semaphores.clear();
        self.cpus.drop_spares();
        self.implicit.idle.lock().clear();
        let implicit = core::mem::take(&mut *self.implicit.all.lock());
        drop(implicit);
        result
    }
}

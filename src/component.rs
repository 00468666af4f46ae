//! Components: what is linked in or loaded later, and nothing else, makes up a kernel.
//!
//! A component's library registers its [`Component`] when the host loads it. `rump_init` starts all that are registered;
//! one that comes later starts at once in the default kernel.

use crate::errno::{Errno, Result};
use crate::host::console;
use crate::init;
use crate::kernel::Kernel;
use crate::sync::{Once, SpinMutex, set_once};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::any::Any;
use core::ptr;
use core::sync::atomic::{AtomicPtr, Ordering};

/// When a component starts, relative to the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// A namespace of its own that others hang things into: files, devices, networks.
    Faction,
    /// A driver, protocol or file system.
    Driver,
    /// What needs all of the above.
    Late,
}

/// One component. Its library holds it as a static.
pub struct Component {
    /// As the library is called: `vfs`, `fs_ffs`, `net_netinet`.
    pub name: &'static str,
    pub stage: Stage,
    /// Names of the components that must have started before.
    pub requires: &'static [&'static str],
    /// Registers system calls with the process's table; runs once per process.
    pub load: fn(),
    /// Starts the component in one kernel.
    pub start: fn(&Arc<Kernel>) -> Result<()>,
    next: AtomicPtr<Component>,
}

impl Component {
    /// A component that is not registered.
    #[must_use]
    pub const fn new(
        name: &'static str,
        stage: Stage,
        requires: &'static [&'static str],
        load: fn(),
        start: fn(&Arc<Kernel>) -> Result<()>,
    ) -> Self {
        Self { name, stage, requires, load, start, next: AtomicPtr::new(ptr::null_mut()) }
    }
}

/// The components of this process, newest first. Loading is per process, as the host's linker does it.
static REGISTERED: AtomicPtr<Component> = AtomicPtr::new(ptr::null_mut());

/// Called by a component's library as it is loaded; before `rump_init` nothing may allocate here.
pub fn register(component: &'static Component) {
    let mut head = REGISTERED.load(Ordering::Acquire);
    loop {
        component.next.store(head, Ordering::Relaxed);
        let new = ptr::from_ref(component).cast_mut();
        match REGISTERED.compare_exchange(head, new, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => break,
            Err(now) => head = now,
        }
    }
    if let Some(kernel) = init::default_kernel() {
        start_late(kernel, component);
    }
}

fn start_late(kernel: &Arc<Kernel>, component: &'static Component) {
    let result = crate::sched::enter(|| Some(kernel)).map_or(Err(Errno::ENXIO), |_inside| {
        (component.load)();
        start_one(kernel, component)
    });
    if let Err(error) = result {
        console::print(format_args!("rump: component {} did not start: {error}\n", component.name));
    }
}

/// All registered components, in the order in which they start.
pub(crate) fn registered() -> Vec<&'static Component> {
    let mut components = Vec::new();
    let mut next = REGISTERED.load(Ordering::Acquire);
    // SAFETY: only statics are ever registered, and their links do not change afterwards.
    while let Some(component) = unsafe { next.as_ref() } {
        components.push(component);
        next = component.next.load(Ordering::Relaxed);
    }
    components.reverse();
    components
}

/// Starts `components` in `kernel`, each after those that it requires.
///
/// # Errors
/// `ENOENT` when one requires what is not there; what a component's start says.
pub fn start(kernel: &Arc<Kernel>, components: &[&'static Component]) -> Result<()> {
    let mut waiting: Vec<_> = components.to_vec();
    waiting.sort_by_key(|component| component.stage);
    while !waiting.is_empty() {
        let ready = waiting
            .iter()
            .position(|component| component.requires.iter().all(|name| kernel.slots.has_started(name)));
        let Some(ready) = ready else {
            for component in &waiting {
                report_missing(kernel, component);
            }
            return Err(Errno::ENOENT);
        };
        start_one(kernel, waiting.remove(ready))?;
    }
    Ok(())
}

fn report_missing(kernel: &Kernel, component: &Component) {
    for name in component.requires.iter().filter(|name| !kernel.slots.has_started(name)) {
        console::print(format_args!(
            "rump: component {} requires component {name}, which is not loaded\n",
            component.name
        ));
    }
}

fn start_one(kernel: &Arc<Kernel>, component: &'static Component) -> Result<()> {
    if kernel.slots.has_started(component.name) {
        return Err(Errno::EEXIST);
    }
    if component.requires.iter().any(|name| !kernel.slots.has_started(name)) {
        report_missing(kernel, component);
        return Err(Errno::ENOENT);
    }
    (component.start)(kernel)?;
    kernel.slots.started.lock().push(component.name);
    if kernel.configuration.verbose {
        console::print(format_args!("rump: component {} started\n", component.name));
    }
    Ok(())
}

/// Which component's state a slot holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    FileSystems,
    Devices,
    Network,
    AsynchronousIo,
}

const SLOTS: usize = 4;

/// The state of the factions in one kernel, found without a search.
#[derive(Default)]
pub struct Slots {
    states: [Once<Arc<dyn Any + Send + Sync>>; SLOTS],
    started: SpinMutex<Vec<&'static str>>,
}

impl Slots {
    /// Sets a faction's state, once.
    ///
    /// # Errors
    /// `EEXIST` when it was set before.
    pub fn set(&self, slot: Slot, state: Arc<dyn Any + Send + Sync>) -> Result<()> {
        set_once(&self.states[slot as usize], state)
    }

    /// A faction's state, if the faction is there.
    #[must_use]
    pub fn get<T: Any>(&self, slot: Slot) -> Option<&T> {
        self.states[slot as usize].get()?.downcast_ref()
    }

    /// Whether the component of that name has started in this kernel.
    #[must_use]
    pub fn has_started(&self, name: &str) -> bool {
        self.started.lock().contains(&name)
    }

    pub(crate) fn clear(&self) {
        self.started.lock().clear();
    }
}

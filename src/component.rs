//! Components: what is linked in or loaded later, and nothing else, makes up a kernel.
//!
//! A component's library registers its [`Component`] when the host loads it. `rump_init` starts all that are registered;
//! one that comes later starts at once in the default kernel, or as soon as what it requires is there.

use crate::abi::link_sets::{self, Information};
use crate::errno::{Errno, Result};
use crate::host::console;
use crate::init;
use crate::kernel::Kernel;
use crate::module::{Class, Command, Control, Description, NewModule, VERSION};
use crate::sync::{Once, SpinMutex, set_once};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::any::Any;
use core::ptr;
use core::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

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

/// Starts or ends a component in one kernel.
pub type Operation = fn(&Arc<Kernel>) -> Result<()>;

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
    pub start: Operation,
    /// Ends the component in one kernel, where it can be ended.
    stop: Option<Operation>,
    is_registered: AtomicBool,
    /// What the library shows C programs as its `struct modinfo`.
    information: AtomicPtr<Information>,
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
        start: Operation,
    ) -> Self {
        Self {
            name,
            stage,
            requires,
            load,
            start,
            stop: None,
            is_registered: AtomicBool::new(false),
            information: AtomicPtr::new(ptr::null_mut()),
            next: AtomicPtr::new(ptr::null_mut()),
        }
    }

    /// Says how it is ended. `stop` refuses with `EBUSY` while it is in use.
    #[must_use]
    pub const fn with_stop(mut self, stop: Operation) -> Self {
        self.stop = Some(stop);
        self
    }

    /// Its name as a module: file systems have NetBSD's, `ffs` rather than `fs_ffs`.
    #[must_use]
    pub fn module_name(name: &str) -> &str {
        name.strip_prefix("fs_").unwrap_or(name)
    }

    fn class(&self) -> Class {
        match self.name {
            name if name == "vfs" || name.starts_with("fs_") => Class::FILE_SYSTEM,
            name if name.starts_with("dev_") => Class::DRIVER,
            _ => Class::MISCELLANEOUS,
        }
    }

    /// The component as a module.
    #[must_use]
    pub fn as_module(&'static self) -> NewModule {
        let description = Description {
            name: Self::module_name(self.name).into(),
            class: self.class(),
            version: VERSION,
            required: self.requires.iter().map(|name| Self::module_name(name).into()).collect(),
        };
        NewModule { description: Arc::new(description), control: Arc::new(ComponentControl(self)) }
    }
}

struct ComponentControl(&'static Component);

impl Control for ComponentControl {
    fn command(&self, kernel: &Arc<Kernel>, command: Command) -> Result<()> {
        match command {
            Command::Initialise => start_one(kernel, self.0, false),
            Command::Finish => stop_one(kernel, self.0),
        }
    }

    fn identity(&self) -> usize {
        ptr::from_ref(self.0).addr()
    }
}

/// The components of this process, newest first. Loading is per process, as the host's linker does it.
static REGISTERED: AtomicPtr<Component> = AtomicPtr::new(ptr::null_mut());

/// As [`register`], by a shared library, which shows C programs what it is.
pub fn register_library(component: &'static Component, information: &'static Information) {
    component.information.store(ptr::from_ref(information).cast_mut(), Ordering::Release);
    register(component);
}

/// Called as a component is loaded; before `rump_init` nothing may allocate here. A second copy of a library may show the
/// component of the first: that has no effect.
pub fn register(component: &'static Component) {
    if component.is_registered.swap(true, Ordering::AcqRel) {
        return;
    }
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

/// Starts a component that came after `rump_init`, and those that have waited for it.
pub(crate) fn start_late(kernel: &Arc<Kernel>, component: &'static Component) {
    let Some(_inside) = crate::sched::enter(|| Some(kernel)) else {
        console::print(format_args!(
            "rump: component {} came too late: the kernel has ended\n",
            component.name
        ));
        return;
    };
    kernel.modules.configure(|| {
        (component.load)();
        if is_known(kernel, component) {
            print_twice(component);
            return;
        }
        kernel.slots.waiting.lock().push(component);
        start_waiting(kernel);
        if kernel.slots.is_waiting(component) {
            report_missing(kernel, component);
        }
    });
}

fn is_known(kernel: &Kernel, component: &Component) -> bool {
    kernel.slots.has_started(component.name)
        || kernel.slots.waiting.lock().iter().any(|waiting| waiting.name == component.name)
}

fn print_twice(component: &Component) {
    let name = component.name;
    console::print(format_args!("rump: component {name} is there already: a second one has no effect\n"));
}

/// Starts whatever waits and has all that it requires now.
fn start_waiting(kernel: &Arc<Kernel>) {
    loop {
        let ready = {
            let mut waiting = kernel.slots.waiting.lock();
            let index = waiting.iter().position(|component| is_ready(kernel, component));
            index.map(|index| waiting.remove(index))
        };
        let Some(component) = ready else { return };
        if let Err(error) = start_one(kernel, component, true) {
            console::print(format_args!("rump: component {} did not start: {error}\n", component.name));
        }
        link_sets::run_ready(kernel);
    }
}

fn is_ready(kernel: &Kernel, component: &Component) -> bool {
    component.requires.iter().all(|name| kernel.slots.has_started(name))
}

/// All registered components, in the order in which they came.
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

/// The component whose library shows that `struct modinfo`.
pub(crate) fn of_information(information: *const Information) -> Option<&'static Component> {
    registered()
        .into_iter()
        .find(|component| ptr::eq(component.information.load(Ordering::Acquire).cast_const(), information))
}

/// The registered component that is the module of that name.
pub(crate) fn of_name(module: &str) -> Option<&'static Component> {
    registered().into_iter().find(|component| Component::module_name(component.name) == module)
}

/// Starts `components` in `kernel`, each after those that it requires. One that requires what is not there waits for it, and
/// the console says so; one that comes twice is left alone.
///
/// # Errors
/// What a component's start says.
pub fn start(kernel: &Arc<Kernel>, components: &[&'static Component]) -> Result<()> {
    let mut waiting: Vec<&'static Component> = Vec::new();
    for component in components {
        if waiting.iter().any(|other| other.name == component.name) {
            print_twice(component);
        } else {
            waiting.push(component);
        }
    }
    waiting.sort_by_key(|component| component.stage);
    while let Some(ready) = waiting.iter().position(|component| is_ready(kernel, component)) {
        start_one(kernel, waiting.remove(ready), false)?;
    }
    for component in &waiting {
        report_missing(kernel, component);
    }
    kernel.slots.waiting.lock().extend(waiting);
    Ok(())
}

fn report_missing(kernel: &Kernel, component: &Component) {
    for name in component.requires.iter().filter(|name| !kernel.slots.has_started(name)) {
        console::print(format_args!(
            "rump: component {} waits for component {name}, which is not loaded\n",
            component.name
        ));
    }
}

fn start_one(kernel: &Arc<Kernel>, component: &'static Component, by_itself: bool) -> Result<()> {
    kernel.modules.configure(|| {
        if kernel.slots.has_started(component.name) {
            return Err(Errno::EEXIST);
        }
        if !is_ready(kernel, component) {
            report_missing(kernel, component);
            return Err(Errno::ENOENT);
        }
        (component.start)(kernel)?;
        kernel.slots.started.lock().push(component.name);
        kernel.modules.note_started(component.as_module(), by_itself);
        if kernel.configuration.verbose {
            console::print(format_args!("rump: component {} started\n", component.name));
        }
        Ok(())
    })
}

/// # Errors
/// `EBUSY` when it cannot be ended; what its end says.
fn stop_one(kernel: &Arc<Kernel>, component: &Component) -> Result<()> {
    let stop = component.stop.ok_or(Errno::EBUSY)?;
    stop(kernel)?;
    kernel.slots.started.lock().retain(|name| *name != component.name);
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
    /// Loaded, but something that they require is not.
    waiting: SpinMutex<Vec<&'static Component>>,
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

    /// Whether a component waits for what it requires.
    #[must_use]
    pub fn is_waiting(&self, component: &Component) -> bool {
        self.waiting.lock().iter().any(|waiting| ptr::eq(*waiting, component))
    }

    pub(crate) fn clear(&self) {
        self.started.lock().clear();
        self.waiting.lock().clear();
    }
}

#[cfg(test)]
mod tests;

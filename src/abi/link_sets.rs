//! C modules and components: what link sets of loaded libraries list (`link_set_modules`, `link_set_rump_components`), and what
//! programs hand over themselves (`rump_pub_module_init`, `rump_component_load`). The header is rump/rump_component.h.

use super::{errno_of, in_kernel};
use crate::component;
use crate::errno::{Errno, Result};
use crate::host;
use crate::init;
use crate::kernel::Kernel;
use crate::module::{Class, Command, Control, Description, NewModule};
use crate::sched;
use crate::sync::SpinMutex;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ffi::{CStr, c_char, c_int, c_void};
use core::ptr::{self, NonNull, null_mut};
use core::sync::atomic::{AtomicBool, Ordering};

type ModuleCommand = unsafe extern "C" fn(c_int, *mut c_void) -> c_int;

/// `struct modinfo`.
#[repr(C)]
pub struct Information {
    version: u32,
    class: c_int,
    command: Option<ModuleCommand>,
    name: *const c_char,
    required: *const c_char,
}

// SAFETY: constant data.
unsafe impl Sync for Information {}

const _: () = assert!(size_of::<Information>() == 32);

impl Information {
    /// What a component's library shows C programs.
    #[must_use]
    pub const fn of_component(name: &'static CStr, class: Class, command: ModuleCommand) -> Self {
        let command = Some(command);
        Self {
            version: crate::module::VERSION,
            class: class.0,
            command,
            name: name.as_ptr(),
            required: ptr::null(),
        }
    }
}

/// The command function of a component's library, for who calls it directly.
pub fn command_component(component: &'static component::Component, command: c_int) -> c_int {
    let command = match command {
        0 => Command::Initialise,
        1 => Command::Finish,
        _ => return Errno::ENOTTY.number(),
    };
    let control = component.as_module().control;
    errno_of(in_kernel(|lwp| control.command(&lwp.process.kernel, command)))
}

/// A module written in C.
struct CModule {
    command: ModuleCommand,
    identity: usize,
}

impl Control for CModule {
    fn command(&self, _kernel: &Arc<Kernel>, command: Command) -> Result<()> {
        // SAFETY: who handed the module over keeps its code until it is removed again.
        Errno::check(unsafe { (self.command)(command as c_int, null_mut()) })
    }

    fn identity(&self) -> usize {
        self.identity
    }
}

/// # Safety
/// `text` ends in NUL, or is null.
unsafe fn string(text: *const c_char) -> Option<String> {
    if text.is_null() {
        return None;
    }
    // SAFETY: the caller's promise.
    Some(unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned())
}

/// # Safety
/// `information` is null or a module's, which is there until it is removed.
unsafe fn new_module(information: *const Information) -> Result<NewModule> {
    if let Some(component) = component::of_information(information) {
        return Ok(component.as_module());
    }
    // SAFETY: the caller's promise.
    let (information, name, required) = unsafe {
        let information = information.as_ref().ok_or(Errno::EINVAL)?;
        (information, string(information.name), string(information.required))
    };
    let description = Description {
        name: name.ok_or(Errno::EINVAL)?,
        class: Class(information.class),
        version: information.version,
        required: Description::split_required(&required.unwrap_or_default()),
    };
    let command = information.command.ok_or(Errno::EINVAL)?;
    let control = CModule { command, identity: ptr::from_ref(information).addr() };
    Ok(NewModule { description: Arc::new(description), control: Arc::new(control) })
}

/// Modules in one set; more is an end of a set that lies before its beginning.
const MOST_AT_ONCE: usize = 1 << 16;

/// # Safety
/// `set` holds `count` pointers to modules.
unsafe fn new_modules(set: *const *const Information, count: usize) -> Result<Vec<NewModule>> {
    if count == 0 {
        return Ok(Vec::new());
    }
    if set.is_null() || count > MOST_AT_ONCE {
        return Err(Errno::EFAULT);
    }
    // SAFETY: the caller's promise.
    let set = unsafe { core::slice::from_raw_parts(set, count) };
    // SAFETY: the caller's promise.
    set.iter().map(|&information| unsafe { new_module(information) }).collect()
}

fn superuser(lwp: &sched::Lwp) -> Result<()> {
    if lwp.process.credentials().is_superuser() { Ok(()) } else { Err(Errno::EPERM) }
}

/// Makes modules known and starts them, each after those that it requires; all or none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_pub_module_init(set: *const *const Information, count: usize) -> c_int {
    errno_of(in_kernel(|lwp| {
        superuser(lwp)?;
        // SAFETY: the program hands modules over.
        let modules = unsafe { new_modules(set, count) }?;
        let kernel = &lwp.process.kernel;
        kernel.modules.add_and_start(kernel, &modules)
    }))
}

/// Ends a module and forgets it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_pub_module_fini(information: *const Information) -> c_int {
    errno_of(in_kernel(|lwp| {
        superuser(lwp)?;
        // SAFETY: the program names a module that it handed over.
        let module = unsafe { new_module(information) }?;
        lwp.process.kernel.modules.remove(&lwp.process.kernel, &module.description.name)
    }))
}

/// For code inside the kernel: as `rump_pub_module_init`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_module_init(set: *const *const Information, count: usize) -> c_int {
    // SAFETY: the same contract.
    unsafe { rump_pub_module_init(set, count) }
}

/// For code inside the kernel: as `rump_pub_module_fini`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_module_fini(information: *const Information) -> c_int {
    // SAFETY: the same contract.
    unsafe { rump_pub_module_fini(information) }
}

/// `struct rump_component`.
#[repr(C)]
pub struct CComponent {
    kind: c_int,
    initialise: Option<unsafe extern "C" fn()>,
    /// The two pointers of the structure that are the kernel's: the next in the list, and whether it has been loaded.
    next: *mut CComponent,
    loaded: *mut c_void,
}

const _: () = assert!(size_of::<CComponent>() == 32);

/// `enum rump_component_type`.
mod kind {
    pub const DEVICE: usize = 0;
    pub const DEVICE_AFTER_MAIN_BUS: usize = 1;
    pub const NETWORK: usize = 2;
    pub const NETWORK_ROUTE: usize = 3;
    pub const NETWORK_INTERFACE: usize = 4;
    pub const NETWORK_CONFIGURATION: usize = 5;
    pub const FILE_SYSTEM: usize = 6;
    pub const KERNEL: usize = 7;
    pub const KERNEL_WITH_FILES: usize = 8;
    pub const LAST: usize = 9;
    pub const SYSTEM_CALLS: usize = 10;
    pub const DEVICE_FACTION: usize = 11;
    pub const FILE_FACTION: usize = 12;
    pub const NETWORK_FACTION: usize = 13;
    pub const COUNT: usize = 14;
}

/// When the C components of a kind start, against what else happens at boot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Moment {
    Never,
    BeforeComponents,
    AfterComponents,
    AfterModules,
}

/// The kinds in the order in which they start, when they do, and what must be there.
const ORDER: [(usize, Moment, Option<&str>); kind::COUNT] = [
    (kind::KERNEL, Moment::BeforeComponents, None),
    (kind::FILE_FACTION, Moment::AfterComponents, None),
    (kind::FILE_SYSTEM, Moment::AfterComponents, Some("vfs")),
    (kind::NETWORK_FACTION, Moment::AfterComponents, None),
    (kind::NETWORK, Moment::AfterComponents, Some("net")),
    (kind::NETWORK_ROUTE, Moment::AfterComponents, Some("net")),
    (kind::NETWORK_INTERFACE, Moment::AfterComponents, Some("net")),
    (kind::NETWORK_CONFIGURATION, Moment::AfterComponents, Some("net")),
    (kind::DEVICE_FACTION, Moment::AfterComponents, None),
    (kind::DEVICE, Moment::AfterComponents, Some("dev")),
    (kind::DEVICE_AFTER_MAIN_BUS, Moment::AfterComponents, Some("dev")),
    (kind::KERNEL_WITH_FILES, Moment::AfterComponents, None),
    (kind::LAST, Moment::AfterModules, None),
    (kind::SYSTEM_CALLS, Moment::AfterModules, None),
];

/// The C components of this process. They are the default kernel's alone.
struct CComponents {
    /// Not started yet, newest first.
    waiting: *mut CComponent,
    loaded: [c_int; kind::COUNT],
    moment: Moment,
}

// SAFETY: the list is touched under its lock only, and its elements are statics of libraries.
unsafe impl Send for CComponents {}

static C_COMPONENTS: SpinMutex<CComponents> =
    SpinMutex::new(CComponents { waiting: null_mut(), loaded: [0; kind::COUNT], moment: Moment::Never });

impl CComponents {
    /// # Safety
    /// `component` is a library's static.
    unsafe fn add(&mut self, mut component: NonNull<CComponent>) {
        // SAFETY: the caller's promise, and the lock is held.
        let component = unsafe { component.as_mut() };
        let count = usize::try_from(component.kind).ok().and_then(|kind| self.loaded.get_mut(kind));
        let Some(count) = count else {
            let kind = component.kind;
            host::console::print(format_args!(
                "rump: a C component of the unknown type {kind} is left out\n"
            ));
            return;
        };
        if !component.loaded.is_null() {
            return;
        }
        *count += 1;
        component.loaded = ptr::from_mut(component).cast();
        component.next = self.waiting;
        self.waiting = component;
    }

    /// Takes the first that `which` picks off the list.
    fn take(&mut self, which: impl Fn(&CComponent) -> bool) -> Option<NonNull<CComponent>> {
        let mut place: *mut *mut CComponent = &raw mut self.waiting;
        // SAFETY: elements are statics of libraries, which take them off before they go.
        unsafe {
            while let Some(mut element) = NonNull::new(*place) {
                if which(element.as_ref()) {
                    *place = element.as_ref().next;
                    return Some(element);
                }
                place = &raw mut element.as_mut().next;
            }
        }
        None
    }
}

/// Starts all waiting ones of a kind, newest first.
fn run(kind: usize) {
    loop {
        let component = C_COMPONENTS.lock().take(|component| usize::try_from(component.kind) == Ok(kind));
        let Some(component) = component else { return };
        // SAFETY: a library's static; the function is called once.
        unsafe {
            if let Some(initialise) = component.as_ref().initialise {
                initialise();
            }
        }
    }
}

/// Starts all waiting ones whose time has come. The caller is inside the kernel.
pub(crate) fn run_ready(kernel: &Kernel) {
    let moment = C_COMPONENTS.lock().moment;
    for (kind, when, requires) in ORDER {
        if when <= moment && requires.is_none_or(|name| kernel.slots.has_started(name)) {
            run(kind);
        }
    }
}

/// The boot has come to that moment.
pub(crate) fn reach(kernel: &Kernel, moment: Moment) {
    C_COMPONENTS.lock().moment = moment;
    run_ready(kernel);
}

/// Notes a component; `rump_init` calls its function, or this does, after `rump_init`. A second time has no effect.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_component_load(component: *const CComponent) {
    let Some(component) = NonNull::new(component.cast_mut()) else { return };
    // SAFETY: the library passes a static of its own, which is not constant whatever the type says.
    unsafe { C_COMPONENTS.lock().add(component) };
    if init::default_kernel().is_some()
        && let Some(entry) = sched::enter(init::default_kernel)
    {
        run_ready(&entry.lwp().process.kernel);
    }
}

/// A library goes away with a component. One that has started stays as it is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_component_unload(component: *mut CComponent) {
    let Some(mut component) = NonNull::new(component) else { return };
    let mut components = C_COMPONENTS.lock();
    components.take(|element| ptr::eq(element, component.as_ptr()));
    // SAFETY: the library passes a static of its own.
    let component = unsafe { component.as_mut() };
    if component.loaded.is_null() {
        return;
    }
    component.loaded = null_mut();
    let count = usize::try_from(component.kind).ok().and_then(|kind| components.loaded.get_mut(kind));
    if let Some(count) = count {
        *count -= 1;
    }
}

/// How many components of a kind have been loaded.
#[unsafe(no_mangle)]
pub extern "C" fn rump_component_count(kind: c_int) -> c_int {
    let loaded = C_COMPONENTS.lock().loaded;
    usize::try_from(kind).ok().and_then(|kind| loaded.get(kind).copied()).unwrap_or(0)
}

/// Starts the components of a kind that wait.
#[unsafe(no_mangle)]
pub extern "C" fn rump_component_init(kind: c_int) {
    if let (Ok(kind), Some(_inside)) = (usize::try_from(kind), sched::enter(init::default_kernel)) {
        run(kind);
    }
}

unsafe extern "C" fn load_modules(set: *const *const Information, count: usize) {
    let Some(kernel) = super::kernel() else { return };
    for index in 0..count {
        // SAFETY: the host passes an array of that length.
        let information = unsafe { *set.add(index) };
        // Components of ours have registered already.
        if component::of_information(information).is_none() {
            // SAFETY: the host passes modules.
            note_linked(&kernel, unsafe { new_module(information) });
        }
    }
}

/// Makes a module known that was there before the boot. The host may name it again for each library that depends on its own.
fn note_linked(kernel: &Kernel, module: Result<NewModule>) {
    let Ok(module) = module else {
        host::console::print(format_args!("rump: a module without a name or a function is left out\n"));
        return;
    };
    let result = match component::of_name(&module.description.name) {
        Some(_) => Err(Errno::EEXIST),
        None => kernel.modules.add(core::slice::from_ref(&module)),
    };
    let name = &module.description.name;
    match result {
        Ok(()) => (),
        Err(Errno::EEXIST) if kernel.modules.has_identity(module.control.identity()) => (),
        Err(error) => host::console::print(format_args!("rump: module `{name}' is left out: {error}\n")),
    }
}

/// Whether a symbol table of the kernel has been handed over.
static SYMBOLS_SEEN: AtomicBool = AtomicBool::new(false);

/// Takes the kernel's symbol table, once. There is no linker in the kernel that would read it.
fn see_symbols() -> Result<()> {
    if SYMBOLS_SEEN.swap(true, Ordering::Relaxed) { Err(Errno::EBUSY) } else { Ok(()) }
}

/// `EBUSY` when the kernel has a symbol table, as it has from `rump_init` on where the host finds one.
#[unsafe(no_mangle)]
pub extern "C" fn rump_pub_kernelfsym_load(
    _symbols: *mut c_void,
    _symbols_length: u64,
    _strings: *mut c_char,
    _strings_length: u64,
) -> c_int {
    errno_of(in_kernel(|_| see_symbols()))
}

/// As [`rump_pub_kernelfsym_load`], inside the kernel.
#[unsafe(no_mangle)]
pub extern "C" fn rump_kernelfsym_load(
    symbols: *mut c_void,
    symbols_length: u64,
    strings: *mut c_char,
    strings_length: u64,
) -> c_int {
    rump_pub_kernelfsym_load(symbols, symbols_length, strings, strings_length)
}

unsafe extern "C" fn load_symbols(
    _symbols: *mut c_void,
    _size: u64,
    _strings: *mut c_char,
    _length: u64,
) -> c_int {
    // The answer leaves the tables to the host.
    let _ = see_symbols();
    Errno::EOPNOTSUPP.number()
}

/// Has the host look for link sets in all that is loaded. The caller is inside the kernel.
pub(crate) fn load() {
    host::load_link_sets(load_modules, load_symbols, rump_component_load);
}

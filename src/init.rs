//! `rump_init`: a list of steps.

use crate::abi::link_sets::{self, Moment};
use crate::abi::{etfs, hypervisor, show_threads};
use crate::component;
use crate::console_file;
use crate::errno::Result;
use crate::host::{self, console};
use crate::kernel::{Configuration, Kernel};
use crate::sched;
use crate::sync::Once;
use crate::{memory, syscalls};
use alloc::sync::Arc;

/// The kernel that the C ABI drives.
static DEFAULT_KERNEL: Once<Arc<Kernel>> = Once::new();

/// The kernel that the C ABI drives, once it has booted.
pub fn default_kernel() -> Option<&'static Arc<Kernel>> {
    DEFAULT_KERNEL.get()
}

/// Boots the default kernel with every component that is loaded. A second call changes nothing. A component that requires what
/// is not loaded waits for it.
///
/// # Errors
/// `EPROGMISMATCH` when the host speaks another hypercall version; what a component's start says.
pub fn initialise() -> Result<()> {
    if DEFAULT_KERNEL.is_completed() {
        return Ok(());
    }
    host::initialise(&hypervisor::UPCALLS)?;
    memory::apply_limit();
    memory::set_ballast_aside();
    host::giant_lock::make();
    let configuration = Configuration::from_host();
    show_threads(configuration.threads);
    if configuration.verbose {
        announce(&configuration);
    }
    syscalls::load();
    let components = component::registered();
    for component in &components {
        (component.load)();
    }
    let kernel = Kernel::new(configuration);
    if let Some(_inside) = sched::enter(|| Some(&kernel)) {
        link_sets::load();
        link_sets::reach(&kernel, Moment::BeforeComponents);
        component::start(&kernel, &components)?;
        link_sets::reach(&kernel, Moment::AfterComponents);
        kernel.modules.start_all(&kernel);
        link_sets::reach(&kernel, Moment::AfterModules);
        etfs::register_pending(&kernel);
        console_file::open_standard(&*kernel.processes.init()?)?;
    }
    DEFAULT_KERNEL.call_once(|| Arc::clone(&kernel));
    // What another thread has loaded in the meantime.
    for component in component::registered() {
        if !components.iter().any(|known| core::ptr::eq(*known, component)) {
            component::start_late(&kernel, component);
        }
    }
    Ok(())
}

/// Boots a kernel with the given components, beside any other kernel.
///
/// # Errors
/// What a component's start says.
pub fn boot(
    configuration: Configuration,
    components: &[&'static component::Component],
) -> Result<Arc<Kernel>> {
    let kernel = Kernel::new(configuration);
    let started = match sched::enter(|| Some(&kernel)) {
        Some(_inside) => component::start(&kernel, components)
            .and_then(|()| console_file::open_standard(&*kernel.processes.init()?)),
        None => Ok(()),
    };
    started.map(|()| kernel)
}

fn announce(configuration: &Configuration) {
    console::print(format_args!(
        "rump-rs {} (NetBSD 7.99.34 ABI), {} virtual CPUs\n",
        env!("CARGO_PKG_VERSION"),
        configuration.cpus
    ));
}

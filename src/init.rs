//! `rump_init`: a list of steps.

use crate::abi::{etfs, hypervisor};
use crate::component;
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

/// Boots the default kernel with every component that is loaded. A second call changes nothing.
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
    let configuration = Configuration::from_host();
    if configuration.verbose {
        announce(&configuration);
    }
    syscalls::load();
    let components = component::registered();
    for component in &components {
        (component.load)();
    }
    let kernel = boot(configuration, &components)?;
    if let Some(_inside) = sched::enter(|| Some(&kernel)) {
        etfs::register_pending(&kernel);
    }
    DEFAULT_KERNEL.call_once(|| kernel);
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
        Some(_inside) => component::start(&kernel, components),
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

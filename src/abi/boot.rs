//! Boot, version, and entering by hand (`rump.h`).

use super::errno_of;
use crate::host;
use crate::init;
use crate::sched;
use crate::signal;
use core::ffi::c_int;
use core::sync::atomic::{AtomicI32, Ordering};

/// `__NetBSD_Version__` of the reference, divided as `rump_getversion` does.
const VERSION: c_int = 799_003_400;

/// `RB_*` flags from `rump_boot_sethowto`, which is called before there is a kernel.
static HOW_TO: AtomicI32 = AtomicI32::new(0);

/// Boots the kernel; 0 or an errno. A second call does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn rump_init() -> c_int {
    errno_of(init::initialise())
}

#[unsafe(no_mangle)]
pub extern "C" fn rump_getversion() -> c_int {
    VERSION
}

#[unsafe(no_mangle)]
pub extern "C" fn rump_pub_getversion() -> c_int {
    VERSION
}

/// Whether the kernel's ABI is the host's own: the host is no NetBSD, so it is not.
#[unsafe(no_mangle)]
pub extern "C" fn rump_nativeabi_p() -> c_int {
    0
}

#[unsafe(no_mangle)]
pub extern "C" fn rump_boot_gethowto() -> c_int {
    HOW_TO.load(Ordering::Relaxed)
}

#[unsafe(no_mangle)]
pub extern "C" fn rump_boot_sethowto(how_to: c_int) {
    HOW_TO.store(how_to, Ordering::Relaxed);
}

/// Chooses what becomes of signals (`enum rump_sigmodel`); the host raises them unless told otherwise.
#[unsafe(no_mangle)]
pub extern "C" fn rump_boot_setsigmodel(model: c_int) {
    signal::set_model(model);
}

#[unsafe(no_mangle)]
pub extern "C" fn rump_schedule() {
    if !sched::schedule(init::default_kernel) {
        host::console::print(format_args!("rump_schedule: rump_init has not been called\n"));
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn rump_unschedule() {
    sched::unschedule();
}

#[unsafe(no_mangle)]
pub extern "C" fn rump_daemonize_begin() -> c_int {
    errno_of(host::daemonize_begin())
}

#[unsafe(no_mangle)]
pub extern "C" fn rump_daemonize_done(error: c_int) -> c_int {
    errno_of(host::daemonize_done(error))
}

/// Prints the kernel's event counters, and how often a thread had to sleep for a virtual CPU.
#[unsafe(no_mangle)]
pub extern "C" fn rump_printevcnts() {
    if let Some(kernel) = super::kernel() {
        let print = |group: &str, name: &str, count: u64| {
            host::console::print(format_args!("{group} / {name}: {count}\n"));
        };
        kernel.event_counters.for_each(&mut |counter| print(counter.group, &counter.name, counter.count()));
        print("virtual CPU", "sleep", kernel.cpus.sleeps());
    }
}

#![no_std]
//! UNSAFE, for the names alone. The C edge of librumpdev: pseudo devices of drivers that are written in C, and the root of
//! the tree of devices.

#[cfg(test)]
use rumpuser as _;

use core::ffi::c_int;
use dev::{Devices, pseudo_devices};
use rump::abi::in_kernel;

/// Has `attach(count)` called when the devices of a kernel start, after those that were named before. Later than that, and for
/// a null pointer or past the 256th, it does nothing.
// SAFETY: no other symbol has this name, and C calls it with these types.
#[unsafe(no_mangle)]
pub extern "C" fn rump_pdev_add(attach: Option<extern "C" fn(c_int)>, count: c_int) {
    if let Some(attach) = attach {
        pseudo_devices::add(attach, count);
    }
}

/// Ends the list: what is named later is not attached.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "C" fn rump_pdev_finalize() {
    pseudo_devices::finish();
}

/// Makes the root of the tree of devices ready to be attached. Component dev does so itself, so that there is nothing left to do
/// once it has started; before `rump_init` there is no tree.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "C" fn rump_mainbus_init() {
    // There is nobody to give an error to: without a kernel or component dev there is no tree.
    let _ = in_kernel(|lwp| {
        Devices::of(&lwp.process.kernel)?.main_bus.prepare();
        Ok(())
    });
}

/// Attaches the root of the tree of devices, unless that has been done.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "C" fn rump_mainbus_attach() {
    // As above.
    let _ = in_kernel(|lwp| {
        let kernel = &lwp.process.kernel;
        Devices::of(kernel)?.main_bus.attach(kernel);
        Ok(())
    });
}

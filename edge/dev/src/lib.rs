#![no_std]
//! UNSAFE, for the names alone. The C edge of librumpdev: pseudo devices of drivers that are written in C.

#[cfg(test)]
use rumpuser as _;

use core::ffi::c_int;
use dev::pseudo_devices;

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

//! Pseudo devices of drivers written in C: functions to be called when the devices of a kernel start.
//!
//! The list is the process's, as loaded components are: it is made before there is a kernel.

use alloc::vec::Vec;
use core::ffi::c_int;
use core::sync::atomic::{AtomicBool, Ordering};
use rump::arrayvec::ArrayVec;
use rump::sync::SpinMutex;

/// Attaches so many units of a pseudo device.
pub type Attach = extern "C" fn(c_int);

/// Pseudo devices at most.
const MOST: usize = 256;

static LIST: SpinMutex<ArrayVec<(Attach, c_int), MOST>> = SpinMutex::new(ArrayVec::new_const());
static FINISHED: AtomicBool = AtomicBool::new(false);

/// Puts a pseudo device on the list, unless the list is full or finished.
pub fn add(attach: Attach, count: c_int) {
    if !FINISHED.load(Ordering::Acquire) {
        // One too many is left out; the caller has no way to hear of it.
        let _ = LIST.lock().try_push((attach, count));
    }
}

/// Ends the list.
pub fn finish() {
    FINISHED.store(true, Ordering::Release);
}

/// Ends the list and calls all that is on it, in order.
pub(crate) fn attach_all() {
    finish();
    let list: Vec<_> = LIST.lock().iter().copied().collect();
    for (attach, count) in list {
        attach(count);
    }
}

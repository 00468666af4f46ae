//! Which kernel thread (`struct lwp`) the calling host thread is.

use core::ffi::c_int;

use crate::arch::{load_current_lwp, store_current_lwp};
use crate::console::fatal;

/// A kernel's `struct lwp`: only its address matters here.
#[repr(C)]
pub struct Lwp {
    _opaque: [u8; 0],
}

/// A context came into being. Nothing to do on this host.
pub const RUMPUSER_LWP_CREATE: c_int = 0;
/// A context is gone. Nothing to do on this host.
pub const RUMPUSER_LWP_DESTROY: c_int = 1;
/// The calling thread, which has no context, takes this one.
pub const RUMPUSER_LWP_SET: c_int = 2;
/// The calling thread lays down its context, which must be this one.
pub const RUMPUSER_LWP_CLEAR: c_int = 3;

/// The context of the calling thread, null if it has none.
#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_curlwp() -> *mut Lwp {
    load_current_lwp().cast()
}

/// Tells the host of a change of contexts: one of `RUMPUSER_LWP_*`.
///
/// Ends the process when a context is set over another, or one is cleared that is not there.
#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_curlwpop(operation: c_int, lwp: *mut Lwp) {
    match operation {
        RUMPUSER_LWP_SET => {
            if !load_current_lwp().is_null() {
                fatal("a thread context is set on top of another one");
            }
            store_current_lwp(lwp.cast());
        }
        RUMPUSER_LWP_CLEAR => {
            if load_current_lwp() != lwp.cast() {
                fatal("a thread context is cleared that is not the current one");
            }
            store_current_lwp(core::ptr::null_mut());
        }
        _ => {}
    }
}

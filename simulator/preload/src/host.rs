//! Functions of librumpuser and the C library that are called in place of those of this library with the same name.

use core::ffi::{CStr, c_void};
use core::ptr;
use simulator_world::{host_function, try_host_function};
use std::sync::OnceLock;

pub static RUMPUSER_OPEN: HostFunction = HostFunction::new(c"rumpuser_open");
pub static RUMPUSER_CLOSE: HostFunction = HostFunction::new(c"rumpuser_close");
pub static RUMPUSER_GETFILEINFO: HostFunction = HostFunction::new(c"rumpuser_getfileinfo");
pub static RUMPUSER_IOVREAD: HostFunction = HostFunction::new(c"rumpuser_iovread");
pub static RUMPUSER_IOVWRITE: HostFunction = HostFunction::new(c"rumpuser_iovwrite");
pub static RUMPUSER_SYNCFD: HostFunction = HostFunction::new(c"rumpuser_syncfd");
pub static RUMPUSER_CURLWPOP: HostFunction = HostFunction::new(c"rumpuser_curlwpop");
pub static RUMPUSER_MALLOC: HostFunction = HostFunction::new(c"rumpuser_malloc");
pub static RUMPUSER_FREE: HostFunction = HostFunction::new(c"rumpuser_free");
pub static RUMPUSER_ANONMMAP: HostFunction = HostFunction::new(c"rumpuser_anonmmap");
pub static RUMPUSER_UNMAP: HostFunction = HostFunction::new(c"rumpuser_unmap");
pub static SETRLIMIT: HostFunction = HostFunction::new(c"setrlimit");
pub static DLOPEN: HostFunction = HostFunction::new(c"dlopen");
pub static DLCLOSE: HostFunction = HostFunction::new(c"dlclose");
pub static FORK: HostFunction = HostFunction::new(c"fork");
pub static PTHREAD_CREATE: HostFunction = HostFunction::new(c"pthread_create");
pub static PTHREAD_JOIN: HostFunction = HostFunction::new(c"pthread_join");
pub static PTHREAD_DETACH: HostFunction = HostFunction::new(c"pthread_detach");
pub static CLOCK_GETTIME: HostFunction = HostFunction::new(c"clock_gettime");
pub static NANOSLEEP: HostFunction = HostFunction::new(c"nanosleep");

const ALL: [&HostFunction; 20] = [
    &RUMPUSER_OPEN,
    &RUMPUSER_CLOSE,
    &RUMPUSER_GETFILEINFO,
    &RUMPUSER_IOVREAD,
    &RUMPUSER_IOVWRITE,
    &RUMPUSER_SYNCFD,
    &RUMPUSER_CURLWPOP,
    &RUMPUSER_MALLOC,
    &RUMPUSER_FREE,
    &RUMPUSER_ANONMMAP,
    &RUMPUSER_UNMAP,
    &SETRLIMIT,
    &DLOPEN,
    &DLCLOSE,
    &FORK,
    &PTHREAD_CREATE,
    &PTHREAD_JOIN,
    &PTHREAD_DETACH,
    &CLOCK_GETTIME,
    &NANOSLEEP,
];

/// A function of librumpuser or the C library, looked up once.
pub struct HostFunction {
    name: &'static CStr,
    address: OnceLock<usize>,
}

impl HostFunction {
    const fn new(name: &'static CStr) -> Self {
        Self { name, address: OnceLock::new() }
    }

    /// Its address.
    ///
    /// # Panics
    /// When there is none.
    pub fn address(&self) -> *mut c_void {
        let address = *self.address.get_or_init(|| host_function(self.name).expose_provenance());
        ptr::with_exposed_provenance_mut(address)
    }
}

/// Looks all of them up that are there, before the world begins: that takes the loader's lock, which a thread of the world that is
/// loading a library holds while others have their turns.
pub fn look_up_all() {
    for function in ALL {
        if let Some(address) = try_host_function(function.name) {
            function.address.get_or_init(|| address.expose_provenance());
        }
    }
}

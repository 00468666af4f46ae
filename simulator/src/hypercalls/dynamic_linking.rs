//! What is loaded: a simulated kernel is linked into the test program, whose components are named one by one.

use core::ffi::{c_char, c_int, c_void};

type LoadModules = extern "C" fn(*const *const c_void, usize);
type LoadSymbols = extern "C" fn(*mut c_void, u64, *mut c_char, u64) -> c_int;
type LoadComponent = extern "C" fn(*const c_void);

/// Finds nothing, as in any statically linked program.
#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_dl_bootstrap(
    _modules: LoadModules,
    _symbols: LoadSymbols,
    _component: LoadComponent,
) {
}

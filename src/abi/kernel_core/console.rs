//! The console for C code.

use crate::abi::in_kernel;
use crate::console_file;
use crate::host::console;
use core::ffi::{c_int, c_void};

/// Opens the console as descriptors 0, 1 and 2 of the calling process, where none of them is open.
#[unsafe(no_mangle)]
pub extern "C" fn rump_consdev_init() {
    if let Err(error) = in_kernel(|lwp| console_file::open_standard(&lwp.process)) {
        console::print(format_args!("rump_consdev_init: {error}\n"));
    }
}

/// Prints one character, whatever terminal it is meant for; 0.
#[unsafe(no_mangle)]
pub extern "C" fn rump_tputchar(character: c_int, _flags: c_int, _terminal: *mut c_void) -> c_int {
    console::write(&[character as u8]);
    0
}

/// Whether a terminal's queue has room for more output: the console has no queue, and takes what comes.
#[unsafe(no_mangle)]
pub extern "C" fn rump_ttycheckoutq(_terminal: *mut c_void, _wait: c_int) -> c_int {
    1
}

//! Signals that the kernel raises (signal(7)), and what becomes of them (`rump_boot_setsigmodel`).

use crate::host;
use crate::host::console;
use core::sync::atomic::{AtomicI32, Ordering};

/// `SIGPIPE`: a write to a pipe that nobody reads.
pub const BROKEN_PIPE: i32 = 13;
/// `SIGXFSZ`: a write past the limit on file sizes.
pub const FILE_SIZE_EXCEEDED: i32 = 25;

/// `enum rump_sigmodel`.
mod model {
    pub const PANIC: i32 = 0;
    pub const IGNORE: i32 = 1;
    /// Pending signals: no system call of this kernel asks for them, so that there is nothing to keep.
    pub const RECORD: i32 = 4;
    pub const RAISE: i32 = 3;
}

/// Per process, as signals are: it is set before there is a kernel.
static MODEL: AtomicI32 = AtomicI32::new(model::RAISE);

/// Chooses what becomes of signals; a number that is no model raises them in the host.
pub(crate) fn set_model(model: i32) {
    MODEL.store(model, Ordering::Relaxed);
}

/// Raises a signal for the calling process.
pub fn raise(signal: i32) {
    match MODEL.load(Ordering::Relaxed) {
        model::IGNORE | model::RECORD => {}
        model::PANIC if signal == BROKEN_PIPE => {}
        model::PANIC => {
            console::print(format_args!("rump: panic: unhandled signal {signal}\n"));
            host::exit(None);
        }
        _ => {
            if let Err(error) = host::kill(None, signal) {
                console::print(format_args!("rump: signal {signal} not raised: {error}\n"));
            }
        }
    }
}

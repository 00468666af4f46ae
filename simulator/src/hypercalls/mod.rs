//! UNSAFE. The hypercalls that the kernel makes, version 17.
//!
//! Contracts are those of `include/rump/rumpuser.h`; errors are NetBSD's numbers. A broken contract (unlocking what is not
//! locked) fails the run.

pub mod block_io;
mod clock;
mod console;
mod dynamic_linking;
mod file;
pub mod identity;
mod lock;
mod memory;
mod thread;

use core::ffi::c_int;

fn result(outcome: Result<(), c_int>) -> c_int {
    outcome.err().unwrap_or(0)
}

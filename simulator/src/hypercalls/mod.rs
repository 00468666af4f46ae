//! UNSAFE. The hypercalls that the kernel makes, version 17; those about threads, locks, clocks and chance are the world's.
//!
//! Contracts are those of `include/rump/rumpuser.h`; errors are NetBSD's numbers. A broken contract (unlocking what is not
//! locked) fails the run.

pub mod block_io;
mod console;
mod dynamic_linking;
mod file;
pub mod identity;
mod memory;

use core::ffi::c_int;

fn result(outcome: Result<(), c_int>) -> c_int {
    outcome.err().unwrap_or(0)
}

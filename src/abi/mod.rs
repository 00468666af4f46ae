//! UNSAFE. C to Rust: the functions that programs call. Each turns its arguments into safe ones, enters the kernel, and
//! turns the result into a C value.

// The names are the C interface's, and so are the contracts, which rump(3) documents.
#![allow(missing_docs, clippy::missing_safety_doc)]

mod boot;
pub(crate) mod etfs;
pub mod faction_hooks;
pub mod handles;
pub mod hypervisor;
mod identity;
mod inside;
mod kernel_core;
pub mod link_sets;
mod lwproc;
pub mod system_call;
pub mod uio;

pub(crate) use kernel_core::show_threads;

use crate::errno::{Errno, Result};
use crate::init;
use crate::kernel::Kernel;
use crate::sched::{self, Lwp};
use alloc::sync::Arc;
use core::ffi::c_int;

/// Runs `operation` inside the default kernel, or inside the one that the calling thread's lwp belongs to.
///
/// # Errors
/// `ENXIO` before `rump_init`; what the operation says.
pub fn in_kernel<R>(operation: impl FnOnce(&Lwp) -> Result<R>) -> Result<R> {
    let entry = sched::enter(init::default_kernel).ok_or(Errno::ENXIO)?;
    operation(entry.lwp())
}

/// The kernel that a C call without an lwp argument means.
pub fn kernel() -> Option<Arc<Kernel>> {
    sched::with_current(|lwp| lwp.map(|lwp| Arc::clone(&lwp.process.kernel)))
        .or_else(|| init::default_kernel().cloned())
}

/// A result as C functions give it that return an errno.
pub fn errno_of(result: Result<()>) -> c_int {
    result.map_or_else(Errno::number, |()| 0)
}

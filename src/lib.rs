#![no_std]
//! The core of a rump kernel: what every kernel has, whatever components it is made of.
//!
//! ```text
//!   C programs        components (vfs, fs-ffs, net ...)
//!       |                    |  safe Rust
//!   abi (C edge)             |
//!       |                    |
//!   syscall table   component registry
//!       |                    |
//!   process  file  pipe  poll  kqueue  uio  user_memory
//!       |
//!   sched (virtual CPUs, lwps)   sync (locks)   memory
//!       |
//!   host (hypercalls: rumpuser_*)
//! ```
//!
//! Everything hangs from one [`kernel::Kernel`], reached through the current lwp. A process may hold several kernels.
//!
//! Lock order, outermost first: file offset, descriptor table, process table, process (lwps, limits, credentials), callout
//! queue, pools of implicit lwps, the locks of objects that can be waited for, lists of listeners, pollers and kernel event
//! queues, wait queues (spin), the host's monitors. Components say theirs in their own pages.

extern crate alloc;
#[cfg(test)]
extern crate std;
#[cfg(test)]
use rumpuser as _;

pub mod abi;
mod arch;
pub mod component;
mod console_file;
pub mod errno;
pub mod event_counter;
pub mod file;
pub mod host;
pub mod init;
pub mod kernel;
pub mod kqueue;
pub mod memory;
pub mod module;
pub mod pipe;
pub mod poll;
pub mod process;
pub mod sched;
pub mod secure_level;
pub mod semaphore;
pub mod signal;
pub mod sync;
pub mod syscall;
pub mod syscalls;
pub mod sysctl;
pub mod time;
pub mod time_of_day;
pub mod timer;
pub mod timeval;
pub mod trace;
pub mod uio;
pub mod user_memory;

pub use arrayvec;
pub use bitflags;
pub use spin;

//! The host side of a rump kernel: the hypercalls `rumpuser_*`, version 17, on Linux.
//!
//! A rump kernel reaches its host through these functions only. The library is interchangeable with
//! NetBSD's librumpuser: the declarations are in `include/rump/rumpuser.h`.
//!
//! Three rules hold everywhere:
//!
//! - **Errors** cross the interface as NetBSD errno values ([`errno_translation`]); 0 is success.
//! - **A hypercall that may block** hands the caller's virtual CPU back to the kernel first and takes
//!   one again before it returns ([`hypervisor::without_virtual_cpu`]). Those that do not are named
//!   `nowrap`, or do not wait for anything but memory.
//! - **A broken contract** (unlocking what is not locked, two contexts on one thread) ends the process
//!   with a message: the kernel's state can no longer be trusted.
//!
//! Everything that is assembly is in [`arch`].

#[cfg(not(target_os = "linux"))]
compile_error!("rumpuser is written for Linux: futexes, getrandom(2) and the numbers of its errors");

pub mod arch;
pub mod block_io;
pub mod clock;
pub mod component;
pub mod condition_variable;
pub mod console;
pub mod current_lwp;
pub mod daemonize;
pub mod dynamic_linking;
mod elf;
pub mod errno_translation;
pub mod file;
mod futex;
pub mod hypervisor;
pub mod io_vector;
pub mod memory;
pub mod mutex;
pub mod parameter;
pub mod random;
pub mod rwlock;
pub mod signal_translation;
pub mod sync_fd;
pub mod system_call_proxy;
pub mod termination;
pub mod thread;

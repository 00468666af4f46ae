//! What the original's core offers, under names that begin with `rump_`, to the rest of its kernel: here to components that are
//! written in C, and to programs between `rump_schedule` and `rump_unschedule`. `rump/rump_core.h` declares it.
//!
//! Its steps of the boot are here, too: `rump_init` makes a kernel as a whole, so that a step finds its work done.

mod big_lock;
mod boot_steps;
mod console;
mod identities;
mod lwps;
mod memory;
mod scheduler;
mod system_call_proxy;
mod system_calls;

pub(crate) use identities::show_threads;

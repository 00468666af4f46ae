//! A deterministic host for rump kernels: the hypercalls `rumpuser_*`, version 17, implemented a second time.
//!
//! It is linked instead of rumpuser (`use simulator as _;`). A [`run`] makes a [`World`] from a seed and runs a program
//! in it. What a real host leaves to chance is decided by the seed:
//!
//! - **Schedule.** Threads are real, but one at a time runs; it passes the baton on inside hypercalls. Which thread
//!   goes on, which waiter a signal wakes, and whether a wait ends for no reason, is drawn.
//! - **Time** is virtual. It moves a little with every hypercall, and to the next deadline when all threads sleep.
//! - **Disks** ([`Disk`]) are memory with faults: transfers fail, and what was written but not synced may be lost or
//!   torn when the power goes.
//!
//! The same seed gives the same run, told by equal [`World::trace_hash`]es. When no thread can go on, or one runs for
//! ever, the run fails with what every thread waits for, and the seed. Worlds know nothing of each other: tests may run
//! as many at once as they like.
//!
//! ```text
//!   simulator_world (threads, baton, time)  <-  hypercalls/*, its own and ours  <-  the kernel
//!                    |                               |
//!                  world (run)                     disk
//! ```

mod disk;
mod errno;
mod hypercalls;
mod world;

pub use disk::{Direction, Disk, Fault};
pub use hypercalls::identity::last_errno;
pub use simulator_world::{Random, step};
pub use world::{Thread, World, run, seeds, sleep};

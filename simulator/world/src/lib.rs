//! Worlds: host threads of which one at a time runs, chosen by a seed, in virtual time; and the hypercalls that are about
//! threads, locks, clocks and chance.
//!
//! Two hosts stand on it: the simulator for tests in Rust, whose files are disks in memory, and the library that is loaded
//! before a C program to take its threads and its time over. Each says how a world begins and ends, and what its files are.
//!
//! ```text
//!   hypercalls/*  ->  world (who I am)  ->  scheduler (who runs, what time it is)
//!                       |                       |
//!                  host_thread                random
//! ```

mod errno;
mod host_thread;
mod hypercalls;
mod random;
mod scheduler;
mod world;

pub use host_thread::{host_function, map_aligned, try_host_function};
pub use hypercalls::clock::{BEGINNING, nanoseconds_of};
pub use random::Random;
pub use scheduler::{Event, Guard, Moment, Scheduler, State, ThreadNumber, Verdict, Wait};
pub use world::{
    Place, Shared, create_thread, current, join_thread, locked, message_of, sleep_for, start_host_thread,
    step, try_current,
};

//! A library that is loaded before a C program (`LD_PRELOAD`), linked with rump libraries as they are, and makes it run in a
//! simulated world: the seed in `SIMULATOR_SEED` decides whose turn it is and when a disk answers, and time is virtual.
//!
//! `main` becomes the world's first thread; the thread that the host has made for it watches, and ends the process with a
//! message that names the seed and every thread's state when no thread can go on. Of the hypercalls, those about threads,
//! locks, clocks and chance are the world's; those about memory are refused where the program has set a limit; those about files take virtual time and then go to librumpuser, as all others
//! do. Every call of the program into the kernel is a moment to switch. Of the C library's functions, those are replaced that
//! make threads and wait for them or for time, as far as the tests use them. A program that blocks in anything else holds up its
//! world, and is ended as stuck after half a minute.
//!
//! Addresses are the same in every run, too, where the host allows that. All threads share one CPU of the host.
//!
//! `SIMULATOR_TRACE` names a file that gets the trace hash when `main` has returned: the same seed gives the same hash.
//!
//! ```text
//!   start (the world's beginning and end)    threads, barrier, time, loader, process, memory (the C library's functions)
//!                      \                      /
//!                       simulator_world      hypercalls (pass on to librumpuser), host
//! ```

mod barrier;
mod calls;
mod host;
mod hypercalls;
mod loader;
mod memory;
mod process;
mod start;
mod threads;
mod time;

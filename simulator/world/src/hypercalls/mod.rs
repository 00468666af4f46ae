//! UNSAFE. Hypercalls that are the same wherever a world's files are.
//!
//! Contracts are those of `include/rump/rumpuser.h`; errors are NetBSD's numbers. A broken contract (unlocking what is not
//! locked) fails the run.

pub mod clock;
mod lock;
mod random;
mod thread;

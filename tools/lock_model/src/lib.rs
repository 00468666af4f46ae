//! The kernel's locks and virtual CPUs, as they are, on a host that shuttle schedules.
//!
//! The source files of the kernel are included under their own names; what they call is replaced: atomics and spin locks
//! ([`lock_model_substitutes`]), the host's monitors and clock ([`host`]), and which lwp a thread runs ([`sched`]). Shuttle
//! runs its threads one at a time and chooses at each atomic operation who is next, so it finds orders of operations, but
//! not what a processor makes of too weak an ordering.

extern crate alloc;
extern crate lock_model_substitutes as core;
extern crate lock_model_substitutes as spin;

#[allow(dead_code, reason = "the model needs but a part of it")]
#[path = "../../../src/errno.rs"]
pub mod errno;
pub mod host;
pub mod sched;
#[path = "../../../src/sync/mod.rs"]
pub mod sync;
#[allow(dead_code, reason = "the model needs but a part of it")]
#[path = "../../../src/time.rs"]
pub mod time;

/// Schedules for each test: `LOCK_MODEL_SCHEDULES` in the environment, or 1,000.
///
/// # Panics
/// When that is no number.
#[must_use]
pub fn schedules() -> usize {
    std::env::var("LOCK_MODEL_SCHEDULES").map_or(1000, |text| text.parse().expect("a number of schedules"))
}

/// Runs a program under many schedules: half of them choose anybody at each step, half let the same thread run on but for a
/// few changes, which is how a waiter gets to sleep in spite of its patience. A failure prints a schedule that repeats it.
pub fn explore(program: impl Fn() + Send + Sync + Copy + 'static) {
    shuttle::check_random(program, schedules() / 2);
    shuttle::check_pct(program, schedules() / 2, 4);
}

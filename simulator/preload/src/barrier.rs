//! UNSAFE. Barriers of the program.

use core::ffi::{c_int, c_uint, c_void};
use simulator_world::{Event, Wait, current, locked};
use std::collections::BTreeMap;
use std::sync::Mutex;

struct Barrier {
    number: u64,
    count: c_uint,
    arrived: c_uint,
}

/// All barriers, by address.
static BARRIERS: Mutex<BTreeMap<usize, Barrier>> = Mutex::new(BTreeMap::new());

/// pthread_barrier_init(3). Errors: EINVAL for a count of 0.
///
/// # Panics
/// Outside of the world, as the other functions of barriers.
#[unsafe(no_mangle)]
pub extern "C" fn pthread_barrier_init(
    barrier: *mut libc::pthread_barrier_t,
    _attributes: *const c_void,
    count: c_uint,
) -> c_int {
    if count == 0 {
        return libc::EINVAL;
    }
    let number = current().0.scheduler.lock().object_number();
    locked(&BARRIERS).insert(barrier.addr(), Barrier { number, count, arrived: 0 });
    0
}

/// pthread_barrier_destroy(3).
#[unsafe(no_mangle)]
pub extern "C" fn pthread_barrier_destroy(barrier: *mut libc::pthread_barrier_t) -> c_int {
    if locked(&BARRIERS).remove(&barrier.addr()).is_some() { 0 } else { libc::EINVAL }
}

/// pthread_barrier_wait(3). Errors: EINVAL if it has not been initialised.
#[unsafe(no_mangle)]
pub extern "C" fn pthread_barrier_wait(barrier: *mut libc::pthread_barrier_t) -> c_int {
    let (shared, me) = current();
    let mut state = shared.scheduler.enter(me, Event::Wait, 0);
    let mut barriers = locked(&BARRIERS);
    let Some(barrier) = barriers.get_mut(&barrier.addr()) else { return libc::EINVAL };
    barrier.arrived += 1;
    let wait = Wait::Condition(barrier.number);
    let is_last = barrier.arrived == barrier.count;
    if is_last {
        barrier.arrived = 0;
    }
    drop(barriers);
    if is_last {
        state.wake_all(wait);
        shared.scheduler.leave(state, me);
        libc::PTHREAD_BARRIER_SERIAL_THREAD
    } else {
        drop(shared.scheduler.block(state, me, wait, None));
        0
    }
}

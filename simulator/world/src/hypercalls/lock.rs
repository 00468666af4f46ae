//! Mutexes and condition variables.

use crate::errno::{EBUSY, ETIMEDOUT};
use crate::scheduler::{Event, Guard, Moment, ThreadNumber, Wait};
use crate::world::{Shared, current};
use core::cell::Cell;
use core::ffi::c_int;

/// `struct rumpuser_mtx`. Touched by the thread that holds the world's baton alone.
pub struct Mutex {
    number: u64,
    owner: Cell<Option<ThreadNumber>>,
}

/// `struct rumpuser_cv`.
pub struct ConditionVariable {
    number: u64,
}

fn object_number() -> u64 {
    let (shared, me) = current();
    shared.scheduler.enter(me, Event::Other, 0).object_number()
}

/// # Safety
/// `mutex` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_mutex_init(mutex: *mut *mut Mutex, _flags: c_int) {
    let made = Box::new(Mutex { number: object_number(), owner: Cell::new(None) });
    // SAFETY: the caller's contract.
    unsafe { *mutex = Box::into_raw(made) };
}

/// # Safety
/// `mutex` comes from [`rumpuser_mutex_init`] and is not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_mutex_destroy(mutex: *mut Mutex) {
    // SAFETY: the caller's contract.
    drop(unsafe { Box::from_raw(mutex) });
}

fn take<'a>(shared: &'a Shared, mut state: Guard<'a>, me: ThreadNumber, mutex: &Mutex) -> Guard<'a> {
    while mutex.owner.get().is_some() {
        (state, _) = shared.scheduler.block(state, me, Wait::Mutex(mutex.number), None);
    }
    mutex.owner.set(Some(me));
    state
}

fn give(shared: &Shared, mut state: Guard<'_>, me: ThreadNumber, mutex: &Mutex) {
    if mutex.owner.get() != Some(me) {
        shared.scheduler.fail(&mut state, "a thread unlocks a mutex that it does not hold");
        drop(state);
        shared.scheduler.abandon();
    }
    mutex.owner.set(None);
    state.wake_all(Wait::Mutex(mutex.number));
}

/// # Safety
/// `mutex` comes from [`rumpuser_mutex_init`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_mutex_enter_nowrap(mutex: *mut Mutex) {
    // SAFETY: the caller's contract.
    let mutex = unsafe { &*mutex };
    let (shared, me) = current();
    let state = take(&shared, shared.scheduler.enter(me, Event::Enter, mutex.number), me, mutex);
    shared.scheduler.leave(state, me);
}

/// # Safety
/// `mutex` comes from [`rumpuser_mutex_init`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_mutex_tryenter(mutex: *mut Mutex) -> c_int {
    // SAFETY: the caller's contract.
    let mutex = unsafe { &*mutex };
    let (shared, me) = current();
    let state = shared.scheduler.enter(me, Event::Enter, mutex.number);
    let is_free = mutex.owner.get().is_none();
    if is_free {
        mutex.owner.set(Some(me));
    }
    shared.scheduler.leave(state, me);
    if is_free { 0 } else { EBUSY }
}

/// # Safety
/// `mutex` comes from [`rumpuser_mutex_init`]; the caller holds it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_mutex_exit(mutex: *mut Mutex) {
    // SAFETY: the caller's contract.
    let mutex = unsafe { &*mutex };
    let (shared, me) = current();
    give(&shared, shared.scheduler.enter(me, Event::Exit, mutex.number), me, mutex);
    shared.scheduler.leave(shared.scheduler.lock(), me);
}

/// # Safety
/// `condition` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_cv_init(condition: *mut *mut ConditionVariable) {
    let made = Box::new(ConditionVariable { number: object_number() });
    // SAFETY: the caller's contract.
    unsafe { *condition = Box::into_raw(made) };
}

/// # Safety
/// `condition` comes from [`rumpuser_cv_init`] and is not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_cv_destroy(condition: *mut ConditionVariable) {
    // SAFETY: the caller's contract.
    drop(unsafe { Box::from_raw(condition) });
}

/// Gives the mutex up, waits, and takes it again; says whether it was woken in time.
fn wait(condition: &ConditionVariable, mutex: &Mutex, timeout: Option<Moment>) -> bool {
    let (shared, me) = current();
    let scheduler = &shared.scheduler;
    let mut state = scheduler.enter(me, Event::Wait, condition.number);
    let deadline = timeout.map(|timeout| state.now.saturating_add(timeout));
    let once_in = state.spurious_once_in;
    let spurious = state.random.once_in(once_in);
    give(&shared, state, me, mutex);
    let state = scheduler.lock();
    let (state, woken) = if spurious {
        (scheduler.switch(state, me), true)
    } else {
        scheduler.block(state, me, Wait::Condition(condition.number), deadline)
    };
    drop(take(&shared, state, me, mutex));
    woken
}

/// # Safety
/// Both come from their init functions; the caller holds the mutex.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_cv_wait_nowrap(condition: *mut ConditionVariable, mutex: *mut Mutex) {
    // SAFETY: the caller's contract.
    unsafe { wait(&*condition, &*mutex, None) };
}

/// # Safety
/// As [`rumpuser_cv_wait_nowrap`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_cv_timedwait(
    condition: *mut ConditionVariable,
    mutex: *mut Mutex,
    seconds: i64,
    nanoseconds: i64,
) -> c_int {
    let span = super::clock::nanoseconds_of(seconds, nanoseconds);
    // SAFETY: the caller's contract.
    let woken = unsafe { wait(&*condition, &*mutex, Some(span)) };
    if woken { 0 } else { ETIMEDOUT }
}

/// # Safety
/// `condition` comes from [`rumpuser_cv_init`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_cv_signal(condition: *mut ConditionVariable) {
    // SAFETY: the caller's contract.
    let number = unsafe { (*condition).number };
    let (shared, me) = current();
    let mut state = shared.scheduler.enter(me, Event::Signal, number);
    state.wake_one(Wait::Condition(number));
    shared.scheduler.leave(state, me);
}

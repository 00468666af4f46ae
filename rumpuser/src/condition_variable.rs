//! Condition variables: a sequence number to sleep on, and a count of the threads that wait.
//!
//! A waiter notes the sequence number and counts itself *before* it gives anything up, the virtual CPU
//! included: a condition that the CPU guards (the kernel wakes its soft interrupts so) can be signalled from
//! then on, and the sleep does not begin.

use core::ffi::{c_int, c_void};
use core::sync::atomic::{AtomicU32, Ordering};

use crate::clock::monotonic_now;
use crate::errno_translation::{HostErrno, hypercall_result};
use crate::futex::{self, Wakeup};
use crate::hypervisor::{release_virtual_cpu, take_virtual_cpu};
use crate::mutex::{Mutex, mutex_at};

const NANOSECONDS_PER_SECOND: i64 = 1_000_000_000;
/// In the count of waiters: the last one to leave frees the variable.
const DESTROYED: u32 = 1 << 31;

/// `struct rumpuser_cv`.
#[repr(C)]
pub struct ConditionVariable {
    sequence: AtomicU32,
    waiters: AtomicU32,
}

/// A thread that waits, from before it gives the mutex up until it has it again.
struct Waiter {
    condition: *const ConditionVariable,
    sequence: u32,
}

impl Waiter {
    /// # Safety
    /// `condition` comes from [`rumpuser_cv_init`] and is not destroyed yet.
    unsafe fn join(condition: *mut ConditionVariable) -> Self {
        // SAFETY: the caller's contract.
        let variable = unsafe { &*condition };
        // In this order: who sees the waiter and signals changes the number that the waiter has noted.
        let sequence = variable.sequence.load(Ordering::SeqCst);
        variable.waiters.fetch_add(1, Ordering::SeqCst);
        Self { condition, sequence }
    }

    fn variable(&self) -> &ConditionVariable {
        // SAFETY: it stays until its waiters have left, see `leave` and `rumpuser_cv_destroy`.
        unsafe { &*self.condition }
    }

    /// Sleeps until a signal that is later than `join`.
    fn sleep(&self, deadline: Option<&libc::timespec>) -> Wakeup {
        let wakeup = futex::wait(&self.variable().sequence, self.sequence, deadline);
        // Signalled at the last moment is signalled: another waiter may have been passed over for us.
        if self.variable().sequence.load(Ordering::SeqCst) == self.sequence { wakeup } else { Wakeup::Woken }
    }

    fn leave(self) {
        if self.variable().waiters.fetch_sub(1, Ordering::AcqRel) == DESTROYED + 1 {
            // SAFETY: made by Box::into_raw, given up by its owner, and no other waiter is left.
            drop(unsafe { Box::from_raw(self.condition.cast_mut()) });
        }
    }
}

/// Makes a condition variable.
///
/// # Safety
/// `condition` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_cv_init(condition: *mut *mut ConditionVariable) {
    let made = ConditionVariable { sequence: AtomicU32::new(0), waiters: AtomicU32::new(0) };
    // SAFETY: the caller's contract.
    unsafe { *condition = Box::into_raw(Box::new(made)) };
}

/// Frees a condition variable for which nobody waits. Threads that have been woken may still be on their
/// way out.
///
/// # Safety
/// `condition` comes from [`rumpuser_cv_init`]; nobody uses it from now on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_cv_destroy(condition: *mut ConditionVariable) {
    // SAFETY: the caller's contract.
    let waiters = unsafe { &*condition }.waiters.fetch_or(DESTROYED, Ordering::AcqRel);
    if waiters == 0 {
        // SAFETY: made by Box::into_raw, given up by the caller, and no waiter is left.
        drop(unsafe { Box::from_raw(condition) });
    }
}

/// Gives up the virtual CPU and the mutex, waits, and takes both again.
///
/// # Safety
/// As in [`rumpuser_cv_wait`].
unsafe fn wait_without_cpu(
    condition: *mut ConditionVariable,
    interlock: *mut Mutex,
    deadline: Option<&libc::timespec>,
) -> Wakeup {
    // SAFETY: the caller's contract.
    let (waiter, mutex) = unsafe { (Waiter::join(condition), mutex_at(interlock)) };
    // If it is the scheduler's mutex, the caller does not hold it yet: the kernel takes it here.
    let locks = release_virtual_cpu(interlock.cast::<c_void>());
    mutex.clear_owner();
    mutex.unlock();
    let wakeup = waiter.sleep(deadline);
    if mutex.follows_virtual_cpu() {
        take_virtual_cpu(locks, interlock.cast());
        mutex.lock();
        mutex.set_owner();
    } else {
        mutex.lock();
        mutex.set_owner();
        take_virtual_cpu(locks, interlock.cast());
    }
    waiter.leave();
    wakeup
}

/// Waits for a signal, without the virtual CPU and the mutex.
///
/// # Safety
/// `condition` and `mutex` are what [`rumpuser_cv_init`] and `rumpuser_mutex_init` have made, and the caller
/// holds the mutex, or the kernel takes it when it gives the CPU back.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_cv_wait(condition: *mut ConditionVariable, mutex: *mut Mutex) {
    // SAFETY: the caller's contract.
    unsafe { wait_without_cpu(condition, mutex, None) };
}

/// Waits for a signal without the mutex, on a thread that has no virtual CPU or keeps it.
///
/// # Safety
/// `condition` and `mutex` are what their init functions have made; the caller holds the mutex.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_cv_wait_nowrap(condition: *mut ConditionVariable, mutex: *mut Mutex) {
    // SAFETY: the caller's contract.
    let (waiter, mutex) = unsafe { (Waiter::join(condition), mutex_at(mutex)) };
    mutex.clear_owner();
    mutex.unlock();
    waiter.sleep(None);
    mutex.lock();
    mutex.set_owner();
    waiter.leave();
}

/// As [`rumpuser_cv_wait`], for at most this long, counted on the monotonic clock from the call.
///
/// Errors: ETIMEDOUT if no signal has come by then. A negative span is over at once.
///
/// # Safety
/// As in [`rumpuser_cv_wait`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_cv_timedwait(
    condition: *mut ConditionVariable,
    mutex: *mut Mutex,
    seconds: i64,
    nanoseconds: i64,
) -> c_int {
    let deadline = later(monotonic_now(), seconds, nanoseconds);
    // SAFETY: the caller's contract.
    match unsafe { wait_without_cpu(condition, mutex, Some(&deadline)) } {
        Wakeup::Woken => 0,
        Wakeup::TimedOut => hypercall_result(Err(HostErrno(libc::ETIMEDOUT))),
    }
}

/// A time plus a span, within what the host takes: neither negative nor more than it can count.
fn later(time: libc::timespec, seconds: i64, nanoseconds: i64) -> libc::timespec {
    let carried = time.tv_nsec.saturating_add(nanoseconds.rem_euclid(NANOSECONDS_PER_SECOND));
    let sum = time
        .tv_sec
        .saturating_add(seconds)
        .saturating_add(nanoseconds.div_euclid(NANOSECONDS_PER_SECOND))
        .saturating_add(carried / NANOSECONDS_PER_SECOND);
    libc::timespec { tv_sec: sum.max(0), tv_nsec: carried % NANOSECONDS_PER_SECOND }
}

/// Wakes one waiter, if there is one.
///
/// # Safety
/// `condition` comes from [`rumpuser_cv_init`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_cv_signal(condition: *mut ConditionVariable) {
    // SAFETY: the caller's contract.
    let variable = unsafe { &*condition };
    if variable.waiters.load(Ordering::SeqCst) != 0 {
        variable.sequence.fetch_add(1, Ordering::SeqCst);
        futex::wake_one(&raw const variable.sequence);
    }
}

/// Wakes every waiter.
///
/// # Safety
/// `condition` comes from [`rumpuser_cv_init`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_cv_broadcast(condition: *mut ConditionVariable) {
    // SAFETY: the caller's contract.
    let variable = unsafe { &*condition };
    if variable.waiters.load(Ordering::SeqCst) != 0 {
        variable.sequence.fetch_add(1, Ordering::SeqCst);
        futex::wake_all(&raw const variable.sequence);
    }
}

/// Stores the number of threads that wait or are just coming back.
///
/// # Safety
/// `condition` comes from [`rumpuser_cv_init`]; `waiters` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_cv_has_waiters(condition: *mut ConditionVariable, waiters: *mut c_int) {
    // SAFETY: the caller's contract.
    unsafe { *waiters = (*condition).waiters.load(Ordering::SeqCst).cast_signed() };
}

#[cfg(test)]
mod tests {
    use super::later;

    fn sum(time: (i64, i64), seconds: i64, nanoseconds: i64) -> (i64, i64) {
        let time = later(libc::timespec { tv_sec: time.0, tv_nsec: time.1 }, seconds, nanoseconds);
        (time.tv_sec, time.tv_nsec)
    }

    #[test]
    fn deadlines_carry_and_never_leave_the_range_of_the_host() {
        assert_eq!(sum((5, 999_999_999), 1, 1), (7, 0));
        assert_eq!(sum((5, 0), 0, 3_500_000_000), (8, 500_000_000));
        assert_eq!(sum((5, 0), 0, -1), (4, 999_999_999));
        assert_eq!(sum((5, 7), -9, 0), (0, 7));
        assert_eq!(sum((5, 999_999_999), i64::MAX, i64::MAX).0, i64::MAX);
        assert_eq!(sum((5, 0), i64::MIN, i64::MIN).0, 0);
    }
}

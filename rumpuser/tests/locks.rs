//! Mutexes, reader/writer locks and condition variables under contention.

mod support;

use core::cell::UnsafeCell;
use core::ffi::c_int;
use core::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rumpuser::condition_variable::*;
use rumpuser::current_lwp::*;
use rumpuser::mutex::*;
use rumpuser::rwlock::*;
use support::{Random, SCHEDULER_MUTEX, enter_kernel, enter_kernel_as, has_cpu, releases, until};

const EBUSY: c_int = 16;
const ETIMEDOUT: c_int = 60;

/// A pointer that threads of a test share.
struct Shared<T>(*mut T);
impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Shared<T> {}
unsafe impl<T> Send for Shared<T> {}
unsafe impl<T> Sync for Shared<T> {}
impl<T> Shared<T> {
    fn get(self) -> *mut T {
        self.0
    }
}

fn mutex(flags: c_int) -> Shared<Mutex> {
    let mut made = ptr::null_mut();
    unsafe { rumpuser_mutex_init(&raw mut made, flags) };
    Shared(made)
}

fn condition() -> Shared<ConditionVariable> {
    let mut made = ptr::null_mut();
    unsafe { rumpuser_cv_init(&raw mut made) };
    Shared(made)
}

fn rwlock() -> Shared<ReaderWriterLock> {
    let mut made = ptr::null_mut();
    unsafe { rumpuser_rw_init(&raw mut made) };
    Shared(made)
}

fn owner(mutex: Shared<Mutex>) -> *mut Lwp {
    let mut owner = ptr::dangling_mut();
    unsafe { rumpuser_mutex_owner(mutex.get(), &raw mut owner) };
    owner
}

fn waiters(condition: Shared<ConditionVariable>) -> c_int {
    let mut count = -1;
    unsafe { rumpuser_cv_has_waiters(condition.get(), &raw mut count) };
    count
}

fn held(kind: c_int, lock: Shared<ReaderWriterLock>) -> c_int {
    let mut held = -1;
    unsafe { rumpuser_rw_held(kind, lock.get(), &raw mut held) };
    held
}

/// A counter that only the lock under test guards.
struct Unguarded(UnsafeCell<u64>);
unsafe impl Sync for Unguarded {}
impl Unguarded {
    fn new() -> Arc<Self> {
        Arc::new(Self(UnsafeCell::new(0)))
    }
    fn increment(&self) {
        unsafe { *self.0.get() += 1 };
    }
    fn value(&self) -> u64 {
        unsafe { *self.0.get() }
    }
}

#[test]
fn a_contended_mutex_lets_one_in_at_a_time_and_gives_the_cpu_back_only_if_adaptive() {
    const ROUNDS: u64 = 40_000;
    for flags in [RUMPUSER_MTX_KMUTEX, RUMPUSER_MTX_KMUTEX | RUMPUSER_MTX_SPIN, RUMPUSER_MTX_SPIN] {
        let (lock, counter) = (mutex(flags), Unguarded::new());
        let threads: Vec<_> = (1..=4)
            .map(|number| {
                let counter = Arc::clone(&counter);
                thread::spawn(move || {
                    let me = enter_kernel_as(number);
                    for _ in 0..ROUNDS {
                        unsafe { rumpuser_mutex_enter(lock.get()) };
                        assert!(has_cpu());
                        if flags & RUMPUSER_MTX_KMUTEX != 0 {
                            assert_eq!(owner(lock), me);
                        }
                        counter.increment();
                        unsafe { rumpuser_mutex_exit(lock.get()) };
                    }
                    if flags & RUMPUSER_MTX_SPIN != 0 {
                        assert_eq!(releases(), 0);
                    }
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(counter.value(), 4 * ROUNDS);
        unsafe { rumpuser_mutex_destroy(lock.get()) };
    }
}

#[test]
fn waiting_for_an_adaptive_mutex_releases_the_cpu_once() {
    enter_kernel_as(1);
    let lock = mutex(RUMPUSER_MTX_KMUTEX);
    unsafe { rumpuser_mutex_enter(lock.get()) };
    assert_eq!(releases(), 0, "a free mutex costs no upcall");
    let waits = Arc::new(AtomicBool::new(false));
    let waiting = Arc::clone(&waits);
    let other = thread::spawn(move || {
        let me = enter_kernel_as(2);
        assert_eq!(unsafe { rumpuser_mutex_tryenter(lock.get()) }, EBUSY);
        waiting.store(true, Ordering::SeqCst);
        unsafe { rumpuser_mutex_enter(lock.get()) };
        assert_eq!((owner(lock), releases(), has_cpu()), (me, 1, true));
        unsafe { rumpuser_mutex_exit(lock.get()) };
    });
    until("the other thread's start", || waits.load(Ordering::SeqCst));
    thread::sleep(Duration::from_millis(30));
    assert_eq!(owner(lock), rumpuser_curlwp());
    unsafe { rumpuser_mutex_exit(lock.get()) };
    other.join().unwrap();
    assert_eq!(owner(lock), ptr::null_mut());
    assert_eq!(unsafe { rumpuser_mutex_tryenter(lock.get()) }, 0);
    assert_eq!(owner(lock), rumpuser_curlwp());
    unsafe {
        rumpuser_mutex_exit(lock.get());
        rumpuser_mutex_destroy(lock.get());
    }
}

#[test]
fn a_context_belongs_to_one_thread() {
    enter_kernel();
    assert!(rumpuser_curlwp().is_null());
    let lwp: *mut Lwp = ptr::without_provenance_mut(64);
    rumpuser_curlwpop(RUMPUSER_LWP_CREATE, lwp);
    assert!(rumpuser_curlwp().is_null());
    rumpuser_curlwpop(RUMPUSER_LWP_SET, lwp);
    assert_eq!(rumpuser_curlwp(), lwp);
    thread::spawn(|| assert!(rumpuser_curlwp().is_null())).join().unwrap();
    rumpuser_curlwpop(RUMPUSER_LWP_CLEAR, lwp);
    assert!(rumpuser_curlwp().is_null());
    rumpuser_curlwpop(RUMPUSER_LWP_DESTROY, lwp);
}

#[test]
fn a_reader_writer_lock_knows_who_holds_it() {
    enter_kernel_as(1);
    let lock = rwlock();
    let (reader, writer) = (RUMPUSER_RW_READER, RUMPUSER_RW_WRITER);
    unsafe {
        rumpuser_rw_enter(reader, lock.get());
        assert_eq!(rumpuser_rw_tryenter(reader, lock.get()), 0);
        assert_eq!((held(reader, lock), held(writer, lock)), (2, 0));
        assert_eq!(rumpuser_rw_tryenter(writer, lock.get()), EBUSY);
        assert_eq!(rumpuser_rw_tryupgrade(lock.get()), EBUSY, "two readers");
        rumpuser_rw_exit(lock.get());
        assert_eq!(rumpuser_rw_tryupgrade(lock.get()), 0, "one reader");
        assert_eq!((held(reader, lock), held(writer, lock)), (0, 1));
        let seen_by_another = thread::spawn(move || {
            enter_kernel_as(2);
            let answers = (
                rumpuser_rw_tryenter(reader, lock.get()),
                rumpuser_rw_tryenter(writer, lock.get()),
                held(writer, lock),
            );
            assert_eq!(rumpuser_rw_tryenter(7, lock.get()), 22);
            answers
        });
        assert_eq!(seen_by_another.join().unwrap(), (EBUSY, EBUSY, 0));
        rumpuser_rw_downgrade(lock.get());
        assert_eq!((held(reader, lock), held(writer, lock)), (1, 0));
        assert_eq!(rumpuser_rw_tryenter(reader, lock.get()), 0);
        rumpuser_rw_exit(lock.get());
        rumpuser_rw_exit(lock.get());
        assert_eq!((held(reader, lock), held(writer, lock)), (0, 0));
        assert_eq!(rumpuser_rw_tryenter(writer, lock.get()), 0);
        rumpuser_rw_exit(lock.get());
        rumpuser_rw_destroy(lock.get());
    }
    assert_eq!(releases(), 0, "none of this waits");
}

/// Two words that a writer changes one after the other: readers must never see them differ.
struct Pair(UnsafeCell<(u64, u64)>);
unsafe impl Sync for Pair {}

fn reader_writer_thread(number: usize, lock: Shared<ReaderWriterLock>, pair: &Pair) -> u64 {
    enter_kernel_as(number);
    let mut random = Random(0x9e37_79b9 * number as u64);
    let mut writes = 0;
    let write = |writes: &mut u64| unsafe {
        assert_eq!(held(RUMPUSER_RW_WRITER, lock), 1);
        (*pair.0.get()).0 += 1;
        core::hint::spin_loop();
        (*pair.0.get()).1 += 1;
        *writes += 1;
    };
    let read = || unsafe { *pair.0.get() };
    for _ in 0..30_000 {
        let lock = lock.get();
        match random.below(8) {
            0 => unsafe {
                rumpuser_rw_enter(RUMPUSER_RW_WRITER, lock);
                write(&mut writes);
                rumpuser_rw_exit(lock);
            },
            1 => unsafe {
                rumpuser_rw_enter(RUMPUSER_RW_WRITER, lock);
                write(&mut writes);
                let before = read();
                rumpuser_rw_downgrade(lock);
                assert_eq!(read(), before, "a writer came in during the downgrade");
                rumpuser_rw_exit(lock);
            },
            2 => unsafe {
                rumpuser_rw_enter(RUMPUSER_RW_READER, lock);
                let before = read();
                if rumpuser_rw_tryupgrade(lock) == 0 {
                    assert_eq!(read(), before, "a writer came in during the upgrade");
                    write(&mut writes);
                }
                rumpuser_rw_exit(lock);
            },
            3 => unsafe {
                if rumpuser_rw_tryenter(RUMPUSER_RW_WRITER, lock) == 0 {
                    write(&mut writes);
                    rumpuser_rw_exit(lock);
                }
            },
            _ => unsafe {
                rumpuser_rw_enter(RUMPUSER_RW_READER, lock);
                let (first, second) = read();
                assert_eq!(first, second, "a writer among readers");
                rumpuser_rw_exit(lock);
            },
        }
        assert!(has_cpu());
    }
    writes
}

#[test]
fn readers_never_meet_a_writer_and_nobody_is_forgotten() {
    let lock = rwlock();
    let pair = Pair(UnsafeCell::new((0, 0)));
    let writes: u64 = thread::scope(|scope| {
        let pair = &pair;
        let threads: Vec<_> =
            (1..=6).map(|number| scope.spawn(move || reader_writer_thread(number, lock, pair))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    let (first, second) = pair.0.into_inner();
    assert_eq!((first, second), (writes, writes));
    unsafe { rumpuser_rw_destroy(lock.get()) };
}

#[test]
fn readers_wait_behind_a_waiting_writer_and_join_after_a_downgrade() {
    enter_kernel_as(1);
    let lock = rwlock();
    let entered = Arc::new(AtomicU32::new(0));
    unsafe { rumpuser_rw_enter(RUMPUSER_RW_READER, lock.get()) };
    let seen = Arc::clone(&entered);
    let writer = thread::spawn(move || {
        enter_kernel_as(2);
        unsafe { rumpuser_rw_enter(RUMPUSER_RW_WRITER, lock.get()) };
        assert_eq!(releases(), 1);
        seen.store(1, Ordering::SeqCst);
        thread::sleep(Duration::from_millis(20));
        unsafe { rumpuser_rw_downgrade(lock.get()) };
        until("the reader's entry next to the downgraded writer", || seen.load(Ordering::SeqCst) == 2);
        unsafe { rumpuser_rw_exit(lock.get()) };
    });
    let reader = |number, seen: Arc<AtomicU32>| {
        thread::spawn(move || {
            enter_kernel_as(number);
            // Until the writer waits, another reader may enter.
            until("a waiting writer", || {
                let free = unsafe { rumpuser_rw_tryenter(RUMPUSER_RW_READER, lock.get()) } == 0;
                if free {
                    unsafe { rumpuser_rw_exit(lock.get()) };
                }
                !free
            });
            unsafe { rumpuser_rw_enter(RUMPUSER_RW_READER, lock.get()) };
            assert_eq!(seen.load(Ordering::SeqCst), 1, "the reader passed the writer");
            seen.store(2, Ordering::SeqCst);
            unsafe { rumpuser_rw_exit(lock.get()) };
        })
    };
    let reader = reader(3, Arc::clone(&entered));
    thread::sleep(Duration::from_millis(50));
    assert_eq!(entered.load(Ordering::SeqCst), 0);
    unsafe { rumpuser_rw_exit(lock.get()) };
    writer.join().unwrap();
    reader.join().unwrap();
    unsafe { rumpuser_rw_destroy(lock.get()) };
}

#[test]
fn a_wait_gives_up_cpu_and_mutex_and_has_both_afterwards() {
    for flags in [RUMPUSER_MTX_KMUTEX, RUMPUSER_MTX_KMUTEX | RUMPUSER_MTX_SPIN] {
        let (lock, wakeup, ready) = (mutex(flags), condition(), Arc::new(AtomicBool::new(false)));
        let signalled = Arc::clone(&ready);
        let waiter = thread::spawn(move || {
            let me = enter_kernel_as(2);
            unsafe { rumpuser_mutex_enter(lock.get()) };
            while !signalled.load(Ordering::SeqCst) {
                unsafe { rumpuser_cv_wait(wakeup.get(), lock.get()) };
                assert!(has_cpu());
                assert_eq!(owner(lock), me);
            }
            unsafe { rumpuser_mutex_exit(lock.get()) };
            releases()
        });
        enter_kernel_as(1);
        until("a waiter", || waiters(wakeup) == 1);
        unsafe { rumpuser_mutex_enter(lock.get()) };
        assert_eq!(owner(lock), rumpuser_curlwp());
        ready.store(true, Ordering::SeqCst);
        unsafe { rumpuser_cv_signal(wakeup.get()) };
        assert_eq!(waiters(wakeup), 1, "it has not come back yet");
        unsafe { rumpuser_mutex_exit(lock.get()) };
        assert!(waiter.join().unwrap() >= 1);
        assert_eq!(waiters(wakeup), 0);
        unsafe {
            rumpuser_cv_destroy(wakeup.get());
            rumpuser_mutex_destroy(lock.get());
        }
    }
}

#[test]
fn a_broadcast_wakes_all_and_the_variable_can_go_at_once() {
    for _ in 0..50 {
        let (lock, wakeup) = (mutex(RUMPUSER_MTX_KMUTEX), condition());
        let (done, back) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let threads: Vec<_> = (1..=6)
            .map(|number| {
                let (done, back) = (Arc::clone(&done), Arc::clone(&back));
                thread::spawn(move || {
                    enter_kernel_as(number);
                    unsafe { rumpuser_mutex_enter(lock.get()) };
                    // No loop: the variable may be gone when the wait is over.
                    unsafe { rumpuser_cv_wait(wakeup.get(), lock.get()) };
                    assert!(done.load(Ordering::SeqCst));
                    back.fetch_add(1, Ordering::SeqCst);
                    unsafe { rumpuser_mutex_exit(lock.get()) };
                })
            })
            .collect();
        until("six waiters", || waiters(wakeup) == 6);
        thread::spawn(move || {
            enter_kernel_as(7);
            unsafe { rumpuser_mutex_enter(lock.get()) };
            done.store(true, Ordering::SeqCst);
            unsafe {
                rumpuser_cv_broadcast(wakeup.get());
                rumpuser_cv_destroy(wakeup.get());
                rumpuser_mutex_exit(lock.get());
            }
        })
        .join()
        .unwrap();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(back.load(Ordering::SeqCst), 6);
        unsafe { rumpuser_mutex_destroy(lock.get()) };
    }
}

#[test]
fn a_timed_wait_ends_in_time() {
    enter_kernel_as(1);
    let (lock, wakeup) = (mutex(RUMPUSER_MTX_KMUTEX), condition());
    unsafe { rumpuser_mutex_enter(lock.get()) };
    for (seconds, nanoseconds, least) in [
        (0, 0, Duration::ZERO),
        (0, 20_000_000, Duration::from_millis(20)),
        (0, 1, Duration::from_nanos(1)),
        (-5, 999_999_999, Duration::ZERO),
        (1, -970_000_000, Duration::from_millis(30)),
        (i64::MIN, i64::MIN, Duration::ZERO),
    ] {
        let start = Instant::now();
        let error = unsafe { rumpuser_cv_timedwait(wakeup.get(), lock.get(), seconds, nanoseconds) };
        let elapsed = start.elapsed();
        assert_eq!(error, ETIMEDOUT, "{seconds} s {nanoseconds} ns");
        assert!(elapsed >= least && elapsed < least + Duration::from_secs(2), "{elapsed:?}");
        assert_eq!((owner(lock), has_cpu(), waiters(wakeup)), (rumpuser_curlwp(), true, 0));
    }
    let waker = thread::spawn(move || {
        enter_kernel_as(2);
        until("the waiter", || waiters(wakeup) == 1);
        unsafe {
            rumpuser_mutex_enter(lock.get());
            rumpuser_cv_signal(wakeup.get());
            rumpuser_mutex_exit(lock.get());
        }
    });
    let start = Instant::now();
    assert_eq!(unsafe { rumpuser_cv_timedwait(wakeup.get(), lock.get(), i64::MAX, i64::MAX) }, 0);
    assert!(start.elapsed() < Duration::from_secs(20));
    waker.join().unwrap();
    unsafe {
        rumpuser_mutex_exit(lock.get());
        rumpuser_cv_destroy(wakeup.get());
        rumpuser_mutex_destroy(lock.get());
    }
}

/// Two threads hand a turn to each other; a lost wakeup would stop them.
fn play_ping_pong(flags: c_int, timed: bool, nowrap: bool) {
    const TURNS: u32 = 20_000;
    let (lock, wakeup, turn) = (mutex(flags), condition(), Arc::new(AtomicU32::new(0)));
    let players: Vec<_> = (0..2)
        .map(|me| {
            let turn = Arc::clone(&turn);
            thread::spawn(move || {
                enter_kernel_as(me as usize + 1);
                unsafe { rumpuser_mutex_enter(lock.get()) };
                loop {
                    let now = turn.load(Ordering::Relaxed);
                    if now >= TURNS {
                        break;
                    }
                    if now % 2 == me {
                        turn.store(now + 1, Ordering::Relaxed);
                        unsafe { rumpuser_cv_signal(wakeup.get()) };
                    } else if timed {
                        let error = unsafe { rumpuser_cv_timedwait(wakeup.get(), lock.get(), 20, 0) };
                        assert_eq!(error, 0, "a wakeup was lost");
                    } else if nowrap {
                        unsafe { rumpuser_cv_wait_nowrap(wakeup.get(), lock.get()) };
                    } else {
                        unsafe { rumpuser_cv_wait(wakeup.get(), lock.get()) };
                    }
                }
                unsafe {
                    rumpuser_cv_broadcast(wakeup.get());
                    rumpuser_mutex_exit(lock.get());
                }
                assert!(!nowrap || releases() == 0);
            })
        })
        .collect();
    players.into_iter().for_each(|player| player.join().unwrap());
    unsafe {
        rumpuser_cv_destroy(wakeup.get());
        rumpuser_mutex_destroy(lock.get());
    }
}

#[test]
fn no_wakeup_is_lost() {
    play_ping_pong(RUMPUSER_MTX_KMUTEX, false, false);
    play_ping_pong(RUMPUSER_MTX_KMUTEX, true, false);
    play_ping_pong(RUMPUSER_MTX_KMUTEX | RUMPUSER_MTX_SPIN, true, false);
    play_ping_pong(RUMPUSER_MTX_SPIN, false, true);
}

#[test]
fn the_scheduler_waits_on_a_mutex_that_it_takes_between_cpu_and_sleep() {
    let (lock, wakeup) = (mutex(RUMPUSER_MTX_SPIN), condition());
    SCHEDULER_MUTEX.store(lock.get(), Ordering::SeqCst);
    let waiter = thread::spawn(move || {
        enter_kernel_as(1);
        // Not held here, and not afterwards: the kernel takes and releases it with the CPU.
        unsafe { rumpuser_cv_wait(wakeup.get(), lock.get()) };
        assert!(has_cpu());
        // The one signal may still wake a sleeper after the waiter has seen it: the next wait then ends early, once.
        let wait = || unsafe { rumpuser_cv_timedwait(wakeup.get(), lock.get(), 0, 1_000_000) };
        assert!(wait() == ETIMEDOUT || wait() == ETIMEDOUT);
        assert!(has_cpu());
    });
    until("the waiter", || waiters(wakeup) == 1);
    unsafe { rumpuser_cv_signal(wakeup.get()) };
    waiter.join().unwrap();
    assert_eq!(unsafe { rumpuser_mutex_tryenter(lock.get()) }, 0);
    unsafe {
        rumpuser_mutex_exit(lock.get());
        rumpuser_cv_destroy(wakeup.get());
    }
    // The mutex stays: other tests of this process compare with its address.
}

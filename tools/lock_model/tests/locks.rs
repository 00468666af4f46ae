//! What the locks promise, under many schedules. That nobody sleeps for ever is checked by shuttle, which fails a run in
//! which all threads wait.

use lock_model::explore;
use lock_model::sched::{Lwp, VirtualCpus, run_as};
use lock_model::sync::{Condvar, Mutex, Parker, RwLock, WaitOutcome, WaitQueue};
use lock_model::time::Timespec;
use shuttle::rand::{Rng, thread_rng};
use shuttle::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use shuttle::thread::{self, JoinHandle, yield_now};
use std::sync::Arc;

/// Starts a thread with an lwp of its own.
fn spawn<R: Send + 'static>(
    cpus: &Arc<VirtualCpus>,
    work: impl FnOnce() -> R + Send + 'static,
) -> (Arc<Lwp>, JoinHandle<R>) {
    let lwp = Lwp::new(cpus);
    let own = Arc::clone(&lwp);
    (lwp, thread::spawn(move || run_as(&own, work)))
}

/// Lets others run for some time.
fn linger() {
    for _ in 0..thread_rng().gen_range(0..60) {
        yield_now();
    }
}

fn some_cpus() -> Arc<VirtualCpus> {
    Arc::new(VirtualCpus::new(thread_rng().gen_range(1..4)))
}

fn join_all<R>(threads: Vec<(Arc<Lwp>, JoinHandle<R>)>) -> Vec<R> {
    threads.into_iter().map(|(_, thread)| thread.join().unwrap()).collect()
}

#[test]
fn a_mutex_excludes_and_loses_no_waiter() {
    explore(|| {
        let (cpus, inside) = (some_cpus(), Arc::new(AtomicUsize::new(0)));
        let count = Arc::new(Mutex::new(0));
        let work = |_| {
            let (count, inside) = (Arc::clone(&count), Arc::clone(&inside));
            spawn(&cpus, move || {
                for _ in 0..2 {
                    let mut guard = count.lock();
                    assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                    linger();
                    *guard += 1;
                    inside.fetch_sub(1, Ordering::SeqCst);
                }
                drop(count.try_lock());
            })
        };
        join_all((0..3).map(work).collect());
        assert_eq!(*count.lock(), 6);
    });
}

#[test]
fn a_condition_variable_loses_no_notice() {
    explore(|| {
        let cpus = some_cpus();
        let place = Arc::new((Mutex::new(Vec::new()), Condvar::new(), Condvar::new()));
        let producer = |number| {
            let place = Arc::clone(&place);
            spawn(&cpus, move || {
                let (items, not_empty, not_full) = &*place;
                for item in 0..2 {
                    let mut items = items.lock();
                    while !items.is_empty() {
                        not_full.wait(&mut items);
                    }
                    items.push(number * 2 + item);
                    not_empty.notify_one();
                }
                0
            })
        };
        let consumer = |_| {
            let place = Arc::clone(&place);
            spawn(&cpus, move || {
                let (items, not_empty, not_full) = &*place;
                let mut sum = 0;
                for _ in 0..2 {
                    let mut items = items.lock();
                    let item = loop {
                        match items.pop() {
                            Some(item) => break item,
                            None => not_empty.wait(&mut items),
                        }
                    };
                    not_full.notify_one();
                    sum += item;
                }
                sum
            })
        };
        let threads = (0..2).map(producer).chain((0..2).map(consumer)).collect();
        assert_eq!(join_all(threads).into_iter().sum::<i32>(), 1 + 2 + 3);
    });
}

#[test]
fn a_wait_that_ends_in_time_or_not_leaves_the_queue_in_order() {
    explore(|| {
        let cpus = some_cpus();
        let queue = Arc::new(WaitQueue::new());
        let sleeper = |timed: bool| {
            let queue = Arc::clone(&queue);
            let timeout = timed.then_some(Timespec::from_milliseconds(1));
            spawn(&cpus, move || queue.wait_after(timeout, || ()))
        };
        let threads: Vec<_> = [true, false, true].into_iter().map(sleeper).collect();
        let mut woken = 0;
        let untimed_done = Arc::new(AtomicBool::new(false));
        linger();
        for _ in 0..2 {
            woken += usize::from(queue.wake_one());
        }
        // Whoever is left, or comes later, is woken by somebody who does not stop before all have ended.
        let waker = {
            let (queue, done) = (Arc::clone(&queue), Arc::clone(&untimed_done));
            thread::spawn(move || {
                let mut woken = 0;
                while !done.load(Ordering::SeqCst) {
                    woken += usize::from(queue.wake_one());
                    yield_now();
                }
                woken
            })
        };
        let outcomes = join_all(threads);
        untimed_done.store(true, Ordering::SeqCst);
        woken += waker.join().unwrap();
        assert_eq!(outcomes.iter().filter(|&&outcome| outcome == WaitOutcome::Woken).count(), woken);
        assert_eq!(outcomes[1], WaitOutcome::Woken);
        assert!(!queue.has_waiters());
    });
}

/// A wake goes to one sleeper: when that one is interrupted at the same time, it says that it was woken, or another was.
#[test]
fn an_interrupted_wait_takes_no_wake_with_it() {
    explore(|| {
        let cpus = some_cpus();
        let queue = Arc::new(WaitQueue::new());
        let sleeper = |_| {
            let queue = Arc::clone(&queue);
            spawn(&cpus, move || queue.wait_interruptibly_after(None, || ()))
        };
        let threads: Vec<_> = (0..2).map(sleeper).collect();
        linger();
        let mut woken = usize::from(queue.wake_one());
        threads[0].0.interrupt();
        let lwps: Vec<_> = threads.iter().map(|(lwp, _)| Arc::clone(lwp)).collect();
        let done = Arc::new(AtomicBool::new(false));
        let other = {
            let (queue, done) = (Arc::clone(&queue), Arc::clone(&done));
            thread::spawn(move || {
                let mut woken = 0;
                while !done.load(Ordering::SeqCst) {
                    if thread_rng().gen_range(0..2) == 0 {
                        woken += usize::from(queue.wake_one());
                    } else {
                        lwps[thread_rng().gen_range(0..2)].interrupt();
                    }
                    yield_now();
                }
                woken
            })
        };
        let outcomes = join_all(threads);
        done.store(true, Ordering::SeqCst);
        woken += other.join().unwrap();
        assert_eq!(outcomes.iter().filter(|&&outcome| outcome == WaitOutcome::Woken).count(), woken);
        assert!(!queue.has_waiters());
    });
}

/// One interruption is enough, whenever it comes after the sleep has begun.
#[test]
fn an_interruption_of_a_sleep_is_not_lost() {
    explore(|| {
        let cpus = some_cpus();
        let (lwp, sleeper) = spawn(&cpus, || WaitQueue::new().wait_interruptibly_after(None, || ()));
        while !lwp.interrupt() {
            yield_now();
        }
        assert_eq!(sleeper.join().unwrap(), WaitOutcome::Interrupted);
    });
}

#[test]
fn a_condition_that_changes_before_the_wake_is_seen() {
    explore(|| {
        let cpus = some_cpus();
        let shared = Arc::new((AtomicUsize::new(0), WaitQueue::new()));
        let waiter = |_| {
            let shared = Arc::clone(&shared);
            spawn(&cpus, move || {
                for round in 0..2 {
                    while shared.0.load(Ordering::SeqCst) <= round {
                        shared.1.wait_if(None, || shared.0.load(Ordering::SeqCst) <= round);
                    }
                }
            })
        };
        let mut threads: Vec<_> = (0..2).map(waiter).collect();
        let setter = Arc::clone(&shared);
        threads.push(spawn(&cpus, move || {
            for _ in 0..2 {
                setter.0.fetch_add(1, Ordering::SeqCst);
                setter.1.wake_all();
            }
        }));
        join_all(threads);
    });
}

#[test]
fn readers_see_no_half_of_a_change_and_nobody_is_left_waiting() {
    explore(|| {
        let cpus = some_cpus();
        let shared = Arc::new((RwLock::new((0, 0)), AtomicUsize::new(0), AtomicUsize::new(0)));
        let writer = |_| {
            let shared = Arc::clone(&shared);
            spawn(&cpus, move || {
                let (lock, readers, writers) = &*shared;
                for _ in 0..2 {
                    let mut guard = lock.write();
                    assert_eq!(writers.fetch_add(1, Ordering::SeqCst), 0);
                    guard.0 += 1;
                    linger();
                    guard.1 += 1;
                    assert_eq!(readers.load(Ordering::SeqCst), 0);
                    writers.fetch_sub(1, Ordering::SeqCst);
                }
                drop(lock.try_write());
            })
        };
        let reader = |_| {
            let shared = Arc::clone(&shared);
            spawn(&cpus, move || {
                let (lock, readers, writers) = &*shared;
                for _ in 0..2 {
                    let guard = lock.read();
                    readers.fetch_add(1, Ordering::SeqCst);
                    assert_eq!(guard.0, guard.1);
                    linger();
                    assert_eq!(writers.load(Ordering::SeqCst), 0);
                    readers.fetch_sub(1, Ordering::SeqCst);
                }
                drop(lock.try_read());
            })
        };
        join_all((0..2).map(writer).chain((0..2).map(reader)).collect());
        let lock = &shared.0;
        assert_eq!(*lock.read(), (4, 4));
    });
}

#[test]
fn a_permit_is_neither_lost_nor_taken_twice() {
    explore(|| {
        let parker = Arc::new(Parker::new());
        let (given, taken) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let giver = {
            let (parker, given, taken) = (Arc::clone(&parker), Arc::clone(&given), Arc::clone(&taken));
            thread::spawn(move || {
                for round in 0..3 {
                    // The permit before has been taken: this is another one.
                    while taken.load(Ordering::SeqCst) < round {
                        yield_now();
                    }
                    given.fetch_add(1, Ordering::SeqCst);
                    parker.unpark();
                }
            })
        };
        for round in 0..3 {
            let timeout = (round != 1).then_some(Timespec::from_milliseconds(1));
            while !parker.park(timeout) {}
            assert_eq!(given.load(Ordering::SeqCst), round + 1, "there was no permit to take");
            taken.fetch_add(1, Ordering::SeqCst);
        }
        giver.join().unwrap();
        assert!(!parker.park(Some(Timespec::from_milliseconds(1))));
    });
}

#[test]
fn virtual_cpus_bound_who_is_inside_and_lose_no_waiter() {
    explore(|| {
        let count = thread_rng().gen_range(1..3);
        let cpus = Arc::new(VirtualCpus::new(count));
        let inside = Arc::new(AtomicUsize::new(0));
        let threads: Vec<_> = (0..4)
            .map(|number| {
                let (cpus, inside) = (Arc::clone(&cpus), Arc::clone(&inside));
                thread::spawn(move || {
                    for round in 0..2 {
                        let cpu = cpus.acquire((number + round) % 2);
                        assert!(inside.fetch_add(1, Ordering::SeqCst) < count);
                        linger();
                        inside.fetch_sub(1, Ordering::SeqCst);
                        cpus.release(cpu);
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        let mut all: Vec<_> = (0..count).map(|_| cpus.acquire(0)).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count, "a virtual CPU is held twice");
    });
}

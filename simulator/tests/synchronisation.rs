//! The kernel's locks, queues and virtual CPUs under many schedules.

mod support;

use rump::host::clock;
use rump::kernel::Kernel;
use rump::sched;
use rump::sync::{Condvar, Mutex, RwLock, WaitOutcome, WaitQueue};
use rump::time::Timespec;
use simulator::{World, run, seeds, step};
use std::cell::UnsafeCell;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use support::{core, spawn, within};

const SEEDS: u64 = 150;

/// Runs `body` for each of several threads inside the kernel, under many schedules and with 1, 2 and 4 virtual CPUs.
fn everywhere<T: Send + Sync + 'static>(
    threads: usize,
    make: fn(&Arc<Kernel>) -> T,
    body: fn(&T, usize),
    check: fn(&T),
) {
    for seed in seeds(SEEDS) {
        run(seed, move |world| {
            let kernel = core([1, 2, 4][seed as usize % 3]);
            let shared = Arc::new(make(&kernel));
            let threads: Vec<_> = (0..threads)
                .map(|number| {
                    let (inside, shared) = (Arc::clone(&kernel), Arc::clone(&shared));
                    spawn(world, &kernel, "worker", move || within(&inside, || body(&shared, number)))
                })
                .collect();
            for thread in threads {
                thread.join();
            }
            check(&shared);
            kernel.shut_down().unwrap();
            assert_eq!(world.running_threads(), 1);
        });
    }
}

/// A step during which others may run: a virtual CPU is held all the time, so only with several can they be inside.
fn dawdle() {
    step();
    if clock::monotonic().nanoseconds % 3 == 0 {
        clock::sleep(Timespec { seconds: 0, nanoseconds: 900 });
    }
}

/// A counter that is safe only where something else keeps threads apart.
#[derive(Default)]
struct Fragile(UnsafeCell<u64>);

// SAFETY: one simulated thread runs at a time; that the count is right is what is tested.
unsafe impl Sync for Fragile {}

impl Fragile {
    fn increase(&self) {
        // SAFETY: as above.
        let before = unsafe { *self.0.get() };
        dawdle();
        // SAFETY: as above.
        unsafe { *self.0.get() = before + 1 };
    }

    fn count(&self) -> u64 {
        // SAFETY: as above.
        unsafe { *self.0.get() }
    }
}

#[test]
fn mutexes_exclude() {
    everywhere(
        5,
        |_| (Mutex::new(()), Fragile::default()),
        |(mutex, count), number| {
            for round in 0..6 {
                if (round + number) % 4 == 0
                    && let Some(_guard) = mutex.try_lock()
                {
                    count.increase();
                    continue;
                }
                let _guard = mutex.lock();
                count.increase();
            }
        },
        |(_, count)| assert_eq!(count.count(), 30),
    );
}

#[test]
fn without_a_lock_counts_are_lost() {
    let (mut lost, mut runs) = (0, 0);
    for seed in seeds(50) {
        runs += 1;
        lost += run(seed, |world| {
            let kernel = core(4);
            let count = Arc::new(Fragile::default());
            let threads: Vec<_> = (0..3)
                .map(|_| {
                    let (inside, count) = (Arc::clone(&kernel), Arc::clone(&count));
                    spawn(world, &kernel, "worker", move || within(&inside, || count.increase()))
                })
                .collect();
            for thread in threads {
                thread.join();
            }
            kernel.shut_down().unwrap();
            u64::from(count.count() < 3)
        });
    }
    // A few seeds alone may miss it.
    assert!(runs < 50 || lost > runs / 5, "the schedules are too tame: {lost} of {runs} show the race");
}

#[derive(Default)]
struct Occupancy {
    lock: RwLock<()>,
    readers: AtomicUsize,
    writers: AtomicUsize,
    most_readers: AtomicUsize,
    writes: Fragile,
}

impl Occupancy {
    fn read(&self) {
        let readers = self.readers.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_readers.fetch_max(readers, Ordering::SeqCst);
        assert_eq!(self.writers.load(Ordering::SeqCst), 0, "a reader beside a writer");
        dawdle();
        assert_eq!(self.writers.load(Ordering::SeqCst), 0, "a writer came in");
        self.readers.fetch_sub(1, Ordering::SeqCst);
    }

    fn write(&self) {
        assert_eq!(self.writers.fetch_add(1, Ordering::SeqCst), 0, "two writers");
        assert_eq!(self.readers.load(Ordering::SeqCst), 0, "a writer beside a reader");
        self.writes.increase();
        self.writers.fetch_sub(1, Ordering::SeqCst);
    }
}

#[test]
fn readers_share_and_writers_do_not() {
    everywhere(
        6,
        |_| Occupancy::default(),
        |shared, number| {
            for round in 0..5 {
                match (number + round) % 5 {
                    0 | 1 => {
                        let _guard = shared.lock.write();
                        shared.write();
                    }
                    2 => {
                        if let Some(_guard) = shared.lock.try_read() {
                            shared.read();
                        }
                    }
                    _ => {
                        let _guard = shared.lock.read();
                        shared.read();
                    }
                }
            }
        },
        |shared| assert_eq!(shared.writes.count(), 12),
    );
}

#[derive(Default)]
struct Exchange {
    items: Mutex<VecDeque<usize>>,
    not_empty: Condvar,
    not_full: Condvar,
    taken: AtomicUsize,
}

const ROOM: usize = 2;

#[test]
fn no_wake_of_a_condition_is_lost() {
    everywhere(
        6,
        |_| Exchange::default(),
        |exchange, number| {
            for item in 0..8 {
                let mut items = exchange.items.lock();
                if number % 2 == 0 {
                    while items.len() >= ROOM {
                        exchange.not_full.wait(&mut items);
                    }
                    items.push_back(item);
                    exchange.not_empty.notify_one();
                } else {
                    let taken = loop {
                        match items.pop_front() {
                            Some(taken) => break taken,
                            None => exchange.not_empty.wait(&mut items),
                        }
                    };
                    drop(items);
                    exchange.taken.fetch_add(taken + 1, Ordering::SeqCst);
                    exchange.not_full.notify_one();
                }
            }
        },
        |exchange| {
            assert_eq!(exchange.taken.load(Ordering::SeqCst), 3 * 36);
            assert!(exchange.items.lock().is_empty());
        },
    );
}

#[test]
fn timed_waits_end_in_time_and_take_no_wake_from_others() {
    everywhere(
        4,
        |_| (Exchange::default(), AtomicUsize::new(0)),
        |(exchange, timeouts), number| match number {
            // Two wait shortly, one for ever, and one gives: what it gives must reach the patient one.
            0 | 1 => {
                let mut items = exchange.items.lock();
                let timeout = Timespec { seconds: 0, nanoseconds: 3_000 };
                let before = clock::monotonic();
                if !exchange.not_full.wait_for(&mut items, Some(timeout)) {
                    let waited = clock::monotonic().since(before);
                    assert!(waited >= timeout, "{waited:?}");
                    timeouts.fetch_add(1, Ordering::SeqCst);
                }
            }
            2 => {
                let mut items = exchange.items.lock();
                while items.is_empty() {
                    exchange.not_empty.wait_for(&mut items, Some(Timespec { seconds: 50, nanoseconds: 0 }));
                }
            }
            _ => {
                dawdle();
                exchange.items.lock().push_back(1);
                exchange.not_empty.notify_one();
                assert!(clock::monotonic().seconds < 50, "the wake was lost");
            }
        },
        |(_, timeouts)| assert!(timeouts.load(Ordering::SeqCst) <= 2),
    );
}

#[test]
fn wait_queues_wake_each_waiter_once() {
    everywhere(
        5,
        |_| (WaitQueue::new(), AtomicUsize::new(0), AtomicBool::new(false)),
        |(queue, permits, all_given), number| {
            let take = |permits: usize| permits.checked_sub(1);
            if number < 3 {
                loop {
                    if permits.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take).is_ok() {
                        return;
                    }
                    let outcome = queue.wait_if(None, || permits.load(Ordering::SeqCst) == 0);
                    assert_ne!(outcome, WaitOutcome::TimedOut);
                }
            } else if number == 3 {
                for _ in 0..3 {
                    permits.fetch_add(1, Ordering::SeqCst);
                    queue.wake_one();
                    dawdle();
                }
                all_given.store(true, Ordering::SeqCst);
            } else {
                let timeout = Timespec { seconds: 0, nanoseconds: 2_000 };
                let never = || !all_given.load(Ordering::SeqCst);
                WaitQueue::new().wait_if(Some(timeout), never);
            }
        },
        |(queue, permits, _)| {
            assert!(!queue.has_waiters());
            assert_eq!(permits.load(Ordering::SeqCst), 0);
        },
    );
}

#[test]
fn no_more_threads_are_inside_than_there_are_virtual_cpus() {
    fn work(world: &World, cpus: usize) -> usize {
        let kernel = core(cpus);
        let inside = Arc::new(AtomicUsize::new(0));
        let most = Arc::new(AtomicUsize::new(0));
        let threads: Vec<_> = (0..6)
            .map(|number| {
                let (kernel, inside, most) = (Arc::clone(&kernel), Arc::clone(&inside), Arc::clone(&most));
                let body = {
                    let kernel = Arc::clone(&kernel);
                    move || {
                        for _ in 0..6 {
                            within(&kernel, || {
                                let now = inside.fetch_add(1, Ordering::SeqCst) + 1;
                                most.fetch_max(now, Ordering::SeqCst);
                                step();
                                inside.fetch_sub(1, Ordering::SeqCst);
                                sched::blocking(step);
                                assert!(sched::with_current(|lwp| lwp.is_some_and(|lwp| lwp.holds_cpu())));
                            });
                        }
                    }
                };
                // Threads with an lwp, and threads that borrow one.
                if number % 2 == 0 {
                    spawn(world, &kernel, "worker", body)
                } else {
                    world.spawn("guest", body)
                }
            })
            .collect();
        for thread in threads {
            thread.join();
        }
        kernel.shut_down().unwrap();
        most.load(Ordering::SeqCst)
    }
    for cpus in [1, 2, 4] {
        let mut most = 0;
        for seed in seeds(SEEDS) {
            let reached = run(seed, move |world| work(world, cpus));
            assert!(reached <= cpus, "seed {seed}: {reached} inside of {cpus}");
            most = most.max(reached);
        }
        assert_eq!(most, cpus, "never were all virtual CPUs in use");
    }
}

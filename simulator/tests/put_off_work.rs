//! Work queues and cross calls under many schedules.

mod support;

use rump::errno::Errno;
use rump::host::clock;
use rump::sched::{self, KernelThread, WorkQueue, cross_call};
use rump::signal::{self, Information};
use rump::sync::Mutex;
use rump::time::Timespec;
use simulator::{run, seeds, step};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use support::{core, in_process, spawn, within};

const SEEDS: u64 = 150;

#[test]
fn one_thread_does_works_in_their_order() {
    for seed in seeds(SEEDS) {
        run(seed, move |world| {
            let kernel = core(1 + seed as usize % 3);
            let done = Arc::new(Mutex::new(Vec::new()));
            within(&kernel, || {
                let queue = WorkQueue::new(&kernel, "test", 1);
                for number in 0..20 {
                    let log = Arc::clone(&done);
                    let work = move || {
                        step();
                        log.lock().push(number);
                    };
                    queue.enqueue(Box::new(work)).unwrap();
                    if number == 10 {
                        queue.drain();
                        assert_eq!(done.lock().len(), 11);
                    }
                }
            });
            // What was added is done before the queue is gone.
            assert_eq!(*within(&kernel, || done.lock().clone()), (0..20).collect::<Vec<_>>());
            kernel.shut_down().unwrap();
            assert_eq!(world.running_threads(), 1);
        });
    }
}

#[test]
fn several_threads_do_as_many_works_at_once() {
    for seed in seeds(SEEDS) {
        run(seed, move |world| {
            let kernel = core(1 + seed as usize % 2);
            let (inside, most, done) =
                (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
            within(&kernel, || {
                let queue = WorkQueue::new(&kernel, "test", 3);
                for _ in 0..12 {
                    let (inside, most, done) = (Arc::clone(&inside), Arc::clone(&most), Arc::clone(&done));
                    let work = move || {
                        most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        clock::sleep(Timespec::from_milliseconds(5));
                        inside.fetch_sub(1, Ordering::SeqCst);
                        done.fetch_add(1, Ordering::SeqCst);
                    };
                    queue.enqueue(Box::new(work)).unwrap();
                }
                queue.drain();
                assert_eq!(done.load(Ordering::SeqCst), 12);
            });
            assert_eq!(most.load(Ordering::SeqCst), 3);
            kernel.shut_down().unwrap();
            assert_eq!(world.running_threads(), 1);
        });
    }
}

#[test]
fn a_cross_call_reaches_every_virtual_cpu_once() {
    for seed in seeds(SEEDS) {
        run(seed, move |world| {
            let cpus = 1 + seed as usize % 4;
            let kernel = core(cpus);
            let callers: Vec<_> = (0..3)
                .map(|_| {
                    let inside = Arc::clone(&kernel);
                    spawn(world, &kernel, "caller", move || {
                        within(&inside, || {
                            let counts: Vec<_> = (0..cpus).map(|_| AtomicUsize::new(0)).collect();
                            cross_call(&|cpu| {
                                counts[cpu].fetch_add(1, Ordering::SeqCst);
                            });
                            assert!(counts.iter().all(|count| count.load(Ordering::SeqCst) == 1));
                            assert!(sched::with_current(|lwp| lwp.is_some_and(|lwp| lwp.holds_cpu())));
                        });
                    })
                })
                .collect();
            let busy = {
                let inside = Arc::clone(&kernel);
                spawn(world, &kernel, "busy", move || {
                    for _ in 0..20 {
                        within(&inside, step);
                    }
                })
            };
            for thread in callers {
                thread.join();
            }
            busy.join();
            let mut counted = None;
            kernel.event_counters.for_each(&mut |counter| {
                if (counter.group, &*counter.name) == ("crosscall", "broadcast") {
                    counted = Some(counter.count());
                }
            });
            assert_eq!(counted, Some(3));
            kernel.shut_down().unwrap();
            assert_eq!(world.running_threads(), 1);
        });
    }
}

#[test]
fn a_signal_ends_a_sleep_wherever_it_arrives() {
    for seed in seeds(SEEDS) {
        run(seed, move |world| {
            let kernel = core(1 + seed as usize % 2);
            let slept = Arc::new(AtomicUsize::new(0));
            let sleeper = within(&kernel, || {
                let slept = Arc::clone(&slept);
                let body = move || loop {
                    let result = sched::sleep_interruptibly(Timespec { seconds: 100, nanoseconds: 0 });
                    assert_eq!(result, Err(Errno::EINTR));
                    if slept.fetch_add(1, Ordering::SeqCst) == 2 {
                        return;
                    }
                };
                KernelThread::start(&kernel, "sleeper", Box::new(body)).unwrap()
            });
            in_process(&kernel, || {
                within(&kernel, || {
                    let system = kernel.processes.system().unwrap();
                    while slept.load(Ordering::SeqCst) < 3 {
                        signal::send(&system, 15, Information::of_user(1, 0));
                        clock::sleep(Timespec::from_milliseconds(1));
                    }
                    sleeper.join().unwrap();
                });
            });
            kernel.shut_down().unwrap();
            assert_eq!(world.running_threads(), 1);
        });
    }
}

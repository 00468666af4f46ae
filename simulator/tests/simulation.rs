//! The simulator itself: repeatable schedules, virtual time, found deadlocks, worlds side by side.

mod support;

use core::ffi::{c_char, c_int, c_void};
use core::ptr;
use rump::host::clock;
use rump::sync::{Condvar, Mutex};
use rump::time::Timespec;
use simulator::{Disk, World, run, seeds, sleep};
use std::collections::HashSet;
use std::panic;
use std::sync::Arc;
use std::time::{Duration, Instant};
use support::{boot, empty_ffs, spawn, with_ffs, within};

/// Threads that meet in a kernel, and what happened.
fn meet(world: &World) -> (u64, Vec<u64>) {
    let kernel = boot(2);
    let order = Arc::new(Mutex::new(Vec::new()));
    let threads: Vec<_> = (0..4)
        .map(|number| {
            let (inside, order) = (Arc::clone(&kernel), Arc::clone(&order));
            spawn(world, &kernel, "worker", move || {
                for _ in 0..5 {
                    within(&inside, || {
                        order.lock().push(number);
                        simulator::step();
                    });
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join();
    }
    kernel.shut_down().unwrap();
    let order = order.lock().clone();
    (world.trace_hash(), order)
}

#[test]
fn equal_seeds_run_alike_and_others_do_not() {
    let (mut hashes, mut orders) = (HashSet::new(), HashSet::new());
    let seeds = seeds(30);
    let count = seeds.end - seeds.start;
    for seed in seeds {
        let first = run(seed, meet);
        assert_eq!(first, run(seed, meet), "seed {seed}");
        hashes.insert(first.0);
        orders.insert(first.1);
    }
    assert_eq!(hashes.len() as u64, count);
    // There are not many more orders than these.
    let enough = (2 * count / 3).min(300);
    assert!(orders.len() as u64 >= enough, "only {} of {count} schedules differ", orders.len());
}

#[test]
fn file_systems_run_alike_too() {
    fn work(world: &World) -> (u64, Vec<u8>) {
        let disk = Disk::new(empty_ffs());
        let program = with_ffs(world, &disk, 2);
        let threads: Vec<_> = (0..3)
            .map(|number| {
                let program = program.clone();
                spawn(world, &program.0.clone(), "writer", move || {
                    for index in 0..6 {
                        program.mkdir(&format!("/ffs/{number}-{index}")).unwrap();
                        program.write_file(&format!("/ffs/{number}-{index}/a"), &[7; 9000]).unwrap();
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join();
        }
        program.unmount("/ffs", false).unwrap();
        program.0.shut_down().unwrap();
        (world.trace_hash(), disk.bytes())
    }
    for seed in seeds(6) {
        let (first, second) = (run(seed, work), run(seed, work));
        assert_eq!(first.0, second.0, "seed {seed}");
        assert!(first.1 == second.1, "seed {seed}: other bytes on the disk");
    }
}

#[test]
fn an_hour_passes_in_no_time() {
    let started = Instant::now();
    let passed = run(1, |_| {
        let before = clock::monotonic();
        clock::sleep(Timespec { seconds: 3600, nanoseconds: 0 });
        sleep(Duration::from_secs(3600));
        clock::monotonic().since(before)
    });
    assert!(passed.seconds == 7200, "{passed:?}");
    assert!(started.elapsed() < Duration::from_secs(5));
}

fn failure_of(seed: u64, program: impl FnOnce(&World) + Send + 'static) -> String {
    let payload = panic::catch_unwind(panic::AssertUnwindSafe(|| run(seed, program)));
    *payload.expect_err("the run fails").downcast::<String>().expect("a message")
}

#[test]
fn deadlocks_are_found_and_told() {
    let message = failure_of(77, |world| {
        let kernel = boot(1);
        let locks = Arc::new((Mutex::new(()), Mutex::new(())));
        let (inside, other) = (Arc::clone(&kernel), Arc::clone(&locks));
        let thread = spawn(world, &kernel, "backwards", move || {
            within(&inside, || {
                let _second = other.1.lock();
                clock::sleep(Timespec::from_milliseconds(5));
                let _first = other.0.lock();
            });
        });
        within(&kernel, || {
            let _first = locks.0.lock();
            clock::sleep(Timespec::from_milliseconds(5));
            let _second = locks.1.lock();
        });
        thread.join();
    });
    assert!(message.contains("deadlock"), "{message}");
    assert!(message.contains("SIMULATOR_SEED=77"), "{message}");
    assert!(message.contains("(backwards): Waiting(Condition("), "{message}");
}

#[test]
fn a_lost_wake_is_found() {
    let message = failure_of(3, |_| {
        let kernel = boot(1);
        within(&kernel, || {
            let ready = Mutex::new(false);
            let mut guard = ready.lock();
            while !*guard {
                Condvar::new().wait(&mut guard);
            }
        });
    });
    assert!(message.contains("deadlock"), "{message}");
}

#[test]
fn a_panic_in_a_thread_fails_the_run() {
    let message = failure_of(5, |world| {
        world.spawn("careless", || panic!("oh dear")).join();
    });
    assert!(message.contains("oh dear") && message.contains("SIMULATOR_SEED=5"), "{message}");
}

#[test]
fn worlds_side_by_side_do_not_disturb_each_other() {
    let alone: Vec<_> = (100..108).map(|seed| run(seed, meet)).collect();
    let threads: Vec<_> = (100..108).map(|seed| std::thread::spawn(move || run(seed, meet))).collect();
    for (thread, alone) in threads.into_iter().zip(alone) {
        assert_eq!(thread.join().unwrap(), alone);
    }
}

#[test]
fn kernels_share_a_world_and_nothing_else() {
    for seed in seeds(100) {
        run(seed, |world| {
            let programs = [boot(1), boot(2)].map(support::Program);
            let threads: Vec<_> = (0..4)
                .map(|number| {
                    let program = programs[number % 2].clone();
                    spawn(world, &program.0.clone(), "program", move || {
                        program.mkdir(&format!("/{number}")).unwrap();
                        program.write_file(&format!("/{number}/file"), &[number as u8; 100]).unwrap();
                    })
                })
                .collect();
            for thread in threads {
                thread.join();
            }
            for (index, program) in programs.iter().enumerate() {
                for number in 0..4 {
                    let found = program.read_file(&format!("/{number}/file")).is_ok();
                    assert_eq!(found, number % 2 == index);
                }
                program.0.shut_down().unwrap();
            }
            assert_eq!(world.running_threads(), 1, "a kernel left threads behind");
        });
    }
}

unsafe extern "C" {
    fn rumpuser_open(path: *const c_char, mode: c_int, descriptor: *mut c_int) -> c_int;
    fn rumpuser_bio(
        descriptor: c_int,
        operation: c_int,
        data: *mut c_void,
        length: usize,
        offset: i64,
        done: extern "C" fn(*mut c_void, usize, c_int),
        argument: *mut c_void,
    );
}

const REQUESTS: usize = 8;

/// Eight sectors, and the order in which their transfers end.
struct Transfers {
    sectors: [[u8; 512]; REQUESTS],
    ended: std::sync::Mutex<Vec<usize>>,
}

struct Transfer<'a>(&'a Transfers, usize);

extern "C" fn ended(argument: *mut c_void, count: usize, error: c_int) {
    // SAFETY: the test passes a `Transfer` that outlives the request.
    let transfer = unsafe { &*argument.cast::<Transfer>() };
    assert_eq!((count, error), (512, 0));
    transfer.0.ended.lock().unwrap().push(transfer.1);
}

fn write_sectors() -> Vec<usize> {
    let mut descriptor = -1;
    let sectors = std::array::from_fn(|number| [number as u8 + 1; 512]);
    let transfers = Transfers { sectors, ended: std::sync::Mutex::default() };
    let arguments: Vec<_> = (0..REQUESTS).map(|number| Transfer(&transfers, number)).collect();
    // SAFETY: a C string and a place for the descriptor; the memory stays until all requests have ended.
    unsafe {
        assert_eq!(rumpuser_open(c"disk".as_ptr(), 0x12, &raw mut descriptor), 0);
        for (number, argument) in arguments.iter().enumerate() {
            let data = transfers.sectors[number].as_ptr().cast_mut().cast();
            let argument = ptr::from_ref(argument).cast_mut().cast();
            rumpuser_bio(descriptor, 2, data, 512, number as i64 * 512, ended, argument);
        }
    }
    assert!(transfers.ended.lock().unwrap().len() < REQUESTS, "nothing was left to wait for");
    sleep(Duration::from_secs(1));
    let order = transfers.ended.lock().unwrap().clone();
    assert_eq!(order.iter().collect::<HashSet<_>>().len(), REQUESTS);
    order
}

/// Requests end in any order, each once, while the submitter goes on.
#[test]
fn block_requests_end_in_an_order_of_their_own() {
    let mut orders = HashSet::new();
    let seeds = seeds(40);
    let count = seeds.end - seeds.start;
    for seed in seeds {
        let (order, bytes) = run(seed, |world| {
            let disk = Disk::new(vec![0; 512 * REQUESTS]);
            world.add_disk("disk", &disk);
            (write_sectors(), disk.bytes())
        });
        for (number, sector) in bytes.chunks(512).enumerate() {
            assert_eq!(sector, [number as u8 + 1; 512]);
        }
        orders.insert(order);
    }
    assert!(4 * orders.len() as u64 >= 3 * count, "only {} of {count} orders differ", orders.len());
}

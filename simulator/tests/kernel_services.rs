//! Callouts, soft interrupts, kernel threads, pipes and lwps under many schedules.

mod support;

use rump::errno::Errno;
use rump::host::clock;
use rump::pipe::{Pipe, Side};
use rump::process::DescriptorInheritance;
use rump::sched::{self, Callout, KernelThread, Softint};
use rump::sync::Mutex;
use rump::time::Timespec;
use simulator::{run, seeds, step};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;
use support::{Program, boot_with, core, in_process, spawn, within};

const SEEDS: u64 = 150;

#[test]
fn callouts_run_in_time_and_order_and_not_after_stop() {
    for seed in seeds(SEEDS) {
        run(seed, move |world| {
            let kernel = core(1 + seed as usize % 2);
            let ran = Arc::new(Mutex::new(Vec::new()));
            let mut random = world.random(1);
            let callouts: Vec<_> = (0..6)
                .map(|number| {
                    let delay = Timespec::from_milliseconds(random.below(50) as i64);
                    let ran = Arc::clone(&ran);
                    within(&kernel, || {
                        let due = clock::monotonic().saturating_add(delay);
                        let action = move || ran.lock().push((number, due, clock::monotonic()));
                        let callout = Callout::new(Arc::clone(&kernel), Box::new(action));
                        callout.schedule(delay).unwrap();
                        callout
                    })
                })
                .collect();
            let stopped: Vec<_> =
                (0..3).map(|number| within(&kernel, || callouts[number * 2].stop())).collect();
            simulator::sleep(Duration::from_secs(1));
            let ran = within(&kernel, || ran.lock().clone());
            for (number, due, when) in &ran {
                assert!(when >= due, "callout {number} ran too early");
            }
            for number in 0..6 {
                let times = ran.iter().filter(|(ran, ..)| *ran == number).count();
                let was_stopped = number % 2 == 0 && stopped[number / 2];
                assert_eq!(times, usize::from(!was_stopped), "callout {number}");
            }
            let lateness = ran.iter().map(|(_, due, when)| when.since(*due)).max();
            assert!(lateness.is_none_or(|late| late < Timespec::from_milliseconds(1)), "{lateness:?}");
            within(&kernel, || drop(callouts));
            kernel.shut_down().unwrap();
            assert_eq!(world.running_threads(), 1);
        });
    }
}

#[test]
fn the_statistics_clock_charges_who_holds_a_cpu_and_ends_with_the_kernel() {
    for seed in seeds(SEEDS) {
        run(seed, move |world| {
            let kernel = core(1 + seed as usize % 3);
            let asks = seed % 5 != 0;
            simulator::sleep(Duration::from_secs(1));
            assert_eq!(world.running_threads(), 1, "nobody has asked");
            in_process(&kernel, || {
                let lwp = sched::current().unwrap();
                if asks {
                    within(&kernel, || kernel.statistics.start(&kernel).unwrap());
                }
                simulator::sleep(Duration::from_millis(500));
                let outside = lwp.processor_time();
                assert!(outside <= Timespec::from_milliseconds(20), "{outside:?} outside the kernel");
                within(&kernel, || simulator::sleep(Duration::from_secs(1)));
                let inside = lwp.processor_time().since(outside);
                let right = if asks { 970..=1030 } else { 0..=0 };
                assert!(right.contains(&(inside.as_nanoseconds() / 1_000_000)), "{inside:?} of one second");
                assert_eq!(lwp.processor_time(), lwp.process.usage.processor_time());
                let idle = (0..kernel.cpus.count()).filter_map(|cpu| kernel.statistics.times(cpu));
                let idle: u64 = idle.map(|(_, idle)| idle).sum();
                assert_eq!(idle > 400_000_000, asks, "{idle} ns idle");
            });
            kernel.shut_down().unwrap();
            assert_eq!(world.running_threads(), 1);
        });
    }
}

#[test]
fn every_trigger_of_a_soft_interrupt_is_followed_by_a_run() {
    for seed in seeds(SEEDS) {
        run(seed, move |world| {
            let kernel = core([1, 2, 4][seed as usize % 3]);
            let (posted, seen) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
            let handler = {
                let (posted, seen) = (Arc::clone(&posted), Arc::clone(&seen));
                move || {
                    let now = posted.load(Ordering::SeqCst);
                    step();
                    seen.fetch_max(now, Ordering::SeqCst);
                }
            };
            let softint = within(&kernel, || Softint::establish(&kernel, "test", Box::new(handler)).unwrap());
            let softint = Arc::new(softint);
            let threads: Vec<_> = (0..3)
                .map(|_| {
                    let (inside, softint, posted) =
                        (Arc::clone(&kernel), Arc::clone(&softint), Arc::clone(&posted));
                    spawn(world, &kernel, "poster", move || {
                        for _ in 0..5 {
                            within(&inside, || {
                                posted.fetch_add(1, Ordering::SeqCst);
                                softint.trigger();
                            });
                        }
                    })
                })
                .collect();
            for thread in threads {
                thread.join();
            }
            within(&kernel, || drop(softint));
            assert_eq!(seen.load(Ordering::SeqCst), 15);
            kernel.shut_down().unwrap();
            assert_eq!(world.running_threads(), 1);
        });
    }
}

#[test]
fn kernel_threads_end_and_can_be_waited_for() {
    for seed in seeds(SEEDS) {
        run(seed, move |world| {
            let kernel = core(1 + seed as usize % 3);
            let ended = Arc::new(AtomicU32::new(0));
            within(&kernel, || {
                let threads: Vec<_> = (0..5)
                    .map(|number| {
                        let ended = Arc::clone(&ended);
                        let body = move || {
                            clock::sleep(Timespec { seconds: 0, nanoseconds: 1000 * (5 - number) });
                            assert!(sched::with_current(|lwp| lwp.is_some_and(|lwp| lwp.holds_cpu())));
                            ended.fetch_add(1, Ordering::SeqCst);
                        };
                        KernelThread::start(&kernel, "test", Box::new(body)).unwrap()
                    })
                    .collect();
                for (number, thread) in threads.into_iter().enumerate() {
                    thread.join().unwrap();
                    assert!(ended.load(Ordering::SeqCst) > u32::from(number == 4) * 4);
                }
            });
            assert_eq!(ended.load(Ordering::SeqCst), 5);
            kernel.shut_down().unwrap();
            assert_eq!(world.running_threads(), 1);
        });
    }
}

/// Writers write records of one byte value; small ones must arrive whole, and everything must arrive.
#[test]
fn pipes_lose_nothing_and_keep_small_writes_whole() {
    const RECORD: usize = 500;
    const RECORDS: usize = 200;
    for seed in seeds(100) {
        run(seed, move |world| {
            let program = Program(core([1, 2, 4][seed as usize % 3]));
            let kernel = Arc::clone(&program.0);
            // Threads without an lwp share process 1, and so its descriptors.
            let (reader, writer) = program.pipe();
            let writers: Vec<_> = (0..3u8)
                .map(|number| {
                    let program = program.clone();
                    let writer = program.call(rump::abi::system_call::table::number::DUP, &[writer]).unwrap();
                    world.spawn("writer", move || {
                        for _ in 0..RECORDS {
                            assert_eq!(program.write(writer as u64, &[number + 1; RECORD]), Ok(RECORD));
                        }
                        program.close(writer as u64).unwrap();
                    })
                })
                .collect();
            program.close(writer).unwrap();
            let mut received = Vec::new();
            loop {
                let length = 1 + world.random(received.len() as u64).index(40_000);
                let piece = program.read(reader, length).unwrap();
                if piece.is_empty() {
                    break;
                }
                received.extend(piece);
            }
            assert_eq!(received.len(), 3 * RECORDS * RECORD);
            for record in received.chunks(RECORD) {
                assert!(record.iter().all(|&byte| byte == record[0]), "a record was torn");
            }
            for writer in writers {
                writer.join();
            }
            program.close(reader).unwrap();
            kernel.shut_down().unwrap();
        });
    }
}

#[test]
fn a_writer_hears_that_the_reader_has_gone() {
    for seed in seeds(SEEDS) {
        run(seed, move |world| {
            let program = Program(core(1 + seed as usize % 2));
            let (reader, writer) = program.pipe();
            let other = program.clone();
            let thread = world.spawn("writer", move || {
                let mut total = 0;
                loop {
                    match other.write(writer, &[1; 30_000]) {
                        Ok(count) => total += count,
                        Err(error) => {
                            assert_eq!(error, Errno::EPIPE);
                            return assert!(total < 1_000_000);
                        }
                    }
                }
            });
            program.read(reader, 100_000).unwrap();
            program.close(reader).unwrap();
            thread.join();
            program.close(writer).unwrap();
            program.0.shut_down().unwrap();
        });
    }
}

#[test]
fn processes_and_lwps_come_and_go_at_once() {
    for seed in seeds(SEEDS) {
        run(seed, move |world| {
            let kernel = boot_with([1, 2, 4][seed as usize % 3], &[&vfs::COMPONENT]);
            let threads: Vec<_> = (0..4)
                .map(|number| {
                    let program = Program(Arc::clone(&kernel));
                    world.spawn("parent", move || {
                        for round in 0..4 {
                            if (number + round) % 3 == 0 {
                                let null = program.open("/dev/null", 2).unwrap();
                                program.close(null).unwrap();
                                continue;
                            }
                            in_process(&program.0, || {
                                let null = program.open("/dev/null", 2).unwrap();
                                assert_eq!(null, 0, "a new process has no descriptors");
                                sibling(&program);
                            });
                        }
                    })
                })
                .collect();
            for thread in threads {
                thread.join();
            }
            assert_eq!(kernel.processes.all().unwrap().len(), 2, "processes were left behind");
            let trace = Arc::downgrade(&kernel);
            kernel.shut_down().unwrap();
            drop(kernel);
            assert!(trace.upgrade().is_none(), "something refers to the kernel still");
        });
    }
}

/// Makes a second lwp in the process and goes back and forth, then a child, in which the thread stays for a moment.
fn sibling(program: &Program) {
    let own = sched::bound().unwrap();
    let second = within(&program.0, || own.process.new_lwp().unwrap());
    for lwp in [&second, &own, &second] {
        sched::bind(Some(lwp));
        assert_eq!(
            program.call(rump::abi::system_call::table::number::GETPID, &[]),
            Ok(own.process.id.into())
        );
    }
    sched::bind(Some(&own));
    second.process.remove_lwp(&second);
    let child =
        within(&program.0, || own.process.fork(DescriptorInheritance::Copy).unwrap().new_lwp().unwrap());
    sched::bind(Some(&child));
    program.close(0).unwrap();
    sched::bind(Some(&own));
    child.process.remove_lwp(&child);
    program.close(0).unwrap();
}

/// Who opens a fifo hears of who came from the other side, also if that one has left before the opener looks.
#[test]
fn short_visits_to_a_fifo_are_not_missed() {
    for seed in seeds(SEEDS) {
        run(seed, move |world| {
            let kernel = core(1 + seed as usize % 2);
            let pipe = Arc::new(Pipe::new(Timespec::from_milliseconds(0)));
            let (inside, other) = (Arc::clone(&kernel), Arc::clone(&pipe));
            let visitor = spawn(world, &kernel, "visitor", move || {
                within(&inside, || {
                    let left = other.attach(Side::Writer);
                    other.wait_for(Side::Reader, left).unwrap();
                    other.detach(Side::Writer);
                });
            });
            within(&kernel, || {
                let left = pipe.attach(Side::Reader);
                step();
                pipe.wait_for(Side::Writer, left).unwrap();
                pipe.detach(Side::Reader);
            });
            visitor.join();
            kernel.shut_down().unwrap();
        });
    }
}

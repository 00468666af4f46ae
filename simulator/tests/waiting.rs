//! poll, select and kevent under many schedules: no wake is lost, whatever writes, closes or changes meanwhile.

mod support;

use rump::errno::Errno;
use simulator::{run, seeds, step};
use std::sync::atomic::{AtomicUsize, Ordering};
use support::waiting::*;
use support::{Program, boot_with};

#[test]
fn pollers_hear_every_writer() {
    const ROUNDS: usize = 4;
    everywhere(|world, program| {
        let pipes: Vec<_> = (0..3).map(|_| program.pipe()).collect();
        let readers: Vec<_> = pipes.iter().map(|pipe| pipe.0).collect();
        let mut threads = Vec::new();
        for (_, writer) in pipes.clone() {
            threads.push(spawn(world, program, move |program| {
                for _ in 0..ROUNDS {
                    step();
                    assert_eq!(program.write(writer, b"a"), Ok(1));
                }
            }));
        }
        let mut received = [0; 3];
        while received.iter().sum::<usize>() < 3 * ROUNDS {
            // One sleeps with a timeout, which is a step more on its way to sleep, and one without an end.
            let timeout = if received[0] % 2 == 0 { LONG_MILLISECONDS } else { u64::from(u32::MAX) };
            let found = program.poll(&readers, timeout).unwrap();
            assert!(found.contains(&IN), "the wake was lost");
            for (index, found) in found.into_iter().enumerate() {
                if found == IN {
                    received[index] += program.read(readers[index], 10).unwrap().len();
                }
            }
        }
        assert_eq!(received, [ROUNDS; 3]);
        join(threads);
        for (reader, writer) in pipes {
            program.close(reader).unwrap();
            program.close(writer).unwrap();
        }
    });
}

#[test]
fn all_who_poll_one_pipe_are_woken() {
    everywhere(|world, program| {
        let (reader, writer) = program.pipe();
        let threads = (0..4).map(|number| {
            spawn(world, program, move |program| {
                let timeout = if number % 2 == 0 { LONG_MILLISECONDS } else { u64::from(u32::MAX) };
                assert_eq!(program.poll(&[reader], timeout), Ok(vec![IN]));
            })
        });
        let threads: Vec<_> = threads.collect();
        step();
        program.write(writer, b"a").unwrap();
        join(threads);
        let program_of_closer = program.clone();
        let poller = spawn(world, program, move |program| {
            program.read(reader, 1).unwrap();
            assert_eq!(program.poll(&[reader], LONG_MILLISECONDS), Ok(vec![IN | HANG_UP]));
        });
        program_of_closer.close(writer).unwrap();
        poller.join();
    });
}

/// A closing thread, a writer, and those who wait. Whatever the order, nobody sleeps on.
#[test]
fn who_waits_for_a_descriptor_hears_that_it_is_closed() {
    everywhere(|world, program| {
        let (reader, writer) = program.pipe();
        let queue = program.kqueue();
        program.change(queue, reader, READ, ADD, 0).unwrap();
        program.change(queue, 1, USER, ADD, 0).unwrap();
        let poller = spawn(world, program, move |program| {
            let found = program.poll(&[reader], LONG_MILLISECONDS).unwrap();
            assert!(found[0] == IN || found[0] == NOT_OPEN, "found {}", found[0]);
        });
        let waiter = spawn(world, program, move |program| {
            loop {
                for event in program.events(queue, 4).unwrap() {
                    if event.filter == USER {
                        return;
                    }
                    step();
                }
            }
        });
        let closer = spawn(world, program, move |program| {
            step();
            program.close(reader).unwrap();
            program.change(queue, 1, USER, 0, 0).unwrap();
        });
        match program.write(writer, b"abc") {
            Ok(3) | Err(Errno::EPIPE) => {}
            other => panic!("{other:?}"),
        }
        join(vec![poller, waiter, closer]);
        assert_eq!(program.change(queue, reader, READ, DELETE, 0), Err(Errno::EBADF));
        program.close(queue).unwrap();
    });
}

#[test]
fn who_sleeps_on_a_queue_hears_that_it_is_closed() {
    everywhere(|world, program| {
        let (reader, writer) = program.pipe();
        let queue = program.kqueue();
        program.change(queue, reader, READ, ADD | CLEAR, 0).unwrap();
        let sleepers: Vec<_> = (0..2)
            .map(|_| {
                spawn(world, program, move |program| {
                    loop {
                        match program.events(queue, 1) {
                            Ok(_) => {}
                            Err(Errno::EBADF) => return,
                            Err(error) => panic!("{error}"),
                        }
                    }
                })
            })
            .collect();
        let watcher = spawn(world, program, move |program| {
            let found = program.poll(&[queue], LONG_MILLISECONDS).unwrap();
            assert!(found[0] == IN || found[0] == NOT_OPEN, "found {}", found[0]);
        });
        program.write(writer, b"a").unwrap();
        step();
        program.close(queue).unwrap();
        join(sleepers);
        watcher.join();
    });
}

/// Edge-triggered: the reader takes all there is after each event, and must hear of all that comes later.
#[test]
fn no_edge_is_lost() {
    const BYTES: usize = 8;
    everywhere(|world, program| {
        let (reader, writer) = program.pipe();
        let queue = program.kqueue();
        program.change(queue, reader, READ, ADD | CLEAR, 0).unwrap();
        let writers: Vec<_> = (0..2)
            .map(|_| {
                spawn(world, program, move |program| {
                    for _ in 0..BYTES / 2 {
                        assert_eq!(program.write(writer, b"a"), Ok(1));
                        step();
                    }
                })
            })
            .collect();
        let mut received = 0;
        while received < BYTES {
            let events = program.events(queue, 2).unwrap();
            assert_eq!(events.len(), 1);
            // Only what the event told of: if more came meanwhile, there must be another event.
            let told = events[0].data as usize;
            if told > 0 {
                received += program.read(reader, told).unwrap().len();
            }
        }
        assert_eq!(received, BYTES);
        join(writers);
    });
}

#[test]
fn workers_that_share_a_queue_lose_nothing() {
    const BYTES: usize = 6;
    static RECEIVED: AtomicUsize = AtomicUsize::new(0);
    everywhere(|world, program| {
        RECEIVED.store(0, Ordering::SeqCst);
        let pipes: Vec<_> = (0..2).map(|_| program.pipe()).collect();
        let queue = program.kqueue();
        program.change(queue, 1, USER, ADD, 0).unwrap();
        for (reader, _) in &pipes {
            program.change(queue, *reader, READ, ADD | DISPATCH, 0).unwrap();
        }
        let workers: Vec<_> = (0..3)
            .map(|_| {
                spawn(world, program, move |program| {
                    loop {
                        let event = program.events(queue, 1).unwrap()[0];
                        if event.filter == USER {
                            return;
                        }
                        assert_eq!(program.read(event.identifier, 1).unwrap().len(), 1);
                        if RECEIVED.fetch_add(1, Ordering::SeqCst) + 1 == 2 * BYTES {
                            program.change(queue, 1, USER, 0, 0).unwrap();
                        }
                        program.change(queue, event.identifier, READ, ENABLE, 0).unwrap();
                    }
                })
            })
            .collect();
        for _ in 0..BYTES {
            for (_, writer) in &pipes {
                program.write(*writer, b"a").unwrap();
                step();
            }
        }
        join(workers);
        assert_eq!(RECEIVED.load(Ordering::SeqCst), 2 * BYTES);
    });
}

/// Level-triggered: as long as there is something to read, whoever comes finds it, however many look at once.
#[test]
fn what_stays_ready_is_seen_by_all() {
    everywhere(|world, program| {
        let (reader, writer) = program.pipe();
        let (inner, outer) = (program.kqueue(), program.kqueue());
        program.change(inner, reader, READ, ADD, 0).unwrap();
        program.change(outer, inner, READ, ADD, 0).unwrap();
        let mut threads: Vec<_> = (0..2)
            .map(|_| {
                spawn(world, program, move |program| {
                    assert_eq!(program.events(inner, 2).unwrap()[0].identifier, reader);
                    assert_eq!(program.events(inner, 2).unwrap()[0].identifier, reader);
                })
            })
            .collect();
        threads.push(spawn(world, program, move |program| {
            assert_eq!(program.events(outer, 2).unwrap()[0].identifier, inner);
        }));
        threads.push(spawn(world, program, move |program| {
            assert_eq!(program.poll(&[outer], LONG_MILLISECONDS), Ok(vec![IN]));
        }));
        step();
        program.write(writer, b"ab").unwrap();
        join(threads);
    });
}

#[test]
fn knotes_come_and_go_while_their_file_is_busy() {
    everywhere(|world, program| {
        let (reader, writer) = program.pipe();
        let queue = program.kqueue();
        let changer = spawn(world, program, move |program| {
            for _ in 0..5 {
                program.change(queue, reader, READ, ADD, 0).unwrap();
                step();
                program.change(queue, reader, READ, DELETE, 0).unwrap();
            }
            program.change(queue, reader, READ, ADD | ONESHOT, 0).unwrap();
        });
        let busy = spawn(world, program, move |program| {
            for _ in 0..5 {
                program.write(writer, b"a").unwrap();
                program.read(reader, 1).unwrap();
            }
            program.write(writer, b"a").unwrap();
        });
        let mut last = 0;
        while last == 0 {
            let event = program.events(queue, 1).unwrap()[0];
            assert_eq!(event.identifier, reader);
            last = event.flags & ONESHOT;
        }
        join(vec![changer, busy]);
    });
}

#[test]
fn timers_run_out_as_often_as_time_says() {
    for seed in seeds(SEEDS) {
        run(seed, move |world| {
            let program = Program(boot_with(1 + seed as usize % 3, &[]));
            let queue = program.kqueue();
            program.change(queue, 1, TIMER, ADD, 10).unwrap();
            let mut count = 0;
            for pause in [5, 30, 1, 70] {
                simulator::sleep(std::time::Duration::from_millis(pause));
                count += program.events(queue, 1).unwrap()[0].data;
            }
            // 106 to 116 milliseconds, and as many as ten events in them.
            assert!((9..=12).contains(&count), "{count}");
            program.change(queue, 2, TIMER, ADD | ONESHOT, 1).unwrap();
            program.change(queue, 1, TIMER, DELETE, 0).unwrap();
            assert_eq!(program.events(queue, 4).unwrap()[0].identifier, 2);
            program.change(queue, 3, TIMER, ADD, 7).unwrap();
            finish(world, program);
        });
    }
}

//! poll, select and kevent under many schedules: no wake is lost, whatever writes, closes or changes meanwhile.

mod support;

use rump::abi::system_call::table::number;
use rump::errno::{Errno, Result};
use rump::file::{FileAttributes, FileObject, FileStatus, OpenFile};
use rump::host::clock;
use rump::poll::{Events, FileFilter, Listeners, Notice, Reading};
use rump::sync::Mutex;
use rump::uio::Uio;
use simulator::{Thread, World, run, seeds, step};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use support::{Program, boot_with, core, within};

const SEEDS: u64 = 300;
const IN: u16 = 0x1;
const HANG_UP: u16 = 0x10;
const NOT_OPEN: u16 = 0x20;
const READ: u32 = 0;
const TIMER: u32 = 6;
const USER: u32 = 8;
const ADD: u32 = 0x1;
const DELETE: u32 = 0x2;
const ENABLE: u32 = 0x4;
const ONESHOT: u32 = 0x10;
const CLEAR: u32 = 0x20;
const DISPATCH: u32 = 0x80;
const TRIGGER: u32 = 0x0100_0000;
/// Far more virtual time than any of these tests takes: who waits so long has missed its wake.
const LONG_MILLISECONDS: u64 = 1_000_000;

#[repr(C)]
#[derive(Clone, Copy)]
struct Polled {
    descriptor: i32,
    events: u16,
    found: u16,
}

#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Event {
    identifier: u64,
    filter: u32,
    flags: u32,
    filter_flags: u32,
    padding: u32,
    data: i64,
    user_data: u64,
}

/// Whether nobody has waited until a deadline so far.
fn is_in_time() -> bool {
    (clock::monotonic().seconds as u64) < LONG_MILLISECONDS / 1000
}

trait Waiting {
    fn poll(&self, descriptors: &[u64], timeout: u64) -> Result<Vec<u16>>;
    fn kqueue(&self) -> u64;
    fn change(&self, queue: u64, identifier: u64, filter: u32, flags: u32, data: i64) -> Result<()>;
    fn events(&self, queue: u64, most: usize) -> Result<Vec<Event>>;
}

impl Waiting for Program {
    /// What is found of each descriptor, which is polled for reading.
    fn poll(&self, descriptors: &[u64], timeout: u64) -> Result<Vec<u16>> {
        let polled = |&descriptor| Polled { descriptor: descriptor as i32, events: IN, found: 0 };
        let mut all: Vec<_> = descriptors.iter().map(polled).collect();
        let slots = [all.as_mut_ptr() as u64, all.len() as u64, timeout];
        let count = self.call(number::POLL, &slots)?;
        assert!(is_in_time(), "the wake was lost");
        let found: Vec<_> = all.iter().map(|one| one.found).collect();
        assert_eq!(count as usize, found.iter().filter(|&&found| found != 0).count());
        Ok(found)
    }

    fn kqueue(&self) -> u64 {
        self.call(number::KQUEUE, &[]).unwrap() as u64
    }

    fn change(&self, queue: u64, identifier: u64, filter: u32, flags: u32, data: i64) -> Result<()> {
        let filter_flags = if filter == USER && flags == 0 { TRIGGER } else { 0 };
        let event = Event { identifier, filter, flags, filter_flags, data, ..Event::default() };
        let slots = [queue, std::ptr::from_ref(&event) as u64, 1, 0, 0, 0];
        self.call(number::KEVENT50, &slots).map(drop)
    }

    /// Up to `most` events; waits for the first.
    fn events(&self, queue: u64, most: usize) -> Result<Vec<Event>> {
        let mut events = vec![Event::default(); most];
        let timeout = [LONG_MILLISECONDS as i64 / 1000, 0i64];
        let slots = [queue, 0, 0, events.as_mut_ptr() as u64, most as u64, timeout.as_ptr() as u64];
        let count = self.call(number::KEVENT50, &slots)?;
        assert!(count > 0 && is_in_time(), "the wake was lost");
        events.truncate(count as usize);
        Ok(events)
    }
}

/// Runs `test` under many schedules with 1, 2 and 4 virtual CPUs; nothing of the kernel may stay behind.
fn everywhere(test: fn(&World, &Program)) {
    for seed in seeds(SEEDS) {
        run(seed, move |world| {
            let program = Program(core([1, 2, 4][seed as usize % 3]));
            test(world, &program);
            finish(world, program);
        });
    }
}

fn finish(world: &World, program: Program) {
    let trace = Arc::downgrade(&program.0);
    program.0.shut_down().unwrap();
    drop(program);
    assert_eq!(world.running_threads(), 1);
    assert!(trace.upgrade().is_none(), "something refers to the kernel still");
}

fn spawn(world: &World, program: &Program, body: impl FnOnce(&Program) + Send + 'static) -> Thread {
    let program = program.clone();
    world.spawn("worker", move || body(&program))
}

fn join(threads: Vec<Thread>) {
    for thread in threads {
        thread.join();
    }
}

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

/// A count that others may change while somebody looks at it, as on a real machine.
#[derive(Default)]
struct Count {
    value: Mutex<i64>,
    listeners: Listeners,
}

impl Count {
    fn add(&self, number: i64) {
        *self.value.lock() += number;
        step();
        if number > 0 {
            self.listeners.notify(&Notice::of(Events::READABLE));
        }
    }
}

struct CountFile(Arc<Count>);

impl FileObject for CountFile {
    fn read(&self, _uio: &mut Uio<'_>, _status: FileStatus) -> Result<()> {
        Err(Errno::ENXIO)
    }

    fn write(&self, _uio: &mut Uio<'_>, _status: FileStatus) -> Result<()> {
        Err(Errno::ENXIO)
    }

    fn status(&self) -> Result<FileAttributes> {
        Err(Errno::EOPNOTSUPP)
    }

    fn poll(&self, events: Events) -> Events {
        step();
        let value = *self.0.value.lock();
        step();
        if value > 0 { events & Events::READABLE } else { Events::empty() }
    }

    fn listeners(&self) -> Option<&Listeners> {
        Some(&self.0.listeners)
    }

    fn filter(&self, _file: &OpenFile, _filter: FileFilter) -> Result<Reading> {
        step();
        let data = *self.0.value.lock();
        // Long enough for others to come, find nothing and go to sleep.
        for _ in 0..12 {
            step();
        }
        Ok(Reading { ready: data > 0, data, end: false })
    }
}

/// A count, and the descriptor of process 1 for it.
fn count(program: &Program) -> (Arc<Count>, u64) {
    let count = Arc::new(Count::default());
    let object = Box::new(CountFile(Arc::clone(&count)));
    let number = within(&program.0, || {
        let process = program.0.processes.init().unwrap();
        let file = Arc::new(OpenFile::new(object, FileStatus::READ, process.credentials()));
        process.descriptors.insert(file, 0, 100, false).unwrap()
    });
    (count, number as u64)
}

#[test]
fn what_changes_while_it_is_looked_at_is_not_lost() {
    for flags in [ADD, ADD | CLEAR, ADD | DISPATCH, ADD | ONESHOT] {
        for seed in seeds(SEEDS) {
            run(seed, move |world| {
                let program = Program(core([1, 2, 4][seed as usize % 3]));
                look_while_it_changes(world, &program, flags);
                finish(world, program);
            });
        }
    }
}

fn look_while_it_changes(world: &World, program: &Program, flags: u32) {
    const EACH: i64 = 4;
    let (count, descriptor) = count(program);
    let queue = program.kqueue();
    program.change(queue, descriptor, READ, flags, 0).unwrap();
    let writers: Vec<_> = (0..2)
        .map(|_| {
            let count = Arc::clone(&count);
            spawn(world, program, move |program| {
                for _ in 0..EACH {
                    within(&program.0, || count.add(1));
                }
            })
        })
        .collect();
    let other = spawn(world, program, move |program| {
        assert_eq!(program.poll(&[descriptor, queue], LONG_MILLISECONDS).map(|found| found.len()), Ok(2));
    });
    let mut taken = 0;
    while taken < 2 * EACH {
        let told = program.events(queue, 2).unwrap()[0].data;
        assert!(told > 0, "an event of nothing");
        within(&program.0, || count.add(-told));
        taken += told;
        if flags & DISPATCH != 0 {
            program.change(queue, descriptor, READ, ENABLE, 0).unwrap();
        } else if flags & ONESHOT != 0 {
            program.change(queue, descriptor, READ, flags, 0).unwrap();
        }
    }
    assert_eq!(taken, 2 * EACH);
    // Whoever polled may have come too late for all of it.
    within(&program.0, || count.add(1));
    join(writers);
    other.join();
}

#[test]
fn several_who_look_at_once_leave_what_is_ready() {
    everywhere(|world, program| {
        let (count, descriptor) = count(program);
        let queue = program.kqueue();
        program.change(queue, descriptor, READ, ADD, 0).unwrap();
        let threads: Vec<_> = (0..3)
            .map(|_| {
                spawn(world, program, move |program| {
                    for _ in 0..3 {
                        assert_eq!(program.events(queue, 1).unwrap()[0].identifier, descriptor);
                    }
                })
            })
            .collect();
        // It comes and goes, and stays at last.
        for number in [1, -1, 1, -1, 1] {
            within(&program.0, || count.add(number));
        }
        join(threads);
    });
}

/// Edge-triggered, two who take one event each, and two changes: a change that the first event did not tell of is the other's.
#[test]
fn who_slept_while_another_looked_is_woken() {
    everywhere(|world, program| {
        let (count, descriptor) = count(program);
        let queue = program.kqueue();
        program.change(queue, descriptor, READ, ADD | CLEAR, 0).unwrap();
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let count = Arc::clone(&count);
                spawn(world, program, move |program| {
                    if program.events(queue, 1).unwrap()[0].data == 2 {
                        within(&program.0, || count.add(1));
                    }
                })
            })
            .collect();
        for _ in 0..2 {
            within(&program.0, || count.add(1));
        }
        join(threads);
    });
}

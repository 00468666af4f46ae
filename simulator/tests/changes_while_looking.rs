//! Files that change while poll and kevent look at them: whoever looks next, or sleeps, hears of it.

mod support;

use rump::errno::{Errno, Result};
use rump::file::{FileAttributes, FileObject, FileStatus, OpenFile};
use rump::poll::{Events, FileFilter, Listeners, Notice, Reading};
use rump::sync::Mutex;
use rump::uio::Uio;
use simulator::{World, run, seeds, step};
use std::sync::Arc;
use support::waiting::*;
use support::{Program, core, within};

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

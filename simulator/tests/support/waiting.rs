//! poll and kevent for tests of what waits, and worlds to run them in.

use super::{Program, core};
use rump::abi::system_call::table::number;
use rump::errno::Result;
use rump::host::clock;
use simulator::{Thread, World, run, seeds};
use std::sync::Arc;

pub const SEEDS: u64 = 300;
pub const IN: u16 = 0x1;
pub const HANG_UP: u16 = 0x10;
pub const NOT_OPEN: u16 = 0x20;
pub const READ: u32 = 0;
pub const TIMER: u32 = 6;
pub const USER: u32 = 8;
pub const ADD: u32 = 0x1;
pub const DELETE: u32 = 0x2;
pub const ENABLE: u32 = 0x4;
pub const ONESHOT: u32 = 0x10;
pub const CLEAR: u32 = 0x20;
pub const DISPATCH: u32 = 0x80;
pub const TRIGGER: u32 = 0x0100_0000;
/// Far more virtual time than any of these tests takes: who waits so long has missed its wake.
pub const LONG_MILLISECONDS: u64 = 1_000_000;

#[repr(C)]
#[derive(Clone, Copy)]
struct Polled {
    descriptor: i32,
    events: u16,
    found: u16,
}

#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct Event {
    pub identifier: u64,
    pub filter: u32,
    pub flags: u32,
    pub filter_flags: u32,
    pub padding: u32,
    pub data: i64,
    pub user_data: u64,
}

/// Whether nobody has waited until a deadline so far.
fn is_in_time() -> bool {
    (clock::monotonic().seconds as u64) < LONG_MILLISECONDS / 1000
}

pub trait Waiting {
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
pub fn everywhere(test: fn(&World, &Program)) {
    for seed in seeds(SEEDS) {
        run(seed, move |world| {
            let program = Program(core([1, 2, 4][seed as usize % 3]));
            test(world, &program);
            finish(world, program);
        });
    }
}

pub fn finish(world: &World, program: Program) {
    let trace = Arc::downgrade(&program.0);
    program.0.shut_down().unwrap();
    drop(program);
    assert_eq!(world.running_threads(), 1);
    assert!(trace.upgrade().is_none(), "something refers to the kernel still");
}

pub fn spawn(world: &World, program: &Program, body: impl FnOnce(&Program) + Send + 'static) -> Thread {
    let program = program.clone();
    world.spawn("worker", move || body(&program))
}

pub fn join(threads: Vec<Thread>) {
    for thread in threads {
        thread.join();
    }
}

//! Worlds: a seed, threads, a clock, disks, and a program that runs in them.

use crate::disk::Disk;
use crate::host_thread::HostThread;
use crate::hypercalls::block_io::RequestQueue;
use crate::random::Random;
use crate::scheduler::{Event, Guard, Moment, Scheduler, ThreadNumber, Verdict, Wait};
use std::any::Any;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};
use std::time::Duration;

/// How long, by the host's clock, a thread may run without a hypercall before it counts as stuck.
const STUCK: Duration = Duration::from_secs(30);

pub(crate) struct Shared {
    pub seed: u64,
    pub scheduler: Scheduler,
    pub disks: Mutex<BTreeMap<Vec<u8>, Disk>>,
    /// Open disks by descriptor.
    pub descriptors: Mutex<BTreeMap<i32, (Disk, bool)>>,
    pub parameters: Mutex<BTreeMap<String, String>>,
    pub console: Mutex<Vec<u8>>,
    pub requests: Mutex<RequestQueue>,
    pub host_threads: Mutex<BTreeMap<ThreadNumber, HostThread>>,
}

pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

thread_local! {
    static CURRENT: RefCell<Option<(Arc<Shared>, ThreadNumber)>> = const { RefCell::new(None) };
}

/// The calling thread's world and its number there.
///
/// # Panics
/// Outside [`run`].
pub(crate) fn current() -> (Arc<Shared>, ThreadNumber) {
    let current = CURRENT.with_borrow(Clone::clone);
    current.expect("a hypercall outside of simulator::run")
}

/// A simulated world. Cheap to clone.
#[derive(Clone)]
pub struct World(Arc<Shared>);

/// Runs a program in a new world, and gives what it gives. The program has a thread of its own.
///
/// Threads that it leaves behind stop where they are and are never heard of again: shut kernels down.
///
/// # Panics
/// With the seed, when the program or a thread of the world panics, when no thread can go on, when one runs for half a
/// minute without a hypercall, and when the world goes on for too many hypercalls.
pub fn run<T: Send + 'static>(seed: u64, program: impl FnOnce(&World) -> T + Send + 'static) -> T {
    tell_seed_in_panics();
    let shared = Arc::new(Shared {
        seed,
        scheduler: Scheduler::new(seed),
        disks: Mutex::default(),
        descriptors: Mutex::default(),
        parameters: Mutex::default(),
        console: Mutex::default(),
        requests: Mutex::default(),
        host_threads: Mutex::default(),
    });
    let world = World(Arc::clone(&shared));
    let result = Arc::new(Mutex::new(None));
    let place = Arc::clone(&result);
    let number = shared.scheduler.lock().add_thread("main".into());
    let main = start_host_thread(&shared, number, move || {
        let outcome = panic::catch_unwind(AssertUnwindSafe(|| program(&world)));
        let (shared, _) = current();
        let mut state = shared.scheduler.lock();
        match outcome {
            Ok(value) => {
                *locked(&place) = Some(value);
                if state.verdict == Verdict::Running {
                    state.verdict = Verdict::Finished;
                }
                shared.scheduler.decided.notify_all();
            }
            Err(payload) => shared.scheduler.fail(&mut state, &format!("panic: {}", message_of(&*payload))),
        }
    });
    match wait_for_verdict(&shared) {
        Verdict::Failed(reason) => panic!("simulation with seed {seed} (SIMULATOR_SEED={seed}): {reason}"),
        _ => main.join(),
    }
    let value = locked(&result).take();
    value.expect("a finished program has left its value")
}

fn wait_for_verdict(shared: &Shared) -> Verdict {
    let mut state = shared.scheduler.lock();
    let mut steps = 0;
    while state.verdict == Verdict::Running {
        let (woken, timeout) =
            shared.scheduler.decided.wait_timeout(state, STUCK).unwrap_or_else(PoisonError::into_inner);
        state = woken;
        if timeout.timed_out() && state.steps == steps && state.verdict == Verdict::Running {
            let (name, number) = state.name_of_running();
            let reason = format!("thread {number} ({name}) is stuck: it makes no hypercall");
            shared.scheduler.fail(&mut state, &reason);
        }
        steps = state.steps;
    }
    state.verdict.clone()
}

/// Every panic in a world names its seed, also one that ends the process.
fn tell_seed_in_panics() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let former = panic::take_hook();
        panic::set_hook(Box::new(move |information| {
            if let Ok(Some((shared, number))) = CURRENT.try_with(|current| current.borrow().clone()) {
                eprintln!("simulation with SIMULATOR_SEED={}, thread {number}:", shared.seed);
            }
            former(information);
        }));
    });
}

fn message_of(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("a panic without a message")
}

fn start_host_thread(
    shared: &Arc<Shared>,
    number: ThreadNumber,
    body: impl FnOnce() + Send + 'static,
) -> HostThread {
    let shared = Arc::clone(shared);
    HostThread::start(
        number,
        Box::new(move || {
            CURRENT.set(Some((Arc::clone(&shared), number)));
            shared.scheduler.begin(number);
            body();
        }),
    )
}

/// Adds a thread to the calling thread's world.
pub(crate) fn create_thread(name: &str, body: impl FnOnce() + Send + 'static) -> ThreadNumber {
    let (shared, me) = current();
    let mut state = shared.scheduler.enter(me, Event::Create, 0);
    let number = state.add_thread(name.into());
    let host_thread = start_host_thread(&shared, number, move || {
        body();
        let (shared, me) = current();
        shared.scheduler.end(me);
    });
    locked(&shared.host_threads).insert(number, host_thread);
    drop(shared.scheduler.switch(state, me));
    number
}

/// Waits until a thread has ended.
pub(crate) fn join_thread(number: ThreadNumber) {
    let (shared, me) = current();
    let mut state = shared.scheduler.enter(me, Event::Join, number as u64);
    while !state.has_ended(number) {
        (state, _) = shared.scheduler.block(state, me, Wait::Join(number), None);
    }
    drop(state);
    let host_thread = locked(&shared.host_threads).remove(&number);
    if let Some(host_thread) = host_thread {
        host_thread.join();
    }
}

/// A thread of a world's program.
pub struct Thread(ThreadNumber);

impl Thread {
    /// Waits until it has ended. The caller must not be inside a kernel.
    pub fn join(self) {
        join_thread(self.0);
    }
}

impl World {
    /// The world's seed.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.0.seed
    }

    fn state(&self) -> Guard<'_> {
        self.0.scheduler.lock()
    }

    /// Starts a thread. A panic in it fails the whole run.
    pub fn spawn(&self, name: &str, body: impl FnOnce() + Send + 'static) -> Thread {
        Thread(create_thread(name, move || {
            if let Err(payload) = panic::catch_unwind(AssertUnwindSafe(body)) {
                let (shared, _) = current();
                let mut state = shared.scheduler.lock();
                shared.scheduler.fail(&mut state, &format!("panic: {}", message_of(&*payload)));
                drop(state);
                shared.scheduler.abandon();
            }
        }))
    }

    /// Makes a disk a file of the host.
    pub fn add_disk(&self, path: &str, disk: &Disk) {
        locked(&self.0.disks).insert(path.into(), disk.clone());
    }

    /// Sets a boot parameter (`RUMP_NCPU` and its like).
    pub fn set_parameter(&self, name: &str, value: &str) {
        locked(&self.0.parameters).insert(name.into(), value.into());
    }

    /// What has been printed on the console so far.
    #[must_use]
    pub fn console(&self) -> String {
        String::from_utf8_lossy(&locked(&self.0.console)).into_owned()
    }

    /// Nanoseconds since the world began.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.state().now
    }

    /// Hypercalls so far.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.state().steps
    }

    /// A number that tells runs apart: it depends on every hypercall so far, in order, and on who made it.
    #[must_use]
    pub fn trace_hash(&self) -> u64 {
        self.state().trace
    }

    /// Threads that have not ended, the caller included.
    #[must_use]
    pub fn running_threads(&self) -> usize {
        self.state().running_threads()
    }

    /// Numbers for the program, which depend on the seed but not on the schedule.
    #[must_use]
    pub fn random(&self, purpose: u64) -> Random {
        let mut random = Random::new(self.0.seed ^ purpose.rotate_left(32));
        random.draw();
        random
    }
}

/// A moment at which another thread of the world may go on.
///
/// # Panics
/// Outside [`run`].
pub fn step() {
    let (shared, me) = current();
    let state = shared.scheduler.enter(me, Event::Step, 0);
    shared.scheduler.leave(state, me);
}

/// Sleeps in virtual time. The caller must not be inside a kernel.
///
/// # Panics
/// Outside [`run`].
pub fn sleep(duration: Duration) {
    let nanoseconds = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    sleep_for(Event::Sleep, nanoseconds);
}

pub(crate) fn sleep_for(event: Event, nanoseconds: Moment) {
    let (shared, me) = current();
    let state = shared.scheduler.enter(me, event, nanoseconds);
    let deadline = state.now.saturating_add(nanoseconds);
    drop(shared.scheduler.block(state, me, Wait::Sleep, Some(deadline)));
}

/// The seeds from 0 to `count - 1`, or what the environment asks for: `SIMULATOR_SEED` is the only seed to run,
/// `SIMULATOR_SEEDS` replaces `count`, `SIMULATOR_FACTOR` multiplies it.
///
/// # Panics
/// When one of these is no number.
#[must_use]
pub fn seeds(count: u64) -> Range<u64> {
    let number =
        |name| std::env::var(name).ok().map(|text| text.parse::<u64>().expect("a number in the environment"));
    match (number("SIMULATOR_SEED"), number("SIMULATOR_SEEDS")) {
        (Some(seed), _) => seed..seed + 1,
        (None, Some(asked)) => 0..asked,
        (None, None) => 0..count * number("SIMULATOR_FACTOR").unwrap_or(1),
    }
}

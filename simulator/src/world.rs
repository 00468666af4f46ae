//! Worlds for programs in Rust: what they keep beside threads and time, and how they begin and end.

use crate::disk::Disk;
use crate::hypercalls::block_io::RequestQueue;
use simulator_world::{
    Event, Guard, Moment, Random, Shared, ThreadNumber, Verdict, create_thread, current, join_thread, locked,
    message_of, sleep_for, start_host_thread,
};
use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Files, parameters and console of a world.
#[derive(Default)]
pub(crate) struct Host {
    pub disks: Mutex<BTreeMap<Vec<u8>, Disk>>,
    /// Open disks by descriptor.
    pub descriptors: Mutex<BTreeMap<i32, (Disk, bool)>>,
    pub parameters: Mutex<BTreeMap<String, String>>,
    pub console: Mutex<Vec<u8>>,
    pub requests: Mutex<RequestQueue>,
}

/// What the calling thread's world keeps.
pub(crate) fn current_host() -> Arc<Host> {
    let host = Arc::clone(&current().0.host);
    host.downcast().expect("a world that `run` has made")
}

/// A simulated world. Cheap to clone.
#[derive(Clone)]
pub struct World(Arc<Shared>, Arc<Host>);

/// Runs a program in a new world, and gives what it gives. The program has a thread of its own.
///
/// Threads that it leaves behind stop where they are and are never heard of again: shut kernels down.
///
/// # Panics
/// With the seed, when the program or a thread of the world panics, when no thread can go on, when one runs for half a
/// minute without a hypercall, and when the world goes on for too many hypercalls.
pub fn run<T: Send + 'static>(seed: u64, program: impl FnOnce(&World) -> T + Send + 'static) -> T {
    let host = Arc::new(Host::default());
    let shared = Shared::new(seed, Arc::<Host>::clone(&host));
    let world = World(Arc::clone(&shared), host);
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
    match shared.wait_for_verdict() {
        Verdict::Failed(reason) => panic!("simulation with seed {seed} (SIMULATOR_SEED={seed}): {reason}"),
        _ => main.join(),
    }
    let value = locked(&result).take();
    value.expect("a finished program has left its value")
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
        locked(&self.1.disks).insert(path.into(), disk.clone());
    }

    /// Sets a boot parameter (`RUMP_NCPU` and its like).
    pub fn set_parameter(&self, name: &str, value: &str) {
        locked(&self.1.parameters).insert(name.into(), value.into());
    }

    /// What has been printed on the console so far.
    #[must_use]
    pub fn console(&self) -> String {
        String::from_utf8_lossy(&locked(&self.1.console)).into_owned()
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

/// Sleeps in virtual time. The caller must not be inside a kernel.
///
/// # Panics
/// Outside [`run`].
pub fn sleep(duration: Duration) {
    let nanoseconds = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    sleep_for(Event::Sleep, nanoseconds);
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

//! Worlds: a schedule, host threads, and whatever else their host keeps for them.

use crate::host_thread::HostThread;
use crate::scheduler::{Event, Moment, Scheduler, ThreadNumber, Verdict, Wait};
use std::any::Any;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::mem::ManuallyDrop;
use std::panic;
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};
use std::time::Duration;

/// How long, by the host's clock, a thread may run without a hypercall before it counts as stuck.
const STUCK: Duration = Duration::from_secs(30);

/// What the threads of a world share.
pub struct Shared {
    pub seed: u64,
    pub scheduler: Scheduler,
    /// What the host of this world keeps beside threads and time.
    pub host: Arc<dyn Any + Send + Sync>,
    host_threads: Mutex<BTreeMap<ThreadNumber, HostThread>>,
}

/// Takes a mutex, also one whose holder has panicked.
pub fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A thread's world, and its number there.
pub type Place = (Arc<Shared>, ThreadNumber);

thread_local! {
    /// Given back when the thread ends. A destructor would have to be registered, for which the C library waits while a
    /// library is being loaded.
    static CURRENT: Cell<Option<ManuallyDrop<Place>>> = const { Cell::new(None) };
}

/// The calling thread's world and its number there.
///
/// # Panics
/// On a thread that belongs to no world.
#[must_use]
pub fn current() -> Place {
    try_current().expect("a hypercall by a thread outside of the simulated world")
}

/// The calling thread's world and its number there, if it belongs to one.
#[must_use]
pub fn try_current() -> Option<Place> {
    let current = CURRENT.take()?;
    let copy = (*current).clone();
    CURRENT.set(Some(current));
    Some(copy)
}

impl Shared {
    /// A world without threads.
    #[must_use]
    pub fn new(seed: u64, host: Arc<dyn Any + Send + Sync>) -> Arc<Self> {
        tell_seed_in_panics();
        Arc::new(Self { seed, scheduler: Scheduler::new(seed), host, host_threads: Mutex::default() })
    }

    /// The host's handle of a thread that has not been joined.
    #[must_use]
    pub fn host_handle(&self, number: ThreadNumber) -> Option<libc::pthread_t> {
        locked(&self.host_threads).get(&number).map(HostThread::handle)
    }

    /// The thread with this handle, unless it has been joined.
    #[must_use]
    pub fn thread_of(&self, handle: libc::pthread_t) -> Option<ThreadNumber> {
        let threads = locked(&self.host_threads);
        threads.iter().find(|(_, thread)| thread.handle() == handle).map(|(number, _)| *number)
    }

    /// Waits, on a thread outside of the world, for its end. A world in which nothing happens for half a minute fails.
    #[must_use]
    pub fn wait_for_verdict(&self) -> Verdict {
        let mut state = self.scheduler.lock();
        let mut steps = 0;
        while state.verdict == Verdict::Running {
            let (woken, timeout) =
                self.scheduler.decided.wait_timeout(state, STUCK).unwrap_or_else(PoisonError::into_inner);
            state = woken;
            if timeout.timed_out() && state.steps == steps && state.verdict == Verdict::Running {
                let (name, number) = state.name_of_running();
                let reason = format!("thread {number} ({name}) is stuck: it makes no hypercall");
                self.scheduler.fail(&mut state, &reason);
            }
            steps = state.steps;
        }
        state.verdict.clone()
    }
}

/// Every panic in a world names its seed, also one that ends the process.
fn tell_seed_in_panics() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let former = panic::take_hook();
        panic::set_hook(Box::new(move |information| {
            if let Some((shared, number)) = try_current() {
                eprintln!("simulation with SIMULATOR_SEED={}, thread {number}:", shared.seed);
            }
            former(information);
        }));
    });
}

/// The text of a panic.
#[must_use]
pub fn message_of(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("a panic without a message")
}

/// Starts the host's thread for a thread that the schedule knows. It begins when it is its turn.
pub fn start_host_thread(
    shared: &Arc<Shared>,
    number: ThreadNumber,
    body: impl FnOnce() + Send + 'static,
) -> HostThread {
    let shared = Arc::clone(shared);
    HostThread::start(
        number,
        Box::new(move || {
            CURRENT.set(Some(ManuallyDrop::new((Arc::clone(&shared), number))));
            shared.scheduler.begin(number);
            body();
            drop(CURRENT.take().map(ManuallyDrop::into_inner));
        }),
    )
}

/// Adds a thread to the calling thread's world.
pub fn create_thread(name: &str, body: impl FnOnce() + Send + 'static) -> ThreadNumber {
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

/// Waits until a thread has ended. Says whether there was one to join.
pub fn join_thread(number: ThreadNumber) -> bool {
    let (shared, me) = current();
    let mut state = shared.scheduler.enter(me, Event::Join, number as u64);
    while !state.has_ended(number) {
        (state, _) = shared.scheduler.block(state, me, Wait::Join(number), None);
    }
    drop(state);
    let host_thread = locked(&shared.host_threads).remove(&number);
    host_thread.map(HostThread::join).is_some()
}

/// A moment at which another thread of the world may go on.
///
/// # Panics
/// On a thread that belongs to no world.
pub fn step() {
    let (shared, me) = current();
    let state = shared.scheduler.enter(me, Event::Step, 0);
    shared.scheduler.leave(state, me);
}

/// Sleeps in virtual time.
///
/// # Panics
/// On a thread that belongs to no world.
pub fn sleep_for(event: Event, nanoseconds: Moment) {
    let (shared, me) = current();
    let state = shared.scheduler.enter(me, event, nanoseconds);
    let deadline = state.now.saturating_add(nanoseconds);
    drop(shared.scheduler.block(state, me, Wait::Sleep, Some(deadline)));
}

//! UNSAFE inside. Who runs in a world, and what time it is there.

use crate::random::{Random, mix};
use std::collections::VecDeque;
use std::fmt::{self, Write as _};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// A thread's number in its world; 0 runs the world's program.
pub type ThreadNumber = usize;

/// Nanoseconds since the world began.
pub type Moment = u64;

/// What a thread waits for. The numbers are those of the world's mutexes, condition variables and threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    Mutex(u64),
    Condition(u64),
    Join(ThreadNumber),
    Sleep,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    Runnable,
    Waiting(Wait, Option<Moment>),
    Ended,
}

struct ThreadState {
    name: String,
    status: Status,
    timed_out: bool,
    wake: Arc<Condvar>,
}

/// What the hypercalls tell the trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    Enter,
    Exit,
    Wait,
    Signal,
    Create,
    Join,
    End,
    Clock,
    Sleep,
    Read,
    Write,
    Sync,
    Step,
    Other,
}

/// The calling thread's `errno`, which waiting for a turn must leave alone: the kernel may just have set it.
fn errno() -> i32 {
    // SAFETY: the place of the calling thread's own errno.
    unsafe { *libc::__errno_location() }
}

fn set_errno(errno: i32) {
    // SAFETY: as above.
    unsafe { *libc::__errno_location() = errno }
}

/// Nanoseconds that pass with each hypercall.
const TICK: Moment = 200;
/// Events that a failure's report shows.
const REMEMBERED: usize = 40;
/// Hypercalls after which a world is taken for one that never ends.
const MOST_STEPS: u64 = 20_000_000;

/// Nanoseconds for which one thread may go on by the clock while all others wait for one another: a day.
const ALONE: Moment = 86_400_000_000_000;
/// And how many turns it has then had at least.
const ALONE_TURNS: u64 = 10_000;

/// How a world stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Running,
    Finished,
    Failed(String),
}

/// What a world's schedule knows.
pub struct State {
    pub random: Random,
    pub now: Moment,
    pub steps: u64,
    pub trace: u64,
    pub verdict: Verdict,
    threads: Vec<ThreadState>,
    running: ThreadNumber,
    /// A hypercall that need not switch does so once in this many times.
    switch_once_in: u64,
    /// A wait ends for no reason once in this many times.
    pub spurious_once_in: u64,
    recent: VecDeque<(ThreadNumber, Event, u64)>,
    next_object: u64,
    /// Since when nobody but `running` has had a turn, and how many that one has had.
    alone_since: Moment,
    alone_turns: u64,
}

/// The part of a world that decides who runs.
pub struct Scheduler {
    state: Mutex<State>,
    /// Told when the verdict changes.
    pub decided: Condvar,
}

/// The state, locked.
pub type Guard<'a> = MutexGuard<'a, State>;

impl Scheduler {
    /// The schedule of a seed, at the beginning of time.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut random = Random::new(mix(seed));
        let switch_once_in = [2, 3, 5, 10, 40][random.index(5)];
        let spurious_once_in = [0, 30, 8][random.index(3)];
        let state = State {
            random,
            now: 0,
            steps: 0,
            trace: seed,
            verdict: Verdict::Running,
            threads: Vec::new(),
            running: 0,
            switch_once_in,
            spurious_once_in,
            recent: VecDeque::new(),
            next_object: 0,
            alone_since: 0,
            alone_turns: 0,
        };
        Self { state: Mutex::new(state), decided: Condvar::new() }
    }

    /// What it knows, while nothing changes.
    pub fn lock(&self) -> Guard<'_> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the world with a failure. The caller goes on to sleep for ever, or to unwind.
    pub fn fail(&self, state: &mut State, reason: &str) {
        if state.verdict == Verdict::Running {
            state.verdict = Verdict::Failed(format!("{reason}\n{state}"));
        }
        self.decided.notify_all();
    }

    /// Sleeps for ever: the world has ended with this thread in the middle of something.
    pub fn abandon(&self) -> ! {
        let never = Condvar::new();
        let mut state = self.lock();
        loop {
            state = never.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Begins a hypercall: sometimes another thread goes on first; then time moves on, and the trace hears of it.
    pub fn enter(&self, me: ThreadNumber, event: Event, object: u64) -> Guard<'_> {
        let mut state = self.lock();
        debug_assert_eq!(state.running, me, "a thread without the baton runs");
        let once_in = 2 * state.switch_once_in;
        if state.random.once_in(once_in) {
            state = self.switch(state, me);
        }
        state.now = state.now.saturating_add(TICK);
        state.steps += 1;
        state.record(me, event, object);
        if state.steps > MOST_STEPS {
            self.fail(&mut state, "the world does not come to an end");
            drop(state);
            self.abandon();
        }
        state
    }

    /// Ends a hypercall that need not switch: sometimes another thread goes on first.
    pub fn leave(&self, mut state: Guard<'_>, me: ThreadNumber) {
        let once_in = state.switch_once_in;
        if state.random.once_in(once_in) {
            drop(self.switch(state, me));
        }
    }

    /// Lets a thread go on, maybe the caller, and comes back when it is the caller's turn.
    pub fn switch<'a>(&'a self, mut state: Guard<'a>, me: ThreadNumber) -> Guard<'a> {
        self.pass_on(&mut state);
        self.wait_for_turn(state, me)
    }

    /// Blocks the caller until it is woken, or until `deadline`; says whether it was woken.
    pub fn block<'a>(
        &'a self,
        mut state: Guard<'a>,
        me: ThreadNumber,
        wait: Wait,
        deadline: Option<Moment>,
    ) -> (Guard<'a>, bool) {
        state.threads[me].status = Status::Waiting(wait, deadline);
        state.threads[me].timed_out = false;
        let state = self.switch(state, me);
        let woken = !state.threads[me].timed_out;
        (state, woken)
    }

    /// Waits for the first turn of a new thread.
    pub fn begin(&self, me: ThreadNumber) {
        let state = self.lock();
        drop(self.wait_for_turn(state, me));
    }

    /// Ends the calling thread.
    pub fn end(&self, me: ThreadNumber) {
        let mut state = self.enter(me, Event::End, me as u64);
        state.threads[me].status = Status::Ended;
        state.wake_all(Wait::Join(me));
        self.pass_on(&mut state);
    }

    fn wait_for_turn<'a>(&'a self, mut state: Guard<'a>, me: ThreadNumber) -> Guard<'a> {
        let wake = Arc::clone(&state.threads[me].wake);
        let errno = errno();
        while state.running != me || state.verdict != Verdict::Running {
            state = wake.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        set_errno(errno);
        state
    }

    fn pass_on(&self, state: &mut State) {
        match state.pick() {
            Some(next) => {
                if state.is_alone_for_long(next) {
                    self.fail(state, "deadlock: for a day, all threads but one wait for one another");
                }
                state.trace = mix(state.trace ^ next as u64);
                // The caller goes on without being told.
                if next != state.running {
                    state.running = next;
                    state.threads[next].wake.notify_one();
                }
            }
            None => self.fail(state, "deadlock: no thread can go on, and none waits for a time"),
        }
    }
}

impl State {
    /// A thread that can run from now on.
    pub fn add_thread(&mut self, name: String) -> ThreadNumber {
        let wake = Arc::new(Condvar::new());
        self.threads.push(ThreadState { name, status: Status::Runnable, timed_out: false, wake });
        self.threads.len() - 1
    }

    /// Goes on with this thread alone: a new process has no other.
    pub fn keep_only(&mut self, me: ThreadNumber) {
        for (number, thread) in self.threads.iter_mut().enumerate() {
            if number != me {
                thread.status = Status::Ended;
            }
        }
    }

    /// Lets up to so many nanoseconds pass.
    pub fn spend(&mut self, most: Moment) {
        self.now = self.now.saturating_add(self.random.below(most));
    }

    /// A number for a new mutex or condition variable.
    pub fn object_number(&mut self) -> u64 {
        self.next_object += 1;
        self.next_object
    }

    /// Has this thread ended?
    #[must_use]
    pub fn has_ended(&self, thread: ThreadNumber) -> bool {
        self.threads[thread].status == Status::Ended
    }

    /// Threads that have not ended.
    #[must_use]
    pub fn running_threads(&self) -> usize {
        self.threads.iter().filter(|thread| thread.status != Status::Ended).count()
    }

    /// Whose turn it is.
    #[must_use]
    pub fn name_of_running(&self) -> (&str, ThreadNumber) {
        (self.threads.get(self.running).map_or("", |thread| &thread.name), self.running)
    }

    fn record(&mut self, me: ThreadNumber, event: Event, object: u64) {
        self.trace = mix(self.trace ^ ((me as u64) << 40) ^ ((event as u64) << 32) ^ object);
        if self.recent.len() == REMEMBERED {
            self.recent.pop_front();
        }
        self.recent.push_back((me, event, object));
    }

    fn wakes(&self, thread: ThreadNumber, cause: Wait) -> bool {
        matches!(self.threads[thread].status, Status::Waiting(wait, _) if wait == cause)
    }

    /// Wakes all that wait for `cause`.
    pub fn wake_all(&mut self, cause: Wait) {
        for thread in 0..self.threads.len() {
            if self.wakes(thread, cause) {
                self.threads[thread].status = Status::Runnable;
            }
        }
    }

    /// Wakes one that waits for `cause`, whichever is drawn.
    pub fn wake_one(&mut self, cause: Wait) {
        let waiters: Vec<_> = (0..self.threads.len()).filter(|&thread| self.wakes(thread, cause)).collect();
        if !waiters.is_empty() {
            let chosen = waiters[self.random.index(waiters.len())];
            self.threads[chosen].status = Status::Runnable;
        }
    }

    /// Makes those runnable whose time has come.
    fn expire(&mut self) {
        for thread in &mut self.threads {
            if let Status::Waiting(_, Some(deadline)) = thread.status
                && deadline <= self.now
            {
                thread.status = Status::Runnable;
                thread.timed_out = true;
            }
        }
    }

    /// Whether `next` has had all turns for a day, while others wait, none of them for a time. A long sleep is no such case.
    fn is_alone_for_long(&mut self, next: ThreadNumber) -> bool {
        if next != self.running {
            (self.alone_since, self.alone_turns) = (self.now, 0);
        }
        self.alone_turns += 1;
        if self.alone_turns < ALONE_TURNS || self.now.saturating_sub(self.alone_since) < ALONE {
            return false;
        }
        let others = self.threads.iter().enumerate().filter(|(number, _)| *number != next);
        let mut waiting =
            others.map(|(_, thread)| thread.status).filter(|status| *status != Status::Ended).peekable();
        waiting.peek().is_some() && waiting.all(|status| matches!(status, Status::Waiting(_, None)))
    }

    fn earliest_deadline(&self) -> Option<Moment> {
        let deadlines = self.threads.iter().filter_map(|thread| match thread.status {
            Status::Waiting(_, deadline) => deadline,
            _ => None,
        });
        deadlines.min()
    }

    fn pick(&mut self) -> Option<ThreadNumber> {
        self.expire();
        loop {
            let runnable: Vec<_> = (0..self.threads.len())
                .filter(|&thread| self.threads[thread].status == Status::Runnable)
                .collect();
            if !runnable.is_empty() {
                return Some(runnable[self.random.index(runnable.len())]);
            }
            self.now = self.now.max(self.earliest_deadline()?);
            self.expire();
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "after {} steps, at {} ns:", self.steps, self.now)?;
        for (number, thread) in self.threads.iter().enumerate() {
            writeln!(out, "  thread {number} ({}): {:?}", thread.name, thread.status)?;
        }
        let mut recent = String::new();
        for (thread, event, object) in &self.recent {
            write!(recent, " {thread}:{event:?}({object})")?;
        }
        writeln!(out, "  last hypercalls:{recent}")
    }
}

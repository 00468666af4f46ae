//! Callouts: functions that run at a time to come, on one kernel thread (callout(9)).

use super::{KernelThread, TICKS_PER_SECOND};
use crate::errno::Result;
use crate::event_counter::{EventCounter, EventCounters, EventKind};
use crate::host::clock;
use crate::kernel::Kernel;
use crate::sync::{Condvar, Mutex};
use crate::time::Timespec;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;

type Action = Arc<dyn Fn() + Send + Sync>;
/// Ordered by deadline; the number tells equal deadlines apart.
type Key = (Timespec, u64);

#[derive(Default)]
struct Pending {
    actions: BTreeMap<Key, Action>,
    next_number: u64,
    thread: Option<KernelThread>,
    stopping: bool,
}

/// A callout that runs so much after its deadline is late: a clock tick.
const LATE: Timespec = Timespec::from_milliseconds(1000 / TICKS_PER_SECOND as i64);

/// What waits for its time in one kernel. Its thread starts with the first callout.
pub struct CalloutQueue {
    pending: Mutex<Pending>,
    changed: Condvar,
    late: Arc<EventCounter>,
}

/// A function that can be scheduled again and again; one deadline at a time.
pub struct Callout {
    kernel: Arc<Kernel>,
    action: Action,
    key: Mutex<Option<Key>>,
}

impl Callout {
    /// A callout that is not scheduled. `action` runs on the callout thread and should be short.
    pub fn new(kernel: Arc<Kernel>, action: Box<dyn Fn() + Send + Sync>) -> Self {
        Self { kernel, action: Arc::from(action), key: Mutex::new(None) }
    }

    /// Runs the action once, `delay` from now; replaces an earlier deadline.
    ///
    /// # Errors
    /// `EAGAIN` when the host has no thread for the queue.
    pub fn schedule(&self, delay: Timespec) -> Result<()> {
        let deadline = clock::monotonic().saturating_add(delay);
        let mut key = self.key.lock();
        let queue = &self.kernel.callouts;
        queue.ensure_thread(&self.kernel)?;
        let mut pending = queue.pending.lock();
        if let Some(former) = key.take() {
            pending.actions.remove(&former);
        }
        pending.next_number += 1;
        let new = (deadline, pending.next_number);
        pending.actions.insert(new, Arc::clone(&self.action));
        *key = Some(new);
        drop(pending);
        queue.changed.notify_one();
        Ok(())
    }

    /// Takes the deadline away. `true` if the action had not begun.
    pub fn stop(&self) -> bool {
        let Some(key) = self.key.lock().take() else { return false };
        self.kernel.callouts.pending.lock().actions.remove(&key).is_some()
    }
}

impl Drop for Callout {
    fn drop(&mut self) {
        self.stop();
    }
}

impl CalloutQueue {
    /// An empty queue.
    #[must_use]
    pub fn new(counters: &EventCounters) -> Self {
        // There is one queue, whose number is 0 where others have one for each processor.
        let late = counters.attach(EventKind::Miscellaneous, "callout", "late/0");
        Self { pending: Mutex::default(), changed: Condvar::new(), late }
    }

    fn ensure_thread(&self, kernel: &Arc<Kernel>) -> Result<()> {
        let mut pending = self.pending.lock();
        if pending.thread.is_none() && !pending.stopping {
            let running = Arc::clone(kernel);
            let body = Box::new(move || running.callouts.run());
            pending.thread = Some(KernelThread::start(kernel, "callout", body)?);
        }
        Ok(())
    }

    fn run(&self) {
        let mut pending = self.pending.lock();
        while !pending.stopping {
            let now = clock::monotonic();
            match pending.actions.first_key_value() {
                None => self.changed.wait(&mut pending),
                Some((&(deadline, _), _)) if deadline > now => {
                    self.changed.wait_for(&mut pending, Some(deadline.since(now)));
                }
                Some(_) => {
                    let due = pending.actions.pop_first();
                    drop(pending);
                    if let Some(((deadline, _), action)) = due {
                        if now.since(deadline) >= LATE {
                            self.late.add(1);
                        }
                        action();
                    }
                    pending = self.pending.lock();
                }
            }
        }
    }

    /// Ends the thread; callouts that are due later never run.
    pub(crate) fn stop(&self) {
        let thread = {
            let mut pending = self.pending.lock();
            pending.stopping = true;
            pending.actions.clear();
            pending.thread.take()
        };
        self.changed.notify_all();
        if let Some(thread) = thread {
            // A thread that cannot be joined has ended already.
            let _ = thread.join();
        }
    }
}

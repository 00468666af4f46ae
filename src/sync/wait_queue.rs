//! Threads that wait for one thing, in order of arrival.

use super::{Deadline, Parker};
use crate::sched;
use crate::time::Timespec;
use alloc::sync::Arc;
use core::cell::UnsafeCell;
use core::ptr;
use spin::mutex::SpinMutex;

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitOutcome {
    Woken,
    TimedOut,
    /// A signal, or the end of its process, wants the sleeper (interruptible waits only).
    Interrupted,
    /// The condition did not ask to wait.
    NotNeeded,
}

/// A first-in first-out queue of sleeping threads.
pub struct WaitQueue {
    list: SpinMutex<List>,
}

struct List {
    head: *const Node,
    tail: *const Node,
}

// SAFETY: the nodes are reached only under the queue's spin lock, and each stays on its waiter's stack until it
// has been taken off the list.
unsafe impl Send for List {}

struct Node {
    parker: Arc<Parker>,
    /// Guarded by the queue's spin lock.
    links: UnsafeCell<Links>,
}

struct Links {
    next: *const Node,
    previous: *const Node,
    queued: bool,
}

impl Node {
    fn new() -> Self {
        Self {
            parker: sched::current_parker(),
            links: UnsafeCell::new(Links { next: ptr::null(), previous: ptr::null(), queued: false }),
        }
    }
}

impl List {
    /// # Safety
    /// `node` is on no list and stays in place until it is removed.
    unsafe fn push(&mut self, node: *const Node) {
        // SAFETY: `node` is live; the spin lock is held.
        unsafe { *(*node).links.get() = Links { next: ptr::null(), previous: self.tail, queued: true } };
        if self.tail.is_null() {
            self.head = node;
        } else {
            // SAFETY: nodes on the list are live.
            unsafe { (*(*self.tail).links.get()).next = node };
        }
        self.tail = node;
    }

    /// # Safety
    /// `node` is on this list.
    unsafe fn remove(&mut self, node: *const Node) {
        // SAFETY: nodes on the list, and so its neighbours, are live; the spin lock is held.
        unsafe {
            let links = &mut *(*node).links.get();
            if links.previous.is_null() {
                self.head = links.next;
            } else {
                (*(*links.previous).links.get()).next = links.next;
            }
            if links.next.is_null() {
                self.tail = links.previous;
            } else {
                (*(*links.next).links.get()).previous = links.previous;
            }
            links.queued = false;
        }
    }

    fn len(&self) -> usize {
        let mut count = 0;
        let mut node = self.head;
        while !node.is_null() {
            count += 1;
            // SAFETY: nodes on the list are live; the spin lock is held.
            node = unsafe { (*(*node).links.get()).next };
        }
        count
    }

    fn pop(&mut self) -> Option<Arc<Parker>> {
        let head = self.head;
        if head.is_null() {
            return None;
        }
        // SAFETY: nodes on the list are live; after the removal its owner may go, so the parker is cloned first.
        unsafe {
            let parker = Arc::clone(&(*head).parker);
            self.remove(head);
            Some(parker)
        }
    }
}

impl WaitQueue {
    /// An empty queue.
    #[must_use]
    pub const fn new() -> Self {
        Self { list: SpinMutex::new(List { head: ptr::null(), tail: ptr::null() }) }
    }

    /// Asks `must_wait` with the queue locked against wakers; if it says so, sleeps without a virtual CPU until
    /// woken or until `timeout` has passed. `must_wait` is a few instructions and wakes nobody.
    pub fn wait_if(&self, timeout: Option<Timespec>, must_wait: impl FnOnce() -> bool) -> WaitOutcome {
        let node = Node::new();
        {
            let mut list = self.list.lock();
            if !must_wait() {
                return WaitOutcome::NotNeeded;
            }
            // SAFETY: the node is new and `sleep` does not return while it is queued.
            unsafe { list.push(&node) };
        }
        self.sleep(&node, timeout, false)
    }

    /// Queues the caller, runs `release`, which may wake others, and sleeps as [`wait_if`](Self::wait_if) does. Who wakes
    /// this queue after `release` has begun finds the caller in it.
    pub fn wait_after(&self, timeout: Option<Timespec>, release: impl FnOnce()) -> WaitOutcome {
        let node = Node::new();
        // SAFETY: the node is new and `sleep` does not return while it is queued. `release` does not unwind: the kernel
        // ends where it panics.
        unsafe { self.list.lock().push(&node) };
        // Not under the spin lock: a waker that calls the host would leave others spinning.
        release();
        self.sleep(&node, timeout, false)
    }

    /// As [`wait_after`](Self::wait_after), but ends early when the calling lwp is wanted elsewhere.
    pub fn wait_interruptibly_after(&self, timeout: Option<Timespec>, release: impl FnOnce()) -> WaitOutcome {
        let node = Node::new();
        // SAFETY: as in `wait_after`.
        unsafe { self.list.lock().push(&node) };
        release();
        self.sleep(&node, timeout, true)
    }

    fn sleep(&self, node: &Node, timeout: Option<Timespec>, interruptible: bool) -> WaitOutcome {
        let stay = interruptible.then(sched::Interruptible::begin);
        let deadline = Deadline::after(timeout);
        let mut timeout = timeout;
        loop {
            // Looked at after the lwp has said that it can be interrupted: who interrupts it later gives its permit.
            if stay.as_ref().is_some_and(sched::Interruptible::is_over) {
                return if self.withdraw(node) { WaitOutcome::Interrupted } else { WaitOutcome::Woken };
            }
            let in_time = sched::blocking(|| node.parker.park(timeout));
            if !in_time {
                return if self.withdraw(node) { WaitOutcome::TimedOut } else { WaitOutcome::Woken };
            }
            let list = self.list.lock();
            // SAFETY: the links are read under the spin lock.
            if unsafe { !(*node.links.get()).queued } {
                return WaitOutcome::Woken;
            }
            drop(list);
            // The permit was left over from elsewhere: only what is left of the time is slept.
            timeout = deadline.left();
        }
    }

    /// Takes a sleeper's node off the list; `false` when a waker has done so.
    fn withdraw(&self, node: &Node) -> bool {
        let mut list = self.list.lock();
        // SAFETY: the links are read under the spin lock.
        let queued = unsafe { (*node.links.get()).queued };
        if queued {
            // SAFETY: `queued` says that it is on this list.
            unsafe { list.remove(node) };
        }
        queued
    }

    /// Wakes the first waiter. Says whether there was one.
    pub fn wake_one(&self) -> bool {
        let parker = self.list.lock().pop();
        parker.is_some_and(|parker| {
            parker.unpark();
            true
        })
    }

    /// Wakes all that wait now.
    pub fn wake_all(&self) {
        self.wake_all_after(|| ());
    }

    /// Runs `before` with the queue locked, then wakes all that wait now.
    pub fn wake_all_after(&self, before: impl FnOnce()) {
        let mut list = self.list.lock();
        before();
        // Counted first: who is woken and queues again must not be woken again.
        for _ in 0..list.len() {
            let Some(parker) = list.pop() else { break };
            // Unlocked while the host is called: waking may take long.
            drop(list);
            parker.unpark();
            list = self.list.lock();
        }
    }

    /// Whether somebody waits.
    #[must_use]
    pub fn has_waiters(&self) -> bool {
        !self.list.lock().head.is_null()
    }
}

impl Default for WaitQueue {
    fn default() -> Self {
        Self::new()
    }
}

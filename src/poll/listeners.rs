//! Who waits for an object.

use super::{Events, Notice};
use crate::errno::Result;
use crate::memory;
use crate::sync::{Mutex, Once};
use alloc::sync::Arc;
use alloc::vec::Vec;
use arrayvec::ArrayVec;
use core::sync::atomic::{AtomicU32, Ordering};

/// Somebody who wants to be told.
pub trait Listener: Send + Sync {
    /// Something of interest may have begun to hold; `token` is what the listener entered itself with. Comes on any thread of
    /// the kernel, perhaps under the object's locks: look at no object here.
    fn notify(self: Arc<Self>, token: usize, notice: &Notice);
}

/// The place in an object where those who wait for it are entered.
#[derive(Default)]
pub struct Listeners {
    /// Made when somebody waits for the first time.
    point: Once<Arc<Point>>,
}

impl Listeners {
    /// Nobody waits.
    #[must_use]
    pub const fn new() -> Self {
        Self { point: Once::new() }
    }

    /// Where to enter. It outlives the object as long as somebody is entered.
    pub fn point(&self) -> &Arc<Point> {
        if let Some(point) = self.point.get() {
            return point;
        }
        // Made before: `call_once` spins, and nothing in it may call the host.
        let fresh = Arc::new(Point::default());
        self.point.call_once(|| fresh)
    }

    /// Whether anybody waits for any of `events`.
    #[inline]
    #[must_use]
    pub fn wanted(&self, events: Events) -> bool {
        self.point.get().is_some_and(|point| point.wanted(events))
    }

    /// Tells those who wait for any of the notice's events.
    #[inline]
    pub fn notify(&self, notice: &Notice) {
        if let Some(point) = self.point.get()
            && point.wanted(notice.events)
        {
            point.tell(notice);
        }
    }
}

struct Entry {
    listener: Arc<dyn Listener>,
    token: usize,
    interest: Events,
}

#[derive(Default)]
struct Entries {
    slots: Vec<Option<Entry>>,
    free: Vec<usize>,
}

/// A list of listeners.
#[derive(Default)]
pub struct Point {
    /// What the entries are interested in, or more. Relaxed loads do: the object's own lock orders entering before looking
    /// against changing before notifying.
    interest: AtomicU32,
    entries: Mutex<Entries>,
}

/// Listeners told in one go, without the list's lock.
const BATCH: usize = 8;

impl Point {
    /// Enters a listener until the registration is dropped.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn register(
        self: &Arc<Self>,
        listener: Arc<dyn Listener>,
        token: usize,
        interest: Events,
    ) -> Result<Registration> {
        let mut entries = self.entries.lock();
        let slot = match entries.free.pop() {
            Some(slot) => slot,
            None => entries.extend()?,
        };
        entries.slots[slot] = Some(Entry { listener, token, interest });
        self.interest.fetch_or(interest.bits(), Ordering::Relaxed);
        Ok(Registration { point: Arc::clone(self), slot })
    }

    fn wanted(&self, events: Events) -> bool {
        self.interest.load(Ordering::Relaxed) & events.bits() != 0
    }

    #[cold]
    fn tell(&self, notice: &Notice) {
        let mut next = 0;
        loop {
            let mut batch: ArrayVec<(Arc<dyn Listener>, usize), BATCH> = ArrayVec::new();
            let entries = self.entries.lock();
            while next < entries.slots.len() && !batch.is_full() {
                if let Some(entry) = &entries.slots[next]
                    && entry.interest.intersects(notice.events)
                {
                    batch.push((Arc::clone(&entry.listener), entry.token));
                }
                next += 1;
            }
            let all = next >= entries.slots.len();
            drop(entries);
            for (listener, token) in batch {
                listener.notify(token, notice);
            }
            if all {
                return;
            }
        }
    }

    fn remove(&self, slot: usize) {
        let mut entries = self.entries.lock();
        let former = entries.slots[slot].take();
        entries.free.push(slot);
        if entries.free.len() == entries.slots.len() {
            entries.slots.clear();
            entries.free.clear();
            self.interest.store(0, Ordering::Relaxed);
        }
        drop(entries);
        // A listener's end may do much; not under the lock.
        drop(former);
    }
}

impl Entries {
    /// Makes room for one more; removing it again needs no memory.
    fn extend(&mut self) -> Result<usize> {
        let slot = self.slots.len();
        memory::reserve(&mut self.slots, 1)?;
        let unused = slot + 1 - self.free.len();
        memory::reserve(&mut self.free, unused)?;
        self.slots.push(None);
        Ok(slot)
    }
}

/// A listener's entry in an object's list; ends when dropped. A notice that is under way may still come afterwards.
pub struct Registration {
    point: Arc<Point>,
    slot: usize,
}

impl Registration {
    /// Whether the entry is in that list.
    #[must_use]
    pub fn is_at(&self, listeners: &Listeners) -> bool {
        listeners.point.get().is_some_and(|point| Arc::ptr_eq(point, &self.point))
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.point.remove(self.slot);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::sync::atomic::AtomicUsize;

    #[derive(Default)]
    struct Counter(AtomicUsize);

    impl Listener for Counter {
        fn notify(self: Arc<Self>, token: usize, _notice: &Notice) {
            self.0.fetch_add(token, Ordering::Relaxed);
        }
    }

    #[test]
    fn only_who_is_entered_and_interested_is_told() {
        let listeners = Listeners::new();
        listeners.notify(&Notice::of(Events::IN));
        assert!(!listeners.wanted(Events::all()));
        let counter = Arc::new(Counter::default());
        let register = |token, interest| {
            let listener = Arc::clone(&counter) as Arc<dyn Listener>;
            listeners.point().register(listener, token, interest).unwrap()
        };
        let mut registrations: Vec<_> = (0..20).map(|_| register(1, Events::IN)).collect();
        let writer = register(1000, Events::OUT);
        listeners.notify(&Notice::of(Events::READABLE));
        assert_eq!(counter.0.swap(0, Ordering::Relaxed), 20);
        registrations.drain(5..15);
        registrations.push(register(1, Events::IN));
        listeners.notify(&Notice::of(Events::IN | Events::OUT));
        assert_eq!(counter.0.swap(0, Ordering::Relaxed), 1011);
        drop((registrations, writer));
        assert!(!listeners.wanted(Events::all()));
        assert_eq!(Arc::strong_count(&counter), 1);
    }
}

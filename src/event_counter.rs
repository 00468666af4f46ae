//! Event counters: how often something has happened in a kernel, by group and name (evcnt(9)).
//!
//! Whoever counts attaches a counter and keeps it; counting is one relaxed atomic addition. `kern.evcnt` and
//! `rump_printevcnts` list what is attached, in order. A counter that nobody keeps any more is not listed.

use crate::sync::Mutex;
use alloc::string::String;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU64, Ordering};

/// What kind of event it is (`EVCNT_TYPE_*`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    Miscellaneous = 0,
    Interrupt = 1,
    Trap = 2,
}

/// A counter.
#[derive(Debug)]
pub struct EventCounter {
    count: AtomicU64,
    pub kind: EventKind,
    pub group: &'static str,
    pub name: String,
}

impl EventCounter {
    /// It has happened so many times more, or with so many bytes.
    #[inline]
    pub fn add(&self, more: u64) {
        self.count.fetch_add(more, Ordering::Relaxed);
    }

    /// How often it has happened.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }
}

/// The counters of one kernel.
#[derive(Default)]
pub struct EventCounters {
    attached: Mutex<Vec<Weak<EventCounter>>>,
}

impl EventCounters {
    /// A new counter. Group and name together tell which it is; nothing keeps two from having the same.
    #[doc(alias = "evcnt_attach_dynamic")]
    #[must_use]
    pub fn attach(&self, kind: EventKind, group: &'static str, name: &str) -> Arc<EventCounter> {
        let counter = Arc::new(EventCounter { count: AtomicU64::new(0), kind, group, name: name.into() });
        let mut attached = self.attached.lock();
        attached.retain(|known| known.strong_count() > 0);
        attached.push(Arc::downgrade(&counter));
        counter
    }

    /// Runs `each` on all of them, in the order in which they were attached; not under the list's lock.
    pub fn for_each(&self, each: &mut dyn FnMut(&EventCounter)) {
        let at = |index| self.attached.lock().get(index).cloned();
        // A place may be passed over, or met twice, where counters come and go meanwhile.
        for counter in (0..).map_while(at).filter_map(|counter| counter.upgrade()) {
            each(&counter);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;

    #[test]
    fn what_is_attached_is_listed_while_somebody_keeps_it() {
        let counters = EventCounters::default();
        let attach = |name| counters.attach(EventKind::Miscellaneous, "group", name);
        let (first, second, third) = (attach("first"), attach("second"), attach("third"));
        first.add(2);
        third.add(u64::MAX);
        third.add(3);
        drop(second);
        let listed = || {
            let mut found = vec![];
            counters.for_each(&mut |counter| found.push((counter.name.clone(), counter.count())));
            found
        };
        assert_eq!(listed(), [("first".into(), 2), ("third".into(), 2)]);
        let fourth = attach("fourth");
        drop(first);
        assert_eq!(listed(), [("third".into(), 2), ("fourth".into(), 0)]);
        assert_eq!(counters.attached.lock().len(), 3);
        drop((third, fourth));
        assert_eq!(listed(), []);
    }
}

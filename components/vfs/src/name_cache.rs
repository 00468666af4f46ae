//! The name cache: what a directory's names led to, and which names it does not have (namecache(9)).
//!
//! Each directory has its own, which goes with its vnode. File systems whose lookups are as fast opt out
//! ([`VnodeOperations::is_indexed`](crate::VnodeOperations::is_indexed)).

use alloc::boxed::Box;
use hashbrown::HashMap;
use rump::sync::Mutex;

/// Names that one directory remembers at most.
const MOST: usize = 4096;

#[derive(Default)]
struct Names {
    /// The number of the file that a name leads to; `None` for a name that is not there.
    known: HashMap<Box<[u8]>, Option<u64>>,
    /// Counts changes of the directory: what was looked up before one may be out of date.
    changes: u64,
}

/// The names that one directory remembers.
#[derive(Default)]
pub(crate) struct NameCache {
    names: Mutex<Names>,
}

/// What is known of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// It leads to the file of this number.
    File(u64),
    /// It is not there.
    Absent,
    /// Nothing; the answer may be remembered with this number of changes.
    Nothing(u64),
}

impl NameCache {
    pub fn get(&self, name: &[u8]) -> Known {
        let names = self.names.lock();
        match names.known.get(name) {
            Some(Some(number)) => Known::File(*number),
            Some(None) => Known::Absent,
            None => Known::Nothing(names.changes),
        }
    }

    /// Remembers the answer of a lookup, unless the directory has changed since `changes` was read. Says how many others had to
    /// make room.
    pub fn remember(&self, changes: u64, name: &[u8], number: Option<u64>) -> usize {
        let mut names = self.names.lock();
        if names.changes != changes || names.known.try_reserve(1).is_err() {
            return 0;
        }
        let forgotten = if names.known.len() >= MOST { names.known.drain().count() } else { 0 };
        names.known.insert(Box::from(name), number);
        forgotten
    }

    /// Runs a change of what `name` leads to; lookups that run meanwhile are not remembered.
    pub fn change<R>(&self, name: &[u8], change: impl FnOnce() -> R) -> R {
        self.names.lock().changes += 1;
        let result = change();
        let mut names = self.names.lock();
        names.changes += 1;
        names.known.remove(name);
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(cache: &NameCache, name: &[u8]) -> u64 {
        match cache.get(name) {
            Known::Nothing(changes) => changes,
            known => panic!("{known:?}"),
        }
    }

    #[test]
    fn answers_are_remembered_both_ways() {
        let cache = NameCache::default();
        cache.remember(changes(&cache, b"here"), b"here", Some(7));
        cache.remember(changes(&cache, b"not"), b"not", None);
        assert_eq!(cache.get(b"here"), Known::File(7));
        assert_eq!(cache.get(b"not"), Known::Absent);
        cache.change(b"not", || ());
        assert!(matches!(cache.get(b"not"), Known::Nothing(_)));
        assert_eq!(cache.get(b"here"), Known::File(7));
    }

    #[test]
    fn an_answer_from_before_a_change_is_not_remembered() {
        let cache = NameCache::default();
        let before = changes(&cache, b"name");
        cache.change(b"name", || cache.remember(before, b"name", None));
        assert!(matches!(cache.get(b"name"), Known::Nothing(_)));
        let during = cache.change(b"name", || changes(&cache, b"name"));
        cache.remember(during, b"name", None);
        assert!(matches!(cache.get(b"name"), Known::Nothing(_)));
    }

    #[test]
    fn a_cache_does_not_grow_without_bound() {
        let cache = NameCache::default();
        let mut forgotten = 0;
        for number in 0..3 * MOST as u64 {
            let name = number.to_ne_bytes();
            forgotten += cache.remember(changes(&cache, &name), &name, Some(number));
        }
        assert_eq!(forgotten, 2 * MOST);
        assert!(cache.names.lock().known.len() <= MOST);
    }
}

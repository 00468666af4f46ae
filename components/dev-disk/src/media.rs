//! What pseudo disks are made of, for ioctls that ask.

use alloc::collections::BTreeMap;
use alloc::sync::{Arc, Weak};
use rump::sync::Mutex;

/// The media of one kind of disk by their units' numbers. The units own them: one whose unit is not configured any more is
/// forgotten.
pub struct Media<T> {
    by_unit: Mutex<BTreeMap<u32, Weak<T>>>,
}

impl<T> Default for Media<T> {
    fn default() -> Self {
        Self { by_unit: Mutex::default() }
    }
}

impl<T> Media<T> {
    /// A unit has been configured.
    pub fn insert(&self, unit: u32, medium: &Arc<T>) {
        let mut media = self.by_unit.lock();
        media.retain(|_, medium| medium.strong_count() > 0);
        media.insert(unit, Arc::downgrade(medium));
    }

    /// What a unit is made of; `None` when it is not configured.
    #[must_use]
    pub fn get(&self, unit: u32) -> Option<Arc<T>> {
        self.by_unit.lock().get(&unit).and_then(Weak::upgrade)
    }

    /// The highest unit that is configured.
    #[must_use]
    pub fn last(&self) -> Option<u32> {
        let media = self.by_unit.lock();
        media.iter().rev().find(|(_, medium)| medium.strong_count() > 0).map(|(&unit, _)| unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_go_with_their_units() {
        let media = Media::default();
        let (first, second) = (Arc::new(1), Arc::new(2));
        media.insert(3, &first);
        media.insert(7, &second);
        assert_eq!(
            (media.get(3).as_deref(), media.get(7).as_deref(), media.last()),
            (Some(&1), Some(&2), Some(7))
        );
        drop(second);
        assert_eq!((media.get(7), media.get(0), media.last()), (None, None, Some(3)));
        media.insert(3, &Arc::new(4));
        assert_eq!((media.get(3), media.last()), (None, None));
    }
}

//! Locking the directories of a rename.

use super::directory::Directory;
use super::node::Node;
use alloc::sync::Arc;
use rump::errno::Result;
use rump::sync::RwLockWriteGuard;

/// Whether `upper` is somewhere above `node`.
fn is_above(upper: &Arc<Node>, node: &Arc<Node>) -> Result<bool> {
    let mut next = node.directory()?.read().parent.upgrade();
    while let Some(parent) = next {
        if Arc::ptr_eq(&parent, upper) {
            return Ok(true);
        }
        next = parent.directory()?.read().parent.upgrade();
    }
    Ok(false)
}

/// Both directories of a rename, locked in the order in which rmdir locks: the upper one first.
pub struct Places<'a> {
    first: RwLockWriteGuard<'a, Directory>,
    second: Option<RwLockWriteGuard<'a, Directory>>,
    from_is_first: bool,
}

impl<'a> Places<'a> {
    pub fn lock(from: &'a Arc<Node>, to: &'a Arc<Node>) -> Result<Self> {
        if Arc::ptr_eq(from, to) {
            return Ok(Self { first: from.directory()?.write(), second: None, from_is_first: true });
        }
        // The mount's rename lock keeps parents as they are; of unrelated ones either may be first.
        let from_is_first = is_above(from, to)?;
        let (upper, other) = if from_is_first { (from, to) } else { (to, from) };
        let first = upper.directory()?.write();
        Ok(Self { first, second: Some(other.directory()?.write()), from_is_first })
    }

    pub fn from(&mut self) -> &mut Directory {
        match &mut self.second {
            Some(second) if !self.from_is_first => second,
            _ => &mut self.first,
        }
    }

    pub fn to(&mut self) -> &mut Directory {
        match &mut self.second {
            Some(second) if self.from_is_first => second,
            _ => &mut self.first,
        }
    }
}

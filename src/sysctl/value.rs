//! Where the value of a leaf comes from, and goes to.

use crate::errno::{Errno, Result};
use crate::sched::Lwp;
use crate::sync::SpinMutex;
use alloc::vec::Vec;

/// A request for a value.
pub struct Call<'a> {
    /// Who asks.
    pub lwp: &'a Lwp,
    /// The whole name.
    pub name: &'a [i32],
    /// The part of the name that is behind the node.
    pub rest: &'a [i32],
    /// Bytes that the program has room for; `None` where it asks for the size only.
    pub room: Option<usize>,
}

/// The value of a node.
pub trait Handler: Send + Sync {
    /// The value, in NetBSD's layout; a string without its NUL. Errors: the node's own.
    fn get(&self, call: &Call<'_>) -> Result<Vec<u8>>;

    /// Takes a new value; its size has been checked. Errors: `EPERM` where it cannot be changed; `EINVAL` for a bad one.
    fn set(&self, _call: &Call<'_>, _new: &[u8]) -> Result<()> {
        Err(Errno::EPERM)
    }

    /// Whether the name may go on behind the node though that has a value of its own.
    fn takes_longer_names(&self) -> bool {
        false
    }

    /// The value, where it is part of the node ([`super::flags::IMMEDIATE`]).
    fn immediate(&self) -> Option<u64> {
        None
    }
}

/// A value that never changes.
pub struct Constant(pub Vec<u8>);

impl Handler for Constant {
    fn get(&self, _call: &Call<'_>) -> Result<Vec<u8>> {
        Ok(self.0.clone())
    }

    fn immediate(&self) -> Option<u64> {
        Some(immediate_of(&self.0))
    }
}

/// The first eight bytes, as the structure of a node holds them.
fn immediate_of(bytes: &[u8]) -> u64 {
    let mut value = [0; 8];
    for (place, byte) in value.iter_mut().zip(bytes) {
        *place = *byte;
    }
    u64::from_ne_bytes(value)
}

/// A value that functions know.
pub struct Computed {
    pub get: fn(&Call<'_>) -> Result<Vec<u8>>,
    pub set: fn(&Call<'_>, &[u8]) -> Result<()>,
}

impl Computed {
    /// One that cannot be changed.
    #[must_use]
    pub const fn read_only(get: fn(&Call<'_>) -> Result<Vec<u8>>) -> Self {
        Self { get, set: |_, _| Err(Errno::EPERM) }
    }
}

impl Handler for Computed {
    fn get(&self, call: &Call<'_>) -> Result<Vec<u8>> {
        (self.get)(call)
    }

    fn set(&self, call: &Call<'_>, new: &[u8]) -> Result<()> {
        (self.set)(call, new)
    }
}

/// A value that the tree keeps for whoever created the node.
pub(super) struct Kept {
    pub(super) bytes: SpinMutex<Vec<u8>>,
    pub(super) is_immediate: bool,
}

impl Handler for Kept {
    fn get(&self, _call: &Call<'_>) -> Result<Vec<u8>> {
        Ok(self.bytes.lock().clone())
    }

    fn set(&self, _call: &Call<'_>, new: &[u8]) -> Result<()> {
        let new = new.to_vec();
        *self.bytes.lock() = new;
        Ok(())
    }

    fn immediate(&self) -> Option<u64> {
        self.is_immediate.then(|| immediate_of(&self.bytes.lock()))
    }
}

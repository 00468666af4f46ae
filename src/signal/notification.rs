//! How a program wants to be told that something has ended (`struct sigevent`).

use super::Information;
use crate::errno::{Errno, Result};
use crate::process::Process;
use crate::user_memory::{AddressSpace, UserAddress};

/// The signal that tells; `None` tells nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Notification {
    pub signal: Option<i32>,
    /// `union sigval`.
    pub value: u64,
}

impl Notification {
    /// Reads a `struct sigevent`.
    ///
    /// # Errors
    /// `EINVAL` for a signal that is none, or an unknown kind; `EFAULT`.
    pub fn read(space: AddressSpace, from: UserAddress) -> Result<Self> {
        const NONE: i32 = 0;
        const SIGNAL: i32 = 1;
        const THREAD: i32 = 2;
        const ACTIVATION: i32 = 3;
        let [kind, signal] = space.read::<[i32; 2]>(from)?;
        let value = space.read(from.offset(8)?)?;
        match kind {
            // For the last two a program's library is to start threads. The kernel itself tells nobody.
            NONE | THREAD | ACTIVATION => Ok(Self { signal: None, value }),
            SIGNAL if (1..super::COUNT).contains(&signal) => Ok(Self { signal: Some(signal), value }),
            _ => Err(Errno::EINVAL),
        }
    }

    /// Sends the signal, if one is wanted; `code` is its `SI_*`.
    pub fn send(&self, process: &Process, code: i32) {
        if let Some(signal) = self.signal {
            let user = process.credentials().real_user;
            let information = Information { code, process: process.id, user, value: self.value };
            super::send(process, signal, information);
        }
    }
}

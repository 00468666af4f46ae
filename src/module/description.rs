//! What a module says of itself.

use crate::errno::{Errno, Result};
use alloc::string::String;
use alloc::vec::Vec;

/// Bytes of a module's name, with the NUL (`MAXMODNAME`).
pub const NAME_SIZE: usize = 32;

/// One more than a module may require (`MAXMODDEPS`).
pub const MOST_REQUIRED: usize = 10;

/// The version that modules are built for: `__NetBSD_Version__` of 7.99.34.
pub const VERSION: u32 = 799_003_400;

/// What kind of module it is (`modclass_t`); of importance to people, mostly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct Class(pub i32);

impl Class {
    pub const MISCELLANEOUS: Self = Self(1);
    pub const FILE_SYSTEM: Self = Self(2);
    pub const DRIVER: Self = Self(3);
    pub const SECURITY_MODEL: Self = Self(5);
}

/// What a module says of itself (`struct modinfo`).
#[derive(Clone, Debug)]
pub struct Description {
    pub name: String,
    pub class: Class,
    /// `__NetBSD_Version__` that it was built for.
    pub version: u32,
    /// Modules that must be active before.
    pub required: Vec<String>,
}

impl Description {
    /// The names in a list that commas separate; it ends at an empty name.
    #[must_use]
    pub fn split_required(list: &str) -> Vec<String> {
        let list = list.strip_prefix(',').unwrap_or(list);
        list.split(',').take_while(|name| !name.is_empty()).map(Into::into).collect()
    }

    /// # Errors
    /// `EINVAL` for an empty or too long name; `EPROGMISMATCH` for a module of another version.
    pub(super) fn check(&self) -> Result<()> {
        if self.name.is_empty() || self.name.len() >= NAME_SIZE {
            return Err(Errno::EINVAL);
        }
        if self.version != VERSION {
            super::complain(format_args!(
                "`{}' is built for version {}, this kernel is {VERSION}",
                self.name, self.version
            ));
            return Err(Errno::EPROGMISMATCH);
        }
        Ok(())
    }
}

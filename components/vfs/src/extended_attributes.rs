//! Extended attributes: names with values that belong to a file (extattr(9)).

use crate::access::{self, AccessMode};
use crate::vnode::Vnode;
use alloc::vec::Vec;
use rump::errno::{Errno, Result};
use rump::process::Credentials;

/// Bytes in a value at most.
pub const LARGEST_VALUE: usize = 64 * 1024;

/// Whose an attribute is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AttributeNamespace {
    /// The file's owner's: guarded by the file's permissions.
    User,
    /// The system's: guarded from all but the superuser.
    System,
}

impl AttributeNamespace {
    /// From `EXTATTR_NAMESPACE_*`.
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        match number {
            1 => Some(Self::User),
            2 => Some(Self::System),
            _ => None,
        }
    }
}

/// Whether an attribute may, must or must not be there before it is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttributeExpectation {
    None,
    Absent,
    Present,
}

/// What a file system that keeps extended attributes can do with one file's. Permission has been checked; names are 1 to 255
/// bytes long.
pub trait ExtendedAttributes {
    /// The value. Errors: `ENOATTR`.
    fn get(&self, namespace: AttributeNamespace, name: &[u8]) -> Result<Vec<u8>>;

    /// Sets the value. Errors: `ENOATTR` or `EEXIST` against `expected`; `ENOSPC`; `ENOMEM`.
    fn set(
        &self,
        namespace: AttributeNamespace,
        name: &[u8],
        value: Vec<u8>,
        expected: AttributeExpectation,
    ) -> Result<()>;

    /// Takes the attribute away. Errors: `ENOATTR`.
    fn remove(&self, namespace: AttributeNamespace, name: &[u8]) -> Result<()>;

    /// Gives each name to `each`, in their order.
    fn list(&self, namespace: AttributeNamespace, each: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()>;
}

/// The attributes of a file, if `who` may have `access` to them.
///
/// # Errors
/// `EPERM` for the system's, from all but the superuser; `EACCES`; `EROFS`; `EOPNOTSUPP` when the file system keeps none.
pub fn of<'a>(
    vnode: &'a Vnode,
    namespace: AttributeNamespace,
    access: AccessMode,
    who: &Credentials,
) -> Result<&'a dyn ExtendedAttributes> {
    let attributes = vnode.operations().extended_attributes().ok_or(Errno::EOPNOTSUPP)?;
    if access.contains(AccessMode::WRITE) && vnode.mount.is_read_only() {
        return Err(Errno::EROFS);
    }
    match namespace {
        AttributeNamespace::System if !who.is_superuser() => return Err(Errno::EPERM),
        AttributeNamespace::System => {}
        AttributeNamespace::User => access::check(&vnode.operations().attributes()?, access, who)?,
    }
    Ok(attributes)
}

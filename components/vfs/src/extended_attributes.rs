//! Extended attributes: names with values that belong to a file (extattr(9)).

use alloc::vec::Vec;
use rump::errno::Result;

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

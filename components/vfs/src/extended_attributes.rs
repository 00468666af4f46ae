//! Extended attributes: names with values that belong to a file (extattr(9)).

use crate::access::{self, AccessMode};
use crate::mount::Mount;
use crate::state::FileSystems;
use crate::vnode::{Vnode, VnodeRef};
use alloc::sync::Arc;
use alloc::vec::Vec;
use rump::errno::{Errno, Result};
use rump::process::Credentials;

/// Bytes in a value at most, unless the file system has a limit of its own.
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

/// What was asked for of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributeValue {
    /// Its beginning.
    pub bytes: Vec<u8>,
    /// Bytes of all of it.
    pub length: usize,
}

/// What a file system that keeps extended attributes can do with one file's. Permission has been checked; names are 1 to 255
/// bytes long. An attribute that is not there is `ENODATA`, whichever call asks.
pub trait ExtendedAttributes {
    /// Whether several changes can be made to take effect at once, when they are committed (`VOP_OPENEXTATTR`). Errors:
    /// `EOPNOTSUPP`.
    fn open(&self) -> Result<()> {
        Ok(())
    }

    /// Whether a value may have that length; asked before it is copied from the program. Errors: `ENOSPC`; `ENXIO` on FFS.
    fn check_length(&self, _namespace: AttributeNamespace, _name: &[u8], length: usize) -> Result<()> {
        if length > LARGEST_VALUE { Err(Errno::ENOSPC) } else { Ok(()) }
    }

    /// The value, but for what goes beyond the first `most` bytes. Errors: `ENODATA`.
    fn get(&self, namespace: AttributeNamespace, name: &[u8], most: usize) -> Result<AttributeValue>;

    /// Sets the value, as `who`. Errors: `ENODATA` or `EEXIST` against `expected`; `ENOSPC`; `ENOMEM`.
    fn set(
        &self,
        namespace: AttributeNamespace,
        name: &[u8],
        value: Vec<u8>,
        expected: AttributeExpectation,
        who: &Credentials,
    ) -> Result<()>;

    /// Takes the attribute away. Errors: `ENODATA`.
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

/// What extattrctl(2) asks a file system to do, as the program says it.
pub struct AttributeRequest<'a> {
    /// `UFS_EXTATTR_CMD_*`.
    pub command: i32,
    pub file: Option<&'a VnodeRef>,
    pub namespace: i32,
    pub name: Option<&'a [u8]>,
}

/// The same, understood.
pub enum AttributeCommand<'a> {
    /// Keep attributes from now on, beginning with those whose files are where they are looked for.
    Start,
    /// Keep none.
    Stop,
    /// Keep an attribute in a file.
    Enable { namespace: AttributeNamespace, name: &'a [u8], file: &'a VnodeRef },
    /// Let go of an attribute.
    Disable { namespace: AttributeNamespace, name: &'a [u8] },
}

const START: i32 = 1;
const STOP: i32 = 2;
const ENABLE: i32 = 3;
const DISABLE: i32 = 4;

impl<'a> AttributeRequest<'a> {
    /// A request to start.
    pub(crate) const START: Self = Self { command: START, file: None, namespace: 0, name: None };
    /// A request to stop.
    pub(crate) const STOP: Self = Self { command: STOP, file: None, namespace: 0, name: None };

    /// What it says.
    ///
    /// # Errors
    /// `EINVAL` for an unknown command, a file or a name that is missing, or there where it does not belong, and an unknown
    /// namespace.
    pub fn understand(&self) -> Result<AttributeCommand<'a>> {
        let namespace = AttributeNamespace::from_number(self.namespace).ok_or(Errno::EINVAL);
        let name = self.name.filter(|name| !name.is_empty());
        match (self.command, self.file, name) {
            (START, None, _) if self.name.is_none() => Ok(AttributeCommand::Start),
            (STOP, None, _) if self.name.is_none() => Ok(AttributeCommand::Stop),
            (ENABLE, Some(file), Some(name)) => {
                Ok(AttributeCommand::Enable { namespace: namespace?, name, file })
            }
            (DISABLE, None, Some(name)) => Ok(AttributeCommand::Disable { namespace: namespace?, name }),
            _ => Err(Errno::EINVAL),
        }
    }
}

/// Has a file system do what extattrctl(2) asks for. Mounts do not come or go meanwhile.
///
/// # Errors
/// `EPERM` for all but the superuser; `EIO` after an unmount by force; what the file system says.
pub fn control(mount: &Arc<Mount>, request: &AttributeRequest<'_>, who: &Credentials) -> Result<()> {
    if !who.is_superuser() {
        return Err(Errno::EPERM);
    }
    let _changing = FileSystems::of(&mount.kernel)?.mount_lock.lock();
    if mount.is_gone() {
        return Err(Errno::EIO);
    }
    mount.file_system()?.control_attributes(request)
}

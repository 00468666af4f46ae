//! Extended attributes, as FreeBSD's calls have them (extattr_get_file(2)): a namespace and a name.

use super::{CURRENT_DIRECTORY, open_vnode, resolve};
use crate::access::AccessMode;
use crate::extended_attributes::{
    self, AttributeExpectation, AttributeNamespace, AttributeRequest, ExtendedAttributes,
};
use crate::vnode::VnodeRef;
use alloc::vec::Vec;
use rump::abi::system_call::table::{
    ExtattrDeleteFdArguments, ExtattrDeleteFileArguments, ExtattrDeleteLinkArguments, ExtattrGetFdArguments,
    ExtattrGetFileArguments, ExtattrGetLinkArguments, ExtattrListFdArguments, ExtattrListFileArguments,
    ExtattrListLinkArguments, ExtattrSetFdArguments, ExtattrSetFileArguments, ExtattrSetLinkArguments,
    ExtattrctlArguments,
};
use rump::errno::{Errno, Result};
use rump::memory;
use rump::sched::Lwp;
use rump::syscall::{DONE, ReturnValue};
use rump::user_memory::UserAddress;

/// Bytes in a name at most.
const LONGEST_NAME: usize = 255;

/// An attribute that a call is about.
pub(super) struct Attribute {
    pub namespace: AttributeNamespace,
    pub name: Vec<u8>,
}

/// A place in the program's memory.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub address: UserAddress,
    pub size: usize,
}

impl Place {
    /// Its size.
    ///
    /// # Errors
    /// `EINVAL` past what an answer can tell (`INT_MAX`).
    fn checked_size(self) -> Result<usize> {
        if i32::try_from(self.size).is_ok() { Ok(self.size) } else { Err(Errno::EINVAL) }
    }
}

fn attribute(lwp: &Lwp, namespace: i32, name: UserAddress) -> Result<Attribute> {
    let namespace = AttributeNamespace::from_number(namespace).ok_or(Errno::EINVAL)?;
    let name = lwp.process.space.copy_in_string(name, LONGEST_NAME + 1)?;
    if name.is_empty() { Err(Errno::EINVAL) } else { Ok(Attribute { namespace, name }) }
}

/// The attributes of a file, if the caller may have `access` to them.
///
/// # Errors
/// `EPERM` for the system's, from all but the superuser; `EACCES`; `EROFS`; `EOPNOTSUPP` when the file system keeps none.
pub(super) fn attributes_of<'a>(
    lwp: &Lwp,
    vnode: &'a VnodeRef,
    namespace: AttributeNamespace,
    access: AccessMode,
) -> Result<&'a dyn ExtendedAttributes> {
    extended_attributes::of(vnode, namespace, access, &lwp.process.credentials())
}

/// Gives as much of the value as fits; without a place, its length.
fn get(lwp: &Lwp, vnode: &VnodeRef, wanted: &Attribute, to: Place) -> Result<ReturnValue> {
    let most = if to.address.is_null() { 0 } else { to.checked_size()? };
    let attributes = attributes_of(lwp, vnode, wanted.namespace, AccessMode::READ)?;
    let value = attributes.get(wanted.namespace, &wanted.name, most)?;
    if to.address.is_null() {
        return Ok(value.length.into());
    }
    lwp.process.space.copy_out(&value.bytes, to.address)?;
    Ok(value.bytes.len().into())
}

/// Sets a value from the program's memory.
pub(super) fn set(
    lwp: &Lwp,
    vnode: &VnodeRef,
    wanted: &Attribute,
    from: Place,
    expected: AttributeExpectation,
) -> Result<()> {
    let length = from.checked_size()?;
    let attributes = attributes_of(lwp, vnode, wanted.namespace, AccessMode::WRITE)?;
    attributes.check_length(wanted.namespace, &wanted.name, length)?;
    let mut value = memory::vector(length)?;
    lwp.process.space.append_in(from.address, &mut value, length)?;
    attributes.set(wanted.namespace, &wanted.name, value, expected, &lwp.process.credentials())
}

pub(super) fn remove(lwp: &Lwp, vnode: &VnodeRef, wanted: &Attribute) -> Result<ReturnValue> {
    let attributes = attributes_of(lwp, vnode, wanted.namespace, AccessMode::WRITE)?;
    attributes.remove(wanted.namespace, &wanted.name).map(|()| DONE)
}

/// Gives the names, each with its length in front, as far as they fit; without a place, the bytes that they take.
fn list(lwp: &Lwp, vnode: &VnodeRef, namespace: i32, to: Place) -> Result<ReturnValue> {
    let namespace = AttributeNamespace::from_number(namespace).ok_or(Errno::EINVAL)?;
    let mut total = 0usize;
    let room = if to.address.is_null() { 0 } else { to.checked_size()? };
    let space = lwp.process.space;
    attributes_of(lwp, vnode, namespace, AccessMode::READ)?.list(namespace, &mut |name| {
        let end = total + 1 + name.len();
        if !to.address.is_null() {
            if end > room {
                return Ok(());
            }
            let length = u8::try_from(name.len()).map_err(|_| Errno::EIO)?;
            space.write(length, to.address.offset(total)?)?;
            space.copy_out(name, to.address.offset(total + 1)?)?;
        }
        total = end;
        Ok(())
    })?;
    Ok(total.into())
}

/// The file that a path leads to.
pub(super) fn file(lwp: &Lwp, path: UserAddress) -> Result<VnodeRef> {
    resolve(lwp, CURRENT_DIRECTORY, path, true)
}

/// The same, or the symbolic link at its end.
pub(super) fn link(lwp: &Lwp, path: UserAddress) -> Result<VnodeRef> {
    resolve(lwp, CURRENT_DIRECTORY, path, false)
}

/// The file behind a descriptor.
pub(super) fn descriptor(lwp: &Lwp, number: i32) -> Result<VnodeRef> {
    Ok(open_vnode(lwp, number)?.1)
}

/// Starts and stops what the file system does about attributes that a path is on.
pub(super) fn extattrctl(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = ExtattrctlArguments::from_slots(slots);
    let name = if call.attrname.is_null() {
        None
    } else {
        Some(lwp.process.space.copy_in_string(call.attrname, LONGEST_NAME + 1)?)
    };
    let on = file(lwp, call.path)?;
    let backing = if call.filename.is_null() { None } else { Some(file(lwp, call.filename)?) };
    let request = AttributeRequest {
        command: call.cmd,
        file: backing.as_ref(),
        namespace: call.attrnamespace,
        name: name.as_deref(),
    };
    extended_attributes::control(&on.mount, &request, &lwp.process.credentials()).map(|()| DONE)
}

pub(super) fn get_file(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = ExtattrGetFileArguments::from_slots(slots);
    let wanted = attribute(lwp, call.attrnamespace, call.attrname)?;
    get(lwp, &file(lwp, call.path)?, &wanted, Place { address: call.data, size: call.nbytes })
}

pub(super) fn get_link(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = ExtattrGetLinkArguments::from_slots(slots);
    let wanted = attribute(lwp, call.attrnamespace, call.attrname)?;
    get(lwp, &link(lwp, call.path)?, &wanted, Place { address: call.data, size: call.nbytes })
}

pub(super) fn get_descriptor(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = ExtattrGetFdArguments::from_slots(slots);
    let wanted = attribute(lwp, call.attrnamespace, call.attrname)?;
    get(lwp, &descriptor(lwp, call.fd)?, &wanted, Place { address: call.data, size: call.nbytes })
}

pub(super) fn set_file(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = ExtattrSetFileArguments::from_slots(slots);
    let wanted = attribute(lwp, call.attrnamespace, call.attrname)?;
    let from = Place { address: call.data, size: call.nbytes };
    set(lwp, &file(lwp, call.path)?, &wanted, from, AttributeExpectation::None)?;
    Ok(call.nbytes.into())
}

pub(super) fn set_link(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = ExtattrSetLinkArguments::from_slots(slots);
    let wanted = attribute(lwp, call.attrnamespace, call.attrname)?;
    let from = Place { address: call.data, size: call.nbytes };
    set(lwp, &link(lwp, call.path)?, &wanted, from, AttributeExpectation::None)?;
    Ok(call.nbytes.into())
}

pub(super) fn set_descriptor(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = ExtattrSetFdArguments::from_slots(slots);
    let wanted = attribute(lwp, call.attrnamespace, call.attrname)?;
    let from = Place { address: call.data, size: call.nbytes };
    set(lwp, &descriptor(lwp, call.fd)?, &wanted, from, AttributeExpectation::None)?;
    Ok(call.nbytes.into())
}

pub(super) fn delete_file(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = ExtattrDeleteFileArguments::from_slots(slots);
    let wanted = attribute(lwp, call.attrnamespace, call.attrname)?;
    remove(lwp, &file(lwp, call.path)?, &wanted)
}

pub(super) fn delete_link(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = ExtattrDeleteLinkArguments::from_slots(slots);
    let wanted = attribute(lwp, call.attrnamespace, call.attrname)?;
    remove(lwp, &link(lwp, call.path)?, &wanted)
}

pub(super) fn delete_descriptor(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = ExtattrDeleteFdArguments::from_slots(slots);
    let wanted = attribute(lwp, call.attrnamespace, call.attrname)?;
    remove(lwp, &descriptor(lwp, call.fd)?, &wanted)
}

pub(super) fn list_file(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = ExtattrListFileArguments::from_slots(slots);
    let to = Place { address: call.data, size: call.nbytes };
    list(lwp, &file(lwp, call.path)?, call.attrnamespace, to)
}

pub(super) fn list_link(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = ExtattrListLinkArguments::from_slots(slots);
    let to = Place { address: call.data, size: call.nbytes };
    list(lwp, &link(lwp, call.path)?, call.attrnamespace, to)
}

pub(super) fn list_descriptor(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = ExtattrListFdArguments::from_slots(slots);
    let to = Place { address: call.data, size: call.nbytes };
    list(lwp, &descriptor(lwp, call.fd)?, call.attrnamespace, to)
}

//! Extended attributes, as Linux's calls have them (getxattr(2)): the beginning of the name tells the namespace.

use super::extended_attributes::{Attribute, Place, attributes_of, descriptor, file, link, remove, set};
use crate::access::AccessMode;
use crate::extended_attributes::{AttributeExpectation, AttributeNamespace};
use crate::vnode::VnodeRef;
use rump::abi::system_call::table::{
    FgetxattrArguments, FlistxattrArguments, FremovexattrArguments, FsetxattrArguments, GetxattrArguments,
    LgetxattrArguments, ListxattrArguments, LlistxattrArguments, LremovexattrArguments, LsetxattrArguments,
    RemovexattrArguments, SetxattrArguments,
};
use rump::errno::{Errno, Result};
use rump::sched::Lwp;
use rump::syscall::{DONE, ReturnValue};
use rump::user_memory::UserAddress;

/// Bytes in a name at most, its namespace included.
const LONGEST_NAME: usize = 255;
const CREATE: i32 = 1;
const REPLACE: i32 = 2;

/// What the names of the system's attributes begin with; all others are the user's.
const SYSTEM_PREFIXES: [&[u8]; 3] = [b"system.", b"security.", b"trusted."];

/// The prefix tells the namespace and stays part of the name, as in the original: what it keeps on disks is found again.
fn attribute(lwp: &Lwp, name: UserAddress) -> Result<Attribute> {
    let name = lwp.process.space.copy_in_string(name, LONGEST_NAME + 1)?;
    if name.is_empty() {
        return Err(Errno::EINVAL);
    }
    let is_system = SYSTEM_PREFIXES.iter().any(|prefix| name.starts_with(prefix));
    let namespace = if is_system { AttributeNamespace::System } else { AttributeNamespace::User };
    Ok(Attribute { namespace, name })
}

/// Linux's errno for an attribute that is not there or a file system without them is the same as ours.
fn get(lwp: &Lwp, vnode: &VnodeRef, wanted: &Attribute, to: Place) -> Result<ReturnValue> {
    let attributes = attributes_of(lwp, vnode, wanted.namespace, AccessMode::READ)?;
    let value = attributes.get(wanted.namespace, &wanted.name, to.size)?;
    if to.size == 0 {
        return Ok(value.length.into());
    }
    if value.length > to.size {
        return Err(Errno::ERANGE);
    }
    lwp.process.space.copy_out(&value.bytes, to.address)?;
    Ok(value.length.into())
}

fn put(lwp: &Lwp, vnode: &VnodeRef, name: UserAddress, from: Place, flags: i32) -> Result<ReturnValue> {
    let expected = match flags {
        0 => AttributeExpectation::None,
        CREATE => AttributeExpectation::Absent,
        REPLACE => AttributeExpectation::Present,
        _ => return Err(Errno::EINVAL),
    };
    set(lwp, vnode, &attribute(lwp, name)?, from, expected).map(|()| DONE)
}

/// Gives the names, each ended by a NUL; with no room at all, the bytes that they take.
fn list(lwp: &Lwp, vnode: &VnodeRef, to: Place) -> Result<ReturnValue> {
    let mut total = 0usize;
    let space = lwp.process.space;
    let mut give = |name: &[u8]| {
        let start = total;
        total += name.len() + 1;
        if to.size == 0 {
            return Ok(());
        }
        if total > to.size {
            return Err(Errno::ERANGE);
        }
        space.copy_out(name, to.address.offset(start)?)?;
        space.write(0u8, to.address.offset(total - 1)?)
    };
    let user = attributes_of(lwp, vnode, AttributeNamespace::User, AccessMode::READ)?;
    user.list(AttributeNamespace::User, &mut give)?;
    // Who may not see the system's sees the others.
    if let Ok(system) = attributes_of(lwp, vnode, AttributeNamespace::System, AccessMode::READ) {
        system.list(AttributeNamespace::System, &mut give)?;
    }
    Ok(total.into())
}

pub(super) fn setxattr(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = SetxattrArguments::from_slots(slots);
    let from = Place { address: call.value, size: call.size };
    put(lwp, &file(lwp, call.path)?, call.name, from, call.flags)
}

pub(super) fn lsetxattr(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = LsetxattrArguments::from_slots(slots);
    let from = Place { address: call.value, size: call.size };
    put(lwp, &link(lwp, call.path)?, call.name, from, call.flags)
}

pub(super) fn fsetxattr(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = FsetxattrArguments::from_slots(slots);
    let from = Place { address: call.value, size: call.size };
    put(lwp, &descriptor(lwp, call.fd)?, call.name, from, call.flags)
}

pub(super) fn getxattr(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = GetxattrArguments::from_slots(slots);
    let to = Place { address: call.value, size: call.size };
    get(lwp, &file(lwp, call.path)?, &attribute(lwp, call.name)?, to)
}

pub(super) fn lgetxattr(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = LgetxattrArguments::from_slots(slots);
    let to = Place { address: call.value, size: call.size };
    get(lwp, &link(lwp, call.path)?, &attribute(lwp, call.name)?, to)
}

pub(super) fn fgetxattr(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = FgetxattrArguments::from_slots(slots);
    let to = Place { address: call.value, size: call.size };
    get(lwp, &descriptor(lwp, call.fd)?, &attribute(lwp, call.name)?, to)
}

pub(super) fn listxattr(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = ListxattrArguments::from_slots(slots);
    list(lwp, &file(lwp, call.path)?, Place { address: call.list, size: call.size })
}

pub(super) fn llistxattr(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = LlistxattrArguments::from_slots(slots);
    list(lwp, &link(lwp, call.path)?, Place { address: call.list, size: call.size })
}

pub(super) fn flistxattr(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = FlistxattrArguments::from_slots(slots);
    list(lwp, &descriptor(lwp, call.fd)?, Place { address: call.list, size: call.size })
}

pub(super) fn removexattr(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = RemovexattrArguments::from_slots(slots);
    remove(lwp, &file(lwp, call.path)?, &attribute(lwp, call.name)?)
}

pub(super) fn lremovexattr(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = LremovexattrArguments::from_slots(slots);
    remove(lwp, &link(lwp, call.path)?, &attribute(lwp, call.name)?)
}

pub(super) fn fremovexattr(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = FremovexattrArguments::from_slots(slots);
    remove(lwp, &descriptor(lwp, call.fd)?, &attribute(lwp, call.name)?)
}

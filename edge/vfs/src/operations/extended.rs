//! Operations on extended attributes.

use crate::component_name::credentials;
use crate::handles::store;
use crate::protocol::{pointer, vnode};
use alloc::vec::Vec;
use core::ffi::{CStr, c_char, c_void};
use rump::abi::uio::with_uio;
use rump::errno::{Errno, Result};
use rump::memory;
use rump::sched::Lwp;
use vfs::access::AccessMode;
use vfs::extended_attributes::{self, AttributeExpectation, AttributeNamespace};

/// Bytes in a name at most.
const LONGEST_NAME: usize = 255;

fn namespace(arguments: &[u64]) -> Result<AttributeNamespace> {
    let number = arguments.get(1).copied().unwrap_or_default() as i32;
    AttributeNamespace::from_number(number).ok_or(Errno::EINVAL)
}

fn name(arguments: &[u64]) -> Result<&'static [u8]> {
    let name = pointer::<c_char>(arguments, 2);
    if name.is_null() {
        return Err(Errno::EINVAL);
    }
    // SAFETY: the program passes a string that lives for the call; nothing here keeps it longer.
    let name = unsafe { CStr::from_ptr(name) }.to_bytes();
    match name.len() {
        0 => Err(Errno::EINVAL),
        1..=LONGEST_NAME => Ok(name),
        _ => Err(Errno::ENAMETOOLONG),
    }
}

/// The credentials that the operation was given.
fn who(lwp: &Lwp, arguments: &[u64], index: usize) -> alloc::sync::Arc<rump::process::Credentials> {
    // SAFETY: they came from `rump_pub_cred_create`.
    unsafe { credentials(pointer::<c_void>(arguments, index), lwp) }
}

/// Each attribute is changed by itself: there is nothing to begin or to commit.
pub fn open_or_close(arguments: &[u64]) -> Result<()> {
    let vnode = vnode(arguments, 0)?;
    vnode.operations().extended_attributes().ok_or(Errno::EOPNOTSUPP)?.open()
}

/// Bytes up to the end of a transfer, if there is one.
fn end_of(arguments: &[u64], uio: usize) -> Result<usize> {
    let uio = pointer::<c_void>(arguments, uio);
    if uio.is_null() {
        return Ok(0);
    }
    // SAFETY: the program passes what `rump_pub_uio_setup` gave it.
    unsafe {
        with_uio(uio, |uio| {
            Ok(usize::try_from(uio.offset).unwrap_or(usize::MAX).saturating_add(uio.residual()))
        })
    }
}

/// Gives bytes from the transfer's offset on, if there is a transfer, and says how many there are in all.
fn give(arguments: &[u64], uio: usize, size: usize, bytes: &[u8], length: usize) -> Result<()> {
    // SAFETY: the program passes null or a place for the size.
    unsafe { store(pointer::<usize>(arguments, size), length) };
    let uio = pointer::<c_void>(arguments, uio);
    if uio.is_null() {
        return Ok(());
    }
    // SAFETY: the program passes what `rump_pub_uio_setup` gave it.
    unsafe {
        with_uio(uio, |uio| {
            let start = usize::try_from(uio.offset).unwrap_or(usize::MAX).min(bytes.len());
            uio.copy_out(&bytes[start..]).map(|_| ())
        })
    }
}

pub fn get(lwp: &Lwp, arguments: &[u64]) -> Result<()> {
    let (vnode, namespace, name) = (vnode(arguments, 0)?, namespace(arguments)?, name(arguments)?);
    let who = who(lwp, arguments, 5);
    let attributes = extended_attributes::of(&vnode, namespace, AccessMode::READ, &who)?;
    let value = attributes.get(namespace, name, end_of(arguments, 3)?)?;
    give(arguments, 3, 4, &value.bytes, value.length)
}

/// The names one after the other: each with its length in front, or with a NUL behind.
pub fn list(lwp: &Lwp, arguments: &[u64]) -> Result<()> {
    const LENGTH_PREFIX: u64 = 1;
    let (vnode, namespace) = (vnode(arguments, 0)?, namespace(arguments)?);
    let prefix = match arguments.get(4).copied().unwrap_or_default() & 0xffff_ffff {
        0 => false,
        LENGTH_PREFIX => true,
        _ => return Err(Errno::EINVAL),
    };
    let who = who(lwp, arguments, 5);
    let mut names: Vec<u8> = Vec::new();
    extended_attributes::of(&vnode, namespace, AccessMode::READ, &who)?.list(namespace, &mut |name| {
        memory::reserve(&mut names, name.len() + 1)?;
        if prefix {
            names.push(u8::try_from(name.len()).map_err(|_| Errno::EIO)?);
        }
        names.extend_from_slice(name);
        if !prefix {
            names.push(0);
        }
        Ok(())
    })?;
    give(arguments, 2, 3, &names, names.len())
}

pub fn set(lwp: &Lwp, arguments: &[u64]) -> Result<()> {
    let (vnode, namespace, name) = (vnode(arguments, 0)?, namespace(arguments)?, name(arguments)?);
    let who = who(lwp, arguments, 4);
    let attributes = extended_attributes::of(&vnode, namespace, AccessMode::WRITE, &who)?;
    let mut value = Vec::new();
    // SAFETY: the program passes what `rump_pub_uio_setup` gave it.
    unsafe {
        with_uio(pointer::<c_void>(arguments, 3), |uio| {
            let length = uio.residual();
            // A value is replaced as a whole.
            if uio.offset != 0 {
                return Err(Errno::ENXIO);
            }
            attributes.check_length(namespace, name, length)?;
            memory::reserve(&mut value, length)?;
            uio.append_to(&mut value, length).map(|_| ())
        })?;
    }
    attributes.set(namespace, name, value, AttributeExpectation::None, &who)
}

pub fn remove(lwp: &Lwp, arguments: &[u64]) -> Result<()> {
    let (vnode, namespace, name) = (vnode(arguments, 0)?, namespace(arguments)?, name(arguments)?);
    let who = who(lwp, arguments, 3);
    extended_attributes::of(&vnode, namespace, AccessMode::WRITE, &who)?.remove(namespace, name)
}

//! Operations on the names of a directory.

use super::{Answer, JUST_RETURN};
use crate::attributes::Vattr;
use crate::component_name::{ComponentName, flag};
use crate::handles::{give_vnode, store};
use crate::protocol::{pointer, vnode};
use alloc::sync::Arc;
use core::ffi::{CStr, c_char, c_void};
use core::ptr::null_mut;
use rump::errno::{Errno, Result};
use rump::sched::Lwp;
use vfs::access::{self, AccessMode};
use vfs::{NewFile, VnodeRef};

fn component(arguments: &[u64], index: usize) -> Result<&'static ComponentName> {
    // SAFETY: the program passes a component name that lives for the call; nothing here keeps it longer.
    unsafe { pointer::<ComponentName>(arguments, index).as_ref() }.ok_or(Errno::EINVAL)
}

fn name(component: &ComponentName) -> Result<&[u8]> {
    // SAFETY: the program says how long the name is.
    unsafe { component.bytes() }
}

/// A name that may be made: not `.` or `..`.
fn new_name(component: &ComponentName) -> Result<&[u8]> {
    let name = name(component)?;
    if matches!(name, b"." | b"..") { Err(Errno::EEXIST) } else { Ok(name) }
}

fn vattr(arguments: &[u64], index: usize) -> Result<&'static Vattr> {
    // SAFETY: the program passes attributes that live for the call; nothing here keeps them longer.
    unsafe { pointer::<Vattr>(arguments, index).as_ref() }.ok_or(Errno::EINVAL)
}

fn answer(arguments: &[u64], index: usize, made: VnodeRef) {
    // SAFETY: the program passes a place for the new vnode.
    unsafe { store(pointer::<*mut c_void>(arguments, index), give_vnode(made)) };
}

pub fn lookup(lwp: &Lwp, arguments: &[u64]) -> Result<Answer> {
    let directory = vnode(arguments, 0)?;
    let place = pointer::<*mut c_void>(arguments, 1);
    // SAFETY: the program passes a place for the answer.
    unsafe { store(place, null_mut()) };
    let component = component(arguments, 2)?;
    let name = name(component)?;
    // SAFETY: the credentials came from `rump_pub_cred_create`.
    let who = unsafe { component.who(lwp) };
    if !directory.is_directory() {
        return Err(Errno::ENOTDIR);
    }
    let of_directory = directory.operations().attributes()?;
    access::check(&of_directory, AccessMode::EXECUTE, &who)?;
    let is_last = component.flags & flag::IS_LAST != 0;
    let moves_away = is_last && matches!(component.operation, flag::DELETE | flag::RENAME);
    if moves_away && directory.mount.is_read_only() {
        return Err(Errno::EROFS);
    }
    note_whiteout(arguments, &directory, name);
    let found = if name == b"." { Ok(directory.clone()) } else { directory.lookup(name) };
    match found {
        Ok(found) => {
            if moves_away {
                access::check(&of_directory, AccessMode::WRITE, &who)?;
                access::check_sticky(&of_directory, &found.operations().attributes()?, &who)?;
            }
            // SAFETY: as above.
            unsafe { store(place, give_vnode(found)) };
            Ok(Answer::Done)
        }
        Err(Errno::ENOENT) if is_last && matches!(component.operation, flag::CREATE | flag::RENAME) => {
            let writable = access::check(&of_directory, AccessMode::WRITE, &who);
            if directory.mount.is_read_only() {
                return Err(Errno::EROFS);
            }
            writable.map(|()| Answer::Value(JUST_RETURN))
        }
        Err(error) => Err(error),
    }
}

/// Says in the component's flags whether a whiteout hides the name.
fn note_whiteout(arguments: &[u64], directory: &VnodeRef, name: &[u8]) {
    if directory.operations().has_whiteout(name) == Ok(true) {
        // SAFETY: the program passes a component name, of which nothing here holds a reference to the flags.
        unsafe { (*pointer::<ComponentName>(arguments, 2)).flags |= flag::IS_WHITEOUT };
    }
}

/// Asks for whiteouts, makes or removes one.
pub fn whiteout(arguments: &[u64]) -> Result<()> {
    const ASK: u64 = 0;
    const MAKE: u64 = 1;
    const REMOVE: u64 = 2;
    let directory = vnode(arguments, 0)?;
    let is_there = match arguments.get(2).copied().unwrap_or_default() & 0xffff_ffff {
        ASK => return directory.operations().has_whiteout(b"").map(|_| ()),
        MAKE => true,
        REMOVE => false,
        _ => return Err(Errno::EINVAL),
    };
    writable(&directory)?;
    directory.set_whiteout(new_name(component(arguments, 1)?)?, is_there)?;
    if !is_there {
        // SAFETY: as in `note_whiteout`.
        unsafe { (*pointer::<ComponentName>(arguments, 1)).flags &= !flag::DO_WHITEOUT };
    }
    Ok(())
}

/// What the attributes and the credentials of the component say of a new file.
fn new_file(lwp: &Lwp, component: &ComponentName, vattr: &Vattr) -> Result<NewFile> {
    // SAFETY: the credentials came from `rump_pub_cred_create`.
    vattr.new_file(unsafe { component.who(lwp) }.effective_user)
}

fn writable(directory: &VnodeRef) -> Result<()> {
    if directory.mount.is_read_only() { Err(Errno::EROFS) } else { Ok(()) }
}

pub fn create(lwp: &Lwp, arguments: &[u64]) -> Result<()> {
    let (directory, component) = (vnode(arguments, 0)?, component(arguments, 2)?);
    writable(&directory)?;
    let new = new_file(lwp, component, vattr(arguments, 3)?)?;
    answer(arguments, 1, directory.create(new_name(component)?, &new)?);
    Ok(())
}

pub fn make_directory(lwp: &Lwp, arguments: &[u64]) -> Result<()> {
    let (directory, component) = (vnode(arguments, 0)?, component(arguments, 2)?);
    writable(&directory)?;
    let new = new_file(lwp, component, vattr(arguments, 3)?)?;
    answer(arguments, 1, directory.make_directory(new_name(component)?, &new)?);
    Ok(())
}

pub fn make_symbolic_link(lwp: &Lwp, arguments: &[u64]) -> Result<()> {
    let (directory, component) = (vnode(arguments, 0)?, component(arguments, 2)?);
    writable(&directory)?;
    let target = pointer::<c_char>(arguments, 4);
    if target.is_null() {
        return Err(Errno::EFAULT);
    }
    // SAFETY: the program passes a string.
    let target = unsafe { CStr::from_ptr(target) }.to_bytes();
    let mut attributes = *vattr(arguments, 3)?;
    attributes.kind = crate::attributes::kind_number(vfs::VnodeKind::SymbolicLink);
    let new = new_file(lwp, component, &attributes)?;
    answer(arguments, 1, directory.make_symbolic_link(new_name(component)?, &new, target)?);
    Ok(())
}

pub fn link(arguments: &[u64]) -> Result<()> {
    let (directory, target) = (vnode(arguments, 0)?, vnode(arguments, 1)?);
    writable(&directory)?;
    if target.is_directory() {
        return Err(Errno::EPERM);
    }
    if !Arc::ptr_eq(&directory.mount, &target.mount) {
        return Err(Errno::EXDEV);
    }
    directory.link(new_name(component(arguments, 2)?)?, &target)
}

pub fn remove(arguments: &[u64]) -> Result<()> {
    let (directory, target) = (vnode(arguments, 0)?, vnode(arguments, 1)?);
    writable(&directory)?;
    if target.is_directory() {
        return Err(Errno::EPERM);
    }
    access::check_flags(&target.operations().attributes()?, false)?;
    directory.remove(name(component(arguments, 2)?)?, &target)
}

pub fn remove_directory(arguments: &[u64]) -> Result<()> {
    let (directory, target) = (vnode(arguments, 0)?, vnode(arguments, 1)?);
    writable(&directory)?;
    if !target.is_directory() {
        return Err(Errno::ENOTDIR);
    }
    if target == directory {
        return Err(Errno::EINVAL);
    }
    if target.is_root || target.covered_by().is_some() {
        return Err(Errno::EBUSY);
    }
    directory.remove_directory(name(component(arguments, 2)?)?, &target)
}

pub fn rename(arguments: &[u64]) -> Result<()> {
    let (from, source) = (vnode(arguments, 0)?, vnode(arguments, 1)?);
    let to = vnode(arguments, 3)?;
    let replaced = if arguments.get(4) == Some(&0) { None } else { Some(vnode(arguments, 4)?) };
    let (from_name, to_name) = (new_name(component(arguments, 2)?), new_name(component(arguments, 5)?));
    let (from_name, to_name) = (from_name.map_err(|_| Errno::EINVAL)?, to_name.map_err(|_| Errno::EINVAL)?);
    writable(&from)?;
    vfs::rename((&from, from_name), &source, (&to, to_name), replaced.as_ref())
}

//! Names that come, go and move: link(2), unlink(2), mkdir(2), rename(2).

use super::open::check_directory_write;
use super::{CURRENT_DIRECTORY, FOLLOW, path_of, resolve, start_of};
use crate::access;
use crate::attributes::{NewFile, VnodeKind};
use crate::lookup::{LONGEST_PATH, LastComponent, Resolver};
use crate::renaming;
use crate::vnode::VnodeRef;
use crate::working_directory::WorkingDirectory;
use alloc::sync::Arc;
use rump::abi::system_call::table::{
    LinkArguments, LinkatArguments, MkdirArguments, MkdiratArguments, PosixRenameArguments, RenameArguments,
    RenameatArguments, RmdirArguments, SymlinkArguments, SymlinkatArguments, UnlinkArguments,
    UnlinkatArguments,
};
use rump::errno::{Errno, Result};
use rump::sched::Lwp;
use rump::syscall::{DONE, ReturnValue};
use rump::user_memory::UserAddress;

/// The last component of a path of an `*at` call.
fn last_of<'a>(lwp: &'a Lwp, descriptor: i32, path: UserAddress) -> Result<(Resolver<'a>, LastComponent)> {
    let path = path_of(lwp, path)?;
    let start = start_of(lwp, descriptor, &path)?;
    let resolver = Resolver::new(&lwp.process)?;
    let last = resolver.resolve_last(start.as_ref(), &path)?;
    Ok((resolver, last))
}

/// Checks that a new name may be made: nothing has it, and the directory may be written.
fn check_new(resolver: &Resolver<'_>, last: &LastComponent) -> Result<()> {
    match resolver.look_up(&last.directory, &last.name) {
        Ok(_) => return Err(Errno::EEXIST),
        Err(Errno::ENOENT) => {}
        Err(error) => return Err(error),
    }
    check_directory_write(&last.directory, &resolver.who)
}

pub(super) fn mkdir(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = MkdirArguments::from_slots(slots);
    make_directory(lwp, CURRENT_DIRECTORY, call.path, call.mode)
}

pub(super) fn mkdirat(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = MkdiratArguments::from_slots(slots);
    make_directory(lwp, call.fd, call.path, call.mode)
}

fn make_directory(lwp: &Lwp, descriptor: i32, path: UserAddress, mode: u32) -> Result<ReturnValue> {
    let (resolver, last) = last_of(lwp, descriptor, path)?;
    check_new(&resolver, &last)?;
    let new = NewFile {
        kind: VnodeKind::Directory,
        permissions: mode & 0o1777 & !WorkingDirectory::of(&lwp.process)?.mask(),
        user: resolver.who.effective_user,
        device: 0,
    };
    last.directory.make_directory(&last.name, &new)?;
    Ok(DONE)
}

pub(super) fn symlink(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = SymlinkArguments::from_slots(slots);
    make_symbolic_link(lwp, call.path, CURRENT_DIRECTORY, call.link)
}

pub(super) fn symlinkat(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = SymlinkatArguments::from_slots(slots);
    make_symbolic_link(lwp, call.path1, call.fd, call.path2)
}

fn make_symbolic_link(
    lwp: &Lwp,
    target: UserAddress,
    descriptor: i32,
    path: UserAddress,
) -> Result<ReturnValue> {
    let target = path_of(lwp, target)?;
    let (resolver, last) = last_of(lwp, descriptor, path)?;
    enter_symbolic_link(lwp, &target, &resolver, &last)?;
    Ok(DONE)
}

/// Makes a symbolic link for the kernel itself, with the rights of the calling process.
///
/// # Errors
/// As symlink(2).
pub fn make_link_by_name(lwp: &Lwp, target: &[u8], path: &[u8]) -> Result<()> {
    if target.len() >= LONGEST_PATH {
        return Err(Errno::ENAMETOOLONG);
    }
    let resolver = Resolver::new(&lwp.process)?;
    let last = resolver.resolve_last(None, path)?;
    enter_symbolic_link(lwp, target, &resolver, &last)
}

fn enter_symbolic_link(
    lwp: &Lwp,
    target: &[u8],
    resolver: &Resolver<'_>,
    last: &LastComponent,
) -> Result<()> {
    check_new(resolver, last)?;
    if last.must_be_directory {
        return Err(Errno::ENOENT);
    }
    let new = NewFile {
        kind: VnodeKind::SymbolicLink,
        permissions: 0o777 & !WorkingDirectory::of(&lwp.process)?.mask(),
        user: resolver.who.effective_user,
        device: 0,
    };
    last.directory.make_symbolic_link(&last.name, &new, target).map(drop)
}

pub(super) fn link(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = LinkArguments::from_slots(slots);
    make_link(lwp, (CURRENT_DIRECTORY, call.path), (CURRENT_DIRECTORY, call.link), true)
}

pub(super) fn linkat(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = LinkatArguments::from_slots(slots);
    if call.flags & !FOLLOW != 0 {
        return Err(Errno::EINVAL);
    }
    make_link(lwp, (call.fd1, call.name1), (call.fd2, call.name2), call.flags & FOLLOW != 0)
}

fn make_link(
    lwp: &Lwp,
    existing: (i32, UserAddress),
    new: (i32, UserAddress),
    follow: bool,
) -> Result<ReturnValue> {
    let target = resolve(lwp, existing.0, existing.1, follow)?;
    let (resolver, last) = last_of(lwp, new.0, new.1)?;
    check_new(&resolver, &last)?;
    if target.is_directory() {
        return Err(Errno::EPERM);
    }
    if last.must_be_directory {
        return Err(Errno::ENOENT);
    }
    if !Arc::ptr_eq(&target.mount, &last.directory.mount) {
        return Err(Errno::EXDEV);
    }
    access::check_flags(&target.operations().attributes()?, false)?;
    last.directory.link(&last.name, &target)?;
    Ok(DONE)
}

pub(super) fn unlink(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = UnlinkArguments::from_slots(slots);
    remove(lwp, CURRENT_DIRECTORY, call.path)
}

pub(super) fn unlinkat(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    const REMOVE_DIRECTORY: i32 = 0x800;
    let call = UnlinkatArguments::from_slots(slots);
    match call.flag {
        0 => remove(lwp, call.fd, call.path),
        REMOVE_DIRECTORY => remove_directory(lwp, call.fd, call.path),
        _ => Err(Errno::EINVAL),
    }
}

pub(super) fn rmdir(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = RmdirArguments::from_slots(slots);
    remove_directory(lwp, CURRENT_DIRECTORY, call.path)
}

/// Checks that an entry may be removed or moved away: the directory may be written, the sticky bit and the flags allow it.
fn check_removal(resolver: &Resolver<'_>, directory: &VnodeRef, entry: &VnodeRef) -> Result<()> {
    check_directory_write(directory, &resolver.who)?;
    let (above, below) = (directory.operations().attributes()?, entry.operations().attributes()?);
    access::check_flags(&above, false)?;
    access::check_flags(&below, false)?;
    access::check_sticky(&above, &below, &resolver.who)
}

fn remove(lwp: &Lwp, descriptor: i32, path: UserAddress) -> Result<ReturnValue> {
    let (resolver, last) = last_of(lwp, descriptor, path)?;
    let target = resolver.look_up(&last.directory, &last.name)?;
    if target.is_directory() {
        return Err(if target.is_root { Errno::EBUSY } else { Errno::EPERM });
    }
    if last.must_be_directory {
        return Err(Errno::ENOTDIR);
    }
    check_removal(&resolver, &last.directory, &target)?;
    last.directory.remove(&last.name, &target)?;
    Ok(DONE)
}

fn remove_directory(lwp: &Lwp, descriptor: i32, path: UserAddress) -> Result<ReturnValue> {
    let (resolver, last) = last_of(lwp, descriptor, path)?;
    let target = resolver.look_up(&last.directory, &last.name)?;
    if !target.is_directory() {
        return Err(Errno::ENOTDIR);
    }
    if &*last.name == b"." {
        return Err(if target.is_root { Errno::EBUSY } else { Errno::EINVAL });
    }
    if &*last.name == b".." {
        return Err(Errno::ENOTEMPTY);
    }
    if target.is_root {
        return Err(Errno::EBUSY);
    }
    check_removal(&resolver, &last.directory, &target)?;
    last.directory.remove_directory(&last.name, &target)?;
    Ok(DONE)
}

pub(super) fn rename(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = RenameArguments::from_slots(slots);
    move_name(lwp, (CURRENT_DIRECTORY, call.from), (CURRENT_DIRECTORY, call.to), false)
}

pub(super) fn renameat(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = RenameatArguments::from_slots(slots);
    move_name(lwp, (call.fromfd, call.from), (call.tofd, call.to), false)
}

pub(super) fn posix_rename(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = PosixRenameArguments::from_slots(slots);
    move_name(lwp, (CURRENT_DIRECTORY, call.from), (CURRENT_DIRECTORY, call.to), true)
}

/// Moves a name. Two names of one file: POSIX leaves both, BSD removes the first.
fn move_name(
    lwp: &Lwp,
    from: (i32, UserAddress),
    to: (i32, UserAddress),
    posix: bool,
) -> Result<ReturnValue> {
    loop {
        let (resolver, source_place) = last_of(lwp, from.0, from.1)?;
        let (_, target_place) = last_of(lwp, to.0, to.1)?;
        match move_once(&resolver, &source_place, &target_place, posix) {
            // The target came or went between lookup and move: look again. A vanished source fails at its lookup.
            Err(Errno::EAGAIN) => {}
            result => return result.map(|()| DONE),
        }
    }
}

fn move_once(resolver: &Resolver<'_>, from: &LastComponent, to: &LastComponent, posix: bool) -> Result<()> {
    if !Arc::ptr_eq(&from.directory.mount, &to.directory.mount) {
        resolver.look_up(&from.directory, &from.name)?;
        return Err(Errno::EXDEV);
    }
    let _ancestors = from.directory.mount.rename_lock.lock();
    let source = resolver.look_up(&from.directory, &from.name)?;
    if from.is_dot() || to.is_dot() {
        let onto_itself = !from.is_dot() && &*to.name == b".";
        return Err(if onto_itself { Errno::EISDIR } else { Errno::EINVAL });
    }
    let replaced = match resolver.look_up(&to.directory, &to.name) {
        Ok(vnode) => Some(vnode),
        Err(Errno::ENOENT) => None,
        Err(error) => return Err(error),
    };
    if (from.must_be_directory || to.must_be_directory) && !source.is_directory() {
        return Err(Errno::ENOTDIR);
    }
    renaming::check_kinds(&source, replaced.as_ref())?;
    check_removal(resolver, &from.directory, &source)?;
    match &replaced {
        Some(replaced) => check_removal(resolver, &to.directory, replaced)?,
        None => check_directory_write(&to.directory, &resolver.who)?,
    }
    if replaced.as_ref() == Some(&source) {
        let same_name = from.directory == to.directory && from.name == to.name;
        if posix || same_name || source.is_directory() {
            return Ok(());
        }
        return from.directory.remove(&from.name, &source);
    }
    let moved = renaming::rename_locked(
        (&from.directory, &from.name),
        &source,
        (&to.directory, &to.name),
        replaced.as_ref(),
    );
    let replaced = replaced.as_deref();
    match moved {
        Err(Errno::ENOENT | Errno::EEXIST) => {
            // Still there means that it was the target that changed.
            let unchanged = resolver.look_up(&from.directory, &from.name)? == source;
            Err(if unchanged && !target_is(resolver, to, replaced) { Errno::EAGAIN } else { Errno::ENOENT })
        }
        result => result,
    }
}

fn target_is(resolver: &Resolver<'_>, to: &LastComponent, expected: Option<&crate::vnode::Vnode>) -> bool {
    match (resolver.look_up(&to.directory, &to.name), expected) {
        (Ok(vnode), Some(expected)) => core::ptr::eq(&*vnode, expected),
        (Err(_), None) => true,
        _ => false,
    }
}

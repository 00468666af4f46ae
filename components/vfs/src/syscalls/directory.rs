//! getdents(2), chdir(2), chroot(2), getcwd(3).

use super::{CURRENT_DIRECTORY, open_vnode, resolve};
use crate::access::{self, AccessMode};
use crate::attributes::VnodeKind;
use crate::lookup::Resolver;
use crate::vnode::{DirectorySink, VnodeRef};
use crate::working_directory::WorkingDirectory;
use alloc::vec::Vec;
use rump::abi::system_call::table::{
    ChdirArguments, ChrootArguments, FchdirArguments, FchrootArguments, GetcwdArguments, Getdents30Arguments,
};
use rump::errno::{Errno, Result};
use rump::file::FileStatus;
use rump::memory;
use rump::sched::Lwp;
use rump::syscall::{DONE, ReturnValue};

/// Packs entries as `struct dirent` of NetBSD.
struct DirentBuffer {
    bytes: Vec<u8>,
    room: usize,
    /// There was an entry for which there was no room.
    is_full: bool,
}

const HEADER: usize = 13;
const ALIGNMENT: usize = 8;

impl DirectorySink for DirentBuffer {
    fn entry(&mut self, number: u64, kind: Option<VnodeKind>, name: &[u8], _next: u64) -> bool {
        self.is_full = !put_directory_entry(&mut self.bytes, self.room, number, kind, name);
        !self.is_full
    }
}

/// Appends a `struct dirent` (number, record length, name length, type, name with a NUL) if `bytes` stays within `room`; says
/// whether it did.
pub fn put_directory_entry(
    bytes: &mut Vec<u8>,
    room: usize,
    number: u64,
    kind: Option<VnodeKind>,
    name: &[u8],
) -> bool {
    let length = (HEADER + name.len() + 1).next_multiple_of(ALIGNMENT);
    if bytes.len() + length > room {
        return false;
    }
    let start = bytes.len();
    bytes.extend_from_slice(&number.to_ne_bytes());
    bytes.extend_from_slice(&(length as u16).to_ne_bytes());
    bytes.extend_from_slice(&(name.len() as u16).to_ne_bytes());
    bytes.push(kind.map_or(0, VnodeKind::directory_entry_type));
    bytes.extend_from_slice(name);
    bytes.resize(start + length, 0);
    true
}

pub(super) fn getdents(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    const LARGEST: usize = 1 << 20;
    let call = Getdents30Arguments::from_slots(slots);
    let (file, vnode) = open_vnode(lwp, call.fd)?;
    if !file.status().contains(FileStatus::READ) {
        return Err(Errno::EBADF);
    }
    if !vnode.is_directory() {
        return Err(Errno::EINVAL);
    }
    let room = call.count.min(LARGEST);
    let mut sink = DirentBuffer { bytes: memory::vector(room)?, room, is_full: false };
    let mut offset = file.offset();
    let next = vnode.operations().read_directory(*offset, &mut sink)?;
    if sink.bytes.is_empty() && sink.is_full {
        return Err(Errno::EINVAL);
    }
    lwp.process.space.copy_out(&sink.bytes, call.buf)?;
    *offset = next;
    Ok(sink.bytes.len().into())
}

/// Checks that a directory may become a working or root directory.
fn check(lwp: &Lwp, vnode: &VnodeRef) -> Result<()> {
    if !vnode.is_directory() {
        return Err(Errno::ENOTDIR);
    }
    access::check(&vnode.operations().attributes()?, AccessMode::EXECUTE, &lwp.process.credentials())
}

pub(super) fn chdir(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = ChdirArguments::from_slots(slots);
    let vnode = resolve(lwp, CURRENT_DIRECTORY, call.path, true)?;
    check(lwp, &vnode)?;
    WorkingDirectory::of(&lwp.process)?.set_current(vnode);
    Ok(DONE)
}

pub(super) fn fchdir(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = FchdirArguments::from_slots(slots);
    let (_, vnode) = open_vnode(lwp, call.fd)?;
    check(lwp, &vnode)?;
    WorkingDirectory::of(&lwp.process)?.set_current(vnode);
    Ok(DONE)
}

fn change_root(lwp: &Lwp, vnode: VnodeRef) -> Result<ReturnValue> {
    if !lwp.process.credentials().is_superuser() {
        return Err(Errno::EPERM);
    }
    check(lwp, &vnode)?;
    WorkingDirectory::of(&lwp.process)?.set_root(vnode);
    Ok(DONE)
}

pub(super) fn chroot(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = ChrootArguments::from_slots(slots);
    change_root(lwp, resolve(lwp, CURRENT_DIRECTORY, call.path, true)?)
}

pub(super) fn fchroot(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = FchrootArguments::from_slots(slots);
    change_root(lwp, open_vnode(lwp, call.fd)?.1)
}

/// Finds the name of the entry for one file.
struct NameOf {
    number: u64,
    name: Option<Vec<u8>>,
}

impl DirectorySink for NameOf {
    fn entry(&mut self, number: u64, _kind: Option<VnodeKind>, name: &[u8], _next: u64) -> bool {
        if number == self.number && !matches!(name, b"." | b"..") {
            self.name = Some(name.to_vec());
        }
        self.name.is_none()
    }
}

fn name_in(parent: &VnodeRef, number: u64) -> Result<Vec<u8>> {
    let mut sink = NameOf { number, name: None };
    let mut offset = 0;
    loop {
        let next = parent.operations().read_directory(offset, &mut sink)?;
        if let Some(name) = sink.name {
            return Ok(name);
        }
        if next == offset {
            return Err(Errno::ENOENT);
        }
        offset = next;
    }
}

/// The path of a directory from the process's root, without reading names that permissions hide.
fn path_of(resolver: &Resolver<'_>) -> Result<Vec<u8>> {
    let mut components: Vec<Vec<u8>> = Vec::new();
    let mut vnode = resolver.current_directory().clone();
    while &vnode != resolver.root() {
        while vnode.is_root && &vnode != resolver.root() {
            // At the root of all without having met the process's root: the working directory lies outside of it.
            vnode = vnode.mount.covered().ok_or(Errno::ENOENT)?;
        }
        if &vnode == resolver.root() {
            break;
        }
        let parent = resolver.look_up(&vnode, b"..")?;
        components.push(name_in(&parent, vnode.number)?);
        vnode = parent;
    }
    if components.is_empty() {
        return Ok(b"/".to_vec());
    }
    let mut path = Vec::new();
    for component in components.iter().rev() {
        path.push(b'/');
        path.extend_from_slice(component);
    }
    Ok(path)
}

/// Gives the length with the NUL, as the original does.
pub(super) fn getcwd(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = GetcwdArguments::from_slots(slots);
    if call.bufp.is_null() {
        return Err(Errno::EINVAL);
    }
    let mut path = path_of(&Resolver::new(&lwp.process)?)?;
    path.push(0);
    if path.len() > call.length {
        return Err(Errno::ERANGE);
    }
    lwp.process.space.copy_out(&path, call.bufp)?;
    Ok(path.len().into())
}

//! open(2), mknod(2), mkfifo(2), umask(2), revoke(2).

use super::{CURRENT_DIRECTORY, check_writable, path_of, resolve, start_of};
use crate::access::{self, AccessMode};
use crate::advisory_lock::{AdvisoryLock, LockOwner, LockRange};
use crate::attributes::{AttributeChange, NewFile, VnodeKind};
use crate::lookup::{LastComponent, Resolver};
use crate::state::FileSystems;
use crate::vnode::VnodeRef;
use crate::vnode_file::VnodeFile;
use crate::working_directory::WorkingDirectory;
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use rump::abi::system_call::table::{
    MkfifoArguments, MkfifoatArguments, Mknod50Arguments, MknodatArguments, OpenArguments, OpenatArguments,
    RevokeArguments, UmaskArguments,
};
use rump::errno::{Errno, Result};
use rump::file::{FileStatus, OpenFile};
use rump::memory;
use rump::process::Credentials;
use rump::sched::Lwp;
use rump::syscall::ReturnValue;

/// `O_*` of open(2) that are not part of an open file's status.
mod flag {
    pub const ACCESS: i32 = 0x3;
    pub const SHARED_LOCK: i32 = 0x10;
    pub const EXCLUSIVE_LOCK: i32 = 0x20;
    pub const NO_FOLLOW: i32 = 0x100;
    pub const CREATE: i32 = 0x200;
    pub const TRUNCATE: i32 = 0x400;
    pub const EXCLUSIVE: i32 = 0x800;
    pub const DIRECTORY: i32 = 0x20_0000;
    pub const CLOSE_ON_EXEC: i32 = 0x40_0000;
    pub const SEARCH: i32 = 0x80_0000;
}

pub(super) fn open(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = OpenArguments::from_slots(slots);
    open_path(lwp, CURRENT_DIRECTORY, &path_of(lwp, call.path)?, call.flags, call.mode)
}

pub(super) fn openat(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = OpenatArguments::from_slots(slots);
    open_path(lwp, call.fd, &path_of(lwp, call.path)?, call.oflags, call.mode)
}

/// The status of an open file from the flags of open(2).
///
/// # Errors
/// `EINVAL` when there is no such access mode.
pub(super) fn status_of(flags: i32) -> Result<FileStatus> {
    let access = match flags & flag::ACCESS {
        0 => FileStatus::READ,
        1 => FileStatus::WRITE,
        2 => FileStatus::READ | FileStatus::WRITE,
        _ => return Err(Errno::EINVAL),
    };
    let changeable = FileStatus::from_bits_truncate(flags as u32).intersection(FileStatus::CHANGEABLE);
    Ok(access | changeable)
}

fn open_path(lwp: &Lwp, descriptor: i32, path: &[u8], flags: i32, mode: u32) -> Result<ReturnValue> {
    if memory::check_room(memory::SMALL).is_err() {
        FileSystems::of(&lwp.process.kernel)?.pages.reclaim();
        memory::check_room(memory::SMALL)?;
    }
    let status = status_of(flags)?;
    if flags & (flag::SHARED_LOCK | flag::EXCLUSIVE_LOCK) == flag::SHARED_LOCK | flag::EXCLUSIVE_LOCK {
        return Err(Errno::EINVAL);
    }
    let start = start_of(lwp, descriptor, path)?;
    let resolver = Resolver::new(&lwp.process)?;
    let vnode = if flags & flag::CREATE != 0 {
        create_or_find(lwp, &resolver, start.as_ref(), path, flags, mode, status)?
    } else {
        let vnode = resolver.resolve(start.as_ref(), path, flags & flag::NO_FOLLOW == 0)?;
        check_open(&vnode, flags, status, &resolver.who)?;
        vnode
    };
    install(lwp, vnode, flags, status)
}

fn create_or_find(
    lwp: &Lwp,
    resolver: &Resolver<'_>,
    start: Option<&VnodeRef>,
    path: &[u8],
    flags: i32,
    mode: u32,
    status: FileStatus,
) -> Result<VnodeRef> {
    let exclusive = flags & flag::EXCLUSIVE != 0;
    let follow = !exclusive && flags & flag::NO_FOLLOW == 0;
    loop {
        let (last, found) = resolver.resolve_for_creation(start, path, follow)?;
        if let Some(vnode) = found {
            if exclusive {
                return Err(Errno::EEXIST);
            }
            if last.must_be_directory && !vnode.is_directory() {
                return Err(Errno::ENOTDIR);
            }
            check_open(&vnode, flags, status, &resolver.who)?;
            return Ok(vnode);
        }
        match make(lwp, resolver, &last, VnodeKind::Regular, mode, 0) {
            // Somebody else has made it since the lookup.
            Err(Errno::EEXIST) if !exclusive => {}
            made => return made,
        }
    }
}

/// Makes a file that is neither directory nor symbolic link.
pub(super) fn make(
    lwp: &Lwp,
    resolver: &Resolver<'_>,
    last: &LastComponent,
    kind: VnodeKind,
    mode: u32,
    device: u64,
) -> Result<VnodeRef> {
    if last.is_dot() {
        return Err(Errno::EEXIST);
    }
    if last.must_be_directory {
        return Err(Errno::ENOENT);
    }
    check_directory_write(&last.directory, &resolver.who)?;
    let permissions = mode & 0o7777 & !WorkingDirectory::of(&lwp.process)?.mask();
    let permissions = access::permissions_of_new(permissions, &last.directory, &resolver.who)?;
    let new = NewFile { kind, permissions, user: resolver.who.effective_user, device };
    last.directory.create(&last.name, &new)
}

/// Checks that entries may be made and removed in a directory.
pub(crate) fn check_directory_write(directory: &VnodeRef, who: &Credentials) -> Result<()> {
    check_writable(directory)?;
    let attributes = directory.operations().attributes()?;
    access::check_flags(&attributes, true)?;
    if who.is_superuser() {
        return Ok(());
    }
    access::check(&attributes, AccessMode::WRITE | AccessMode::EXECUTE, who)
}

/// Checks what opening asks of a file that exists.
pub(super) fn check_open(vnode: &VnodeRef, flags: i32, status: FileStatus, who: &Credentials) -> Result<()> {
    let writes = status.contains(FileStatus::WRITE) || flags & flag::TRUNCATE != 0;
    match vnode.kind {
        VnodeKind::SymbolicLink => return Err(Errno::EFTYPE),
        VnodeKind::Directory if writes => return Err(Errno::EISDIR),
        VnodeKind::Directory => {}
        _ if flags & flag::DIRECTORY != 0 => return Err(Errno::ENOTDIR),
        VnodeKind::Regular if writes => check_writable(vnode)?,
        _ => {}
    }
    let mut mode = AccessMode::empty();
    mode.set(AccessMode::READ, status.contains(FileStatus::READ) && flags & flag::SEARCH == 0);
    mode.set(AccessMode::WRITE, writes);
    if who.is_superuser() && !writes {
        return Ok(());
    }
    let attributes = vnode.operations().attributes()?;
    access::check(&attributes, mode, who)?;
    if writes && vnode.kind == VnodeKind::Regular {
        let appending = status.contains(FileStatus::APPEND) && flags & flag::TRUNCATE == 0;
        access::check_flags(&attributes, appending)?;
    }
    Ok(())
}

/// Opens a vnode and enters it among the process's descriptors.
pub(super) fn install(lwp: &Lwp, vnode: VnodeRef, flags: i32, status: FileStatus) -> Result<ReturnValue> {
    let process = &lwp.process;
    let object = VnodeFile::open(vnode.clone(), status, &process.credentials())?;
    if flags & flag::TRUNCATE != 0 && vnode.kind == VnodeKind::Regular {
        let change = AttributeChange { size: Some(0), ..AttributeChange::default() };
        vnode.set_attributes(&change)?;
    }
    let file = Arc::new(OpenFile::new(Box::new(object), status, process.credentials()));
    if flags & (flag::SHARED_LOCK | flag::EXCLUSIVE_LOCK) != 0
        && let Some(object) = file.object_as::<VnodeFile>()
    {
        let lock = AdvisoryLock {
            owner: LockOwner::OpenFile(object.identity()),
            range: LockRange::ALL,
            exclusive: flags & flag::EXCLUSIVE_LOCK != 0,
        };
        let state = FileSystems::of(&process.kernel)?;
        vnode.advisory_locks.lock(lock, state.patience(!status.contains(FileStatus::NONBLOCK)))?;
    }
    let limit = process.descriptor_limit();
    let number = process.descriptors.insert(file, 0, limit, flags & flag::CLOSE_ON_EXEC != 0)?;
    Ok(number.into())
}

/// Opens a file for the kernel itself, with the rights of the calling process: a disk's backing store.
///
/// # Errors
/// As open(2).
pub fn open_by_name(lwp: &Lwp, path: &[u8], status: FileStatus) -> Result<VnodeFile> {
    let resolver = Resolver::new(&lwp.process)?;
    let vnode = resolver.resolve(None, path, true)?;
    check_open(&vnode, 0, status, &resolver.who)?;
    VnodeFile::open(vnode, status, &resolver.who)
}

pub(super) fn umask(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = UmaskArguments::from_slots(slots);
    Ok(i64::from(WorkingDirectory::of(&lwp.process)?.set_mask(call.newmask)).into())
}

pub(super) fn make_node(
    lwp: &Lwp,
    descriptor: i32,
    path: Vec<u8>,
    mode: u32,
    device: u64,
) -> Result<ReturnValue> {
    let resolver = Resolver::new(&lwp.process)?;
    let kind = match VnodeKind::from_mode(mode) {
        None if mode & 0o170_000 == 0 => VnodeKind::Regular,
        Some(kind @ (VnodeKind::Regular | VnodeKind::Fifo | VnodeKind::Socket)) => kind,
        Some(kind @ (VnodeKind::Block | VnodeKind::Character)) => {
            if !resolver.who.is_superuser() {
                return Err(Errno::EPERM);
            }
            kind
        }
        _ => return Err(Errno::EINVAL),
    };
    let device = if matches!(kind, VnodeKind::Block | VnodeKind::Character) { device } else { 0 };
    let start = start_of(lwp, descriptor, &path)?;
    let (last, found) = resolver.resolve_for_creation(start.as_ref(), &path, false)?;
    if found.is_some() {
        return Err(Errno::EEXIST);
    }
    make(lwp, &resolver, &last, kind, mode, device)?;
    Ok(rump::syscall::DONE)
}

pub(super) fn mknod(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Mknod50Arguments::from_slots(slots);
    make_node(lwp, CURRENT_DIRECTORY, path_of(lwp, call.path)?, call.mode, call.dev)
}

pub(super) fn mknodat(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = MknodatArguments::from_slots(slots);
    make_node(lwp, call.fd, path_of(lwp, call.path)?, call.mode, call.dev)
}

const FIFO: u32 = 0o010_000;

pub(super) fn mkfifo(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = MkfifoArguments::from_slots(slots);
    make_node(lwp, CURRENT_DIRECTORY, path_of(lwp, call.path)?, call.mode & 0o7777 | FIFO, 0)
}

pub(super) fn mkfifoat(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = MkfifoatArguments::from_slots(slots);
    make_node(lwp, call.fd, path_of(lwp, call.path)?, call.mode & 0o7777 | FIFO, 0)
}

/// revoke(2): the owner and the superuser may.
pub(super) fn revoke(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = RevokeArguments::from_slots(slots);
    let vnode = resolve(lwp, CURRENT_DIRECTORY, call.path, true)?;
    let who = lwp.process.credentials();
    if !who.is_superuser() && vnode.operations().attributes()?.user != who.effective_user {
        return Err(Errno::EPERM);
    }
    crate::revoke(&vnode)?;
    Ok(rump::syscall::DONE)
}

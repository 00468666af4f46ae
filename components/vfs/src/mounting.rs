//! How file systems come into the tree and leave it.

use crate::extended_attributes::{self, AttributeRequest};
use crate::file_system::MountRequest;
use crate::lookup::Resolver;
use crate::mount::{Mount, MountFlags};
use crate::state::FileSystems;
use crate::vnode::VnodeRef;
use alloc::sync::Arc;
use alloc::vec::Vec;
use rump::errno::{Errno, Result};
use rump::kernel::Kernel;
use rump::process::Process;
use rump::user_memory::{AddressSpace, UserAddress};

/// What mount(2) was called with.
pub struct Request<'a> {
    pub flags: MountFlags,
    pub arguments: UserAddress,
    pub length: usize,
    pub space: AddressSpace,
    pub resolver: &'a Resolver<'a>,
    /// What is mounted on, as the program named it.
    pub path: &'a [u8],
}

impl Request<'_> {
    fn place(&self) -> Result<VnodeRef> {
        self.resolver.resolve(None, self.path, true)
    }

    fn with_request<R>(&self, use_it: impl FnOnce(&MountRequest<'_>) -> R) -> R {
        let resolve = |path: &[u8]| self.resolver.resolve(None, path, true);
        use_it(&MountRequest {
            flags: self.flags,
            arguments: self.arguments,
            length: self.length,
            space: self.space,
            resolve: &resolve,
        })
    }
}

/// Mounts a file system of the named type.
///
/// # Errors
/// `ENODEV` for no such type; `ENOTDIR`; `EBUSY` when something is mounted there; `EPERM`; what the file system says.
pub fn mount(kernel: &Arc<Kernel>, type_name: &[u8], request: &Request<'_>) -> Result<()> {
    let state = FileSystems::of(kernel)?;
    let file_system_type = state.find_type(type_name)?;
    // Locked before the lookup: the place must not be on what is being unmounted.
    let _changing = state.mount_lock.lock();
    let place = request.place()?;
    if !place.is_directory() {
        return Err(Errno::ENOTDIR);
    }
    if !request.resolver.who.is_superuser() {
        return Err(Errno::EPERM);
    }
    kernel.secure_level.allows_up_to(1)?;
    state.syncer.ensure(kernel)?;
    if place.covered_by().is_some() {
        return Err(Errno::EBUSY);
    }
    let owner = request.resolver.who.effective_user;
    let flags = request.flags | MountFlags::LOCAL;
    let mount = Mount::new(kernel, state.next_mount_id(), file_system_type.name(), flags, owner);
    mount.set_source(type_name);
    state.reserve_mount()?;
    mount.set_place(request.path);
    let file_system = request.with_request(|request| file_system_type.mount(&mount, request))?;
    mount.set_file_system(Arc::clone(&file_system))?;
    let (root, processes) = match prepare(kernel, &mount, &place) {
        Ok(prepared) => prepared,
        Err(error) => {
            mount.vnodes.clear();
            // The first error is the one to tell; the image has not been changed.
            let _ = file_system.unmount(true);
            return Err(error);
        }
    };
    state.move_directories(&processes, &place, &root);
    drop(root);
    mount.set_covered(place);
    let started = mount.flags().contains(MountFlags::EXTENDED_ATTRIBUTES)
        && file_system.control_attributes(&AttributeRequest::START).is_ok();
    set_attributes_flag(&mount, started);
    state.add_mount(mount);
    Ok(())
}

/// Covers a directory with what is mounted on it. Gives its root, and the processes that may be in that directory.
fn prepare(kernel: &Kernel, mount: &Arc<Mount>, place: &VnodeRef) -> Result<(VnodeRef, Vec<Arc<Process>>)> {
    let root = mount.file_system()?.root()?;
    if !root.is_directory() {
        return Err(Errno::EINVAL);
    }
    let processes = FileSystems::processes(kernel)?;
    place.cover(Some(mount))?;
    Ok((root, processes))
}

/// The flag says whether extended attributes were started: that they could not be is no reason not to mount.
fn set_attributes_flag(mount: &Mount, started: bool) {
    let mut flags = mount.flags();
    flags.set(MountFlags::EXTENDED_ATTRIBUTES, started);
    mount.set_flags(flags);
}

/// Changes the options of a mount.
///
/// # Errors
/// `EINVAL` when the path is no mount's root; `EPERM`; `EBUSY` when it is to be read-only while a file is open for writing,
/// unless `FORCE`; what the file system says.
pub fn update(request: &Request<'_>) -> Result<()> {
    let root = request.place()?;
    if !root.is_root {
        return Err(Errno::EINVAL);
    }
    let mount = Arc::clone(&root.mount);
    drop(root);
    let who = &request.resolver.who;
    if !who.is_superuser() && who.effective_user != mount.owner {
        return Err(Errno::EPERM);
    }
    let kept = mount.flags().intersection(MountFlags::UPDATABLE);
    if request.flags.intersection(MountFlags::UPDATABLE) != kept | MountFlags::READ_ONLY {
        mount.kernel.secure_level.allows_up_to(1)?;
    }
    let becomes_read_only = request.flags.contains(MountFlags::READ_ONLY) && !mount.is_read_only();
    if becomes_read_only && mount.has_writers() && !request.flags.contains(MountFlags::FORCE) {
        return Err(Errno::EBUSY);
    }
    let file_system = mount.file_system()?;
    request.with_request(|request| file_system.update(&mount, request))?;
    let former = mount.flags();
    let kept = former.difference(MountFlags::UPDATABLE);
    mount.set_flags(kept | request.flags.intersection(MountFlags::UPDATABLE));
    let is_started = |flags: MountFlags| flags.contains(MountFlags::EXTENDED_ATTRIBUTES);
    match (is_started(former), is_started(request.flags)) {
        (false, true) => {
            let started = extended_attributes::control(&mount, &AttributeRequest::START, who).is_ok();
            set_attributes_flag(&mount, started);
        }
        (true, false) => {
            let stopped = extended_attributes::control(&mount, &AttributeRequest::STOP, who).is_ok();
            set_attributes_flag(&mount, !stopped);
        }
        _ => {}
    }
    Ok(())
}

/// Writes the file system's mount arguments to the program (`MNT_GETARGS`) and gives their length.
///
/// # Errors
/// `EINVAL` when the path is no mount's root or the buffer is too small; what the file system says.
pub fn arguments(request: &Request<'_>) -> Result<usize> {
    let root = request.place()?;
    if !root.is_root {
        return Err(Errno::EINVAL);
    }
    let bytes: Vec<u8> = root.mount.file_system()?.arguments()?;
    if request.length < bytes.len() {
        return Err(Errno::EINVAL);
    }
    request.space.copy_out(&bytes, request.arguments)?;
    Ok(bytes.len())
}

/// Takes a mount out of the tree.
///
/// # Errors
/// `EBUSY` when it is in use, the root of all, or other mounts are below, unless `force` (below it is always `EBUSY`); what
/// the file system says, and then the mount stays.
pub fn unmount(kernel: &Arc<Kernel>, mount: &Arc<Mount>, force: bool) -> Result<()> {
    let state = FileSystems::of(kernel)?;
    let _changing = state.mount_lock.lock();
    let covered = mount.covered().ok_or(Errno::EBUSY)?;
    let is_below = |other: &Arc<Mount>| other.covered().is_some_and(|vnode| Arc::ptr_eq(&vnode.mount, mount));
    if state.mounts().any(|other| is_below(&other)) {
        return Err(Errno::EBUSY);
    }
    let check_unused = || {
        let is_used = !force && mount.vnodes.any_in_use(&mount.file_system()?.own_uses()?);
        if is_used { Err(Errno::EBUSY) } else { Ok(()) }
    };
    check_unused()?;
    let displaced = state.displaced_by_end_of(kernel, mount)?;
    // Nobody may walk in while it is taken apart.
    covered.cover(None)?;
    if let Err(error) = check_unused() {
        covered.cover(Some(mount))?;
        return Err(error);
    }
    if let Err(error) = mount.file_system()?.unmount(force)
        && !force
    {
        covered.cover(Some(mount))?;
        return Err(error);
    }
    state.remove_mount(mount);
    mount.set_gone();
    if let Some((root, processes)) = displaced {
        state.move_directories(&processes, &root, &covered);
    }
    mount.vnodes.clear();
    drop(covered);
    mount.let_go();
    Ok(())
}

/// Makes everything stable, and takes all mounts out of the tree but the root file system, the newest first and whoever uses
/// them: as at the end of the kernel, which can go on, however.
///
/// # Errors
/// The first that a file system gives; the others are unmounted all the same.
pub fn unmount_all(kernel: &Arc<Kernel>) -> Result<()> {
    let state = FileSystems::of(kernel)?;
    let mut result = state.sync();
    let mut last = None;
    while let Some(mount) = state.newest_mount_before(last) {
        last = Some(mount.id);
        if mount.covered().is_some() {
            result = result.and(unmount(kernel, &mount, true));
        }
    }
    result
}

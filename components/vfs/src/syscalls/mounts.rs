//! mount(2), unmount(2), statvfs(2), sync(2).

use super::{CURRENT_DIRECTORY, open_vnode, path_of, resolve};
use crate::lookup::Resolver;
use crate::mount::{Mount, MountFlags};
use crate::mounting;
use crate::state::FileSystems;
use crate::statvfs;
use crate::vnode::VnodeRef;
use alloc::sync::Arc;
use rump::abi::system_call::table::{
    Fstatvfs1Arguments, GetvfsstatArguments, Mount50Arguments, Statvfs1Arguments, UnmountArguments,
};
use rump::errno::{Errno, Result};
use rump::sched::Lwp;
use rump::syscall::{DONE, ReturnValue};
use rump::user_memory::UserAddress;

/// Bytes in a type's name at most, with its NUL (`_VFS_NAMELEN`).
const LONGEST_TYPE: usize = 32;

pub(super) fn mount(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Mount50Arguments::from_slots(slots);
    let resolver = Resolver::new(&lwp.process)?;
    let path = path_of(lwp, call.path)?;
    let request = mounting::Request {
        flags: MountFlags::from_bits_retain(call.flags as u32),
        arguments: call.data,
        length: call.data_len,
        space: lwp.process.space,
        resolver: &resolver,
        path: &path,
    };
    let kernel = &lwp.process.kernel;
    if request.flags.contains(MountFlags::GET_ARGUMENTS) {
        return Ok(mounting::arguments(&request)?.into());
    }
    if request.flags.contains(MountFlags::UPDATE) {
        mounting::update(&request)?;
    } else {
        let type_name = lwp.process.space.copy_in_string(call.r#type, LONGEST_TYPE)?;
        mounting::mount(kernel, &type_name, &request)?;
    }
    Ok(DONE)
}

pub(super) fn unmount(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = UnmountArguments::from_slots(slots);
    let flags = MountFlags::from_bits_retain(call.flags as u32);
    if !MountFlags::FORCE.contains(flags) {
        return Err(Errno::EINVAL);
    }
    let vnode = resolve(lwp, CURRENT_DIRECTORY, call.path, true)?;
    if !vnode.is_root {
        return Err(Errno::EINVAL);
    }
    let mount = Arc::clone(&vnode.mount);
    drop(vnode);
    let who = lwp.process.credentials();
    if !who.is_superuser() && who.effective_user != mount.owner {
        return Err(Errno::EPERM);
    }
    mounting::unmount(&lwp.process.kernel, &mount, flags.contains(MountFlags::FORCE))?;
    Ok(DONE)
}

fn write_statistics(lwp: &Lwp, mount: &Mount, to: UserAddress) -> Result<ReturnValue> {
    lwp.process.space.copy_out(&statvfs::encode(mount)?, to)?;
    Ok(DONE)
}

pub(super) fn statvfs(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Statvfs1Arguments::from_slots(slots);
    let vnode: VnodeRef = resolve(lwp, CURRENT_DIRECTORY, call.path, true)?;
    write_statistics(lwp, &vnode.mount, call.buf)
}

pub(super) fn fstatvfs(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Fstatvfs1Arguments::from_slots(slots);
    let (_, vnode) = open_vnode(lwp, call.fd)?;
    write_statistics(lwp, &vnode.mount, call.buf)
}

/// All mounts, or their number where there is no buffer.
pub(super) fn getvfsstat(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = GetvfsstatArguments::from_slots(slots);
    let state = FileSystems::of(&lwp.process.kernel)?;
    if call.buf.is_null() {
        return Ok(state.mounts().count().into());
    }
    let room = call.bufsize / statvfs::SIZE;
    let mut count = 0;
    for mount in state.mounts().take(room) {
        write_statistics(lwp, &mount, call.buf.offset(count * statvfs::SIZE)?)?;
        count += 1;
    }
    Ok(count.into())
}

/// sync(2) has no way to tell of errors; fsync and unmount tell.
pub(super) fn sync(lwp: &Lwp, _slots: &[u64]) -> Result<ReturnValue> {
    for mount in FileSystems::of(&lwp.process.kernel)?.mounts() {
        if let Err(error) = mount.file_system().and_then(|file_system| file_system.sync()) {
            rump::host::console::print(format_args!(
                "sync: {} on mount {}: {error}\n",
                mount.type_name, mount.id
            ));
        }
    }
    Ok(DONE)
}

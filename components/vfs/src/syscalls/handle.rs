//! File handles: getfh(2), fhopen(2), fhstat(2).

use super::open::{check_open, install, status_of};
use super::status::write_vnode_status;
use super::{CURRENT_DIRECTORY, resolve};
use crate::file_system::FileHandle;
use crate::state::FileSystems;
use crate::statvfs;
use crate::vnode::VnodeRef;
use rump::abi::system_call::table::{
    Fhopen40Arguments, Fhstat50Arguments, Fhstatvfs140Arguments, Getfh30Arguments,
};
use rump::errno::{Errno, Result};
use rump::sched::Lwp;
use rump::syscall::{DONE, ReturnValue};
use rump::user_memory::UserAddress;

/// Bytes in a handle: `fsid_t`, then a `struct fid` with length, reserved, number and generation.
const SIZE: usize = 24;
const FID_LENGTH: u16 = 16;

pub(super) fn getfh(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Getfh30Arguments::from_slots(slots);
    if !lwp.process.credentials().is_superuser() {
        return Err(Errno::EPERM);
    }
    let vnode = resolve(lwp, CURRENT_DIRECTORY, call.fname, false)?;
    let attributes = vnode.operations().attributes()?;
    let space = lwp.process.space;
    let room = space.read::<usize>(call.fh_size)?;
    space.write(SIZE, call.fh_size)?;
    if room < SIZE {
        return Err(Errno::E2BIG);
    }
    let mut bytes = [0; SIZE];
    bytes[..4].copy_from_slice(&(vnode.mount.id as u32).to_ne_bytes());
    bytes[8..10].copy_from_slice(&FID_LENGTH.to_ne_bytes());
    bytes[12..16].copy_from_slice(&attributes.generation.to_ne_bytes());
    bytes[16..24].copy_from_slice(&attributes.number.to_ne_bytes());
    space.copy_out(&bytes, call.fhp)?;
    Ok(DONE)
}

/// The file that a program's handle names.
pub(super) fn vnode_of(lwp: &Lwp, address: UserAddress, size: usize) -> Result<VnodeRef> {
    if !lwp.process.credentials().is_superuser() {
        return Err(Errno::EPERM);
    }
    if size != SIZE {
        return Err(Errno::EINVAL);
    }
    let space = lwp.process.space;
    let mount = space.read::<u32>(address)?;
    let handle =
        FileHandle { generation: space.read(address.offset(12)?)?, number: space.read(address.offset(16)?)? };
    let state = FileSystems::of(&lwp.process.kernel)?;
    let mount = state.mounts().find(|known| known.id == u64::from(mount)).ok_or(Errno::ESTALE)?;
    mount.file_system()?.vnode_by_handle(handle)
}

pub(super) fn fhopen(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    const CREATE: i32 = 0x200;
    let call = Fhopen40Arguments::from_slots(slots);
    let status = status_of(call.flags)?;
    if call.flags & CREATE != 0 {
        return Err(Errno::EINVAL);
    }
    let vnode = vnode_of(lwp, call.fhp, call.fh_size)?;
    check_open(&vnode, call.flags, status, &lwp.process.credentials())?;
    install(lwp, vnode, call.flags, status)
}

pub(super) fn fhstat(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Fhstat50Arguments::from_slots(slots);
    write_vnode_status(lwp, &vnode_of(lwp, call.fhp, call.fh_size)?, call.sb)
}

pub(super) fn fhstatvfs(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Fhstatvfs140Arguments::from_slots(slots);
    let vnode = vnode_of(lwp, call.fhp, call.fh_size)?;
    lwp.process.space.copy_out(&statvfs::encode(&vnode.mount)?, call.buf)?;
    Ok(DONE)
}

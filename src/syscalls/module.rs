//! modctl(2): modules by name.

use crate::abi::system_call::table::ModctlArguments;
use crate::errno::{Errno, Result};
use crate::memory;
use crate::module::{MOST_REQUIRED, NAME_SIZE, Status};
use crate::sched::Lwp;
use crate::syscall::{DONE, ReturnValue};
use crate::user_memory::UserAddress;
use alloc::string::String;
use alloc::vec::Vec;

mod command {
    pub const LOAD: i32 = 0;
    pub const UNLOAD: i32 = 1;
    pub const STATUS: i32 = 2;
    pub const EXISTS: i32 = 3;
}

const LOAD_FORCE: i32 = 1;
const LONGEST_PATH: usize = 1024;
const LONGEST_PROPERTIES: u64 = 4096;

pub(super) fn modctl(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = ModctlArguments::from_slots(slots);
    match call.cmd {
        command::LOAD => load(lwp, call.arg),
        command::UNLOAD => unload(lwp, call.arg),
        command::STATUS => status(lwp, call.arg),
        command::EXISTS => may_load(lwp, call.arg.value()),
        _ => Err(Errno::EINVAL),
    }
}

fn name(lwp: &Lwp, at: UserAddress, size: usize) -> Result<String> {
    let bytes = lwp.process.space.copy_in_string(at, size)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn superuser(lwp: &Lwp) -> Result<()> {
    lwp.process.kernel.secure_level.allows_up_to(0)?;
    if lwp.process.credentials().is_superuser() { Ok(()) } else { Err(Errno::EPERM) }
}

/// `modctl_load_t`: path, flags, properties (a property list) and their length.
fn load(lwp: &Lwp, argument: UserAddress) -> Result<ReturnValue> {
    let space = lwp.process.space;
    let path = UserAddress::new(space.read(argument)?);
    let flags: i32 = space.read(argument.offset(8)?)?;
    let [properties, length]: [u64; 2] = space.read(argument.offset(16)?)?;
    if (properties == 0) != (length == 0) {
        return Err(Errno::EINVAL);
    }
    let name = name(lwp, path, LONGEST_PATH)?;
    if length > LONGEST_PROPERTIES {
        return Err(Errno::ENOMEM);
    }
    if length != 0 {
        // Property lists are read by proplib, which is not there.
        return Err(Errno::EOPNOTSUPP);
    }
    superuser(lwp)?;
    let kernel = &lwp.process.kernel;
    kernel.modules.load(kernel, &name, flags & LOAD_FORCE != 0)?;
    Ok(DONE)
}

/// Whether the caller may load modules (0), and whether the kernel may for it (1), as it may for everybody.
fn may_load(lwp: &Lwp, who: u64) -> Result<ReturnValue> {
    match who {
        0 => superuser(lwp).map(|()| DONE),
        1 => Ok(DONE),
        _ => Err(Errno::EINVAL),
    }
}

fn unload(lwp: &Lwp, argument: UserAddress) -> Result<ReturnValue> {
    let name = name(lwp, argument, NAME_SIZE)?;
    superuser(lwp)?;
    let kernel = &lwp.process.kernel;
    kernel.modules.unload(kernel, &name)?;
    Ok(DONE)
}

/// Fills the buffer of a `struct iovec` with as many `modstat_t` as fit, and stores how many bytes all of them take.
fn status(lwp: &Lwp, argument: UserAddress) -> Result<ReturnValue> {
    let space = lwp.process.space;
    let [base, length]: [u64; 2] = space.read(argument)?;
    let all = lwp.process.kernel.modules.all();
    let mut bytes = Vec::new();
    memory::reserve(&mut bytes, all.len() * STATUS_SIZE)?;
    for status in all {
        bytes.extend_from_slice(&encode(&status));
    }
    let given = usize::try_from(length).unwrap_or(usize::MAX).min(bytes.len());
    space.copy_out(bytes.get(..given).unwrap_or_default(), UserAddress::new(base))?;
    space.write([base, bytes.len() as u64], argument)?;
    Ok(DONE)
}

const STATUS_SIZE: usize = 392;

/// `modstat_t`. All modules are builtin ones (`MODULE_SOURCE_KERNEL`, 0) without an address in the kernel's own space.
fn encode(status: &Status) -> [u8; STATUS_SIZE] {
    const REQUIRED: usize = NAME_SIZE;
    const CLASS: usize = REQUIRED + NAME_SIZE * MOST_REQUIRED + 12;
    const REFERENCES: usize = CLASS + 8;
    const FLAGS: usize = REFERENCES + 4;
    const MUST_FORCE: u32 = 1;
    let mut bytes = [0; STATUS_SIZE];
    let mut put = |at: usize, most: usize, value: &[u8]| {
        for (place, byte) in bytes.iter_mut().skip(at).take(most).zip(value) {
            *place = *byte;
        }
    };
    put(0, NAME_SIZE - 1, status.description.name.as_bytes());
    put(REQUIRED, NAME_SIZE * MOST_REQUIRED - 1, status.description.required.join(",").as_bytes());
    put(CLASS, 4, &status.description.class.0.to_ne_bytes());
    put(REFERENCES, 4, &status.references.unwrap_or(u32::MAX).to_ne_bytes());
    let flags = if status.must_force && status.references.is_some() { MUST_FORCE } else { 0 };
    put(FLAGS, 4, &flags.to_ne_bytes());
    bytes
}

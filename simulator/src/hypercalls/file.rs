//! Files of the host: the world's disks.

use super::result;
use crate::disk::Disk;
use crate::errno::{EBADF, EINVAL, ENOENT, EROFS};
use crate::world::{Host, current_host};
use core::ffi::{CStr, c_char, c_int, c_void};
use core::slice;
use simulator_world::{Event, Moment, Random, Wait, current, locked};

const WRITE_MODES: c_int = 3;
const REGULAR: c_int = 2;
/// A transfer takes up to this many nanoseconds.
const SLOWEST: Moment = 2_000_000;

/// `struct rumpuser_iovec`.
#[repr(C)]
pub struct IoVector {
    base: *mut c_void,
    length: usize,
}

/// `RUMPUSER_IOV_NOSEEK`: a transfer where the position is.
const AT_POSITION: i64 = -1;

/// # Safety
/// `path` is a C string.
unsafe fn find(host: &Host, path: *const c_char) -> Result<Disk, c_int> {
    // SAFETY: the caller's contract.
    let path = unsafe { CStr::from_ptr(path) };
    locked(&host.disks).get(path.to_bytes()).cloned().ok_or(ENOENT)
}

/// # Safety
/// `path` is a C string; `size` and `kind` are null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_getfileinfo(
    path: *const c_char,
    size: *mut u64,
    kind: *mut c_int,
) -> c_int {
    let host = current_host();
    // SAFETY: the caller's contract.
    unsafe {
        let disk = match find(&host, path) {
            Ok(disk) => disk,
            Err(error) => return error,
        };
        if !size.is_null() {
            *size = disk.size();
        }
        if !kind.is_null() {
            *kind = REGULAR;
        }
    }
    0
}

/// # Safety
/// `path` is a C string; `descriptor` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_open(path: *const c_char, mode: c_int, descriptor: *mut c_int) -> c_int {
    let host = current_host();
    // SAFETY: the caller's contract.
    let disk = match unsafe { find(&host, path) } {
        Ok(disk) => disk,
        Err(error) => return error,
    };
    let writes = mode & WRITE_MODES != 0;
    if writes && disk.is_read_only() {
        return EROFS;
    }
    let mut descriptors = locked(&host.descriptors);
    let number = descriptors.last_key_value().map_or(3, |(last, _)| last + 1);
    descriptors.insert(number, (disk, writes));
    // SAFETY: the caller's contract.
    unsafe { *descriptor = number };
    0
}

#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_close(descriptor: c_int) -> c_int {
    match locked(&current_host().descriptors).remove(&descriptor) {
        Some(_) => 0,
        None => EBADF,
    }
}

pub fn disk_of(host: &Host, descriptor: c_int, writes: bool) -> Result<Disk, c_int> {
    match locked(&host.descriptors).get(&descriptor) {
        Some((disk, may_write)) if *may_write || !writes => Ok(disk.clone()),
        _ => Err(EBADF),
    }
}

/// Lets time pass as a disk does, and then carries `transfer` out.
fn transfer(
    event: Event,
    descriptor: c_int,
    offset: i64,
    transfer: impl FnOnce(&Disk, &mut Random) -> Result<(), c_int>,
) -> c_int {
    let (shared, me) = current();
    let disk = match disk_of(&current_host(), descriptor, event != Event::Read) {
        Ok(disk) => disk,
        Err(error) => return error,
    };
    let mut state = shared.scheduler.enter(me, event, offset.cast_unsigned());
    if !state.random.once_in(4) {
        let deadline = state.now.saturating_add(state.random.below(SLOWEST));
        (state, _) = shared.scheduler.block(state, me, Wait::Sleep, Some(deadline));
    }
    let outcome = transfer(&disk, &mut state.random);
    shared.scheduler.leave(state, me);
    result(outcome)
}

/// # Safety
/// `vectors` are `count` pieces of writable memory; `transferred` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_iovread(
    descriptor: c_int,
    vectors: *mut IoVector,
    count: usize,
    offset: i64,
    transferred: *mut usize,
) -> c_int {
    // Positions stay at the start here: the kernel reads at one only to learn whether transfers at offsets move it.
    let offset = if offset == AT_POSITION { 0 } else { offset };
    transfer(Event::Read, descriptor, offset, |disk, random| {
        let mut total = 0;
        // SAFETY: the caller's contract.
        let vectors = unsafe { slice::from_raw_parts(vectors, count) };
        for vector in vectors {
            // SAFETY: as above.
            let into = unsafe { slice::from_raw_parts_mut(vector.base.cast::<u8>(), vector.length) };
            total += disk.read(offset.checked_add_unsigned(total as u64).ok_or(EINVAL)?, into, random)?;
        }
        // SAFETY: as above.
        unsafe { *transferred = total };
        Ok(())
    })
}

/// # Safety
/// `vectors` are `count` pieces of readable memory; `transferred` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_iovwrite(
    descriptor: c_int,
    vectors: *const IoVector,
    count: usize,
    offset: i64,
    transferred: *mut usize,
) -> c_int {
    transfer(Event::Write, descriptor, offset, |disk, random| {
        let mut total = 0;
        // SAFETY: the caller's contract.
        let vectors = unsafe { slice::from_raw_parts(vectors, count) };
        for vector in vectors {
            // SAFETY: as above.
            let from = unsafe { slice::from_raw_parts(vector.base.cast::<u8>(), vector.length) };
            total += disk.write(offset.checked_add_unsigned(total as u64).ok_or(EINVAL)?, from, random)?;
        }
        // SAFETY: as above.
        unsafe { *transferred = total };
        Ok(())
    })
}

#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_syncfd(descriptor: c_int, _flags: c_int, _start: u64, _length: u64) -> c_int {
    transfer(Event::Sync, descriptor, 0, |disk, _| disk.sync())
}

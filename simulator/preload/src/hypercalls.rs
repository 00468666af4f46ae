//! UNSAFE. Hypercalls that go on to librumpuser after a while of virtual time, so that transfers of several threads end in
//! any order.

use crate::host::{self, HostFunction};
use core::ffi::{c_char, c_int, c_void};
use core::mem;
use simulator_world::{Event, Moment, Wait, step, try_current};

/// A call to the host takes up to this many nanoseconds.
const SLOWEST: Moment = 2_000_000;

/// Lets time pass as a disk does.
fn pause(event: Event, object: u64) {
    let Some((shared, me)) = try_current() else { return };
    let mut state = shared.scheduler.enter(me, event, object);
    if !state.random.once_in(4) {
        let deadline = state.now.saturating_add(state.random.below(SLOWEST));
        (state, _) = shared.scheduler.block(state, me, Wait::Sleep, Some(deadline));
    }
    shared.scheduler.leave(state, me);
}

/// # Safety
/// `path` is a C string; `descriptor` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_open(path: *const c_char, mode: c_int, descriptor: *mut c_int) -> c_int {
    type Open = unsafe extern "C" fn(*const c_char, c_int, *mut c_int) -> c_int;
    pause(Event::Other, mode as u64);
    // SAFETY: librumpuser's function of that name, with its caller's arguments; so in all functions below.
    unsafe { mem::transmute::<*mut c_void, Open>(host::RUMPUSER_OPEN.address())(path, mode, descriptor) }
}

/// # Safety
/// None beyond the host's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_close(descriptor: c_int) -> c_int {
    type Close = unsafe extern "C" fn(c_int) -> c_int;
    pause(Event::Other, 0);
    // SAFETY: as above.
    unsafe { mem::transmute::<*mut c_void, Close>(host::RUMPUSER_CLOSE.address())(descriptor) }
}

/// # Safety
/// `path` is a C string; `size` and `kind` are null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_getfileinfo(
    path: *const c_char,
    size: *mut u64,
    kind: *mut c_int,
) -> c_int {
    type Information = unsafe extern "C" fn(*const c_char, *mut u64, *mut c_int) -> c_int;
    pause(Event::Other, 0);
    // SAFETY: as above.
    unsafe {
        mem::transmute::<*mut c_void, Information>(host::RUMPUSER_GETFILEINFO.address())(path, size, kind)
    }
}

/// `rumpuser_iovread` and `rumpuser_iovwrite`.
type Transfer = unsafe extern "C" fn(c_int, *mut c_void, usize, i64, *mut usize) -> c_int;

/// Has the host do a transfer, after a delay of virtual time.
///
/// # Safety
/// `host` is one of the two functions above, and the rest is what it asks for.
unsafe fn transfer(
    host: &HostFunction,
    event: Event,
    descriptor: c_int,
    vectors: *mut c_void,
    count: usize,
    offset: i64,
    transferred: *mut usize,
) -> c_int {
    pause(event, offset.cast_unsigned());
    // SAFETY: the caller's contract.
    let host = unsafe { mem::transmute::<*mut c_void, Transfer>(host.address()) };
    // SAFETY: as above.
    unsafe { host(descriptor, vectors, count, offset, transferred) }
}

/// # Safety
/// `vectors` are `count` pieces of writable memory; `transferred` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_iovread(
    descriptor: c_int,
    vectors: *mut c_void,
    count: usize,
    offset: i64,
    transferred: *mut usize,
) -> c_int {
    // SAFETY: the caller's contract; the function has this signature.
    unsafe { transfer(&host::RUMPUSER_IOVREAD, Event::Read, descriptor, vectors, count, offset, transferred) }
}

/// # Safety
/// `vectors` are `count` pieces of readable memory; `transferred` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_iovwrite(
    descriptor: c_int,
    vectors: *mut c_void,
    count: usize,
    offset: i64,
    transferred: *mut usize,
) -> c_int {
    // SAFETY: the caller's contract; the function has this signature.
    unsafe {
        transfer(&host::RUMPUSER_IOVWRITE, Event::Write, descriptor, vectors, count, offset, transferred)
    }
}

/// # Safety
/// None beyond the host's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_syncfd(descriptor: c_int, flags: c_int, start: u64, length: u64) -> c_int {
    type Sync = unsafe extern "C" fn(c_int, c_int, u64, u64) -> c_int;
    pause(Event::Sync, start);
    // SAFETY: as above.
    unsafe {
        mem::transmute::<*mut c_void, Sync>(host::RUMPUSER_SYNCFD.address())(descriptor, flags, start, length)
    }
}

/// A change of the current lwp is a moment to switch.
///
/// # Safety
/// `lwp` is null or an lwp of the kernel.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_curlwpop(operation: c_int, lwp: *mut c_void) {
    type Operation = unsafe extern "C" fn(c_int, *mut c_void);
    if try_current().is_some() {
        step();
    }
    // SAFETY: as above.
    unsafe { mem::transmute::<*mut c_void, Operation>(host::RUMPUSER_CURLWPOP.address())(operation, lwp) }
}

//! UNSAFE. Loading libraries: the loader holds a lock of the host while constructors run, and those may make hypercalls.
//! Threads of the world wait for one another before they get there.

use crate::host;
use core::ffi::{c_char, c_int, c_void};
use core::mem;
use simulator_world::{Event, ThreadNumber, Wait, locked, try_current};
use std::sync::Mutex;

/// Who is in the loader, and how many times over.
struct Owner {
    thread: Option<ThreadNumber>,
    depth: usize,
    number: u64,
}

static OWNER: Mutex<Owner> = Mutex::new(Owner { thread: None, depth: 0, number: 0 });

/// Runs something that takes the loader's lock.
fn in_loader<R>(call: impl FnOnce() -> R) -> R {
    let Some((shared, me)) = try_current() else { return call() };
    let mut state = shared.scheduler.enter(me, Event::Enter, 0);
    loop {
        let mut owner = locked(&OWNER);
        if owner.number == 0 {
            owner.number = state.object_number();
        }
        if owner.thread.is_none_or(|thread| thread == me) {
            owner.thread = Some(me);
            owner.depth += 1;
            break;
        }
        let wait = Wait::Mutex(owner.number);
        drop(owner);
        (state, _) = shared.scheduler.block(state, me, wait, None);
    }
    drop(state);
    let result = call();
    let mut state = shared.scheduler.lock();
    let mut owner = locked(&OWNER);
    owner.depth -= 1;
    if owner.depth == 0 {
        owner.thread = None;
        state.wake_all(Wait::Mutex(owner.number));
    }
    drop(owner);
    shared.scheduler.leave(state, me);
    result
}

/// dlopen(3).
///
/// # Safety
/// As dlopen(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dlopen(path: *const c_char, flags: c_int) -> *mut c_void {
    type Open = unsafe extern "C" fn(*const c_char, c_int) -> *mut c_void;
    // SAFETY: the C library's function of that name, with its caller's arguments.
    in_loader(|| unsafe { mem::transmute::<*mut c_void, Open>(host::DLOPEN.address())(path, flags) })
}

/// dlclose(3).
///
/// # Safety
/// As dlclose(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dlclose(handle: *mut c_void) -> c_int {
    type Close = unsafe extern "C" fn(*mut c_void) -> c_int;
    // SAFETY: the C library's function of that name, with its caller's argument.
    in_loader(|| unsafe { mem::transmute::<*mut c_void, Close>(host::DLCLOSE.address())(handle) })
}

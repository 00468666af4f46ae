//! System calls that C code handles, and the table of all of them.

use crate::abi::in_kernel;
use crate::abi::system_call::give_results;
use crate::errno::{Errno, Result};
use crate::host::console;
use crate::sched::Lwp;
use crate::syscall::{self, ROWS, ReturnValue};
use core::cell::UnsafeCell;
use core::ffi::{c_int, c_long, c_void};
use core::ptr::{self, null_mut};
use core::sync::atomic::{AtomicPtr, Ordering};

/// `sy_call_t`: the lwp, the arguments in slots of eight bytes, room for two results; 0 or an errno.
type SystemCall = unsafe extern "C" fn(*mut c_void, *const c_void, *mut c_long) -> c_int;

/// `struct rump_onesyscall`.
#[repr(C)]
pub struct OneSystemCall {
    number: c_int,
    handler: Option<SystemCall>,
}

/// `struct sysent`.
#[repr(C)]
pub struct SystemCallEntry {
    arguments: i16,
    bytes: i16,
    flags: i32,
    call: SystemCall,
    /// Probes of the original's tracer.
    probes: [u32; 2],
}

impl SystemCallEntry {
    const fn new(arguments: i16, flags: i32, call: SystemCall) -> Self {
        Self { arguments, bytes: 8 * arguments, flags, call, probes: [0; 2] }
    }
}

/// The table of system calls. A program may write to it: nobody looks at what it says.
#[repr(transparent)]
pub struct Entries(UnsafeCell<[SystemCallEntry; ROWS]>);

// SAFETY: the kernel reads what it needs from the constant that the table begins as.
unsafe impl Sync for Entries {}

const TABLE: [SystemCallEntry; ROWS] = include!(concat!(env!("OUT_DIR"), "/system_call_entries.rs"));

#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static rump_sysent: Entries = Entries(UnsafeCell::new(TABLE));

/// Arguments of each call, in slots.
static SLOTS: [i16; ROWS] = {
    let (mut slots, mut number) = ([0; ROWS], 0);
    while number < ROWS {
        slots[number] = TABLE[number].arguments;
        number += 1;
    }
    slots
};

/// What the table names for a number: the call, made by the thread's own lwp whichever is passed.
unsafe extern "C" fn row<const NUMBER: usize>(
    _lwp: *mut c_void,
    arguments: *const c_void,
    results: *mut c_long,
) -> c_int {
    // SAFETY: the caller passes the arguments of that call, and room for two results.
    unsafe { run_row(NUMBER, arguments.cast(), results) }
}

unsafe fn run_row(number: usize, arguments: *const u64, results: *mut c_long) -> c_int {
    let count = usize::try_from(SLOTS[number]).unwrap_or_default();
    let slots = if arguments.is_null() {
        &[]
    } else {
        // SAFETY: the caller passes as many arguments as the call has.
        unsafe { core::slice::from_raw_parts(arguments, count) }
    };
    let result = in_kernel(|lwp| syscall::dispatch(lwp, number, slots));
    // SAFETY: the caller passes null or room for two results.
    unsafe { give_results(result, results) }
}

/// Handlers in C by number; null where there is none.
static FROM_C: [AtomicPtr<c_void>; ROWS] = [const { AtomicPtr::new(null_mut()) }; ROWS];

/// Has C functions handle system calls that nobody handles yet, for as long as the process lives. One that has a handler keeps
/// it, and the console says so.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_syscall_boot_establish(calls: *const OneSystemCall, count: usize) {
    if calls.is_null() || count == 0 {
        return;
    }
    syscall::set_other_handlers(run_from_c);
    // SAFETY: the caller passes `count` calls.
    for call in unsafe { core::slice::from_raw_parts(calls, count) } {
        let handler: *mut c_void = call.handler.map_or(null_mut(), |handler| handler as *mut c_void);
        let number = usize::try_from(call.number).unwrap_or(usize::MAX);
        let is_new = !handler.is_null()
            && !syscall::is_registered(number)
            && FROM_C.get(number).is_some_and(|place| {
                place.compare_exchange(null_mut(), handler, Ordering::AcqRel, Ordering::Acquire).is_ok()
            });
        if !is_new {
            console::print(format_args!(
                "rump_syscall_boot_establish: system call {} has a handler, or is none\n",
                call.number
            ));
        }
    }
}

/// Slots that a handler in C finds: as many as any call has. Those that were not passed are 0.
const MOST_SLOTS: usize = 16;

fn run_from_c(lwp: &Lwp, number: usize, slots: &[u64]) -> Result<ReturnValue> {
    let handler = FROM_C.get(number).map_or(null_mut(), |place| place.load(Ordering::Acquire));
    if handler.is_null() {
        return Err(Errno::ENOSYS);
    }
    // SAFETY: only functions of this type are ever put there.
    let handler: SystemCall = unsafe { core::mem::transmute::<*mut c_void, SystemCall>(handler) };
    let mut arguments = [0; MOST_SLOTS];
    let count = slots.len().min(MOST_SLOTS);
    arguments[..count].copy_from_slice(&slots[..count]);
    let mut results: [c_long; 2] = [0; 2];
    let own = ptr::from_ref(lwp).cast_mut().cast();
    // SAFETY: who has established it says that it handles such a call.
    Errno::check(unsafe { handler(own, arguments.as_ptr().cast(), results.as_mut_ptr()) })?;
    Ok(ReturnValue(results[0], results[1]))
}

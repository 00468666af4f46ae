//! Rust to C: the hypercalls (version 17), one safe wrapper each.
//!
//! Nothing else in the kernel knows how the host is reached. A wrapper turns a NetBSD errno into a [`Result`];
//! those that may block give the virtual CPU back first.

pub mod block;
pub mod clock;
pub mod console;
pub(crate) mod giant_lock;
pub mod lock;
pub mod memory;
pub mod parameter;
pub mod thread;

use crate::abi::link_sets::{CComponent, Information};
use crate::errno::{Errno, Result};
use core::ffi::{c_char, c_int, c_long, c_void};

/// The hypercall interface version that this kernel speaks.
pub const HYPERCALL_VERSION: c_int = 17;

/// Functions that the host calls back (`struct rumpuser_hyperup`).
#[repr(C)]
pub struct Upcalls {
    pub schedule: extern "C" fn(),
    pub unschedule: extern "C" fn(),
    pub backend_unschedule: extern "C" fn(c_int, *mut c_int, *mut c_void),
    pub backend_schedule: extern "C" fn(c_int, *mut c_void),
    pub lwproc_switch: extern "C" fn(*mut c_void),
    pub lwproc_release: extern "C" fn(),
    pub lwproc_rfork: extern "C" fn(*mut c_void, c_int, *const c_char) -> c_int,
    pub lwproc_newlwp: extern "C" fn(i32) -> c_int,
    pub lwproc_curlwp: extern "C" fn() -> *mut c_void,
    pub syscall: extern "C" fn(c_int, *mut c_void, *mut c_long) -> c_int,
    pub lwpexit: extern "C" fn(),
    pub execnotify: extern "C" fn(*const c_char),
    pub getpid: extern "C" fn() -> i32,
    pub extra: [*mut c_void; 8],
}

/// Takes an array of modules and its length.
pub type LoadModules = unsafe extern "C" fn(*const *const Information, usize);
/// Takes a symbol table and its string table, each with its size in bytes.
pub type LoadSymbols = unsafe extern "C" fn(*mut c_void, u64, *mut c_char, u64) -> c_int;
/// Takes one component.
pub type LoadComponent = unsafe extern "C" fn(*const CComponent);

// SAFETY: the table holds function addresses and null pointers only, and nobody writes to it.
unsafe impl Sync for Upcalls {}

/// The raw hypercalls, as `rumpuser.h` declares them.
pub(crate) mod raw {
    use super::{LoadComponent, LoadModules, LoadSymbols, Upcalls, c_char, c_int, c_long, c_void};

    #[repr(C)]
    pub struct Mutex([u8; 0]);
    #[repr(C)]
    pub struct ConditionVariable([u8; 0]);

    #[repr(C)]
    pub struct IoVector {
        pub base: *mut c_void,
        pub length: usize,
    }

    unsafe extern "C" {
        pub fn rumpuser_init(version: c_int, upcalls: *const Upcalls) -> c_int;
        pub fn rumpuser_malloc(length: usize, alignment: c_int, memory: *mut *mut c_void) -> c_int;
        pub fn rumpuser_free(memory: *mut c_void, length: usize);
        pub fn rumpuser_anonmmap(
            preferred: *mut c_void,
            length: usize,
            alignment_bits: c_int,
            executable: c_int,
            memory: *mut *mut c_void,
        ) -> c_int;
        pub fn rumpuser_unmap(memory: *mut c_void, length: usize);
        pub fn rumpuser_open(path: *const c_char, mode: c_int, descriptor: *mut c_int) -> c_int;
        pub fn rumpuser_close(descriptor: c_int) -> c_int;
        pub fn rumpuser_getfileinfo(path: *const c_char, size: *mut u64, kind: *mut c_int) -> c_int;
        pub fn rumpuser_iovread(
            descriptor: c_int,
            vectors: *mut IoVector,
            count: usize,
            offset: i64,
            transferred: *mut usize,
        ) -> c_int;
        pub fn rumpuser_iovwrite(
            descriptor: c_int,
            vectors: *const IoVector,
            count: usize,
            offset: i64,
            transferred: *mut usize,
        ) -> c_int;
        pub fn rumpuser_syncfd(descriptor: c_int, flags: c_int, start: u64, length: u64) -> c_int;
        pub fn rumpuser_clock_gettime(clock: c_int, seconds: *mut i64, nanoseconds: *mut c_long) -> c_int;
        pub fn rumpuser_clock_sleep(clock: c_int, seconds: i64, nanoseconds: c_long) -> c_int;
        pub fn rumpuser_getparam(name: *const c_char, buffer: *mut c_void, length: usize) -> c_int;
        pub fn rumpuser_seterrno(errno: c_int);
        pub fn rumpuser_kill(process: i64, signal: c_int) -> c_int;
        pub fn rumpuser_exit(code: c_int) -> !;
        pub fn rumpuser_putchar(character: c_int);
        pub fn rumpuser_getrandom(
            buffer: *mut c_void,
            length: usize,
            flags: c_int,
            filled: *mut usize,
        ) -> c_int;
        pub fn rumpuser_thread_create(
            run: extern "C" fn(*mut c_void) -> *mut c_void,
            argument: *mut c_void,
            name: *const c_char,
            must_join: c_int,
            priority: c_int,
            cpu: c_int,
            cookie: *mut *mut c_void,
        ) -> c_int;
        pub fn rumpuser_thread_join(cookie: *mut c_void) -> c_int;
        pub fn rumpuser_curlwpop(operation: c_int, lwp: *mut c_void);
        pub fn rumpuser_mutex_init(mutex: *mut *mut Mutex, flags: c_int);
        pub fn rumpuser_mutex_enter_nowrap(mutex: *mut Mutex);
        pub fn rumpuser_mutex_exit(mutex: *mut Mutex);
        pub fn rumpuser_mutex_destroy(mutex: *mut Mutex);
        pub fn rumpuser_cv_init(cv: *mut *mut ConditionVariable);
        pub fn rumpuser_cv_destroy(cv: *mut ConditionVariable);
        pub fn rumpuser_cv_wait_nowrap(cv: *mut ConditionVariable, mutex: *mut Mutex);
        pub fn rumpuser_cv_timedwait(
            cv: *mut ConditionVariable,
            mutex: *mut Mutex,
            seconds: i64,
            nanoseconds: i64,
        ) -> c_int;
        pub fn rumpuser_cv_signal(cv: *mut ConditionVariable);
        pub fn rumpuser_dl_bootstrap(
            load_modules: LoadModules,
            load_symbols: LoadSymbols,
            load_component: LoadComponent,
        );
        pub fn rumpuser_daemonize_begin() -> c_int;
        pub fn rumpuser_daemonize_done(error: c_int) -> c_int;
    }
}

/// Tells the host our version and our upcalls. Called once, by `rump_init`.
///
/// # Errors
/// `EPROGMISMATCH` when the host does not speak version 17; otherwise the host's errno.
pub fn initialise(upcalls: &'static Upcalls) -> Result<()> {
    // SAFETY: the table lives for ever, as the host keeps the address.
    let code = unsafe { raw::rumpuser_init(HYPERCALL_VERSION, upcalls) };
    Errno::check(code)
}

/// Has the host find the link sets of all libraries of this process, and the symbols of the kernel's.
pub fn load_link_sets(modules: LoadModules, symbols: LoadSymbols, component: LoadComponent) {
    // SAFETY: takes functions of the kernel's, which it calls before it returns.
    unsafe { raw::rumpuser_dl_bootstrap(modules, symbols, component) }
}

/// Sets the calling host thread's `errno` from a NetBSD number.
pub fn set_errno(errno: Errno) {
    // SAFETY: takes a number.
    unsafe { raw::rumpuser_seterrno(errno.number()) }
}

/// Ends the host process. `None` is the kernel's own panic (`RUMPUSER_PANIC`).
pub fn exit(code: Option<i32>) -> ! {
    // SAFETY: takes a number and does not come back.
    unsafe { raw::rumpuser_exit(code.unwrap_or(-1)) }
}

/// Sends a NetBSD signal to a host process; `None` is this one.
///
/// # Errors
/// The host's errno.
pub fn kill(process: Option<i64>, signal: i32) -> Result<()> {
    // SAFETY: takes numbers.
    Errno::check(unsafe { raw::rumpuser_kill(process.unwrap_or(-1), signal) })
}

/// Fills `buffer` with random bytes from the host.
///
/// # Errors
/// The host's errno when it has none to give.
pub fn random(buffer: &mut [u8]) -> Result<()> {
    let mut filled = 0;
    while filled < buffer.len() {
        let rest = &mut buffer[filled..];
        let mut count = 0;
        // SAFETY: the pointer and length are those of a live, exclusive slice.
        let code = unsafe { raw::rumpuser_getrandom(rest.as_mut_ptr().cast(), rest.len(), 0, &mut count) };
        Errno::check(code)?;
        filled += count.min(rest.len());
    }
    Ok(())
}

/// Detaches the host process from its terminal (`rump_daemonize_begin`).
///
/// # Errors
/// The host's errno.
pub fn daemonize_begin() -> Result<()> {
    // SAFETY: no arguments.
    Errno::check(unsafe { raw::rumpuser_daemonize_begin() })
}

/// Tells the waiting parent how the start went (`rump_daemonize_done`).
///
/// # Errors
/// The host's errno.
pub fn daemonize_done(error: i32) -> Result<()> {
    // SAFETY: takes a number.
    Errno::check(unsafe { raw::rumpuser_daemonize_done(error) })
}

/// Tells the host which lwp the calling thread runs, for its own lock ownership records.
pub fn note_current_lwp(lwp: *const c_void, set: bool) {
    const SET: c_int = 2;
    const CLEAR: c_int = 3;
    // SAFETY: the host keeps the address as a token and never follows it.
    unsafe { raw::rumpuser_curlwpop(if set { SET } else { CLEAR }, lwp.cast_mut()) }
}

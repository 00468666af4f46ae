//! Where the original's core and its proxy for remote clients meet.

use crate::abi::hypervisor::UPCALLS;
use crate::errno::Errno;
use core::ffi::{c_char, c_int, c_long, c_void};

/// Copies between the kernel and a client: context, from, to, length.
type Copy = extern "C" fn(*mut c_void, *const c_void, *mut c_void, usize) -> c_int;
/// The same for strings: the length is that of the place, and becomes the string's.
type CopyString = extern "C" fn(*mut c_void, *const c_void, *mut c_void, *mut usize) -> c_int;

/// `struct rump_sysproxy_ops`.
#[repr(C)]
pub struct Operations {
    copy_in: Copy,
    copy_in_string: CopyString,
    copy_out: Copy,
    copy_out_string: CopyString,
    map_anonymous: extern "C" fn(*mut c_void, usize, *mut *mut c_void) -> c_int,
    raise: extern "C" fn(*mut c_void, c_int) -> c_int,
    finish: extern "C" fn(*mut c_void),
    process: extern "C" fn() -> i32,
    system_call: extern "C" fn(c_int, *mut c_void, *mut c_long) -> c_int,
    fork: extern "C" fn(*mut c_void, c_int, *const c_char) -> c_int,
    lwp_exit: extern "C" fn(),
    note_exec: extern "C" fn(*const c_char),
}

/// What goes to clients is `ENXIO`: nothing here has any. What comes from them is what the host is given, too.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static rump_sysproxy_ops: Operations = Operations {
    copy_in: no_copy,
    copy_in_string: no_string,
    copy_out: no_copy,
    copy_out_string: no_string,
    map_anonymous: no_memory,
    raise: no_signal,
    finish: no_client,
    process: UPCALLS.getpid,
    system_call: UPCALLS.syscall,
    fork: UPCALLS.lwproc_rfork,
    lwp_exit: UPCALLS.lwpexit,
    note_exec: UPCALLS.execnotify,
};

extern "C" fn no_copy(_client: *mut c_void, _from: *const c_void, _to: *mut c_void, _length: usize) -> c_int {
    Errno::ENXIO.number()
}

extern "C" fn no_string(
    _client: *mut c_void,
    _from: *const c_void,
    _to: *mut c_void,
    _length: *mut usize,
) -> c_int {
    Errno::ENXIO.number()
}

extern "C" fn no_memory(_client: *mut c_void, _length: usize, _memory: *mut *mut c_void) -> c_int {
    Errno::ENXIO.number()
}

extern "C" fn no_signal(_client: *mut c_void, _signal: c_int) -> c_int {
    Errno::ENXIO.number()
}

/// There is no client to part from.
extern "C" fn no_client(_client: *mut c_void) {}

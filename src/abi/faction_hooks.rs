//! What component vfs does for C components of other factions: variables that hold its functions, as the original has them
//! (`int (*rump_vfs_makeonedevnode)(...)` and others). The header is rump/rump_faction.h.
//!
//! They are the process's, as loaded components are. Until component vfs starts they hold functions that do nothing and
//! succeed, since there is nowhere to make a node, or that answer `ENOSYS`. Only C calls through them: what a C component
//! puts into one, this kernel does not call.

use super::inside;
use crate::errno::Errno;
use core::ffi::{c_char, c_int, c_void};
use core::sync::atomic::{AtomicPtr, Ordering};

/// Makes a device node of a type (`S_IFBLK`, `S_IFCHR`), with a path, a major and a minor number.
pub type MakeNode = unsafe extern "C" fn(u64, *const c_char, i32, i32) -> c_int;
/// As [`MakeNode`], several: the path's end, the first node's last character, and the first minor number.
pub type MakeNodes = unsafe extern "C" fn(u64, *const c_char, c_char, i32, i32, c_int) -> c_int;
/// Makes a symbolic link: its target, and its path.
pub type MakeLink = unsafe extern "C" fn(*const c_char, *const c_char) -> c_int;
/// Gives pages back: how many.
pub type Drain = extern "C" fn(c_int);
/// Makes all files stable and unmounts them.
pub type Finish = extern "C" fn();
/// Of a process (`struct proc *`).
pub type OfProcess = extern "C" fn(*mut c_void);
type RegisterHostFile = unsafe extern "C" fn(*const c_char, *const c_char, c_int, u64, u64) -> c_int;
type RemoveHostFile = unsafe extern "C" fn(*const c_char) -> c_int;

extern "C" fn make_no_node(_type: u64, _path: *const c_char, _major: i32, _minor: i32) -> c_int {
    0
}

extern "C" fn make_no_nodes(
    _type: u64,
    _path: *const c_char,
    _first: c_char,
    _major: i32,
    _minor: i32,
    _count: c_int,
) -> c_int {
    0
}

extern "C" fn make_no_link(_target: *const c_char, _path: *const c_char) -> c_int {
    0
}

extern "C" fn drain_nothing(_pages: c_int) {}

extern "C" fn finish_nothing() {}

extern "C" fn no_process(_process: *mut c_void) {}

extern "C" fn register_nothing(_: *const c_char, _: *const c_char, _: c_int, _: u64, _: u64) -> c_int {
    Errno::ENOSYS.number()
}

extern "C" fn remove_nothing(_name: *const c_char) -> c_int {
    Errno::ENOSYS.number()
}

/// A variable of C that holds a function.
#[repr(transparent)]
pub struct Hook(AtomicPtr<c_void>);

const _: () = assert!(size_of::<Hook>() == 8);

impl Hook {
    const fn new(function: *mut c_void) -> Self {
        Self(AtomicPtr::new(function))
    }

    fn set(&self, function: *mut c_void) {
        self.0.store(function, Ordering::Release);
    }
}

// SAFETY, for all statics below: no other symbol has the name, and C knows the variable as a pointer to such a function.

/// `int (*)(dev_t type, const char *path, devmajor_t, devminor_t)`: makes a device node; one that is there already will do.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)] // the C interface names them, here and below
pub static rump_vfs_makeonedevnode: Hook = Hook::new(make_no_node as *mut c_void);

/// `int (*)(dev_t type, const char *path, char first, devmajor_t, devminor_t, int count)`: makes several, whose names end in
/// `first` and the characters after it.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static rump_vfs_makedevnodes: Hook = Hook::new(make_no_nodes as *mut c_void);

/// `int (*)(const char *target, const char *path)`: makes a symbolic link.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static rump_vfs_makesymlink: Hook = Hook::new(make_no_link as *mut c_void);

/// `void (*)(int pages)`: gives back so many pages of what is kept of files in memory.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static rump_vfs_drainbufs: Hook = Hook::new(drain_nothing as *mut c_void);

/// `void (*)(void)`: makes all files stable and unmounts what is mounted on the root file system.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static rump_vfs_fini: Hook = Hook::new(finish_nothing as *mut c_void);

/// `void (*)(struct proc *)`: gives a process the directories and the umask of the calling one; null is the calling one.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static rump_proc_vfs_init: Hook = Hook::new(no_process as *mut c_void);

/// `void (*)(struct proc *)`: takes a process out of its directories, back to the root; null is the calling process.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static rump_proc_vfs_release: Hook = Hook::new(no_process as *mut c_void);

/// `int (*)(const char *key, const char *path, enum rump_etfs_type, uint64_t begin, uint64_t size)`: as
/// `rump_etfs_register_withsize`.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static rump__etfs_register: Hook = Hook::new(register_nothing as *mut c_void);

/// `int (*)(const char *key)`: as `rump_etfs_remove`.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static rump__etfs_remove: Hook = Hook::new(remove_nothing as *mut c_void);

/// What component vfs puts into the variables.
pub struct FileFunctions {
    pub make_node: MakeNode,
    pub make_nodes: MakeNodes,
    pub make_link: MakeLink,
    pub drain: Drain,
    pub finish: Finish,
    pub start_process: OfProcess,
    pub end_process: OfProcess,
}

/// Component vfs has come: C components find its functions from now on.
pub fn install(functions: &FileFunctions) {
    rump_vfs_makeonedevnode.set(functions.make_node as *mut c_void);
    rump_vfs_makedevnodes.set(functions.make_nodes as *mut c_void);
    rump_vfs_makesymlink.set(functions.make_link as *mut c_void);
    rump_vfs_drainbufs.set(functions.drain as *mut c_void);
    rump_vfs_fini.set(functions.finish as *mut c_void);
    rump_proc_vfs_init.set(functions.start_process as *mut c_void);
    rump_proc_vfs_release.set(functions.end_process as *mut c_void);
    let register: RegisterHostFile = inside::rump_etfs_register_withsize;
    rump__etfs_register.set(register as *mut c_void);
    let remove: RemoveHostFile = inside::rump_etfs_remove;
    rump__etfs_remove.set(remove as *mut c_void);
}

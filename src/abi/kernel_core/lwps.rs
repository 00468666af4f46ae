//! Lwps by hand: which one the calling thread runs, and for how long.

use super::identities::rump_vmspace_local;
use crate::abi::{errno_of, kernel, lwproc};
use crate::errno::{Errno, Result};
use crate::host::console;
use crate::process::DescriptorInheritance;
use crate::sched::{self, Lwp};
use alloc::sync::Arc;
use core::ffi::{c_int, c_void};
use core::ptr::null_mut;
use core::sync::atomic::Ordering;

/// The lwp behind a handle, which another thread does not run.
pub(super) fn known_lwp(caller: &str, handle: *mut c_void) -> Option<Arc<Lwp>> {
    let lwp = kernel().and_then(|kernel| kernel.lwp_at(handle.addr()));
    let own = sched::with_current(|current| current.is_some_and(|lwp| core::ptr::eq(lwp, handle.cast())));
    match lwp {
        Some(lwp) if own || !lwp.is_running() => Some(lwp),
        Some(_) => {
            console::print(format_args!("{caller}: {handle:p} runs on another thread\n"));
            None
        }
        None => {
            console::print(format_args!("{caller}: {handle:p} is no lwp\n"));
            None
        }
    }
}

/// A new lwp of a process, which no thread runs yet; null makes a new process, a child of process 0 without descriptors. Null
/// when there is no such process, and when there is no memory.
#[unsafe(no_mangle)]
pub extern "C" fn rump__lwproc_alloclwp(process: *mut c_void) -> *mut c_void {
    crate::abi::in_kernel(|lwp| {
        let processes = &lwp.process.kernel.processes;
        if process.is_null() {
            return lwproc::new_process(&*processes.system()?, DescriptorInheritance::Clear);
        }
        processes.at(process.addr()).ok_or(Errno::ESRCH)?.new_lwp()
    })
    .map_or(null_mut(), |lwp| Arc::as_ptr(&lwp).cast_mut().cast())
}

/// The thread keeps its lwp until `rump__lwproc_lwprele` has been called once more than this. One that was lent to it for its stay
/// in the kernel is changed for one of its own, of process 1.
#[unsafe(no_mangle)]
pub extern "C" fn rump__lwproc_lwphold() {
    match sched::bound() {
        Some(lwp) => lwp.hold(),
        None => {
            if let Err(error) = lwproc::new_lwp(crate::process::ProcessTable::INIT) {
                console::print(format_args!("rump__lwproc_lwphold: {error}\n"));
            }
        }
    }
}

/// Gives up what [`rump__lwproc_lwphold`] or the making of the lwp asked for. The last time the lwp ends; until it leaves the
/// kernel the thread has one that is lent to it.
#[unsafe(no_mangle)]
pub extern "C" fn rump__lwproc_lwprele() {
    lwproc::release_inside();
}

/// Makes an lwp the calling thread's, which has none. Virtual CPUs stay where they are.
#[unsafe(no_mangle)]
pub extern "C" fn rump_lwproc_curlwp_set(handle: *mut c_void) {
    const NAME: &str = "rump_lwproc_curlwp_set";
    if let Some(lwp) = known_lwp(NAME, handle)
        && let Err(error) = sched::attach(&lwp)
    {
        console::print(format_args!("{NAME}: {error}\n"));
    }
}

/// Takes its lwp from the calling thread. A virtual CPU that it holds it goes on holding.
#[unsafe(no_mangle)]
pub extern "C" fn rump_lwproc_curlwp_clear(handle: *mut c_void) {
    const NAME: &str = "rump_lwproc_curlwp_clear";
    if let Some(lwp) = known_lwp(NAME, handle)
        && let Err(error) = sched::detach(&lwp)
    {
        console::print(format_args!("{NAME}: {error}\n"));
    }
}

/// The lwp that the calling thread runs, be it its own or lent.
#[unsafe(no_mangle)]
pub extern "C" fn rump_lwproc_curlwp_hypercall() -> *mut c_void {
    sched::with_current(|lwp| lwp.map_or(null_mut(), |lwp| core::ptr::from_ref(lwp).cast_mut().cast()))
}

/// As `rump_lwproc_rfork`, with the process's memory in `space`, which can only be `rump_vmspace_local`: `EOPNOTSUPP` for others.
#[unsafe(no_mangle)]
pub extern "C" fn rump_lwproc_rfork_vmspace(space: *mut c_void, flags: c_int) -> c_int {
    let fork = || -> Result<()> {
        if space != rump_vmspace_local.load(Ordering::Relaxed) {
            return Err(Errno::EOPNOTSUPP);
        }
        lwproc::rfork(flags)
    };
    errno_of(fork())
}

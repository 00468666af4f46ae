//! Processes and lwps for host threads (`rump_pub_lwproc_*`, rump_lwproc(3)).

use super::{errno_of, in_kernel, kernel};
use crate::errno::{Errno, Result};
use crate::host::console;
use crate::process::{DescriptorInheritance, Process};
use crate::sched::{self, Lwp};
use alloc::sync::Arc;
use core::ffi::{c_int, c_void};
use core::ptr::null_mut;
use core::sync::atomic::{AtomicI32, Ordering};

const COPY_DESCRIPTORS: c_int = 0x01;
const CLEAR_DESCRIPTORS: c_int = 0x02;

pub(super) fn rfork(flags: c_int) -> Result<()> {
    let inheritance = match flags {
        0 => DescriptorInheritance::Share,
        COPY_DESCRIPTORS => DescriptorInheritance::Copy,
        CLEAR_DESCRIPTORS => DescriptorInheritance::Clear,
        _ => return Err(Errno::EINVAL),
    };
    let lwp = in_kernel(|lwp| new_process(&lwp.process, inheritance))?;
    sched::bind(Some(&lwp));
    Ok(())
}

pub(super) fn new_process(parent: &Process, inheritance: DescriptorInheritance) -> Result<Arc<Lwp>> {
    let child = parent.fork(inheritance)?;
    child.new_lwp().inspect_err(|_| child.abandon())
}

pub(super) fn new_lwp(process: i32) -> Result<()> {
    let lwp = in_kernel(|lwp| lwp.process.kernel.processes.find(process)?.new_lwp())?;
    sched::bind(Some(&lwp));
    Ok(())
}

pub(super) fn current() -> *mut c_void {
    sched::bound().map_or(null_mut(), |lwp| Arc::as_ptr(&lwp).cast_mut().cast())
}

/// Runs `change`, and has a thread inside that was inside before.
fn stay_inside(change: impl FnOnce()) {
    let was_inside = sched::with_current(|lwp| lwp.is_some_and(Lwp::holds_cpu));
    let kernel = kernel().filter(|_| was_inside);
    change();
    // One that has kept an lwp is inside already.
    if let Some(kernel) = &kernel {
        sched::schedule(|| Some(kernel));
    }
}

/// As [`switch`]; a thread that was inside stays there, without an lwp of its own with one that is lent to it.
pub(super) fn switch_inside(handle: *mut c_void) {
    stay_inside(|| switch(handle));
}

pub(super) fn switch(handle: *mut c_void) {
    if handle.is_null() {
        sched::bind(None);
        return;
    }
    let Some(lwp) = kernel().and_then(|kernel| kernel.processes.lwp_at(handle.addr())) else {
        console::print(format_args!("rump_pub_lwproc_switch: {handle:p} is no lwp; nothing changed\n"));
        return;
    };
    if lwp.is_running() && current() != handle {
        console::print(format_args!("rump_pub_lwproc_switch: {handle:p} runs on another thread already\n"));
        return;
    }
    sched::bind(Some(&lwp));
}

/// As [`release`], and the thread stays inside, if it was, with an lwp that is lent to it.
pub(super) fn release_inside() {
    stay_inside(release);
}

pub(super) fn release() {
    let Some(lwp) = sched::bound() else {
        console::print(format_args!("rump_pub_lwproc_releaselwp: the thread has no lwp\n"));
        return;
    };
    if lwp.give_up_hold() {
        return;
    }
    // What ends with a process may block, so it ends inside the kernel, while the thread still has an lwp to sleep with.
    let ended = in_kernel(|lwp| {
        lwp.process.remove_lwp(lwp);
        Ok(())
    });
    debug_assert!(ended.is_ok());
    sched::bind(None);
    // The last reference may be to a working directory as well: it goes inside, too.
    let dropped = in_kernel(move |_| {
        drop(lwp);
        Ok(())
    });
    debug_assert!(dropped.is_ok());
}

#[unsafe(no_mangle)]
pub extern "C" fn rump_pub_lwproc_rfork(flags: c_int) -> c_int {
    errno_of(rfork(flags))
}

#[unsafe(no_mangle)]
pub extern "C" fn rump_pub_lwproc_newlwp(process: i32) -> c_int {
    errno_of(new_lwp(process))
}

#[unsafe(no_mangle)]
pub extern "C" fn rump_pub_lwproc_switch(lwp: *mut c_void) {
    switch(lwp);
}

#[unsafe(no_mangle)]
pub extern "C" fn rump_pub_lwproc_releaselwp() {
    release();
}

#[unsafe(no_mangle)]
pub extern "C" fn rump_pub_lwproc_curlwp() -> *mut c_void {
    current()
}

/// A program has to set it before it calls [`rump_pub_lwproc_sysent_usenative`].
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static rump_i_know_what_i_am_doing_with_sysents: AtomicI32 = AtomicI32::new(0);

/// Has the calling process make NetBSD's system calls, not those of an emulation. There are no emulations here: it does.
#[unsafe(no_mangle)]
pub extern "C" fn rump_pub_lwproc_sysent_usenative() {
    if rump_i_know_what_i_am_doing_with_sysents.load(Ordering::Relaxed) == 0 {
        console::print(format_args!(
            "rump_pub_lwproc_sysent_usenative: rump_i_know_what_i_am_doing_with_sysents is not set\n"
        ));
    }
}

/// Has the calling thread's process and lwp tell other numbers about themselves, as p2k wants those of the host's process for
/// which it works. They are found under their own all the same.
#[unsafe(no_mangle)]
pub extern "C" fn rump_pub_allbetsareoff_setid(process: i32, lwp: c_int) {
    // There is nobody to give an error to: before `rump_init` there is no process.
    let _ = in_kernel(|current| {
        current.process.told_id.store(process, Ordering::Relaxed);
        current.told_id.store(lwp, Ordering::Relaxed);
        Ok(())
    });
}

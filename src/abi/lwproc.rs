//! Processes and lwps for host threads (`rump_pub_lwproc_*`, rump_lwproc(3)).

use super::{errno_of, in_kernel, kernel};
use crate::errno::{Errno, Result};
use crate::host::console;
use crate::process::{DescriptorInheritance, Process};
use crate::sched::{self, Lwp};
use alloc::sync::Arc;
use core::ffi::{c_int, c_void};
use core::ptr::null_mut;

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

fn new_process(parent: &Process, inheritance: DescriptorInheritance) -> Result<Arc<Lwp>> {
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

pub(super) fn release() {
    let Some(lwp) = sched::bound() else {
        console::print(format_args!("rump_pub_lwproc_releaselwp: the thread has no lwp\n"));
        return;
    };
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

//! For the host half of a kernel component (`include/rump/rumpuser_component.h`): a virtual network
//! interface, say, that has its own host threads.

use core::ffi::{c_int, c_void};
use core::ptr;

use crate::current_lwp::Lwp;
use crate::errno_translation::rumpuser__errtrans;
use crate::hypervisor::{release_virtual_cpu, take_virtual_cpu, with_virtual_cpu};

/// Leaves the kernel before a call that may block. The answer belongs to [`rumpuser_component_schedule`].
#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_component_unschedule() -> *mut c_void {
    ptr::without_provenance_mut(release_virtual_cpu(ptr::null_mut()) as isize as usize)
}

/// Comes back into the kernel.
#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_component_schedule(cookie: *mut c_void) {
    take_virtual_cpu(cookie.addr() as c_int, ptr::null_mut());
}

/// Makes the calling host thread a kernel thread, in process 0.
#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_component_kthread() {
    with_virtual_cpu(|upcalls| {
        if let Some(new_lwp) = upcalls.hyp_lwproc_newlwp {
            // SAFETY: the kernel's function, with a virtual CPU.
            unsafe { new_lwp(0) };
        }
    });
}

/// The kernel's context of the calling thread.
#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_component_curlwp() -> *mut Lwp {
    with_virtual_cpu(|upcalls| match upcalls.hyp_lwproc_curlwp {
        // SAFETY: the kernel's function, with a virtual CPU.
        Some(current) => unsafe { current() },
        None => ptr::null_mut(),
    })
}

/// Gives the calling thread another context.
///
/// # Safety
/// `lwp` is null or a context that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_component_switchlwp(lwp: *mut Lwp) {
    with_virtual_cpu(|upcalls| {
        if let Some(switch) = upcalls.hyp_lwproc_switch {
            // SAFETY: the caller's contract.
            unsafe { switch(lwp) };
        }
    });
}

/// Undoes [`rumpuser_component_kthread`], before the thread ends.
#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_component_kthread_release() {
    with_virtual_cpu(|upcalls| {
        if let Some(release) = upcalls.hyp_lwproc_release {
            // SAFETY: the kernel's function, with a virtual CPU.
            unsafe { release() };
        }
    });
}

/// The NetBSD number of a host errno; 0 stays 0.
#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_component_errtrans(host_errno: c_int) -> c_int {
    rumpuser__errtrans(host_errno)
}

//! Host threads.

use super::raw;
use crate::errno::{Errno, Result};
use alloc::boxed::Box;
use alloc::ffi::CString;
use core::ffi::c_void;
use core::ptr::null_mut;

type Body = Box<dyn FnOnce() + Send>;

extern "C" fn run(argument: *mut c_void) -> *mut c_void {
    // SAFETY: `argument` is the box that `create` leaked for this thread, given to it alone.
    let body = unsafe { Box::from_raw(argument.cast::<Body>()) };
    body();
    null_mut()
}

/// A thread that can be waited for.
pub struct JoinHandle(*mut c_void);

// SAFETY: the cookie is a token that any thread may hand to the host.
unsafe impl Send for JoinHandle {}
// SAFETY: as above.
unsafe impl Sync for JoinHandle {}

impl JoinHandle {
    /// Waits, without a virtual CPU, until the thread has ended.
    ///
    /// # Errors
    /// The host's errno.
    pub fn join(self) -> Result<()> {
        crate::sched::blocking(|| {
            // SAFETY: the cookie came from the host, and `self` is used up.
            Errno::check(unsafe { raw::rumpuser_thread_join(self.0) })
        })
    }
}

/// Starts a host thread. It begins without an lwp and without a virtual CPU.
///
/// # Errors
/// The host's errno (`EAGAIN` where it has no more threads).
pub fn create(name: &str, body: Body) -> Result<JoinHandle> {
    let name = CString::new(name).map_err(|_| Errno::EINVAL)?;
    let argument = Box::into_raw(Box::new(body));
    let mut cookie = null_mut();
    // SAFETY: the name ends in NUL and outlives the call; `argument` is owned by the new thread from here.
    let code =
        unsafe { raw::rumpuser_thread_create(run, argument.cast(), name.as_ptr(), 1, -1, -1, &mut cookie) };
    if code != 0 {
        // SAFETY: no thread was made, so the box is still ours.
        drop(unsafe { Box::from_raw(argument) });
    }
    Errno::check(code)?;
    Ok(JoinHandle(cookie))
}

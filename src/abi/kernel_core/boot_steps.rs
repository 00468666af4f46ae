//! The steps of the original's boot. `rump_init` makes a kernel as a whole; afterwards each step finds its work done, and says
//! so where there is no kernel yet.

use crate::abi::{boot, kernel};
use crate::host::{self, console};
use core::cell::UnsafeCell;
use core::ffi::{c_int, c_void};

/// As `rump_init`, under its former name.
#[unsafe(no_mangle)]
pub extern "C" fn rump__init() -> c_int {
    boot::rump_init()
}

fn done_by_boot(step: &str) {
    if kernel().is_none() {
        console::print(format_args!("{step}: rump_init does this, and has not been called\n"));
    }
}

/// Process 0 and its lwps are there.
#[unsafe(no_mangle)]
pub extern "C" fn rump_lwproc_init() {
    done_by_boot("rump_lwproc_init");
}

/// Virtual CPUs can be scheduled, as many as `RUMP_NCPU` says.
#[unsafe(no_mangle)]
pub extern "C" fn rump_scheduler_init(_cpus: c_int) {
    done_by_boot("rump_scheduler_init");
}

/// Lwps can sleep.
#[unsafe(no_mangle)]
pub extern "C" fn rump_tsleep_init() {
    done_by_boot("rump_tsleep_init");
}

/// Soft interrupts can be established.
#[unsafe(no_mangle)]
pub extern "C" fn rump_intr_init(_cpus: c_int) {
    done_by_boot("rump_intr_init");
}

/// Threads can be made.
#[unsafe(no_mangle)]
pub extern "C" fn rump_thread_init() {
    done_by_boot("rump_thread_init");
}

/// Threads that have been made run: they do as soon as they are there, be it one (`lwp`) or all (null).
#[unsafe(no_mangle)]
pub extern "C" fn rump_thread_allow(_lwp: *mut c_void) {
    done_by_boot("rump_thread_allow");
}

/// Random numbers come from the host.
#[unsafe(no_mangle)]
pub extern "C" fn rump_hyperentropy_init() {
    done_by_boot("rump_hyperentropy_init");
}

/// A `struct clockframe`, of 256 bytes at most.
#[repr(C, align(16))]
struct ClockFrame(UnsafeCell<[u8; 256]>);

// SAFETY: nothing in the kernel reads or writes the bytes.
unsafe impl Sync for ClockFrame {}

static CLOCK_FRAME: ClockFrame = ClockFrame(UnsafeCell::new([0; 256]));

/// What a clock interrupt interrupts: the kernel, and never a program. All bytes are zero.
#[unsafe(no_mangle)]
pub extern "C" fn rump_cpu_makeclockframe() -> *mut c_void {
    CLOCK_FRAME.0.get().cast()
}

/// Where the original's calls go whose part of the kernel is not there: it ends the process, and says why.
#[unsafe(no_mangle)]
pub extern "C" fn rump_kern_unavailable() -> ! {
    console::print(format_args!("rump kernel: an interface was called that is not there\n"));
    host::exit(None)
}

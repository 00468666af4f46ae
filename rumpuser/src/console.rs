//! Console output: characters of the kernel's console, debugging messages, and our own last words.

use core::ffi::{CStr, c_char, c_int, c_void};

unsafe extern "C" {
    // The crate libc does not declare this pair: a `va_list` argument is a pointer in the ABIs we support.
    fn vfprintf(stream: *mut libc::FILE, format: *const c_char, arguments: *mut c_void) -> c_int;
    static stderr: *mut libc::FILE;
    static stdout: *mut libc::FILE;
}

/// The half of `rumpuser_dprintf` that the assembly calls, with a `va_list` it has built.
///
/// # Safety
/// `format` is a C string that agrees with `arguments`, a valid `va_list`.
pub(crate) unsafe extern "C" fn print_formatted(format: *const c_char, arguments: *mut c_void) {
    // SAFETY: the caller's contract; `stderr` is the C library's stream.
    unsafe { vfprintf(stderr, format, arguments) };
}

/// Writes one character of the kernel's console to the host's standard output.
#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_putchar(character: c_int) {
    // SAFETY: stdio takes any value.
    unsafe { libc::putchar(character) };
}

/// Writes a line to the standard output, through the stream that `rumpuser_putchar` uses, and flushes it.
pub(crate) fn print_line(text: &CStr) {
    // SAFETY: `text` ends in a NUL; `stdout` is the C library's stream.
    unsafe {
        libc::puts(text.as_ptr());
        libc::fflush(stdout);
    }
}

/// Says what is wrong on the standard error and aborts: for contracts that the kernel has broken.
pub(crate) fn fatal(message: &str) -> ! {
    eprintln!("rumpuser: {message}");
    // SAFETY: always callable.
    unsafe { libc::abort() }
}

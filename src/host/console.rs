//! The console: what the kernel prints goes to the host character by character.

use super::raw;
use core::fmt;

/// Writes bytes to the host's console.
pub fn write(bytes: &[u8]) {
    for &byte in bytes {
        // SAFETY: takes a number.
        unsafe { raw::rumpuser_putchar(i32::from(byte)) }
    }
}

struct Console;

impl fmt::Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        write(text.as_bytes());
        Ok(())
    }
}

/// Prints a formatted message.
pub fn print(message: fmt::Arguments<'_>) {
    // The console has no errors to report.
    let _ = fmt::Write::write_fmt(&mut Console, message);
}

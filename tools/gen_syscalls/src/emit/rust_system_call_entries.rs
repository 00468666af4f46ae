//! The table of system calls as C code of the kernel knows it (`struct sysent`).

use std::fmt::Write;

use crate::Master;

/// Rows of the table.
const ROWS: usize = 512;

/// `SYCALL_NOSYS`: there is no such call.
const NO_CALL: u32 = 0x200_0000;

/// An array expression of Rust, to be `include!`d where `SystemCallEntry::new(arguments, flags, call)` is known, and
/// `row::<NUMBER>` is what is called. Calls that no program can make are none here.
pub fn rust_system_call_entries(master: &Master) -> String {
    let rows = master.kernel_rows();
    let mut out = String::from("[\n");
    for number in 0..ROWS {
        let row = rows.iter().find(|row| row.number == number);
        let prototype = row.filter(|row| row.rump).and_then(|row| row.prototype());
        let arguments = prototype.map_or(0, |prototype| prototype.arguments.len());
        let flags = if prototype.is_some() { 0 } else { NO_CALL };
        let _ = writeln!(out, "    SystemCallEntry::new({arguments}, {flags:#x}, row::<{number}>),");
    }
    out.push_str("]\n");
    out
}

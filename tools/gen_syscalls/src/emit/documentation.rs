//! The table of system calls for readers.

use std::fmt::Write;

use crate::{Kind, Master, Row};

/// How far a system call works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// As NetBSD's manual says.
    Supported,
    /// In part; the reason says what is missing.
    Partial(String),
    /// Not at all; the reason says why.
    Unsupported(String),
}

/// The Markdown text of docs/syscalls.md: one row for each number with a call, as `status` judges it.
pub fn documentation(master: &Master, status: &dyn Fn(&Row) -> Status) -> String {
    let rows: Vec<_> = master.kernel_rows().into_iter().filter(|row| row.prototype().is_some()).collect();
    let judged: Vec<_> = rows.iter().map(|row| (*row, status(row))).collect();
    let mut out = String::from("# System calls\n\n");
    let count = |wanted: fn(&Status) -> bool| judged.iter().filter(|(_, status)| wanted(status)).count();
    let _ = writeln!(
        out,
        "Of {} system calls {} are supported, {} in part and {} not. An entry point is the symbol that\n\
         `rump_sys_*` in `<rump/rump_syscalls.h>` stands for; calls without one are reached by number.\n",
        judged.len(),
        count(|status| matches!(status, Status::Supported)),
        count(|status| matches!(status, Status::Partial(_))),
        count(|status| matches!(status, Status::Unsupported(_))),
    );
    out.push_str("| Number | Name | Entry point | Status | Reason |\n| ---: | --- | --- | --- | --- |\n");
    for (row, status) in &judged {
        line(&mut out, row, status);
    }
    out
}

fn line(out: &mut String, row: &Row, status: &Status) {
    let name = row.system_call_name().unwrap_or_default();
    let symbol = row.symbol().map(|symbol| format!("`{symbol}`")).unwrap_or_default();
    let (word, reason) = match status {
        Status::Supported => ("supported", ""),
        Status::Partial(reason) => ("partial", reason.as_str()),
        Status::Unsupported(reason) => ("unsupported", reason.as_str()),
    };
    let era = match row.kind {
        Kind::Compat(43) => "; as in 4.3BSD".to_owned(),
        Kind::Compat(release) => format!("; as up to NetBSD {}.{}", release / 10, release % 10),
        _ => String::new(),
    };
    let reason = format!("{reason}{era}");
    let reason = reason.trim_start_matches("; ").replace('|', "\\|").replace('\n', " ");
    let _ = writeln!(out, "| {} | `{name}` | {symbol} | {word} | {reason} |", row.number);
}

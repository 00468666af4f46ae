//! `print_syscalls [--write]`: compares docs/syscalls.md with what the kernel does; `--write` brings it up to date.
//!
//! A call is supported when a component registers a handler for it. What a handler leaves out it says in
//! [`rump::syscalls::PARTIAL`].

use gen_syscalls::Row;
use gen_syscalls::emit::{self, Status};
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};
// The kernel's hypercalls; nothing here calls them.
use rumpuser as _;

/// What the calls of sockets have in common.
const SOCKET_CALLS: [&str; 18] = [
    "accept",
    "bind",
    "connect",
    "getpeername",
    "getsockname",
    "getsockopt",
    "listen",
    "paccept",
    "recvfrom",
    "recvmmsg",
    "recvmsg",
    "sendmmsg",
    "sendmsg",
    "sendto",
    "setsockopt",
    "shutdown",
    "socket",
    "socketpair",
];

/// Why a call has no handler.
fn absence(row: &Row) -> &'static str {
    match row.system_call_name().as_deref().map(|name| name.trim_start_matches('_').trim_end_matches("30")) {
        _ if !row.rump => "not one of a rump kernel's calls: ENOSYS",
        Some(name) if SOCKET_CALLS.contains(&name) => "sockets: needs a network component: ENOSYS",
        Some("nfssvc") => "needs an NFS server: ENOSYS",
        Some("quotactl") => "needs quotas: ENOSYS",
        _ => "no handler: ENOSYS",
    }
}

fn status(row: &Row) -> Status {
    let partial = rump::syscalls::PARTIAL;
    let reason = partial.iter().find(|(partial, _)| *partial == row.number).map(|(_, reason)| *reason);
    match (rump::syscall::is_registered(row.number), reason) {
        (true, None) => Status::Supported,
        (true, Some(reason)) => Status::Partial(reason.to_owned()),
        (false, reason) => Status::Unsupported(reason.unwrap_or_else(|| absence(row)).to_owned()),
    }
}

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let table = fs::read_to_string(root.join("syscalls.master")).expect("the table is part of the sources");
    let master = match gen_syscalls::parse_master("syscalls.master", &table) {
        Ok(master) => master,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    rump::syscalls::load();
    (vfs::COMPONENT.load)();
    (vfs_aio::COMPONENT.load)();
    let text = emit::documentation(&master, &status);
    let page = root.join("docs/syscalls.md");
    if fs::read_to_string(&page).is_ok_and(|found| found == text) {
        return ExitCode::SUCCESS;
    }
    if env::args().any(|argument| argument == "--write") {
        return match fs::write(&page, text) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{}: {error}", page.display());
                ExitCode::FAILURE
            }
        };
    }
    eprintln!("docs/syscalls.md is out of date: run `cargo run -p print_syscalls -- --write`");
    ExitCode::FAILURE
}

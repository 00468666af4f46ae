//! `print_syscalls [--write]`: compares docs/syscalls.md with what the kernel does; `--write` brings it up to date.
//!
//! A call is supported when a component registers a handler for it. What a handler leaves out it says in
//! [`rump::syscalls::PARTIAL`] or [`vfs::PARTIAL_SYSTEM_CALLS`].

use gen_syscalls::emit::{self, Status};
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};
// The kernel's hypercalls; nothing here calls them.
use rumpuser as _;

fn status(number: usize) -> Status {
    let partial = rump::syscalls::PARTIAL.iter().chain(vfs::PARTIAL_SYSTEM_CALLS);
    let reason = partial.into_iter().find(|(partial, _)| *partial == number).map(|(_, reason)| *reason);
    match (rump::syscall::is_registered(number), reason) {
        (true, None) => Status::Supported,
        (true, Some(reason)) => Status::Partial(reason.to_owned()),
        (false, reason) => Status::Unsupported(reason.unwrap_or("no handler: ENOSYS").to_owned()),
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

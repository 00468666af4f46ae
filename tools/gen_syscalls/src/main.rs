//! `gen_syscalls [--write] [ROOT]`: compares the generated C headers and export lists under ROOT (default: the current folder) with
//! syscalls.master and vnode_if.src; `--write` brings them up to date.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use gen_syscalls::{emit, parse_master, parse_vnode_if};

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let (flags, paths): (Vec<_>, Vec<_>) = arguments.iter().partition(|argument| argument.starts_with('-'));
    let write = flags.iter().any(|flag| *flag == "--write");
    if flags.iter().any(|flag| *flag != "--write") || paths.len() > 1 {
        eprintln!("usage: gen_syscalls [--write] [ROOT]");
        return ExitCode::from(2);
    }
    let root = paths.first().map_or_else(|| PathBuf::from("."), PathBuf::from);
    match run(&root, write) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("gen_syscalls: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Whether all files were up to date, or are now.
fn run(root: &Path, write: bool) -> Result<bool, String> {
    let master = parse_master("syscalls.master", &read(&root.join("syscalls.master"))?);
    let interface = parse_vnode_if("vnode_if.src", &read(&root.join("vnode_if.src"))?);
    let (master, interface) = (master.map_err(|e| e.to_string())?, interface.map_err(|e| e.to_string())?);
    let files = [
        ("include/rump/rump_syscalls.h", emit::c_system_calls_header(&master)),
        ("include/rump/rumpvnode_if.h", emit::c_vnode_header(&interface)),
        ("include/rump/rumpvnode_args.h", emit::c_vnode_tables_header(&interface)),
        ("abi/librump.generated", emit::system_call_exports(&master)),
        ("abi/librumpvfs.generated", emit::vnode_exports(&interface)),
    ];
    let mut fresh = true;
    for (name, text) in files {
        let path = root.join(name);
        if fs::read_to_string(&path).is_ok_and(|found| found == text) {
            continue;
        }
        if write {
            fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
            println!("wrote {name}");
        } else {
            println!("{name} is out of date");
            fresh = false;
        }
    }
    Ok(fresh)
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

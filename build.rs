//! Runs the generator over the system call table.

use std::path::Path;
use std::{env, fs, process};

fn main() {
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let table = Path::new(&root).join("syscalls.master");
    println!("cargo::rerun-if-changed={}", table.display());
    let text = fs::read_to_string(&table).expect("syscalls.master is part of the sources");
    let master = gen_syscalls::parse_master("syscalls.master", &text).unwrap_or_else(|error| {
        eprintln!("{error}");
        process::exit(1);
    });
    let out = env::var("OUT_DIR").expect("cargo sets it");
    let write = |name: &str, text: String| {
        fs::write(Path::new(&out).join(name), text).expect("OUT_DIR can be written to");
    };
    write("system_calls.rs", gen_syscalls::emit::rust_system_calls(&master));
    write("system_call_entries.rs", gen_syscalls::emit::rust_system_call_entries(&master));
    write("stubs.rs", gen_syscalls::emit::rust_stubs(&master));
}

//! Runs the generator over the vnode operations.

use std::path::Path;
use std::{env, fs, process};

fn main() {
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let table = Path::new(&root).join("../../vnode_if.src");
    println!("cargo::rerun-if-changed={}", table.display());
    let text = fs::read_to_string(&table).expect("vnode_if.src is part of the sources");
    let interface = gen_syscalls::parse_vnode_if("vnode_if.src", &text).unwrap_or_else(|error| {
        eprintln!("{error}");
        process::exit(1);
    });
    let out = env::var("OUT_DIR").expect("cargo sets it");
    let write = |name: &str, text: String| {
        fs::write(Path::new(&out).join(name), text).expect("OUT_DIR can be written to");
    };
    write("operations.rs", gen_syscalls::emit::rust_vnode_operations(&interface));
    write("stubs.rs", gen_syscalls::emit::rust_vnode_stubs(&interface));
    write("vectors.rs", gen_syscalls::emit::rust_vnode_tables(&interface));
}

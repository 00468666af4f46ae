//! The library's name, the host library that it needs, and nothing of the C start-up files: the kernel has no libc.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

fn main() {
    // An empty library of the right name is enough to record the need; any librumpuser.so.0 will do at run time.
    let out = env::var("OUT_DIR").expect("cargo sets it");
    let source = Path::new(&out).join("empty.c");
    let library = Path::new(&out).join("librumpuser.so");
    fs::write(&source, "").expect("OUT_DIR can be written to");
    let status = Command::new("cc")
        .args(["-shared", "-nostdlib", "-Wl,-soname,librumpuser.so.0", "-o"])
        .args([&library, &source])
        .status()
        .expect("a C compiler is installed");
    assert!(status.success(), "cc could not make the empty librumpuser.so");
    for argument in [
        "-Wl,-soname,librump.so.0",
        "-Wl,-Bsymbolic-functions",
        "-nostartfiles",
        "-nodefaultlibs",
        "-Wl,--no-as-needed",
        &library.display().to_string(),
    ] {
        println!("cargo::rustc-link-arg={argument}");
    }
    println!("cargo::rerun-if-changed=build.rs");
}

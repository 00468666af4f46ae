//! What the build scripts of `so/*` have in common.
//!
//! Between the kernel's libraries Rust types cross, so all of them must come from one build. librump exports a symbol whose
//! name holds a hash of all that decides the layout; a component refers to it, and one from another build does not load.

#![forbid(unsafe_code)]

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// For `librump.so`: records the need of the host library and writes the stamp (`OUT_DIR/stamp.rs`).
///
/// # Panics
/// When the C compiler cannot be run or a source cannot be read: the build ends there.
pub fn core_library() {
    link_flags("librump.so.0");
    let library = empty_host_library();
    for argument in ["-Wl,--no-as-needed", &library.display().to_string()] {
        println!("cargo::rustc-link-arg={argument}");
    }
    let stamp = stamp();
    write(
        "stamp.rs",
        &format!(
            "/// Says which build this is; components refer to it.\n\
             #[unsafe(no_mangle)]\npub static rump_abi_{stamp}: u8 = 1;\n"
        ),
    );
}

/// For a component's library: its name, and the registration of `component`, a path to its static
/// (`OUT_DIR/register.rs`).
///
/// # Panics
/// When a source cannot be read: the build ends there.
pub fn component_library(name: &str, component: &str) {
    link_flags(&format!("{name}.so.0"));
    let stamp = stamp();
    let module = name.strip_prefix("librump").unwrap_or(name);
    let module = module.strip_prefix("fs_").unwrap_or(module);
    let class = if name.starts_with("librumpfs_") || name == "librumpvfs" {
        "FILE_SYSTEM"
    } else if name.starts_with("librumpdev_") {
        "DRIVER"
    } else {
        "MISCELLANEOUS"
    };
    write(
        "register.rs",
        &REGISTRATION
            .replace("STAMP", &stamp)
            .replace("MODULE_NAME", module)
            .replace("CLASS", class)
            .replace("THE_COMPONENT", component),
    );
}

/// The registration of a component's library. The two symbols are the link set of one module that programs look for which
/// hand libraries over that they have loaded (`rump_pub_module_init`); statics of one section stay in the order of the text,
/// and scripts/check-abi checks that.
const REGISTRATION: &str = r#"
unsafe extern "C" { safe static rump_abi_STAMP: u8; }

/// Makes the loader refuse this library beside another build of librump.
#[used]
static SAME_BUILD: &u8 = &rump_abi_STAMP;

extern "C" fn command(command: core::ffi::c_int, _properties: *mut core::ffi::c_void) -> core::ffi::c_int {
    rump::abi::link_sets::command_component(&THE_COMPONENT, command)
}

static INFORMATION: rump::abi::link_sets::Information = rump::abi::link_sets::Information::of_component(
    c"MODULE_NAME",
    rump::module::Class::CLASS,
    command,
);

/// The link set's only entry.
// SAFETY: nothing else in this library is in that section.
#[unsafe(no_mangle)]
#[unsafe(link_section = "link_set_modules")]
#[allow(non_upper_case_globals)]
pub static __start_link_set_modules: [&rump::abi::link_sets::Information; 1] = [&INFORMATION];

/// The link set's end.
// SAFETY: as above.
#[unsafe(no_mangle)]
#[unsafe(link_section = "link_set_modules")]
#[allow(non_upper_case_globals)]
pub static __stop_link_set_modules: [&rump::abi::link_sets::Information; 0] = [];

extern "C" fn register() {
    rump::component::register_library(&THE_COMPONENT, &INFORMATION);
}

// SAFETY: the loader calls what this section lists, once.
#[used]
#[unsafe(link_section = ".init_array")]
static REGISTER: extern "C" fn() = register;
"#;

fn link_flags(soname: &str) {
    let soname = format!("-Wl,-soname,{soname}");
    for argument in
        [&*soname, "-Wl,-Bsymbolic-functions", "-Wl,-z,nodelete", "-nostartfiles", "-nodefaultlibs"]
    {
        println!("cargo::rustc-link-arg={argument}");
    }
}

fn write(name: &str, text: &str) {
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join(name), text).expect("OUT_DIR can be written to");
}

/// An empty library of the host library's name is enough to record the need of it.
fn empty_host_library() -> PathBuf {
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets OUT_DIR"));
    let (source, library) = (out.join("empty.c"), out.join("librumpuser.so"));
    fs::write(&source, "").expect("OUT_DIR can be written to");
    let status = Command::new("cc")
        .args(["-shared", "-nostdlib", "-Wl,-soname,librumpuser.so.0", "-o"])
        .args([&library, &source])
        .status()
        .expect("a C compiler, cc, is installed");
    assert!(status.success(), "cc could not make the empty librumpuser.so");
    library
}

/// A hash of the sources that define types which cross between libraries, the lock file and the compiler.
fn stamp() -> String {
    let manifest = env::var("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR");
    let root = Path::new(&manifest).join("../..");
    let mut files = vec![root.join("Cargo.lock"), root.join("Cargo.toml"), root.join("syscalls.master")];
    for folder in ["src", "components/vfs/src", "components/dev/src", "components/dev-disk/src"] {
        collect(&root.join(folder), &mut files);
        println!("cargo::rerun-if-changed={}", root.join(folder).display());
    }
    println!("cargo::rerun-if-changed={}", root.join("Cargo.lock").display());
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        fs::read(&file).expect("sources can be read").hash(&mut hasher);
    }
    let compiler = env::var("RUSTC").expect("cargo sets RUSTC");
    let version = Command::new(compiler).arg("-vV").output().expect("the compiler can be run");
    version.stdout.hash(&mut hasher);
    env::var("PROFILE").expect("cargo sets PROFILE").hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("source folders can be read") {
        let path = entry.expect("source folders can be read").path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}

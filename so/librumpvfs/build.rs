//! The library's name.

fn main() {
    for argument in ["-Wl,-soname,librumpvfs.so.0", "-Wl,-Bsymbolic-functions", "-nostartfiles", "-nodefaultlibs"] {
        println!("cargo::rustc-link-arg={argument}");
    }
}

//! Registers the components that RUMP_STATIC_COMPONENTS names; without it, all of them.

use std::path::Path;
use std::{env, fs};

/// Names, as the shared libraries have them without `librump`, and what they bring in.
const COMPONENTS: &[(&str, &str, Option<&str>)] = &[
    ("vfs", "vfs_edge::COMPONENT", Some("vfs_edge")),
    ("vfs_aio", "vfs_aio::COMPONENT", None),
    ("fs_ffs", "fs_ffs::COMPONENT", None),
    ("fs_tmpfs", "fs_tmpfs::COMPONENT", None),
    ("dev", "dev::COMPONENT", Some("dev_edge")),
    ("dev_disk", "dev_disk::COMPONENT", None),
    ("dev_md", "dev_md::COMPONENT", None),
    ("dev_vnd", "dev_vnd::COMPONENT", None),
    ("dev_cgd", "dev_cgd::COMPONENT", None),
    ("dev_rnd", "dev_rnd::COMPONENT", None),
];

fn main() {
    println!("cargo::rerun-if-env-changed=RUMP_STATIC_COMPONENTS");
    let all: Vec<_> = COMPONENTS.iter().map(|(name, ..)| *name).collect();
    let chosen = env::var("RUMP_STATIC_COMPONENTS").unwrap_or_else(|_| all.join(" "));
    let mut text = String::new();
    for name in chosen.split_whitespace() {
        let known = COMPONENTS.iter().find(|(known, ..)| *known == name);
        let Some((_, component, edge)) = known else {
            panic!("there is no component {name}; there are: {}", all.join(" "))
        };
        if let Some(edge) = edge {
            text += &format!("extern crate {edge} as _;\n");
        }
        let upper = name.to_uppercase();
        text += &format!(
            "extern \"C\" fn register_{name}() {{ rump::component::register(&{component}); }}\n\
             #[used]\n\
             // SAFETY: the program's start code calls what this section lists, once.\n\
             #[unsafe(link_section = \".init_array\")]\n\
             static REGISTER_{upper}: extern \"C\" fn() = register_{name};\n"
        );
    }
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join("register.rs"), text).expect("OUT_DIR can be written to");
}

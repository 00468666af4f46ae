//! The library's name, link flags and registration.

fn main() {
    shared_library::component_library("librumpfs_ffs", "fs_ffs::COMPONENT");
}

//! The library's name, link flags and registration.

fn main() {
    shared_library::component_library("librumpfs_tmpfs", "fs_tmpfs::COMPONENT");
}

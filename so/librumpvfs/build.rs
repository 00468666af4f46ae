//! The library's name, link flags and registration.

fn main() {
    shared_library::component_library("librumpvfs", "vfs_edge::COMPONENT");
}

//! The library's name, link flags and registration.

fn main() {
    shared_library::component_library("librumpvfs_aio", "vfs_aio::COMPONENT");
}

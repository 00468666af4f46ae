//! The library's name, link flags and registration.

fn main() {
    shared_library::component_library("librumpdev_vnd", "dev_vnd::COMPONENT");
}

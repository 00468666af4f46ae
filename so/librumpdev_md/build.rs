//! The library's name, link flags and registration.

fn main() {
    shared_library::component_library("librumpdev_md", "dev_md::COMPONENT");
}

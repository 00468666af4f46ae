//! The library's name, link flags and registration.

fn main() {
    shared_library::component_library("librumpdev_rnd", "dev_rnd::COMPONENT");
}

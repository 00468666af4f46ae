//! The library's name, link flags and build stamp.

fn main() {
    shared_library::core_library();
}

#![no_std]
//! `librumpvfs.so`: registers component vfs when the library is loaded.

extern crate rump_so as _;

#[used]
// SAFETY: the host's loader calls what this section lists, once, with no arguments that matter here.
#[unsafe(link_section = ".init_array")]
static REGISTER: extern "C" fn() = register;

extern "C" fn register() {
    rump::component::register(&vfs::COMPONENT);
}

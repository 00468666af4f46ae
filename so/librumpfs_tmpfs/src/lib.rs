#![no_std]
//! `librumpfs_tmpfs.so`: registers component fs_tmpfs when the library is loaded.

extern crate rump_so as _;
extern crate rumpvfs_so as _;

#[used]
// SAFETY: the host's loader calls what this section lists, once, with no arguments that matter here.
#[unsafe(link_section = ".init_array")]
static REGISTER: extern "C" fn() = register;

extern "C" fn register() {
    rump::component::register(&fs_tmpfs::COMPONENT);
}

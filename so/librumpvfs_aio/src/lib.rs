#![no_std]
//! `librumpvfs_aio.so`: registers component vfs_aio when the library is loaded.

extern crate rump_so as _;

include!(concat!(env!("OUT_DIR"), "/register.rs"));

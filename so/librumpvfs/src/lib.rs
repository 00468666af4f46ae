#![no_std]
//! `librumpvfs.so`: registers component vfs when the library is loaded.

extern crate rump_so as _;

include!(concat!(env!("OUT_DIR"), "/register.rs"));

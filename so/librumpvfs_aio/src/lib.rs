#![no_std]
// The symbols of the link set are the C interface's.
#![allow(non_upper_case_globals)]
//! `librumpvfs_aio.so`: registers component vfs_aio when the library is loaded.

extern crate rump_so as _;

include!(concat!(env!("OUT_DIR"), "/register.rs"));

#![no_std]
// The symbols of the link set are the C interface's.
#![allow(non_upper_case_globals)]
//! `librumpvfs.so`: registers component vfs when the library is loaded.

extern crate rump_so as _;
extern crate vfs_edge as _;

include!(concat!(env!("OUT_DIR"), "/register.rs"));

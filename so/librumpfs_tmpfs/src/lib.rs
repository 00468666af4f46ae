#![no_std]
// The symbols of the link set are the C interface's.
#![allow(non_upper_case_globals)]
//! `librumpfs_tmpfs.so`: registers component fs_tmpfs when the library is loaded.

extern crate rump_so as _;
extern crate rumpvfs_so as _;

include!(concat!(env!("OUT_DIR"), "/register.rs"));

#![no_std]
//! `librumpfs_ffs.so`: registers component fs_ffs when the library is loaded.

extern crate rump_so as _;
extern crate rumpvfs_so as _;

include!(concat!(env!("OUT_DIR"), "/register.rs"));

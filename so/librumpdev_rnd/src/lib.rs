#![no_std]
//! `librumpdev_rnd.so`: registers component dev_rnd when the library is loaded.

extern crate rump_so as _;
extern crate rumpdev_so as _;
extern crate rumpvfs_so as _;

include!(concat!(env!("OUT_DIR"), "/register.rs"));

#![no_std]
//! `librumpdev_md.so`: registers component dev_md when the library is loaded.

extern crate rump_so as _;
extern crate rumpdev_disk_so as _;
extern crate rumpdev_so as _;
extern crate rumpvfs_so as _;

include!(concat!(env!("OUT_DIR"), "/register.rs"));

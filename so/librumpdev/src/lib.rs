#![no_std]
//! `librumpdev.so`: registers component dev when the library is loaded.

extern crate dev_edge as _;
extern crate rump_so as _;

include!(concat!(env!("OUT_DIR"), "/register.rs"));

#![no_std]
// The stamp's name is the C interface's.
#![allow(non_upper_case_globals)]
//! `librump.so`: the core, the allocator and the panic handler. Crates that several components use are in here as well,
//! so that there is one copy of each.

extern crate bitflags as _;
extern crate hashbrown as _;
extern crate rump;

mod runtime;

include!(concat!(env!("OUT_DIR"), "/stamp.rs"));

#![no_std]
//! `librump.a`: the core and chosen components in one archive.

extern crate rump;

#[path = "../../librump/src/runtime.rs"]
mod runtime;

include!(concat!(env!("OUT_DIR"), "/register.rs"));

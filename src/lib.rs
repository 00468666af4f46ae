#![no_std]
//! The core of a rump kernel.

pub mod errno;

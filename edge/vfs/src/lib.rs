#![no_std]
//! UNSAFE. The C edge of librumpvfs: vnode operations (`RUMP_VOP_*`), mounts (`rump_pub_vfs_*`), names and attributes, as
//! p2k and ukfs use them.
//!
//! `struct vnode *` is the address of a [`vfs::Vnode`]; each reference that C holds is one use of it. `struct mount *` is the
//! address of a [`vfs::Mount`], valid while it is mounted. Which operations lock, unlock and release what is in vnode_if.src;
//! debug builds check it around every call.

// The names are the C interface's, and so are the contracts.
#![allow(clippy::missing_safety_doc)]

extern crate alloc;
#[cfg(test)]
use rumpuser as _;

pub mod attributes;
mod buffer;
pub mod component_name;
pub mod file_system;
pub mod handles;
pub mod hooks;
pub mod inside;
mod knote;
mod operations;
mod page;
mod protocol;
mod vectors;

pub use hooks::COMPONENT;

/// The vnode operations of vnode_if.src.
#[allow(clippy::all)]
pub mod table {
    include!(concat!(env!("OUT_DIR"), "/operations.rs"));
}

#[allow(clippy::all)]
mod stubs {
    use crate::operations::enter_vnode_operation;
    use crate::table::VnodeOperation;
    include!(concat!(env!("OUT_DIR"), "/stubs.rs"));
}

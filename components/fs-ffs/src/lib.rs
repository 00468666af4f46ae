#![no_std]
#![forbid(unsafe_code)]
//! Component fs_ffs: the Fast File System of the BSDs, UFS1 and UFS2, in both byte orders.
//!
//! ```text
//!   mounting        node        names                      the only parts that know the VFS
//!     |              |            |
//!   file   directory, directory_change   truncation        contents: page cache, entries, giving back
//!     |       |  directory_index                           the names of a directory in memory
//!     |       |                    |
//!   mapping ----------------- allocation                   a file's blocks; what is free
//!     |                            |
//!   dinode  directory_entry  cylinder_group  superblock  geometry  journal     the format: one structure a file
//!                                  |
//!                   stable_device, replayed_device         the device below
//! ```
//!
//! Lock order: the mount's rename lock; the lock for renames and directory removals; directories, by number; other nodes, by
//! number; the accounts (all allocation); single buffers.
//!
//! The format is described in fs(5) and in McKusick, Joy, Leffler, Fabry, "A Fast File System for UNIX" (1984).

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod allocation;
pub mod byte_order;
pub mod cylinder_group;
pub mod dinode;
pub mod directory;
pub mod directory_change;
pub mod directory_entry;
pub mod directory_index;
pub mod file;
pub mod geometry;
pub mod journal;
pub mod mapping;
pub mod mounting;
pub mod names;
pub mod node;
pub mod numbers;
pub mod replayed_device;
pub mod stable_device;
pub mod superblock;
pub mod truncation;
pub mod volume;

use alloc::sync::Arc;
use rump::component::{Component, Stage};
use rump::errno::Result;
use rump::kernel::Kernel;
use vfs::state::FileSystems;

/// The component.
pub static COMPONENT: Component =
    Component::new("fs_ffs", Stage::Driver, &["vfs"], || {}, start).with_stop(stop);

fn start(kernel: &Arc<Kernel>) -> Result<()> {
    FileSystems::of(kernel)?.register_type(Arc::new(mounting::FfsType::default()))
}

fn stop(kernel: &Arc<Kernel>) -> Result<()> {
    FileSystems::of(kernel)?.remove_type("ffs")
}

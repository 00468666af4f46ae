#![no_std]
#![forbid(unsafe_code)]
//! Component fs_ffs: the Fast File System of the BSDs, UFS1 and UFS2, in both byte orders.
//!
//! ```text
//!   mounting, reloading    node, release    names          the only parts that know the VFS, with unlocked_changes,
//!     |              |            |                        attributes/: extended attributes (UFS1)
//!   file   directory, directory_change   truncation        contents: page cache, entries, giving back
//!     |       |  directory_index                           the names of a directory in memory
//!     |       |                    |
//!   mapping -- relocation --- allocation                   a file's blocks; what is free
//!     |                            |
//!   volume                                                 what one file system has in memory
//!     |                            |
//!   format/                   journal/                     the structures on the disk; what a crash has left to do
//!                                  |
//!                            stable_device                 the device below
//! ```
//!
//! Lock order: the mount's rename lock; the lock for renames and directory removals; directories, by number; other nodes, by
//! number; the lock for moving ends of files; the accounts (all allocation); single buffers.
//!
//! Extended attributes (UFS1): the lock for starting them and making backing files; directories, as above. A node that no name
//! leads to and nobody uses; the slots of one backing file; that file's node, on whatever mount it is: backing files are in use,
//! so that nobody who holds one waits for a node that goes. The table of what is started is looked at under any of them, and
//! nothing is locked under it.
//!
//! The format is described in fs(5) and in McKusick, Joy, Leffler, Fabry, "A Fast File System for UNIX" (1984).

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod allocation;
mod attributes;
pub mod directory;
pub mod directory_change;
pub mod directory_index;
pub mod file;
pub mod format;
pub mod journal;
pub mod mapping;
pub mod mounting;
pub mod names;
pub mod node;
mod release;
mod reloading;
pub mod relocation;
pub mod stable_device;
pub mod truncation;
mod unlocked_changes;
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
    let ffs = mounting::FfsType::default();
    let slot_size = Arc::clone(&ffs.slot_size);
    FileSystems::of(kernel)?.register_type(Arc::new(ffs))?;
    attributes::control::add_sysctl(kernel, &slot_size)
}

fn stop(kernel: &Arc<Kernel>) -> Result<()> {
    FileSystems::of(kernel)?.remove_type("ffs")?;
    attributes::control::remove_sysctl(kernel)
}

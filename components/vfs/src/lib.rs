#![no_std]
#![forbid(unsafe_code)]
//! Component vfs: files, whatever file system they are on.
//!
//! ```text
//!   syscalls (open, stat, rename ...)      vnode_file (read, write, fcntl)
//!        |                                        |
//!      lookup  access  working_directory    advisory_lock  stream  special (devices, fifos)  device_switch
//!        |                                        |
//!      mount, mounting, state            vnode: VnodeOperations, FileSystem (traits)
//!                                                 |
//!           memory_fs (the root)   etfs (host files)   fs-ffs, fs-tmpfs ... (components)
//!                                                 |
//!                   page_cache, page_pool (file data)  buffer_cache (metadata)
//!                                                 |
//!                                          block_device (trait)
//! ```
//!
//! Lock order, outermost first: the mount lock, a mount's rename lock, a working directory, a file system's node locks
//! (directory before entry, else by number), a file's chunks of the page cache, a vnode table, a buffer's bytes, the buffer
//! cache's map, the page pool's list.

extern crate alloc;
#[cfg(test)]
extern crate std;
#[cfg(test)]
use rumpuser as _;

pub mod access;
pub mod advisory_lock;
pub mod attributes;
pub mod block_device;
pub mod block_io;
pub mod buffer_cache;
pub mod device_nodes;
pub mod device_switch;
mod directory_operations;
pub mod etfs;
mod event_counters;
pub mod extended_attributes;
pub mod file_system;
pub mod handle_lock;
mod handle_stream;
pub mod lookup;
pub mod memory_fs;
pub mod mount;
mod mounting;
mod name_cache;
mod notes;
pub mod page_cache;
pub mod page_pool;
mod record_lock;
mod renaming;
mod revocation;
mod root;
mod root_directory;
pub mod special;
pub mod state;
pub mod statvfs;
mod stream;
mod syncer;
mod syscalls;
mod sysctl;
pub mod vnode;
pub mod vnode_file;
mod vnode_table;
pub mod working_directory;

pub use attributes::{
    AttributeChange, Attributes, FileFlags, FileSystemStatistics, NewFile, TimeChange, VnodeKind,
};
pub use block_device::BlockDevice;
pub use device_switch::DeviceDriver;
pub use file_system::{FileHandle, FileSystem, FileSystemType, MountRequest};
pub use handle_stream::HandleWatch;
pub use mount::{Mount, MountFlags};
pub use mounting::{unmount, unmount_all};
pub use renaming::rename;
pub use revocation::revoke;
pub use root_directory::RootObserver;
pub use state::FileSystems;
pub use syscalls::{make_link_by_name, open_by_name, path_configuration, put_directory_entry};
pub use vnode::{Advice, DirectorySink, IoFlags, NewVnode, SyncScope, Vnode, VnodeOperations, VnodeRef};
pub use vnode_table::VnodeTable;

use rump::component::{Component, Stage};

/// The component.
pub static COMPONENT: Component = Component::new("vfs", Stage::Faction, &[], syscalls::load, root::start);

//! The sysctl tree: what a kernel tells about itself, and lets be changed, by name (sysctl(3), sysctl(7), sysctl(9)).
//!
//! ```text
//!   system call (syscalls/sysctl)
//!        |
//!   dispatch: find the node ──> lookup (a value)     query, describe (what there is)
//!        |                                            create, destroy (by programs)
//!   tree: nodes by number  <── components add theirs
//! ```
//!
//! Every kernel has a tree of its own. Handlers run without the tree's lock.

mod base;
mod change;
mod core_name;
mod describe;
mod dispatch;
mod event_counters;
mod file_list;
mod hardware;
mod kern;
mod lookup;
mod process;
mod process_list;
mod processor_time;
mod record;
mod secure_level;
mod tree;
mod user_counts;
mod value;

pub use dispatch::{Transfer, dispatch};
pub use tree::{Leaf, SysctlTree};
pub use value::{Call, Computed, Constant, Handler};

pub(crate) use base::populate;

/// Numbers of the top level (`CTL_*`).
pub mod top {
    pub const KERNEL: i32 = 1;
    pub const MEMORY: i32 = 2;
    pub const FILE_SYSTEMS: i32 = 3;
    pub const NETWORK: i32 = 4;
    pub const DEBUG: i32 = 5;
    pub const HARDWARE: i32 = 6;
    pub const MACHINE: i32 = 7;
    pub const USER: i32 = 8;
    pub const DEBUGGER: i32 = 9;
    pub const PROCESS: i32 = 10;
    pub const VENDOR: i32 = 11;
    pub const EMULATION: i32 = 12;
    pub const SECURITY: i32 = 13;
}

/// Numbers that ask for something about a node (`CTL_QUERY` and its kin).
mod operation {
    pub const QUERY: i32 = -2;
    pub const CREATE: i32 = -3;
    pub const DESTROY: i32 = -5;
    pub const MAP: i32 = -6;
    pub const DESCRIBE: i32 = -7;
}

/// What a node holds (`CTLTYPE_*`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Kind {
    Node = 1,
    Integer = 2,
    String = 3,
    Quad = 4,
    Structure = 5,
    Boolean = 6,
}

impl Kind {
    fn from_flags(flags: u32) -> Option<Self> {
        const KINDS: [Kind; 6] =
            [Kind::Node, Kind::Integer, Kind::String, Kind::Quad, Kind::Structure, Kind::Boolean];
        KINDS.into_iter().find(|kind| *kind as u32 == flags & 0xf)
    }
}

/// Properties of a node (`CTLFLAG_*`).
pub mod flags {
    pub const READ_ONLY: u32 = 0;
    pub const READ_WRITE: u32 = 0x70;
    /// The handler decides who may write.
    pub const ANYBODY_WRITES: u32 = 0x80;
    /// For the superuser only.
    pub const PRIVATE: u32 = 0x100;
    /// Cannot be destroyed.
    pub const PERMANENT: u32 = 0x200;
    /// The value was copied when the node was created.
    pub const OWN_DATA: u32 = 0x400;
    /// The value is in the node itself.
    pub const IMMEDIATE: u32 = 0x800;
    pub const HEXADECIMAL: u32 = 0x1000;
    pub const ROOT: u32 = 0x2000;
    /// Stands for all numbers from 0.
    pub const ANY_NUMBER: u32 = 0x4000;
    pub const HIDDEN: u32 = 0x8000;
    pub const OWN_DESCRIPTION: u32 = 0x4_0000;

    /// The version of the node structure, in its flags.
    pub(super) const VERSION: u32 = 0x0100_0000;
    pub(super) const VERSION_MASK: u32 = 0xff00_0000;
    pub(super) const MASK: u32 = 0x00ff_fff0;
    /// What programs may ask for.
    pub(super) const OF_PROGRAMS: u32 =
        READ_WRITE | ANYBODY_WRITES | PRIVATE | OWN_DATA | IMMEDIATE | HEXADECIMAL | HIDDEN;
}

/// Numbers in a name at most (`CTL_MAXNAME`).
pub const LONGEST_NAME: usize = 12;

/// Bytes of one node's name, with the NUL (`SYSCTL_NAMELEN`).
const NODE_NAME_SIZE: usize = 32;

#[cfg(test)]
mod tests;

//! The tree that every kernel starts with.

use super::tree::{Leaf, SysctlTree};
use super::value::{Call, Computed, Constant, Handler};
use super::{Kind, flags, hardware, kern, process, top};
use crate::errno::Result;
use alloc::sync::Arc;
use alloc::vec::Vec;

const TOP_LEVEL: [(i32, &str, u32, &str); 13] = [
    (top::KERNEL, "kern", 0, "The kernel: identity, limits, time"),
    (top::MEMORY, "vm", 0, "Memory"),
    (top::FILE_SYSTEMS, "vfs", 0, "File systems"),
    (top::NETWORK, "net", 0, "Networks"),
    (top::DEBUG, "debug", 0, "Debugging"),
    (top::HARDWARE, "hw", 0, "Processors, memory, devices"),
    (top::MACHINE, "machdep", 0, "What depends on the machine"),
    (top::USER, "user", 0, "What libraries know"),
    (top::DEBUGGER, "ddb", 0, "The debugger of the kernel"),
    (top::PROCESS, "proc", 0, "Processes, one by one"),
    (top::VENDOR, "vendor", flags::READ_WRITE, "For local additions"),
    (top::EMULATION, "emul", 0, "Binary compatibility"),
    (top::SECURITY, "security", 0, "Security models"),
];

/// Adds what the core knows.
///
/// # Errors
/// None but of a full memory: numbers and names differ.
pub(crate) fn populate(tree: &SysctlTree) -> Result<()> {
    for (number, name, extra_flags, description) in TOP_LEVEL {
        tree.add_node(&[], Some(number), name, extra_flags, description)?;
    }
    kern::add(tree)?;
    hardware::add(tree)?;
    process::add(tree)
}

/// Adds leaves below one node.
pub(super) struct Adder<'a> {
    pub tree: &'a SysctlTree,
    pub parent: &'a [i32],
}

/// In place of a number: any that is free.
pub(super) const ANY: i32 = -1;

impl Adder<'_> {
    /// An `int` that never changes.
    pub(super) fn constant(
        &self,
        number: i32,
        name: &'static str,
        value: i32,
        description: &'static str,
    ) -> Result<()> {
        let handler = Arc::new(Constant(value.to_ne_bytes().to_vec()));
        let place = (number, name);
        self.leaf(place, (Kind::Integer, 4), flags::IMMEDIATE, handler, description)
    }

    /// A string that never changes.
    pub(super) fn text(
        &self,
        number: i32,
        name: &'static str,
        value: &str,
        description: &'static str,
    ) -> Result<()> {
        let handler = Arc::new(Constant(value.into()));
        self.leaf((number, name), (Kind::String, value.len() + 1), flags::READ_ONLY, handler, description)
    }

    /// A value that a function knows.
    pub(super) fn computed(
        &self,
        place: (i32, &'static str),
        kind: (Kind, usize),
        get: fn(&Call<'_>) -> Result<Vec<u8>>,
        description: &'static str,
    ) -> Result<()> {
        self.leaf(place, kind, flags::READ_ONLY, Arc::new(Computed::read_only(get)), description)
    }

    /// A value that can be changed.
    pub(super) fn changeable(
        &self,
        place: (i32, &'static str),
        kind: (Kind, usize),
        value: Computed,
        description: &'static str,
    ) -> Result<()> {
        self.leaf(place, kind, flags::READ_WRITE, Arc::new(value), description)
    }

    fn leaf(
        &self,
        (number, name): (i32, &'static str),
        (kind, size): (Kind, usize),
        flags: u32,
        handler: Arc<dyn Handler>,
        description: &'static str,
    ) -> Result<()> {
        let number = (number != ANY).then_some(number);
        let leaf = Leaf { number, name, kind, size, flags, description, handler };
        self.tree.add(self.parent, leaf).map(drop)
    }
}

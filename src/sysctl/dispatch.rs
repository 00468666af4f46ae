//! From a name to what is to be done.

use super::tree::{Content, Node, Nodes, SysctlTree};
use super::value::{Call, Handler};
use super::{Kind, change, describe, flags, lookup, operation, record};
use crate::errno::{Errno, Result};
use crate::sched::Lwp;
use crate::user_memory::{AddressSpace, UserAddress};
use alloc::sync::Arc;

/// Where a program wants the old value, and has the new one.
pub struct Transfer {
    pub space: AddressSpace,
    /// Null: the size is wanted only.
    pub old: UserAddress,
    /// Bytes at `old`; afterwards the bytes that there were to say, whether they fitted or not.
    pub old_length: usize,
    pub new: Option<(UserAddress, usize)>,
}

impl Transfer {
    /// Gives as much of a value as there is room for.
    pub(super) fn give(&mut self, bytes: &[u8]) -> Result<()> {
        if !self.old.is_null() {
            let count = bytes.len().min(self.old_length);
            self.space.copy_out(bytes.get(..count).unwrap_or_default(), self.old)?;
        }
        self.old_length = bytes.len();
        Ok(())
    }

    /// Gives a node, whole or not at all.
    pub(super) fn give_node(&mut self, node: &Node) -> Result<()> {
        if !self.old.is_null() && self.old_length >= record::SIZE {
            self.space.copy_out(&record::encode(node), self.old)?;
        }
        self.old_length = record::SIZE;
        Ok(())
    }
}

/// What a name leads to.
enum Target {
    /// A value, and how many numbers of the name it took.
    Value { node: Node, handler: Arc<dyn Handler>, taken: usize },
    /// An operation of that number on the node before it.
    Operation(i32),
}

/// Does what a name asks for.
///
/// # Errors
/// `ENOENT` for a name that is not there; `ENOTDIR` for one that goes on behind a value; `EINVAL` for a node as a value, a bad
/// size or version; `EPERM` for who may not; `EOPNOTSUPP` for an unknown operation; what the node's handler says.
pub fn dispatch(tree: &SysctlTree, lwp: &Lwp, name: &[i32], transfer: &mut Transfer) -> Result<()> {
    let superuser = lwp.process.credentials().is_superuser();
    // Above that level nobody changes what there is.
    let changes = superuser && lwp.process.kernel.secure_level.allows_up_to(0).is_ok();
    let target = locate(&tree.nodes.read(), name, superuser)?;
    let parent = name.split_last().map_or(&[][..], |(_, parent)| parent);
    match target {
        Target::Value { node, handler, taken } => {
            let rest = name.get(taken..).unwrap_or_default();
            if node.kind == Kind::Node && rest == [operation::QUERY] {
                return query(&tree.nodes.read(), &node, transfer);
            }
            let room = (!transfer.old.is_null()).then_some(transfer.old_length);
            lookup::lookup(&node, &*handler, &Call { lwp, name, rest, room }, transfer)
        }
        Target::Operation(operation::QUERY) => {
            let nodes = tree.nodes.read();
            query(&nodes, nodes.find(parent)?, transfer)
        }
        Target::Operation(operation::CREATE) => change::create(tree, changes, parent, transfer),
        Target::Operation(operation::DESTROY) => change::destroy(tree, changes, parent, transfer),
        Target::Operation(operation::MAP) => map(&tree.nodes.read(), parent, transfer),
        Target::Operation(operation::DESCRIBE) => {
            describe::describe(tree, (superuser, changes), parent, transfer)
        }
        Target::Operation(_) => Err(Errno::EOPNOTSUPP),
    }
}

fn locate(nodes: &Nodes, name: &[i32], superuser: bool) -> Result<Target> {
    let mut node = &nodes.root;
    for (index, &number) in name.iter().enumerate() {
        if let Content::Value(handler) = &node.content {
            if node.kind != Kind::Node && !handler.takes_longer_names() {
                return Err(Errno::ENOTDIR);
            }
            return Ok(Target::Value { node: node.clone(), handler: Arc::clone(handler), taken: index });
        }
        if node.flags & flags::PRIVATE != 0 && !superuser {
            return Err(Errno::EPERM);
        }
        node = match node.child(number) {
            Some(child) => child,
            None if number < 0 && index + 1 == name.len() => return Ok(Target::Operation(number)),
            None => return Err(Errno::ENOENT),
        };
    }
    match &node.content {
        Content::Children(_) => Err(Errno::EINVAL),
        Content::Value(handler) => {
            Ok(Target::Value { node: node.clone(), handler: Arc::clone(handler), taken: name.len() })
        }
    }
}

/// Gives all nodes below one, as many as there is room for.
fn query(nodes: &Nodes, node: &Node, transfer: &mut Transfer) -> Result<()> {
    let request = record::Request::read(transfer.space, transfer.new)?;
    if request.version != 0 && request.version != node.version && request.version != nodes.root.version {
        return Err(Errno::EINVAL);
    }
    let mut total = 0;
    for child in node.children() {
        if !transfer.old.is_null() && transfer.old_length.saturating_sub(total) >= record::SIZE {
            transfer.space.copy_out(&record::encode(child), transfer.old.offset(total)?)?;
        }
        total += record::SIZE;
    }
    transfer.old_length = total;
    Ok(())
}

/// No node's value can be mapped.
fn map(nodes: &Nodes, parent: &[i32], transfer: &Transfer) -> Result<()> {
    let request = record::Request::read(transfer.space, transfer.new)?;
    nodes.find(parent)?.child(request.number).ok_or(Errno::ENOENT)?;
    Err(Errno::EOPNOTSUPP)
}

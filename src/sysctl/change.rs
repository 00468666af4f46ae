//! Nodes that programs create and destroy.

use super::dispatch::Transfer;
use super::record::{self, Request};
use super::tree::{Content, Node, Nodes, SysctlTree};
use super::value::Kept;
use super::{Kind, NODE_NAME_SIZE, flags, operation};
use crate::errno::{Errno, Result};
use crate::memory;
use crate::sync::SpinMutex;
use crate::user_memory::{AddressSpace, UserAddress};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Bytes of a value that programs may have kept.
const LARGEST_VALUE: u64 = 16 << 20;
/// Bytes of a string whose size is not given.
const LONGEST_STRING: usize = 32 * 4096;

/// Who may change what is below a node.
fn may_change(superuser: bool, parent: &Node) -> Result<()> {
    if superuser && parent.is_writable() { Ok(()) } else { Err(Errno::EPERM) }
}

/// Creates a node, gives it, and in place of it the one that it collides with.
///
/// # Errors
/// `EPERM` for who may not, or what only the kernel may have; `EEXIST`; `EINVAL` for a bad description; `ENOTDIR`; `ENOMEM`.
pub(super) fn create(
    tree: &SysctlTree,
    superuser: bool,
    path: &[i32],
    transfer: &mut Transfer,
) -> Result<()> {
    if transfer.new.is_none() {
        return Err(Errno::EINVAL);
    }
    let mut nodes = tree.nodes.write();
    let parent = nodes.find(path)?;
    may_change(superuser, parent)?;
    if parent.kind != Kind::Node {
        return Err(Errno::ENOTDIR);
    }
    let request = Request::read(transfer.space, transfer.new)?;
    let name = check_name(&request)?;
    if let Some(other) = collision(parent, &request, &name) {
        // It is an error already.
        let _ = transfer.give_node(other);
        return Err(Errno::EEXIST);
    }
    if request.version != 0 && request.version != parent.version && request.version != nodes.root.version {
        return Err(Errno::EINVAL);
    }
    let node = new_node(transfer.space, &request, name)?;
    let number = nodes.insert(path, node, request.number == operation::CREATE)?;
    let created = nodes.find(path)?.children().iter().find(|child| child.number == number);
    transfer.give_node(created.ok_or(Errno::ENOENT)?)
}

/// The name of a new node: letters, digits, `-` and `_`, no digit first.
fn check_name(request: &Request) -> Result<String> {
    let name = request.name();
    let is_allowed = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-' || *byte == b'_';
    let bad_number = request.number < 0 && request.number != operation::CREATE;
    let bad_length = name.is_empty() || name.len() == NODE_NAME_SIZE;
    let bad_start = name.first().is_some_and(u8::is_ascii_digit);
    if request.parent != 0 || bad_number || bad_length || bad_start || !name.iter().all(is_allowed) {
        return Err(Errno::EINVAL);
    }
    Ok(name.iter().map(|&byte| char::from(byte)).collect())
}

fn collision<'a>(parent: &'a Node, request: &Request, name: &str) -> Option<&'a Node> {
    parent.children().iter().find(|child| child.number == request.number || child.name == name)
}

fn new_node(space: AddressSpace, request: &Request, name: String) -> Result<Node> {
    let wanted = request.flags & flags::MASK;
    if request.function != 0 || wanted & !flags::OF_PROGRAMS != 0 {
        return Err(Errno::EPERM);
    }
    let kind = Kind::from_flags(request.flags).ok_or(Errno::EINVAL)?;
    let (owns, immediate) = (wanted & flags::OWN_DATA != 0, wanted & flags::IMMEDIATE != 0);
    if owns && immediate {
        return Err(Errno::EINVAL);
    }
    if immediate && !matches!(kind, Kind::Integer | Kind::Quad | Kind::Boolean) {
        return Err(Errno::EINVAL);
    }
    let (size, content) = if kind == Kind::Node {
        if request.size != 0 || request.content != 0 || request.children != 0 || owns {
            return Err(Errno::EINVAL);
        }
        (record::SIZE, Content::Children(Vec::new()))
    } else {
        let size = value_size(space, request, kind, owns)?;
        let bytes = initial_value(space, request, kind, size)?;
        let kept = Kept { bytes: SpinMutex::new(bytes), is_immediate: immediate };
        (size, Content::Value(Arc::new(kept)))
    };
    let number = request.number;
    Ok(Node { number, name, kind, flags: wanted, version: 0, size, description: None, content })
}

/// Bytes of the value: those of the kind, or those that the program gives.
fn value_size(space: AddressSpace, request: &Request, kind: Kind, owns: bool) -> Result<usize> {
    let fixed = match kind {
        Kind::Integer => 4,
        Kind::Quad => 8,
        Kind::Boolean => 1,
        Kind::Structure if request.size == 0 => return Err(Errno::EINVAL),
        Kind::String if request.size == 0 => {
            if owns && request.content == 0 {
                return Err(Errno::EINVAL);
            }
            let string = space.copy_in_string(UserAddress::new(request.content), LONGEST_STRING);
            return string.map(|string| string.len() + 1).map_err(|error| match error {
                Errno::ENAMETOOLONG => Errno::ERANGE,
                other => other,
            });
        }
        Kind::Structure | Kind::String | Kind::Node => request.size,
    };
    if request.size != 0 && request.size != fixed {
        return Err(Errno::EINVAL);
    }
    if fixed > LARGEST_VALUE {
        return Err(Errno::ENOMEM);
    }
    usize::try_from(fixed).map_err(|_| Errno::ENOMEM)
}

/// The value that a new node has. A program may not name memory of the kernel: the node keeps what it is to show.
fn initial_value(space: AddressSpace, request: &Request, kind: Kind, size: usize) -> Result<Vec<u8>> {
    if request.flags & flags::IMMEDIATE != 0 {
        return Ok(request.content.to_ne_bytes().get(..size).unwrap_or_default().to_vec());
    }
    if request.flags & flags::OWN_DATA == 0 {
        return Err(if request.content == 0 { Errno::EINVAL } else { Errno::EPERM });
    }
    let mut bytes = memory::zeroed(size)?.into_vec();
    if request.content != 0 {
        space.copy_in(UserAddress::new(request.content), &mut bytes)?;
    }
    if kind == Kind::String {
        let end = bytes.iter().take(size.saturating_sub(1)).position(|&byte| byte == 0);
        bytes.truncate(end.unwrap_or(size.saturating_sub(1)));
    }
    Ok(bytes)
}

/// Destroys a node and gives what it was.
///
/// # Errors
/// `EPERM` for who may not, or a node of the kernel's; `ENOENT`; `ENOTEMPTY`; `EINVAL` for a bad request.
pub(super) fn destroy(
    tree: &SysctlTree,
    superuser: bool,
    path: &[i32],
    transfer: &mut Transfer,
) -> Result<()> {
    if transfer.new.is_none() {
        return Err(Errno::EINVAL);
    }
    let mut nodes = tree.nodes.write();
    may_change(superuser, nodes.find(path)?)?;
    let request = Request::read(transfer.space, transfer.new)?;
    let number = destroyable(&nodes, path, &request)?;
    let node = nodes.take(path, number)?;
    transfer.give_node(&node)
}

fn destroyable(nodes: &Nodes, path: &[i32], request: &Request) -> Result<i32> {
    let is_meant = |node: &&Node| {
        node.number == request.number
            && (request.name().is_empty() || request.name() == node.name.as_bytes())
            && (request.version == 0 || request.version == node.version)
    };
    let node = nodes.find(path)?.children().iter().find(is_meant).ok_or(Errno::ENOENT)?;
    if node.flags & flags::PERMANENT != 0 {
        return Err(Errno::EPERM);
    }
    if !node.children().is_empty() {
        return Err(Errno::ENOTEMPTY);
    }
    Ok(node.number)
}

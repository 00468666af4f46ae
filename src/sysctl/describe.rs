//! What nodes are for, in words (`struct sysctldesc`).

use super::dispatch::Transfer;
use super::flags;
use super::record::Request;
use super::tree::{Node, SysctlTree};
use crate::errno::{Errno, Result};
use alloc::string::String;
use alloc::vec::Vec;

/// Bytes of a description, with the NUL and the structure's head.
const LONGEST: usize = 1024;
const HEAD: usize = 12;

/// Gives the descriptions of all nodes below one, or of one of them, which may get a new one thereby. The caller is the superuser
/// or not, and may change the tree or not.
///
/// # Errors
/// `ENOENT` when there is no such node; `EPERM` for who may not, or a description that is there; `EINVAL` for a bad request.
pub(super) fn describe(
    tree: &SysctlTree,
    (superuser, changes): (bool, bool),
    path: &[i32],
    transfer: &mut Transfer,
) -> Result<()> {
    let wanted = match transfer.new {
        None => None,
        Some(_) => {
            let request = Request::read(transfer.space, transfer.new)?;
            if !request.description.is_null() {
                set(tree, changes, path, &request, transfer)?;
            }
            Some(request.number)
        }
    };
    let nodes = tree.nodes.read();
    let mut total = 0;
    let mut room = transfer.old_length;
    let mut place = transfer.old;
    for node in nodes.find(path)?.children() {
        if wanted.is_some_and(|number| number != node.number) {
            continue;
        }
        if node.flags & flags::PRIVATE != 0 && !superuser {
            continue;
        }
        let bytes = encode(node);
        if !place.is_null() && room >= bytes.len() {
            transfer.space.copy_out(&bytes, place)?;
            place = place.offset(bytes.len())?;
            room -= bytes.len();
        }
        total += bytes.len();
    }
    if wanted.is_some() && total == 0 {
        return Err(Errno::ENOENT);
    }
    transfer.old_length = total;
    Ok(())
}

fn set(
    tree: &SysctlTree,
    may_change: bool,
    path: &[i32],
    request: &Request,
    transfer: &Transfer,
) -> Result<()> {
    if !may_change {
        return Err(Errno::EPERM);
    }
    let text = transfer.space.copy_in_string(request.description, LONGEST)?;
    let mut nodes = tree.nodes.write();
    let number = nodes.find(path)?.child(request.number).ok_or(Errno::ENOENT)?.number;
    let mut name = path.to_vec();
    name.push(number);
    let node = nodes.find_mut(&name)?;
    if request.version != 0 && request.version != node.version {
        return Err(Errno::EINVAL);
    }
    if node.flags & flags::PERMANENT != 0 || node.description.is_some() {
        return Err(Errno::EPERM);
    }
    node.description = Some(String::from_utf8_lossy(&text).into_owned());
    node.flags |= flags::OWN_DESCRIPTION;
    Ok(())
}

/// Number, version and length, then the text with its NUL, padded to whole words. What is too long is left out.
fn encode(node: &Node) -> Vec<u8> {
    let text = node.description.as_deref().filter(|text| text.len() < LONGEST - HEAD).unwrap_or_default();
    let length = text.len() + 1;
    let mut bytes = Vec::with_capacity(HEAD + length.next_multiple_of(4));
    bytes.extend_from_slice(&node.number.to_ne_bytes());
    bytes.extend_from_slice(&node.version.to_ne_bytes());
    bytes.extend_from_slice(&(length as u32).to_ne_bytes());
    bytes.extend_from_slice(text.as_bytes());
    bytes.resize(HEAD + length.next_multiple_of(4), 0);
    bytes
}

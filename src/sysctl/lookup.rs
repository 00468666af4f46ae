//! Reading and writing the value of a node.

use super::dispatch::Transfer;
use super::tree::Node;
use super::value::{Call, Handler};
use super::{Kind, flags};
use crate::errno::{Errno, Result};
use crate::memory;
use alloc::vec::Vec;

/// Gives the old value and takes the new one, as far as the node's flags allow it.
///
/// # Errors
/// `EPERM` for who may not, or a node that cannot be written; `EINVAL` for a new value of a bad size; the handler's.
pub(super) fn lookup(
    node: &Node,
    handler: &dyn Handler,
    call: &Call<'_>,
    transfer: &mut Transfer,
) -> Result<()> {
    let new = transfer.new.filter(|&(_, length)| length != 0);
    let superuser = call.lwp.process.credentials().is_superuser();
    if node.flags & flags::PRIVATE != 0 && !superuser {
        return Err(Errno::EPERM);
    }
    if new.is_some() && node.flags & flags::ANYBODY_WRITES == 0 && !superuser {
        return Err(Errno::EPERM);
    }
    if new.is_some() && !node.is_writable() {
        return Err(Errno::EPERM);
    }
    let mut old = handler.get(call)?;
    if node.kind == Kind::String {
        old.push(0);
    }
    transfer.give(&old)?;
    let Some((address, length)) = new else { return Ok(()) };
    check_size(node, length)?;
    let mut value = memory::zeroed(length)?.into_vec();
    transfer.space.copy_in(address, &mut value)?;
    match node.kind {
        Kind::Boolean if value.iter().any(|&byte| byte > 1) => return Err(Errno::EINVAL),
        Kind::String => cut_string(node.size, &mut value)?,
        _ => (),
    }
    handler.set(call, &value)
}

/// A string may be shorter; everything else has its size.
fn check_size(node: &Node, length: usize) -> Result<()> {
    let fits = if node.kind == Kind::String { length <= node.size } else { length == node.size };
    if fits { Ok(()) } else { Err(Errno::EINVAL) }
}

/// Cuts a string at its NUL, which may be missing where there is room for it.
fn cut_string(size: usize, value: &mut Vec<u8>) -> Result<()> {
    if value.last() != Some(&0) && value.len() == size {
        return Err(Errno::EINVAL);
    }
    let end = value.iter().position(|&byte| byte == 0).unwrap_or(value.len());
    value.truncate(end);
    Ok(())
}

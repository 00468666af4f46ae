//! `kern.defcorename` and `proc.<number>.corename`: what files with the memory of a process that failed are to be called. Programs
//! run in the host, which writes such files if it does; the names are kept.

use super::process::process;
use super::tree::{Leaf, SysctlTree};
use super::value::{Call, Computed};
use super::{Kind, flags, top};
use crate::errno::{Errno, Result};
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Bytes of a name, with its NUL (`MAXPATHLEN`).
const SIZE: usize = 1024;
/// `PROC_PID_CORENAME`.
const OF_PROCESS: i32 = 1;
/// `KERN_DEFCORENAME`.
const DEFAULT: i32 = 45;

/// Adds both; `parent` is the node of any process.
pub(super) fn add(tree: &SysctlTree, parent: &[i32]) -> Result<()> {
    let leaf = |number, name, extra_flags, description, value: Computed| Leaf {
        number: Some(number),
        name,
        kind: Kind::String,
        size: SIZE,
        flags: flags::READ_WRITE | extra_flags,
        description,
        handler: Arc::new(value),
    };
    let default = Computed { get: get_default, set: set_default };
    tree.add(&[top::KERNEL], leaf(DEFAULT, "defcorename", 0, "Name of core files by default", default))?;
    let own = Computed { get, set };
    tree.add(parent, leaf(OF_PROCESS, "corename", flags::ANYBODY_WRITES, "Name of its core file", own))?;
    Ok(())
}

fn get_default(call: &Call<'_>) -> Result<Vec<u8>> {
    Ok(call.lwp.process.kernel.core_name.lock().to_vec())
}

fn set_default(call: &Call<'_>, new: &[u8]) -> Result<()> {
    if new.is_empty() {
        return Err(Errno::EINVAL);
    }
    let new = Arc::from(new);
    *call.lwp.process.kernel.core_name.lock() = new;
    Ok(())
}

fn get(call: &Call<'_>) -> Result<Vec<u8>> {
    let own = process(call)?.limits.lock().core_name.clone();
    own.map_or_else(|| get_default(call), |name| Ok(name.to_vec()))
}

/// The name is `core`, or ends in `/core` or `.core`. Errors: `EINVAL`; `EPERM`.
fn set(call: &Call<'_>, new: &[u8]) -> Result<()> {
    let process = process(call)?;
    process.kernel.secure_level.allows_up_to(1)?;
    let before = new.strip_suffix(b"core").ok_or(Errno::EINVAL)?;
    if !matches!(before.last(), None | Some(b'/' | b'.')) {
        return Err(Errno::EINVAL);
    }
    process.limits.lock().core_name = Some(Arc::from(new));
    Ok(())
}

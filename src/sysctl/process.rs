//! `proc`: processes by number, and `curproc` for the caller.

use super::tree::{Leaf, SysctlTree};
use super::value::{Call, Computed};
use super::{Kind, core_name, flags, top};
use crate::errno::{Errno, Result};
use crate::process::{Limit, Process};
use alloc::sync::Arc;
use alloc::vec::Vec;

/// `PROC_CURPROC`.
const CALLER: i32 = i32::MAX;
/// `PROC_PID_LIMIT`.
const LIMITS: i32 = 2;
const SOFT: i32 = 1;
const HARD: i32 = 2;

/// The resources in the order of their numbers, which count from 1 here.
const RESOURCES: [&str; 12] = [
    "cputime",
    "filesize",
    "datasize",
    "stacksize",
    "coredumpsize",
    "memoryuse",
    "memorylocked",
    "maxproc",
    "descriptors",
    "sbsize",
    "vmemoryuse",
    "maxlwp",
];

pub(super) fn add(tree: &SysctlTree) -> Result<()> {
    tree.add_node(&[top::PROCESS], Some(CALLER), "curproc", flags::ANY_NUMBER, "One process")?;
    core_name::add(tree, &[top::PROCESS, CALLER])?;
    let limits = [top::PROCESS, CALLER, LIMITS];
    tree.add_node(&limits[..2], Some(LIMITS), "rlimit", 0, "Its limits")?;
    for (name, number) in RESOURCES.into_iter().zip(1..) {
        tree.add_node(&limits, Some(number), name, 0, "One of its limits")?;
        let parent = [top::PROCESS, CALLER, LIMITS, number];
        for (name, number, description) in
            [("soft", SOFT, "The limit that applies"), ("hard", HARD, "The limit that it may be raised to")]
        {
            let handler = Arc::new(Computed { get: get_limit, set: set_limit });
            let leaf = Leaf {
                number: Some(number),
                name,
                kind: Kind::Quad,
                size: 8,
                flags: flags::READ_WRITE | flags::ANYBODY_WRITES,
                description,
                handler,
            };
            tree.add(&parent, leaf)?;
        }
    }
    Ok(())
}

/// The process that a name is about. Others than one's own are for the superuser and for processes of the same user.
pub(super) fn process(call: &Call<'_>) -> Result<Arc<Process>> {
    let own = &call.lwp.process;
    let number = *call.name.get(1).ok_or(Errno::EINVAL)?;
    if number == CALLER || number == own.id {
        return Ok(Arc::clone(own));
    }
    let process = own.kernel.processes.find(number)?;
    let (caller, other) = (own.credentials(), process.credentials());
    let is_same_user = caller.effective_user == other.real_user && caller.effective_user == other.saved_user;
    if caller.is_superuser() || is_same_user { Ok(process) } else { Err(Errno::EPERM) }
}

/// Which resource a name is about, and whether its hard limit.
fn resource(call: &Call<'_>) -> Result<(i32, bool)> {
    match call.name {
        [_, _, LIMITS, number, which] => Ok((number - 1, *which == HARD)),
        _ => Err(Errno::EINVAL),
    }
}

fn get_limit(call: &Call<'_>) -> Result<Vec<u8>> {
    let (number, is_hard) = resource(call)?;
    let process = process(call)?;
    let limit = *process.limits.lock().by_number(number).ok_or(Errno::EINVAL)?;
    Ok((if is_hard { limit.maximum } else { limit.current }).to_ne_bytes().to_vec())
}

fn set_limit(call: &Call<'_>, new: &[u8]) -> Result<()> {
    let (number, is_hard) = resource(call)?;
    let value = new.try_into().map(u64::from_ne_bytes).map_err(|_| Errno::EINVAL)?;
    let process = process(call)?;
    let old = *process.limits.lock().by_number(number).ok_or(Errno::EINVAL)?;
    let limit = if is_hard { Limit { maximum: value, ..old } } else { Limit { current: value, ..old } };
    process.set_limit(number, limit, call.lwp.process.credentials().is_superuser())
}

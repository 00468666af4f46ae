//! `kern.evcnt`: event counters, as vmstat(1) lists them.

use super::tree::{Leaf, SysctlTree};
use super::value::{Call, Handler};
use super::{Kind, flags, operation, top};
use crate::errno::{Errno, Result};
use crate::event_counter::{EventCounter, EventKind};
use crate::memory;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Bytes that counters may take that come between asking for the size and asking for the value.
const SLOP: usize = 1024;

/// Bytes of the group, and of the name, at most: their lengths have a byte each, and lengths of records too.
const LONGEST_STRING: usize = 255;

/// What the rest of the name may say in place of a kind (`EVCNT_TYPE_ANY`).
const ANY_KIND: i32 = -1;

struct List;

pub(super) fn add(tree: &SysctlTree) -> Result<()> {
    let leaf = Leaf {
        number: Some(84),
        name: "evcnt",
        kind: Kind::Structure,
        size: 0,
        flags: flags::READ_ONLY,
        description: "How often events have happened",
        handler: Arc::new(List),
    };
    tree.add(&[top::KERNEL], leaf).map(drop)
}

impl Handler for List {
    /// The rest of the name: a kind or -1, and whether counters that are zero are left out. Errors: `EINVAL` for another rest;
    /// `ENOTDIR` for who asks what is below; `ENOMEM`.
    fn get(&self, call: &Call<'_>) -> Result<Vec<u8>> {
        let (kind, without_zero) = match *call.rest {
            [kind, without_zero] => (kind, without_zero),
            [operation::QUERY] => return Err(Errno::ENOTDIR),
            _ => return Err(Errno::EINVAL),
        };
        let is_kind = |kind| (EventKind::Miscellaneous as i32..=EventKind::Trap as i32).contains(&kind);
        if !matches!(without_zero, 0 | 1) || !(kind == ANY_KIND || is_kind(kind)) {
            return Err(Errno::EINVAL);
        }
        let mut bytes = Vec::new();
        let mut result = Ok(());
        call.lwp.process.kernel.event_counters.for_each(&mut |counter| {
            let count = counter.count();
            let is_wanted = kind == ANY_KIND || kind == counter.kind as i32;
            if is_wanted && (count != 0 || without_zero == 0) && result.is_ok() {
                result = encode(counter, count, &mut bytes);
            }
        });
        result?;
        if call.room.is_none() {
            memory::reserve(&mut bytes, SLOP)?;
            bytes.resize(bytes.len() + SLOP, 0);
        }
        Ok(bytes)
    }

    fn takes_longer_names(&self) -> bool {
        true
    }
}

/// `struct evcnt_sysctl` with its strings, in whole words. What would be an address in the kernel is zero.
fn encode(counter: &EventCounter, count: u64, to: &mut Vec<u8>) -> Result<()> {
    const WORD: usize = size_of::<u64>();
    const ADDRESSES: [u8; 2 * WORD] = [0; 2 * WORD];
    const HEAD: usize = 28;
    let cut = |string: &'_ [u8]| string.len().min(LONGEST_STRING);
    let (group, name) = (counter.group.as_bytes(), counter.name.as_bytes());
    let (group, name) = (&group[..cut(group)], &name[..cut(name)]);
    let words = (HEAD + group.len() + 1 + name.len() + 1).div_ceil(WORD);
    memory::reserve(to, words * WORD)?;
    let end = to.len() + words * WORD;
    to.extend_from_slice(&count.to_ne_bytes());
    to.extend_from_slice(&ADDRESSES);
    to.extend([counter.kind as u8, group.len() as u8, name.len() as u8, words as u8]);
    for string in [group, name] {
        to.extend_from_slice(string);
        to.push(0);
    }
    to.resize(end, 0);
    Ok(())
}

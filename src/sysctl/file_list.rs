//! `kern.file2`: open files, one by one or as the descriptors of processes, as fstat(1) lists them.

use super::tree::{Leaf, SysctlTree};
use super::value::{Call, Computed};
use super::{Kind, top};
use crate::errno::{Errno, Result};
use crate::file::FileKind;
use crate::memory;
use crate::process::{Descriptor, Process};
use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Bytes of `struct kinfo_file`.
const SIZE: usize = 120;
/// Bytes of one that a program may ask for: more than any later version of the structure has.
const LARGEST: usize = 4096;
/// Files that may come between asking for the size and asking for the value (`KERN_FILESLOP`).
const SLOP: usize = 10;

/// Which files (`KERN_FILE_*`).
mod select {
    pub const BY_FILE: i32 = 1;
    pub const BY_PROCESS: i32 = 2;
    /// In place of a process's number.
    pub const ALL: i32 = -1;
}

pub(super) fn add(tree: &SysctlTree) -> Result<()> {
    let leaf = Leaf {
        number: Some(77),
        name: "file2",
        kind: Kind::Node,
        size: super::record::SIZE,
        flags: 0,
        description: "Open files",
        handler: Arc::new(Computed::read_only(list)),
    };
    tree.add(&[top::KERNEL], leaf).map(drop)
}

/// The rest of the name: which, a process or -1, bytes of each, how many.
///
/// # Errors
/// `EINVAL` for a bad name; `ENOMEM` for more of them than were asked for.
fn list(call: &Call<'_>) -> Result<Vec<u8>> {
    let &[which, argument, size, count] = call.rest else { return Err(Errno::EINVAL) };
    let size = usize::try_from(size).ok().filter(|size| (1..=LARGEST).contains(size)).ok_or(Errno::EINVAL)?;
    let count = usize::try_from(count).map_err(|_| Errno::EINVAL)?;
    match which {
        select::BY_FILE if argument == 0 => {}
        select::BY_PROCESS if argument >= select::ALL => {}
        _ => return Err(Errno::EINVAL),
    }
    let mut seen = BTreeSet::new();
    let mut bytes = Vec::new();
    for process in call.lwp.process.kernel.processes.all()? {
        // Nobody has the number 0 for all, as it is the kernel's own.
        if which == select::BY_PROCESS && argument > 0 && process.id != argument {
            continue;
        }
        let mut from = 0;
        // One at a time: what the list holds counts as a reference.
        while let Some((number, descriptor)) = process.descriptors.next(from) {
            from = number + 1;
            if which == select::BY_FILE && !seen.insert(Arc::as_ptr(&descriptor.file).addr()) {
                continue;
            }
            let entry = encode(&process, number, &descriptor);
            memory::reserve(&mut bytes, size)?;
            let end = bytes.len() + size;
            bytes.extend_from_slice(&entry[..size.min(SIZE)]);
            bytes.resize(end, 0);
        }
    }
    match call.room {
        None => {
            memory::reserve(&mut bytes, SLOP * size)?;
            bytes.resize(bytes.len() + SLOP * size, 0);
        }
        Some(_) if bytes.len() / size > count => return Err(Errno::ENOMEM),
        Some(_) => {}
    }
    Ok(bytes)
}

/// What is known; the rest, and what would be an address in the kernel, is zero.
fn encode(process: &Process, number: usize, descriptor: &Descriptor) -> [u8; SIZE] {
    const STATUS: usize = 8;
    const KIND: usize = 16;
    const REFERENCES: usize = 20;
    const USER: usize = 40;
    const GROUP: usize = 44;
    const OFFSET: usize = 56;
    const FILE_SIZE: usize = 80;
    const VNODE_KIND: usize = 88;
    const PROCESS: usize = 104;
    const NUMBER: usize = 108;
    const CLOSE_ON_EXEC: usize = 112;
    let mut bytes = [0; SIZE];
    let mut put = |at: usize, value: &[u8]| {
        for (place, byte) in bytes.iter_mut().skip(at).zip(value) {
            *place = *byte;
        }
    };
    let file = &descriptor.file;
    let kind = file.object().kind();
    // One of the references is the list's.
    let references = u32::try_from(Arc::strong_count(file) - 1).unwrap_or(u32::MAX);
    put(STATUS, &file.status().bits().to_ne_bytes());
    put(KIND, &(kind as u32).to_ne_bytes());
    put(REFERENCES, &references.to_ne_bytes());
    put(USER, &file.credentials.effective_user.to_ne_bytes());
    put(GROUP, &file.credentials.effective_group.to_ne_bytes());
    put(OFFSET, &file.present_offset().unwrap_or(0).to_ne_bytes());
    if kind == FileKind::Vnode
        && let Ok(attributes) = file.object().status()
    {
        put(FILE_SIZE, &attributes.size.to_ne_bytes());
        put(VNODE_KIND, &vnode_kind(attributes.mode).to_ne_bytes());
    }
    put(PROCESS, &process.id.to_ne_bytes());
    put(NUMBER, &i32::try_from(number).unwrap_or(i32::MAX).to_ne_bytes());
    put(CLOSE_ON_EXEC, &u32::from(descriptor.close_on_exec).to_ne_bytes());
    bytes
}

/// `enum vtype` of a file with that mode; 0 for none.
fn vnode_kind(mode: u32) -> u32 {
    const FORMAT: u32 = 0o170_000;
    const KINDS: [u32; 7] = [0o100_000, 0o040_000, 0o060_000, 0o020_000, 0o120_000, 0o140_000, 0o010_000];
    KINDS.iter().zip(1..).find(|(kind, _)| **kind == mode & FORMAT).map_or(0, |(_, number)| number)
}

//! `kern.proc2`: all processes, or some, as ps(1) lists them.

use super::tree::{Leaf, SysctlTree};
use super::value::{Call, Computed};
use super::{Kind, top};
use crate::errno::{Errno, Result};
use crate::process::Process;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::Ordering;

/// Bytes of `struct kinfo_proc2`.
const SIZE: usize = 680;

/// Which processes (`KERN_PROC_*`).
mod select {
    pub const ALL: i32 = 0;
    pub const PROCESS: i32 = 1;
    pub const GROUP_OF_PROCESSES: i32 = 2;
    pub const SESSION: i32 = 3;
    pub const TERMINAL: i32 = 4;
    pub const USER: i32 = 5;
    pub const REAL_USER: i32 = 6;
    pub const GROUP: i32 = 7;
    pub const REAL_GROUP: i32 = 8;
}

pub(super) fn add(tree: &SysctlTree) -> Result<()> {
    let leaf = Leaf {
        number: Some(47),
        name: "proc2",
        kind: Kind::Node,
        size: super::record::SIZE,
        flags: 0,
        description: "Processes",
        handler: Arc::new(Computed::read_only(list)),
    };
    tree.add(&[top::KERNEL], leaf).map(drop)
}

/// The rest of the name: which, an argument, bytes of each, how many.
///
/// # Errors
/// `EINVAL` for a bad name; `ENOMEM` for more of them than were asked for; `ESRCH` for one that is not there; `EOPNOTSUPP` for
/// those of a terminal: there are none.
fn list(call: &Call<'_>) -> Result<Vec<u8>> {
    let &[which, argument, size, count] = call.rest else { return Err(Errno::EINVAL) };
    let (Ok(size), Ok(count)) = (usize::try_from(size), usize::try_from(count)) else {
        return Err(Errno::EINVAL);
    };
    let size = size.min(SIZE);
    let mut bytes = Vec::new();
    let mut found = 0;
    for process in call.lwp.process.kernel.processes.all()? {
        if is_selected(&process, which, argument)? {
            bytes.extend_from_slice(encode(&process).get(..size).unwrap_or_default());
            found += 1;
        }
    }
    // Who asks for the size has no room and gives no count.
    if call.room.is_some() && found > count {
        return Err(Errno::ENOMEM);
    }
    if which == select::PROCESS && found == 0 {
        return Err(Errno::ESRCH);
    }
    Ok(bytes)
}

fn is_selected(process: &Process, which: i32, argument: i32) -> Result<bool> {
    let who = process.credentials();
    let argument_id = argument.cast_unsigned();
    Ok(match which {
        select::ALL => true,
        select::PROCESS => process.id == argument,
        select::GROUP_OF_PROCESSES => process.group() == argument,
        select::SESSION => process.session().id == argument,
        select::USER => who.effective_user == argument_id,
        select::REAL_USER => who.real_user == argument_id,
        select::GROUP => who.effective_group == argument_id,
        select::REAL_GROUP => who.real_group == argument_id,
        select::TERMINAL => return Err(Errno::EOPNOTSUPP),
        _ => return Err(Errno::EINVAL),
    })
}

/// What is known; the rest is zero.
fn encode(process: &Process) -> [u8; SIZE] {
    const NUMBER: usize = 116;
    const PARENT: usize = 120;
    const SESSION: usize = 124;
    const GROUP: usize = 128;
    const EFFECTIVE_USER: usize = 136;
    const GROUPS: usize = 152;
    const GROUP_COUNT: usize = 216;
    let mut bytes = [0; SIZE];
    let mut put = |at: usize, value: &[u8]| {
        for (place, byte) in bytes.iter_mut().skip(at).zip(value) {
            *place = *byte;
        }
    };
    let who = process.credentials();
    put(NUMBER, &process.id.to_ne_bytes());
    put(SESSION, &process.session().id.to_ne_bytes());
    put(GROUP, &process.group().to_ne_bytes());
    put(PARENT, &process.parent.to_ne_bytes());
    for (index, id) in
        [who.effective_user, who.real_user, who.effective_group, who.real_group].iter().enumerate()
    {
        put(EFFECTIVE_USER + index * 4, &id.to_ne_bytes());
    }
    for (index, group) in who.groups.iter().enumerate() {
        put(GROUPS + index * 4, &group.to_ne_bytes());
    }
    put(GROUP_COUNT, &(who.groups.len() as i16).to_ne_bytes());
    put_usage(process, &mut put);
    bytes
}

/// Times as far as they are counted: a list does not start the clock that does it.
fn put_usage(process: &Process, put: &mut dyn FnMut(usize, &[u8])) {
    const TIME: usize = 228;
    const IS_VALID: usize = 448;
    const SYSTEM_TIME: usize = 472;
    const BLOCK_READS: usize = 536;
    const BLOCK_WRITES: usize = 544;
    const SIGNALS: usize = 568;
    const WAITS: usize = 576;
    const TIME_OF_CHILDREN: usize = 592;
    let time = process.usage.processor_time();
    for (at, time) in
        [(TIME, time), (SYSTEM_TIME, time), (TIME_OF_CHILDREN, process.children.processor_time())]
    {
        put(at, &(time.seconds as u32).to_ne_bytes());
        put(at + 4, &((time.nanoseconds / 1000) as u32).to_ne_bytes());
    }
    put(IS_VALID, &1i64.to_ne_bytes());
    put(BLOCK_READS, &process.usage.block_reads.load(Ordering::Relaxed).to_ne_bytes());
    put(BLOCK_WRITES, &process.usage.block_writes.load(Ordering::Relaxed).to_ne_bytes());
    put(SIGNALS, &process.usage.signals.load(Ordering::Relaxed).to_ne_bytes());
    put(WAITS, &process.usage.waits.load(Ordering::Relaxed).to_ne_bytes());
}

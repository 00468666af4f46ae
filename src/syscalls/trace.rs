//! fktrace(2), utrace(2), and what ktrace(2) shares with them.

use super::signal::check_permission;
use crate::abi::system_call::table::{FktraceArguments, UtraceArguments};
use crate::errno::{Errno, Result};
use crate::file::{FileStatus, OpenFile};
use crate::process::Process;
use crate::sched::Lwp;
use crate::syscall::{DONE, ReturnValue};
use crate::trace::{self, TraceFile};
use alloc::sync::Arc;

const SET: i32 = 0;
const CLEAR: i32 = 1;
const CLEAR_FILE: i32 = 2;
const OPERATION: i32 = 3;
/// With all descendants (`KTRFLAG_DESCEND`).
const DESCEND: i32 = 4;
/// Trace points that only the kernel sets.
const RESERVED: u32 = 0x8000_0000 | 0x1000_0000;

/// What ktrace(2) and fktrace(2) ask for.
#[derive(Clone, Copy)]
pub struct TraceRequest {
    pub operation: i32,
    pub points: i32,
    pub process: i32,
}

impl TraceRequest {
    /// Whether it needs no file.
    #[must_use]
    pub fn only_clears(&self) -> bool {
        self.operation & OPERATION == CLEAR
    }
}

/// Starts or stops tracing.
///
/// # Errors
/// `EINVAL` for no trace point or an unknown operation or version; `ESRCH`; `EPERM` when none of the processes may be traced.
pub fn control_tracing(lwp: &Lwp, request: TraceRequest, file: Option<Arc<OpenFile>>) -> Result<ReturnValue> {
    let points = request.points.cast_unsigned() & !RESERVED;
    let operation = request.operation & OPERATION;
    if operation == CLEAR_FILE {
        return clear_file(lwp, &*file.ok_or(Errno::EINVAL)?);
    }
    if points == 0 || !trace::knows_version(points) || !matches!(operation, SET | CLEAR) {
        return Err(Errno::EINVAL);
    }
    let to = match file {
        Some(file) if operation == SET => Some(TraceFile::new(file)),
        None if operation == SET => return Err(Errno::EINVAL),
        _ => None,
    };
    let mut result = Err(Errno::ESRCH);
    for process in lwp.process.kernel.processes.all()? {
        if !is_meant(&process, &request) {
            continue;
        }
        if check_permission(&lwp.process, &process).is_err() {
            result = result.or(Err(Errno::EPERM));
            continue;
        }
        match &to {
            Some(to) => process.tracing.start(points, Arc::clone(to)),
            None => process.tracing.stop(points),
        }
        result = Ok(DONE);
    }
    result
}

fn is_meant(process: &Process, request: &TraceRequest) -> bool {
    let meant = |process: &Process| match request.process {
        group @ ..0 => group.checked_neg() == Some(process.group()),
        id => process.id == id,
    };
    let descends = request.operation & DESCEND != 0;
    meant(process) || (descends && process.has_ancestor(&meant))
}

fn clear_file(lwp: &Lwp, file: &OpenFile) -> Result<ReturnValue> {
    for process in lwp.process.kernel.processes.all()? {
        let is_traced = process.tracing.file().is_some_and(|traced| traced.is_same(file));
        if is_traced && check_permission(&lwp.process, &process).is_ok() {
            process.tracing.stop(u32::MAX);
        }
    }
    Ok(DONE)
}

pub(super) fn fktrace(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = FktraceArguments::from_slots(slots);
    let file = lwp.process.descriptors.get(call.fd)?;
    if !file.status().contains(FileStatus::WRITE) {
        return Err(Errno::EBADF);
    }
    let request = TraceRequest { operation: call.ops, points: call.facs, process: call.pid };
    control_tracing(lwp, request, Some(file))
}

pub(super) fn utrace(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = UtraceArguments::from_slots(slots);
    trace::user(lwp, call.label, call.addr, call.len).map(|()| DONE)
}

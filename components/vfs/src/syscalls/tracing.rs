//! ktrace(2): tracing to a file that is named by its path.

use super::open::check_open;
use super::{CURRENT_DIRECTORY, resolve};
use crate::attributes::VnodeKind;
use crate::vnode_file::VnodeFile;
use alloc::boxed::Box;
use alloc::sync::Arc;
use rump::abi::system_call::table::KtraceArguments;
use rump::errno::{Errno, Result};
use rump::file::{FileStatus, OpenFile};
use rump::sched::Lwp;
use rump::syscall::ReturnValue;
use rump::syscalls::{TraceRequest, control_tracing};

pub(super) fn ktrace(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    const READ_WRITE: i32 = 2;
    let call = KtraceArguments::from_slots(slots);
    let request = TraceRequest { operation: call.ops, points: call.facs, process: call.pid };
    if request.only_clears() {
        return control_tracing(lwp, request, None);
    }
    let who = lwp.process.credentials();
    let vnode = resolve(lwp, CURRENT_DIRECTORY, call.fname, true)?;
    if vnode.kind != VnodeKind::Regular {
        return Err(Errno::EACCES);
    }
    let status = FileStatus::READ | FileStatus::WRITE | FileStatus::APPEND;
    check_open(&vnode, READ_WRITE, status, &who)?;
    let file = VnodeFile::open(vnode, status, &who)?;
    control_tracing(lwp, request, Some(Arc::new(OpenFile::new(Box::new(file), status, who))))
}

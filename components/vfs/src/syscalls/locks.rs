//! flock(2).

use super::open_vnode;
use crate::advisory_lock::{AdvisoryLock, LockOwner, LockRange};
use crate::state::FileSystems;
use crate::vnode_file::VnodeFile;
use rump::abi::system_call::table::FlockArguments;
use rump::errno::{Errno, Result};
use rump::sched::Lwp;
use rump::syscall::{DONE, ReturnValue};

const SHARED: i32 = 1;
const EXCLUSIVE: i32 = 2;
const NONBLOCK: i32 = 4;
const UNLOCK: i32 = 8;

pub(super) fn flock(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = FlockArguments::from_slots(slots);
    let (file, vnode) = open_vnode(lwp, call.fd).map_err(|error| match error {
        Errno::EINVAL => Errno::EOPNOTSUPP,
        other => other,
    })?;
    let owner = LockOwner::OpenFile(file.object_as::<VnodeFile>().ok_or(Errno::EOPNOTSUPP)?.identity());
    let exclusive = match call.how & !NONBLOCK {
        UNLOCK => {
            vnode.advisory_locks.unlock(owner, LockRange::ALL);
            return Ok(DONE);
        }
        SHARED => false,
        EXCLUSIVE => true,
        _ => return Err(Errno::EINVAL),
    };
    let lock = AdvisoryLock { owner, range: LockRange::ALL, exclusive };
    let patience = FileSystems::of(&lwp.process.kernel)?.patience(call.how & NONBLOCK == 0);
    vnode.advisory_locks.lock(lock, patience)?;
    Ok(DONE)
}

//! The lock commands of fcntl(2).

use crate::advisory_lock::{AdvisoryLock, LockOwner, LockRange};
use crate::state::FileSystems;
use crate::vnode::Vnode;
use rump::errno::{Errno, Result};
use rump::file::{FileStatus, OpenFile};
use rump::sched::Lwp;
use rump::user_memory::UserAddress;

const GET: i32 = 7;
const SET: i32 = 8;
const SET_AND_WAIT: i32 = 9;

const READ_LOCK: i16 = 1;
const UNLOCK: i16 = 2;
const WRITE_LOCK: i16 = 3;

/// `struct flock`.
struct LockRequest {
    start: i64,
    length: i64,
    kind: i16,
    whence: i16,
}

impl LockRequest {
    fn read(lwp: &Lwp, from: UserAddress) -> Result<Self> {
        let space = lwp.process.space;
        let [start, length] = space.read::<[i64; 2]>(from)?;
        let [kind, whence] = space.read::<[i16; 2]>(from.offset(20)?)?;
        Ok(Self { start, length, kind, whence })
    }

    /// The bytes that are meant; a negative length counts backwards.
    fn range(&self, file: &OpenFile) -> Result<LockRange> {
        let base = match self.whence {
            0 => 0,
            1 => *file.offset(),
            2 => file.object().end()?,
            _ => return Err(Errno::EINVAL),
        };
        let base = i64::try_from(base).map_err(|_| Errno::EOVERFLOW)?;
        let start = base.checked_add(self.start).ok_or(Errno::EOVERFLOW)?;
        let (start, end) = match self.length {
            0 => (start, i64::MAX),
            length if length > 0 => (start, start.checked_add(length).ok_or(Errno::EOVERFLOW)?),
            length => (start.checked_add(length).ok_or(Errno::EINVAL)?, start),
        };
        let start = u64::try_from(start).map_err(|_| Errno::EINVAL)?;
        let end = if end == i64::MAX { u64::MAX } else { end as u64 };
        Ok(LockRange { start, end })
    }
}

/// Runs a lock command.
///
/// # Errors
/// `EINVAL` for commands that are none; `EBADF` for a lock that the open file's access mode does not allow; as
/// [`AdvisoryLocks::lock`](crate::advisory_lock::AdvisoryLocks::lock).
pub(crate) fn control(
    vnode: &Vnode,
    file: &OpenFile,
    lwp: &Lwp,
    command: i32,
    argument: UserAddress,
) -> Result<i64> {
    if !matches!(command, GET | SET | SET_AND_WAIT) {
        return Err(Errno::EINVAL);
    }
    let request = LockRequest::read(lwp, argument)?;
    let owner = LockOwner::Process(lwp.process.id);
    let range = request.range(file)?;
    let exclusive = match request.kind {
        READ_LOCK => false,
        WRITE_LOCK => true,
        UNLOCK if command != GET => {
            vnode.advisory_locks.unlock(owner, range);
            return Ok(0);
        }
        _ => return Err(Errno::EINVAL),
    };
    let lock = AdvisoryLock { owner, range, exclusive };
    if command == GET {
        return report(vnode, lwp, &lock, argument);
    }
    let needed = if exclusive { FileStatus::WRITE } else { FileStatus::READ };
    if !file.status().contains(needed) {
        return Err(Errno::EBADF);
    }
    let patience = FileSystems::of(&lwp.process.kernel)?.patience(command == SET_AND_WAIT);
    vnode.advisory_locks.lock(lock, patience)?;
    Ok(0)
}

fn report(vnode: &Vnode, lwp: &Lwp, wanted: &AdvisoryLock, to: UserAddress) -> Result<i64> {
    let space = lwp.process.space;
    let Some(found) = vnode.advisory_locks.conflict(wanted) else {
        space.write(UNLOCK, to.offset(20)?)?;
        return Ok(0);
    };
    let length = if found.range.end == u64::MAX { 0 } else { found.range.end - found.range.start };
    let process = match found.owner {
        LockOwner::Process(process) => process,
        LockOwner::OpenFile(_) => -1,
    };
    space.write([found.range.start, length], to)?;
    space.write(process, to.offset(16)?)?;
    let kind = if found.exclusive { WRITE_LOCK } else { READ_LOCK };
    space.write([kind, 0], to.offset(20)?)?;
    Ok(0)
}

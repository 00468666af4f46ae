//! posix_fadvise(2).

use crate::attributes::VnodeKind;
use crate::vnode::{Advice, IoFlags};
use crate::vnode_file::VnodeFile;
use rump::abi::system_call::table::PosixFadvise50Arguments;
use rump::errno::{Errno, Result};
use rump::file::FileKind;
use rump::sched::Lwp;
use rump::syscall::{DONE, ReturnValue};

/// `POSIX_FADV_*`.
mod number {
    pub const NORMAL: i32 = 0;
    pub const RANDOM: i32 = 1;
    pub const SEQUENTIAL: i32 = 2;
    pub const WILL_NEED: i32 = 3;
    pub const DONT_NEED: i32 = 4;
    pub const NO_REUSE: i32 = 5;
}

/// In what order a descriptor reads holds for all of the file; the rest for a range, of which no length means to the end. That it
/// is used only once is heard and not used, as in NetBSD.
pub(super) fn posix_fadvise(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = PosixFadvise50Arguments::from_slots(slots);
    let end = match call.len {
        0 => i64::MAX,
        length if length > 0 => call.offset.checked_add(length).ok_or(Errno::EINVAL)?,
        _ => return Err(Errno::EINVAL),
    };
    let file = lwp.process.descriptors.get(call.fd)?;
    let Some(object) = file.object_as::<VnodeFile>() else {
        let is_stream = matches!(file.object().kind(), FileKind::Pipe | FileKind::Socket);
        return Err(if is_stream { Errno::ESPIPE } else { Errno::EOPNOTSUPP });
    };
    object.check_not_revoked()?;
    let range = call.offset.max(0).cast_unsigned()..end.max(0).cast_unsigned();
    let about_range = |advice| {
        // A device has no cache of its own, and a directory's is not asked for.
        if object.vnode.kind == VnodeKind::Regular {
            object.vnode.operations().advise(range, advice)
        } else {
            Ok(())
        }
    };
    match call.advice {
        number::NORMAL => object.set_access_hint(IoFlags::empty()),
        number::RANDOM => object.set_access_hint(IoFlags::RANDOM),
        number::SEQUENTIAL => object.set_access_hint(IoFlags::SEQUENTIAL),
        number::WILL_NEED => about_range(Advice::WillNeed)?,
        number::DONT_NEED => about_range(Advice::DontNeed)?,
        number::NO_REUSE => {}
        _ => return Err(Errno::EINVAL),
    }
    Ok(DONE)
}

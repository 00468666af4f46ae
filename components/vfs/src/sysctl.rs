//! What component vfs tells in the sysctl tree, below `vfs`.

use crate::state::FileSystems;
use alloc::sync::Arc;
use alloc::vec::Vec;
use rump::errno::{Errno, Result};
use rump::kernel::Kernel;
use rump::sysctl::{Call, Computed, Kind, Leaf, flags, top};

/// `VFS_GENERIC`.
const GENERIC: i32 = 0;
/// Seconds that data may stay dirty.
const LONGEST_DELAY: i64 = 24 * 60 * 60;

/// Adds the nodes.
///
/// # Errors
/// `EEXIST` when they are there.
pub(crate) fn add(kernel: &Kernel) -> Result<()> {
    let tree = &kernel.sysctl;
    tree.add_node(&[top::FILE_SYSTEMS], Some(GENERIC), "generic", 0, "What all file systems share")?;
    tree.add(
        &[top::FILE_SYSTEMS, GENERIC],
        Leaf {
            number: None,
            name: "fstypes",
            kind: Kind::String,
            size: 0,
            flags: flags::READ_ONLY,
            description: "Types of file systems",
            handler: Arc::new(Computed::read_only(types)),
        },
    )?;
    tree.add(
        &[top::MEMORY],
        Leaf {
            number: None,
            name: "filecache",
            kind: Kind::Quad,
            size: 8,
            flags: flags::READ_ONLY,
            description: "Bytes of files on devices that are kept in memory",
            handler: Arc::new(Computed::read_only(cached)),
        },
    )?;
    let sync = tree.add_node(&[top::FILE_SYSTEMS], None, "sync", 0, "Writing back what has changed")?;
    tree.add(
        &[top::FILE_SYSTEMS, sync],
        Leaf {
            number: None,
            name: "delay",
            kind: Kind::Quad,
            size: 8,
            flags: flags::READ_WRITE,
            description: "Seconds between two times of writing back",
            handler: Arc::new(Computed { get: delay, set: set_delay }),
        },
    )?;
    Ok(())
}

fn types(call: &Call<'_>) -> Result<Vec<u8>> {
    let names = FileSystems::of(&call.lwp.process.kernel)?.type_names();
    Ok(names.join(" ").into_bytes())
}

fn cached(call: &Call<'_>) -> Result<Vec<u8>> {
    let state = FileSystems::of(&call.lwp.process.kernel)?;
    Ok((state.pages.bytes() as u64).to_ne_bytes().to_vec())
}

fn delay(call: &Call<'_>) -> Result<Vec<u8>> {
    let state = FileSystems::of(&call.lwp.process.kernel)?;
    Ok(state.syncer.interval().to_ne_bytes().to_vec())
}

fn set_delay(call: &Call<'_>, new: &[u8]) -> Result<()> {
    let seconds = new.try_into().map(i64::from_ne_bytes).map_err(|_| Errno::EINVAL)?;
    if !(1..=LONGEST_DELAY).contains(&seconds) {
        return Err(Errno::EINVAL);
    }
    FileSystems::of(&call.lwp.process.kernel)?.syncer.set_interval(seconds);
    Ok(())
}

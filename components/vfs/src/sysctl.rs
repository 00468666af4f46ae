//! What component vfs tells in the sysctl tree, below `vfs`.

use crate::state::FileSystems;
use alloc::sync::Arc;
use alloc::vec::Vec;
use rump::errno::{Errno, Result};
use rump::kernel::Kernel;
use rump::memory;
use rump::sysctl::{Call, Computed, Kind, Leaf, flags, top};

/// `VFS_GENERIC`.
const GENERIC: i32 = 0;
/// `VM_UVMEXP2`.
const PAGES: i32 = 5;
/// Bytes of `struct uvmexp_sysctl`.
const PAGES_SIZE: usize = 616;
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
    tree.add(
        &[top::MEMORY],
        Leaf {
            number: Some(PAGES),
            name: "uvmexp2",
            kind: Kind::Structure,
            size: PAGES_SIZE,
            flags: flags::READ_ONLY,
            description: "Pages of memory, and what they are used for",
            handler: Arc::new(Computed::read_only(pages)),
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

/// `struct uvmexp_sysctl`: what this kernel counts; the rest is zero. Without a limit (`RUMP_MEMLIMIT`) the total is what the
/// kernel has taken from the host so far, all of it in use.
fn pages(call: &Call<'_>) -> Result<Vec<u8>> {
    const PAGE: usize = 4096;
    const TOTAL: usize = 3;
    const FREE: usize = 4;
    const ACTIVE: usize = 5;
    const WIRED: usize = 8;
    const OF_FILES: usize = 72;
    let (used, limit) = memory::usage();
    let total = if limit == usize::MAX { used } else { limit };
    let cached = FileSystems::of(&call.lwp.process.kernel)?.pages.bytes();
    let mut counts = [0; PAGES_SIZE / 8];
    counts[..TOTAL].copy_from_slice(&[PAGE, PAGE - 1, PAGE.trailing_zeros() as usize]);
    counts[TOTAL] = total / PAGE;
    counts[FREE] = total.saturating_sub(used) / PAGE;
    counts[ACTIVE] = cached / PAGE;
    counts[WIRED] = used.saturating_sub(cached) / PAGE;
    counts[OF_FILES] = cached / PAGE;
    Ok(counts.iter().flat_map(|count| (*count as u64).to_ne_bytes()).collect())
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

//! `struct statvfs` in NetBSD's layout.

use crate::mount::Mount;
use alloc::vec::Vec;
use rump::errno::Result;

/// Bytes in a `struct statvfs`.
pub const SIZE: usize = 2256;

const FLAGS: usize = 0;
const FSID_INDEX: usize = 128;
const FSID: usize = 136;
const OWNER: usize = 152;
const TYPE_NAME: (usize, usize) = (172, 32);
const MOUNTED_ON: (usize, usize) = (204, 1024);
const MOUNTED_FROM: (usize, usize) = (1228, 1024);

/// The statistics of a mount, as statvfs(2) gives them.
///
/// # Errors
/// What the file system says.
pub fn encode(mount: &Mount) -> Result<Vec<u8>> {
    let statistics = mount.file_system()?.statistics()?;
    let mut bytes = alloc::vec![0; SIZE];
    let mut put = |at: usize, value: u64| bytes[at..at + 8].copy_from_slice(&value.to_ne_bytes());
    put(FLAGS, u64::from(mount.flags().bits()));
    let counts = [
        statistics.block_size,
        statistics.fragment_size,
        statistics.block_size,
        statistics.blocks,
        statistics.blocks_free,
        statistics.blocks_available,
        statistics.blocks_reserved,
        statistics.files,
        statistics.files_free,
        statistics.files_available,
        statistics.files_reserved,
    ];
    for (index, count) in counts.into_iter().enumerate() {
        put(8 + index * 8, count);
    }
    put(FSID_INDEX, mount.id);
    put(FSID, mount.id);
    put(144, statistics.longest_name);
    bytes[OWNER..OWNER + 4].copy_from_slice(&mount.owner.to_ne_bytes());
    let names = mount.names();
    put_string(&mut bytes, TYPE_NAME, mount.type_name.as_bytes());
    put_string(&mut bytes, MOUNTED_ON, &names.on);
    put_string(&mut bytes, MOUNTED_FROM, &names.from);
    Ok(bytes)
}

/// Writes a string, cut to the field with a NUL at its end.
fn put_string(bytes: &mut [u8], (at, size): (usize, usize), string: &[u8]) {
    let length = string.len().min(size - 1);
    bytes[at..at + length].copy_from_slice(&string[..length]);
}

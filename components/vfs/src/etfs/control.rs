//! What a host file that stands for a disk says of itself (disk ioctls, disklabel(5)).

use crate::block_device::BlockDevice;
use rump::errno::{Errno, Result};
use rump::sched::Lwp;
use rump::user_memory::UserAddress;

mod request {
    pub const GET_LABEL: u64 = 0x4198_6465;
    pub const SYNCHRONISE_CACHE: u64 = 0x8004_6476;
    pub const GET_MEDIA_SIZE: u64 = 0x4008_6484;
    pub const GET_SECTOR_SIZE: u64 = 0x4004_6485;
}

/// Bytes of `struct disklabel` and the places of its members.
mod label {
    pub const SIZE: usize = 408;
    pub const MAGIC: u32 = 0x8256_4557;
    pub const PARTITIONS: usize = 148;
    pub const PARTITION_SIZE: usize = 16;
    pub const MOST_PARTITIONS: u32 = 16;
    /// `DKTYPE_RUMPD`.
    pub const TYPE: u16 = 21;
}

/// The label that the original makes up for a host file: one partition, whose letter is the device's minor number, as
/// large as the file. It counts `d_secperunit` in bytes, and so does this one.
fn made_up_label(size: u64, sector_size: u32, number: u32) -> [u8; label::SIZE] {
    let mut bytes = [0; label::SIZE];
    let mut put = |at: usize, value: &[u8]| bytes[at..at + value.len()].copy_from_slice(value);
    let sectors = (size / u64::from(sector_size)) as u32;
    let partition = number % label::MOST_PARTITIONS;
    put(0, &label::MAGIC.to_ne_bytes());
    put(4, &label::TYPE.to_ne_bytes());
    put(8, b"rumpd");
    put(24, b"fictitious");
    // Sector size, sectors per track, tracks, cylinders, sectors per cylinder, "sectors" per unit.
    for (index, value) in [sector_size, sectors, 1, 1, sectors, size as u32].into_iter().enumerate() {
        put(40 + 4 * index, &value.to_ne_bytes());
    }
    put(72, &11u16.to_ne_bytes());
    put(74, &1u16.to_ne_bytes());
    put(132, &label::MAGIC.to_ne_bytes());
    put(138, &(partition as u16 + 1).to_ne_bytes());
    put(label::PARTITIONS + label::PARTITION_SIZE * partition as usize, &sectors.to_ne_bytes());
    bytes
}

/// The ioctls of a host file that stands for a disk.
///
/// # Errors
/// `ENOTTY` for one that it does not know; `EFAULT`; what the host says when it is to make writes stable.
pub(super) fn control(
    device: &dyn BlockDevice,
    number: u32,
    lwp: &Lwp,
    command: u64,
    data: UserAddress,
) -> Result<i64> {
    let space = lwp.process.space;
    match command {
        request::GET_LABEL => {
            space.copy_out(&made_up_label(device.size(), device.sector_size(), number), data)?;
        }
        request::GET_MEDIA_SIZE => space.write(device.size(), data)?,
        request::GET_SECTOR_SIZE => space.write(device.sector_size(), data)?,
        request::SYNCHRONISE_CACHE => device.flush()?,
        _ => return Err(Errno::ENOTTY),
    }
    Ok(0)
}

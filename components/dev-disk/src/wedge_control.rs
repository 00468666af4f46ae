//! The ioctls of wedges themselves (dk(4)).

use crate::disk::Geometry;
use crate::property_list;
use crate::request::Request;
use crate::wedges::Wedge;
use rump::errno::{Errno, Result};

mod command {
    pub const GET_WEDGE_INFO: u64 = 0x40d0_647a;
    pub const SYNCHRONISE_CACHE: u64 = 0x8004_6476;
    pub const GET_DISK_INFO: u64 = 0x4010_647f;
    pub const GET_MEDIA_SIZE: u64 = 0x4008_6484;
    pub const GET_SECTOR_SIZE: u64 = 0x4004_6485;
}

/// Carries out an ioctl.
///
/// # Errors
/// `ENOTTY` for one that wedges do not know, labels among them; `ENXIO` when the wedge is gone; `EBADF`; `EFAULT`; `ENOMEM`.
pub(crate) fn control(wedge: &Wedge, request: &Request<'_>) -> Result<()> {
    let disk = wedge.disk()?;
    let sector_size = disk.geometry.sector_size;
    match request.command {
        command::GET_WEDGE_INFO => request.answer(&wedge.info()),
        command::SYNCHRONISE_CACHE => {
            request.needs_writing()?;
            disk.medium.flush()
        }
        command::GET_DISK_INFO => {
            property_list::answer(request, &Geometry::of_size(wedge.description.size, sector_size))
        }
        command::GET_MEDIA_SIZE => {
            let size = wedge.description.size.saturating_mul(u64::from(sector_size));
            request.answer(&size.to_ne_bytes())
        }
        command::GET_SECTOR_SIZE => request.answer(&sector_size.to_ne_bytes()),
        _ => Err(Errno::ENOTTY),
    }
}

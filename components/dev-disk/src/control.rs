//! The ioctls that every disk knows (disk(9), `sys/dkio.h`).

use crate::disk::LabelRules;
use crate::label::{C_SIZE, DiskLabel, INVALIDATED};
use crate::label_store;
use crate::property_list;
use crate::request::Request;
use crate::units::Unit;
use rump::errno::{Errno, Result};

mod command {
    pub const GET_LABEL: u64 = 0x4198_6465;
    pub const SET_LABEL: u64 = 0x8198_6466;
    pub const WRITE_LABEL: u64 = 0x8198_6467;
    pub const ALLOW_LABEL_WRITES: u64 = 0x8004_646d;
    pub const GET_DEFAULT_LABEL: u64 = 0x4198_6472;
    pub const SYNCHRONISE_CACHE: u64 = 0x8004_6476;
    pub const KEEP_LABEL: u64 = 0x8004_6477;
    pub const GET_DISK_INFO: u64 = 0x4010_647f;
    pub const GET_MEDIA_SIZE: u64 = 0x4008_6484;
    pub const GET_SECTOR_SIZE: u64 = 0x4004_6485;
}

/// Carries out an ioctl.
///
/// # Errors
/// `ENOTTY` for one that it does not know; `ENXIO` when the unit is not configured; `EBADF` when it is not open for writing;
/// `EINVAL` for a label that is not valid; `EFAULT`; `ENOMEM`.
pub(crate) fn control(unit: &Unit, partition: u32, request: &Request<'_>) -> Result<()> {
    match request.command {
        command::GET_LABEL => request.answer(&current_label(unit)?.for_program()),
        command::SET_LABEL | command::WRITE_LABEL => set_label(unit, request),
        command::ALLOW_LABEL_WRITES => {
            request.needs_writing()?;
            unit.disk()?;
            unit.state().label_is_writable = request.flag()?;
            Ok(())
        }
        command::KEEP_LABEL => {
            request.needs_writing()?;
            unit.disk()?;
            unit.state().keeps_label = request.flag()?;
            Ok(())
        }
        command::GET_DEFAULT_LABEL => request.answer(&unit.disk()?.made_up.for_program()),
        command::SYNCHRONISE_CACHE => unit.extent(partition)?.disk.medium.flush(),
        command::GET_DISK_INFO => property_list::answer(request, &unit.disk()?.geometry),
        command::GET_MEDIA_SIZE => request.answer(&unit.disk()?.size().to_ne_bytes()),
        command::GET_SECTOR_SIZE => request.answer(&unit.disk()?.geometry.sector_size.to_ne_bytes()),
        _ => Err(Errno::ENOTTY),
    }
}

fn current_label(unit: &Unit) -> Result<DiskLabel> {
    unit.state().disk_and_label().map(|(_, label)| label.clone())
}

/// Sets the label in memory, and writes it to the disk if that was asked.
fn set_label(unit: &Unit, request: &Request<'_>) -> Result<()> {
    request.needs_writing()?;
    let mut new = DiskLabel::from_program(&request.argument::<C_SIZE>()?);
    let mut state = unit.state();
    let disk = state.disk.clone().ok_or(Errno::ENXIO)?;
    if disk.rules == LabelRules::None {
        return Err(Errno::EINVAL);
    }
    let sector_size = new.sector_size();
    if new.sectors_per_cylinder() == 0 || sector_size == 0 || !sector_size.is_multiple_of(512) {
        return Err(Errno::EINVAL);
    }
    if new.magic() != INVALIDATED {
        if !new.is_valid() {
            return Err(Errno::EINVAL);
        }
        new.seal();
    }
    state.label = Some(new.clone());
    // The lock is kept: what is written is what was set, also with two of them at once.
    if request.command == command::WRITE_LABEL { label_store::write_label(&disk, &new) } else { Ok(()) }
}

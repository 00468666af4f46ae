//! From device numbers to drivers (driver(9), devsw(9)).
//!
//! A single device may be registered under its whole number; a driver takes a major number and opens its units itself.

use crate::block_device::BlockDevice;
use crate::special::CharacterDevice;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use rump::errno::{Errno, Result};
use rump::file::FileStatus;
use rump::sync::RwLock;

/// What a major number stands for. What an open gives is the open device: dropping it closes it.
pub trait DeviceDriver: Send + Sync {
    /// Opens the block device of that minor number. Errors: `ENXIO` when there is none, or it is not configured; `EBUSY`.
    fn open_block(&self, _minor: u32, _status: FileStatus) -> Result<Arc<dyn BlockDevice>> {
        Err(Errno::ENXIO)
    }

    /// A number that all parts of one disk have in common, whoever drives them; `None` where the driver knows of no others.
    fn medium(&self, _minor: u32) -> Option<usize> {
        None
    }

    /// Opens the character device of that minor number. Errors: as [`open_block`](Self::open_block).
    fn open_character(&self, _minor: u32, _status: FileStatus) -> Result<Arc<dyn CharacterDevice>> {
        Err(Errno::ENXIO)
    }
}

/// The device switch of one kernel.
#[derive(Default)]
pub(crate) struct DeviceSwitch {
    blocks: RwLock<BTreeMap<u64, Arc<dyn BlockDevice>>>,
    characters: RwLock<BTreeMap<u64, Arc<dyn CharacterDevice>>>,
    block_drivers: RwLock<BTreeMap<u32, Arc<dyn DeviceDriver>>>,
    character_drivers: RwLock<BTreeMap<u32, Arc<dyn DeviceDriver>>>,
}

impl DeviceSwitch {
    pub fn add_block(&self, number: u64, device: Arc<dyn BlockDevice>) -> Result<()> {
        add(&self.blocks, number, device)
    }

    pub fn remove_block(&self, number: u64) {
        self.blocks.write().remove(&number);
    }

    /// The device that is registered under that very number.
    pub fn registered_block(&self, number: u64) -> Option<Arc<dyn BlockDevice>> {
        self.blocks.read().get(&number).cloned()
    }

    /// Opens a block device.
    ///
    /// # Errors
    /// `ENXIO` when there is none; `EROFS` for writing to one that is registered and cannot be written to; what the
    /// driver says.
    pub fn open_block(&self, number: u64, status: FileStatus) -> Result<Arc<dyn BlockDevice>> {
        if let Some(device) = self.registered_block(number) {
            let refused = status.contains(FileStatus::WRITE) && device.is_read_only();
            return if refused { Err(Errno::EROFS) } else { Ok(device) };
        }
        driver(&self.block_drivers, number)?.open_block(minor(number), status)
    }

    pub fn add_character(&self, number: u64, device: Arc<dyn CharacterDevice>) -> Result<()> {
        add(&self.characters, number, device)
    }

    /// The device that is registered under that very number.
    pub fn registered_character(&self, number: u64) -> Option<Arc<dyn CharacterDevice>> {
        self.characters.read().get(&number).cloned()
    }

    pub fn remove_character(&self, number: u64) {
        self.characters.write().remove(&number);
    }

    /// Puts what `wrap` makes of the character device of that number into its place.
    ///
    /// # Errors
    /// `ENXIO` when there is none.
    pub fn wrap_character(
        &self,
        number: u64,
        wrap: &dyn Fn(Arc<dyn CharacterDevice>) -> Arc<dyn CharacterDevice>,
    ) -> Result<()> {
        let mut characters = self.characters.write();
        let place = characters.get_mut(&number).ok_or(Errno::ENXIO)?;
        *place = wrap(Arc::clone(place));
        Ok(())
    }

    /// Opens a character device.
    ///
    /// # Errors
    /// `ENXIO` when there is none; what the driver says.
    pub fn open_character(&self, number: u64, status: FileStatus) -> Result<Arc<dyn CharacterDevice>> {
        if let Some(device) = self.characters.read().get(&number) {
            return Ok(Arc::clone(device));
        }
        driver(&self.character_drivers, number)?.open_character(minor(number), status)
    }

    /// The number of the block device that a node leads to, by a character device's as well; `None` for what is no disk.
    pub fn block_number(&self, number: u64, is_block: bool) -> Option<u64> {
        if is_block {
            return Some(number);
        }
        let driver = driver(&self.character_drivers, number).ok()?;
        let blocks = self.block_drivers.read();
        let (major, _) = blocks.iter().find(|(_, known)| Arc::ptr_eq(known, &driver))?;
        Some(device_number(*major, minor(number)))
    }

    /// Whether two block devices are parts of one disk, as far as their drivers know: what is written to one may be seen in the
    /// other.
    pub fn share_medium(&self, one: u64, other: u64) -> bool {
        let medium = |number| driver(&self.block_drivers, number).ok()?.medium(minor(number));
        one == other || medium(one).is_some_and(|first| medium(other) == Some(first))
    }

    /// Forgets all devices and drivers; what they hold goes with them.
    pub fn clear(&self) {
        let blocks = core::mem::take(&mut *self.blocks.write());
        let characters = core::mem::take(&mut *self.characters.write());
        let block_drivers = core::mem::take(&mut *self.block_drivers.write());
        let character_drivers = core::mem::take(&mut *self.character_drivers.write());
        drop((blocks, characters, block_drivers, character_drivers));
    }

    /// Adds a driver under its major numbers.
    ///
    /// # Errors
    /// `EEXIST` when one of them is taken; then neither is added.
    pub fn add_driver(
        &self,
        block: Option<u32>,
        character: Option<u32>,
        driver: &Arc<dyn DeviceDriver>,
    ) -> Result<()> {
        if let Some(major) = block {
            add(&self.block_drivers, major, Arc::clone(driver))?;
        }
        if let Some(major) = character
            && let Err(error) = add(&self.character_drivers, major, Arc::clone(driver))
        {
            if let Some(major) = block {
                self.block_drivers.write().remove(&major);
            }
            return Err(error);
        }
        Ok(())
    }
}

fn add<K: Ord, T: ?Sized>(table: &RwLock<BTreeMap<K, Arc<T>>>, key: K, value: Arc<T>) -> Result<()> {
    let mut table = table.write();
    if table.contains_key(&key) {
        return Err(Errno::EEXIST);
    }
    table.insert(key, value);
    Ok(())
}

fn driver(
    drivers: &RwLock<BTreeMap<u32, Arc<dyn DeviceDriver>>>,
    number: u64,
) -> Result<Arc<dyn DeviceDriver>> {
    drivers.read().get(&major(number)).cloned().ok_or(Errno::ENXIO)
}

/// The number of a device (`makedev`, NetBSD's packing): 12 bits of major, 20 of minor.
#[must_use]
pub const fn device_number(major: u32, minor: u32) -> u64 {
    (((minor & 0xfff00) as u64) << 12) | (((major & 0xfff) as u64) << 8) | (minor & 0xff) as u64
}

/// The major number in a device number.
#[must_use]
pub const fn major(number: u64) -> u32 {
    ((number >> 8) & 0xfff) as u32
}

/// The minor number in a device number.
#[must_use]
pub const fn minor(number: u64) -> u32 {
    (((number >> 12) & 0xfff00) | (number & 0xff)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn device_numbers_take_apart_what_they_put_together() {
        for (one, other) in [(0, 0), (14, 3), (4095, 0xfffff), (93, 0x12345)] {
            let number = device_number(one, other);
            assert_eq!((major(number), minor(number)), (one, other));
        }
    }
}

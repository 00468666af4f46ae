#![no_std]
#![forbid(unsafe_code)]
//! Component dev: which driver has which major number, and what drivers find each other by.
//!
//! It knows nothing of files: device nodes and opening them are component vfs's (`vfs::device_switch`), disks are component
//! dev_disk's. Without this component there are no drivers.
//!
//! Lock order: all locks are leaves.

extern crate alloc;
#[cfg(test)]
extern crate std;
#[cfg(test)]
use rumpuser as _;

mod main_bus;
mod majors;
pub mod pseudo_devices;

pub use main_bus::MainBus;
pub use majors::Majors;

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::any::Any;
use rump::component::{Component, Slot, Stage};
use rump::errno::{Errno, Result};
use rump::kernel::Kernel;
use rump::sync::{Mutex, RwLock};

/// The component.
pub static COMPONENT: Component = Component::new("dev", Stage::Faction, &[], || {}, start);

fn start(kernel: &Arc<Kernel>) -> Result<()> {
    kernel.slots.set(Slot::Devices, Arc::new(Devices::default()))?;
    pseudo_devices::attach_all();
    Devices::of(kernel)?.main_bus.attach(kernel);
    Ok(())
}

/// The drivers of one kernel.
#[derive(Default)]
pub struct Devices {
    pub main_bus: MainBus,
    drivers: Mutex<Vec<(&'static str, Majors)>>,
    shared: RwLock<Vec<Arc<dyn Any + Send + Sync>>>,
}

impl Devices {
    /// The state of component dev in a kernel.
    ///
    /// # Errors
    /// `ENXIO` when the component is not there.
    pub fn of(kernel: &Kernel) -> Result<&Self> {
        kernel.slots.get(Slot::Devices).ok_or(Errno::ENXIO)
    }

    /// Gives a driver its major numbers: NetBSD's for amd64 where the name has some, else free ones.
    ///
    /// # Errors
    /// `EEXIST` when there is a driver of that name; `ENOMEM` when no number is free.
    pub fn attach(&self, name: &'static str) -> Result<Majors> {
        let mut drivers = self.drivers.lock();
        if drivers.iter().any(|(known, _)| *known == name) {
            return Err(Errno::EEXIST);
        }
        let is_free = |majors: &Majors| drivers.iter().all(|(_, known)| !known.overlaps(majors));
        let majors = Majors::candidates(name).find(is_free).ok_or(Errno::ENOMEM)?;
        drivers.push((name, majors));
        Ok(majors)
    }

    /// Puts something where other components find it by its type; once for each type.
    ///
    /// # Errors
    /// `EEXIST` when there is one of that type.
    pub fn share<T: Any + Send + Sync>(&self, what: Arc<T>) -> Result<()> {
        if self.shared::<T>().is_ok() {
            return Err(Errno::EEXIST);
        }
        self.shared.write().push(what);
        Ok(())
    }

    /// What another component has put here.
    ///
    /// # Errors
    /// `ENXIO` when there is nothing of that type.
    pub fn shared<T: Any + Send + Sync>(&self) -> Result<Arc<T>> {
        let shared = self.shared.read();
        shared.iter().find_map(|what| Arc::clone(what).downcast().ok()).ok_or(Errno::ENXIO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rump::kernel::Configuration;

    #[test]
    fn drivers_get_the_numbers_of_netbsd() {
        let devices = Devices::default();
        assert_eq!(devices.attach("vnd"), Ok(Majors { block: 14, character: 41 }));
        assert_eq!(devices.attach("cgd"), Ok(Majors { block: 21, character: 93 }));
        assert_eq!(devices.attach("vnd"), Err(Errno::EEXIST));
    }

    #[test]
    fn others_get_free_numbers() {
        let devices = Devices::default();
        let (one, other) = (devices.attach("one").unwrap(), devices.attach("other").unwrap());
        assert!(!one.overlaps(&other));
        for name in ["md", "dk", "vnd", "cgd", "rnd"] {
            assert!(!devices.attach(name).unwrap().overlaps(&one));
        }
    }

    #[test]
    fn the_main_bus_is_attached_once_a_kernel_has_devices() {
        assert!(!Devices::default().main_bus.is_attached());
        let configuration = Configuration::small(1);
        let kernel = Kernel::new(configuration);
        (COMPONENT.start)(&kernel).unwrap();
        let bus = &Devices::of(&kernel).unwrap().main_bus;
        assert!(bus.is_attached());
        bus.prepare();
        assert!(bus.is_attached());
    }

    #[test]
    fn what_is_shared_is_found_by_its_type() {
        let devices = Devices::default();
        devices.share(Arc::new(5u32)).unwrap();
        assert_eq!(devices.share(Arc::new(6u32)), Err(Errno::EEXIST));
        assert_eq!(devices.shared::<u32>().as_deref(), Ok(&5));
        assert_eq!(devices.shared::<u64>().err(), Some(Errno::ENXIO));
    }
}

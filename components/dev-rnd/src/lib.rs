#![no_std]
#![forbid(unsafe_code)]
//! Component dev_rnd: what `/dev/random` and `/dev/urandom` say of themselves (rnd(4)).
//!
//! The devices are component vfs's, and their numbers the host's: this component stands before them, counts, and answers
//! ioctls. The host's pool never runs dry, so that it is always full; what programs add to it is counted and let go.

extern crate alloc;

mod control;

use alloc::sync::Arc;
use core::sync::atomic::{AtomicU32, Ordering};
use rump::component::{Component, Stage};
use rump::errno::Result;
use rump::kernel::Kernel;
use rump::sched::Lwp;
use rump::uio::Uio;
use rump::user_memory::UserAddress;
use vfs::FileSystems;
use vfs::device_switch::device_number;
use vfs::special::CharacterDevice;

/// The component.
pub static COMPONENT: Component = Component::new("dev_rnd", Stage::Driver, &["dev", "vfs"], || {}, start);

const MAJOR: u32 = 46;
/// `/dev/random` and `/dev/urandom`.
const MINORS: [u32; 2] = [0, 1];

fn start(kernel: &Arc<Kernel>) -> Result<()> {
    dev::Devices::of(kernel)?.attach("rnd")?;
    let state = FileSystems::of(kernel)?;
    let counts = Arc::new(Counts::default());
    for minor in MINORS {
        state.wrap_character_device(device_number(MAJOR, minor), &|inner| {
            Arc::new(RandomDevice { inner, counts: Arc::clone(&counts) })
        })?;
    }
    Ok(())
}

/// What has gone through the devices, in bits. They wrap, as the members that tell them do.
#[derive(Default)]
pub(crate) struct Counts {
    /// Given to programs.
    given: AtomicU32,
    /// Claimed to be in what programs have added.
    added: AtomicU32,
}

impl Counts {
    fn add(count: &AtomicU32, bits: usize) {
        count.fetch_add(bits as u32, Ordering::Relaxed);
    }
}

/// A device of random numbers that answers ioctls.
struct RandomDevice {
    inner: Arc<dyn CharacterDevice>,
    counts: Arc<Counts>,
}

impl CharacterDevice for RandomDevice {
    fn read(&self, minor: u32, uio: &mut Uio<'_>) -> Result<()> {
        let before = uio.residual();
        let result = self.inner.read(minor, uio);
        Counts::add(&self.counts.given, (before - uio.residual()).wrapping_mul(8));
        result
    }

    fn write(&self, minor: u32, uio: &mut Uio<'_>) -> Result<()> {
        self.inner.write(minor, uio)
    }

    fn control(&self, minor: u32, lwp: &Lwp, command: u64, data: UserAddress) -> Result<i64> {
        match control::control(&self.counts, lwp, command, data) {
            Some(result) => result.map(|()| 0),
            None => self.inner.control(minor, lwp, command, data),
        }
    }
}

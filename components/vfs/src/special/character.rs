//! Character devices.

use rump::errno::{Errno, Result};
use rump::sched::Lwp;
use rump::uio::Uio;
use rump::user_memory::UserAddress;

/// A character device.
pub trait CharacterDevice: Send + Sync {
    /// Reads. Errors: as read(2).
    fn read(&self, minor: u32, uio: &mut Uio<'_>) -> Result<()>;

    /// Writes. Errors: as write(2).
    fn write(&self, minor: u32, uio: &mut Uio<'_>) -> Result<()>;

    /// ioctl(2). Errors: `ENOTTY`.
    fn control(&self, _minor: u32, _lwp: &Lwp, _command: u64, _data: UserAddress) -> Result<i64> {
        Err(Errno::ENOTTY)
    }
}

//! Block devices, as file systems use them.

use rump::errno::{Errno, Result};
use rump::sched::Lwp;
use rump::user_memory::UserAddress;

/// A device of fixed size, read and written at byte offsets. Callers keep to multiples of the sector size.
pub trait BlockDevice: Send + Sync {
    /// Size in bytes.
    fn size(&self) -> u64;

    /// Its size as long as it is there: some devices are configured, and can be taken away. Errors: `ENXIO`.
    fn present_size(&self) -> Result<u64> {
        Ok(self.size())
    }

    /// Bytes that one transfer must be a multiple of.
    fn sector_size(&self) -> u32;

    /// Whether writing is refused.
    fn is_read_only(&self) -> bool;

    /// Fills `into` from byte `offset` on.
    /// Errors: `EINVAL` past the end, `EIO` or the host's errno when the medium fails.
    fn read(&self, offset: u64, into: &mut [u8]) -> Result<()>;

    /// Writes `from` at byte `offset`. Errors: as `read`; `EROFS`.
    fn write(&self, offset: u64, from: &[u8]) -> Result<()>;

    /// Makes all completed writes stable.
    fn flush(&self) -> Result<()>;

    /// ioctl(2). Errors: `ENOTTY` for what it does not know.
    fn control(&self, _lwp: &Lwp, _command: u64, _data: UserAddress) -> Result<i64> {
        Err(Errno::ENOTTY)
    }
}

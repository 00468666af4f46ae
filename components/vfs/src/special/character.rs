//! Character devices.

use rump::errno::{Errno, Result};
use rump::poll::{Events, FileFilter, Listeners, Reading};
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

    /// Which of `events` hold now. The rules are those of [`rump::poll`]; always-ready devices are the default.
    fn poll(&self, _minor: u32, events: Events) -> Events {
        events & Events::ALWAYS
    }

    /// Where those are entered who wait for it; `None` when what holds never changes.
    fn listeners(&self, _minor: u32) -> Option<&Listeners> {
        None
    }

    /// What a filter of kqueue(2) finds now. Errors: `EINVAL` for a filter that it does not know.
    fn filter(&self, minor: u32, filter: FileFilter) -> Result<Reading> {
        match filter {
            FileFilter::Read | FileFilter::Write => Ok(Reading::of(self.poll(minor, filter.interest()))),
            FileFilter::Vnode => Err(Errno::EINVAL),
        }
    }
}

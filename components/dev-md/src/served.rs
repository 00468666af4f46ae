//! Memory of a program as what holds a disk's bytes (`MD_UMEM_SERVER`).

use rump::errno::{Errno, Result};
use rump::sync::{Condvar, Mutex, RwLock};
use rump::user_memory::{AddressSpace, UserAddress};
use vfs::BlockDevice;

/// No program has memory from here on (amd64).
const END_OF_MEMORY: u64 = 1 << 47;

/// The memory, as long as its program stays in the kernel to serve it.
pub(crate) struct ServedMedium {
    space: AddressSpace,
    start: UserAddress,
    size: u64,
    /// Whether it is served. Held for reading by each transfer: none goes on when the program leaves.
    served: RwLock<bool>,
}

impl ServedMedium {
    /// `size` bytes of a program's memory.
    ///
    /// # Errors
    /// `EINVAL` past the end of what programs can have.
    pub(crate) fn new(space: AddressSpace, start: UserAddress, size: u64) -> Result<Self> {
        let end = start.value().checked_add(size).filter(|&end| end < END_OF_MEMORY);
        end.ok_or(Errno::EINVAL)?;
        Ok(Self { space, start, size, served: RwLock::new(true) })
    }

    /// Stays until a signal comes.
    ///
    /// # Errors
    /// `EINTR`, always: that is how it ends.
    pub(crate) fn serve() -> Result<()> {
        // Nobody else knows them: the transfers are done by those who ask for them.
        let (nothing, never) = (Mutex::new(()), Condvar::new());
        let mut guard = nothing.lock();
        loop {
            never.wait_interruptibly(&mut guard, None)?;
        }
    }

    /// The program leaves: waits for transfers that are under way, and lets no other begin.
    pub(crate) fn end(&self) {
        *self.served.write() = false;
    }

    fn transfer(
        &self,
        offset: u64,
        length: usize,
        run: impl FnOnce(UserAddress) -> Result<()>,
    ) -> Result<()> {
        let end = offset.checked_add(length as u64);
        if end.is_none_or(|end| end > self.size) {
            return Err(Errno::EINVAL);
        }
        let served = self.served.read();
        if !*served {
            return Err(Errno::ENXIO);
        }
        run(self.start.offset(usize::try_from(offset).map_err(|_| Errno::EINVAL)?)?)
    }
}

impl BlockDevice for ServedMedium {
    fn size(&self) -> u64 {
        self.size
    }

    fn sector_size(&self) -> u32 {
        super::SECTOR
    }

    fn is_read_only(&self) -> bool {
        false
    }

    /// Errors: `EFAULT` for memory that no program has; `ENXIO` when its program has left.
    fn read(&self, offset: u64, into: &mut [u8]) -> Result<()> {
        self.transfer(offset, into.len(), |from| self.space.copy_in(from, into))
    }

    fn write(&self, offset: u64, from: &[u8]) -> Result<()> {
        self.transfer(offset, from.len(), |into| self.space.copy_out(from, into))
    }

    fn flush(&self) -> Result<()> {
        Ok(())
    }
}

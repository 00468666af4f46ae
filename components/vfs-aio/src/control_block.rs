//! `struct aiocb`, where a program describes a job and finds its state.

use rump::errno::{Errno, Result};
use rump::signal::Notification;
use rump::user_memory::{AddressSpace, UserAddress};

/// Where the members lie.
mod offset {
    pub const OFFSET: usize = 0;
    pub const BUFFER: usize = 8;
    pub const LENGTH: usize = 16;
    pub const DESCRIPTOR: usize = 24;
    pub const NOTIFICATION: usize = 40;
    pub const STATE: usize = 72;
    pub const RESULT: usize = 80;
}

/// What the kernel keeps in `_state`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// No job, or one whose result was fetched.
    None = 0,
    Running = 1,
    Done = 2,
}

/// A control block in a program's memory.
#[derive(Clone, Copy)]
pub struct ControlBlock {
    pub space: AddressSpace,
    pub address: UserAddress,
}

/// What a program asks for.
pub struct Request {
    pub descriptor: i32,
    /// `LIO_*`; for lio_listio(3).
    pub operation: i32,
    pub offset: u64,
    pub buffer: UserAddress,
    pub length: usize,
    pub notification: Notification,
}

impl ControlBlock {
    /// What the program asks for.
    ///
    /// # Errors
    /// `EINVAL` for an offset or length that is none; as [`Notification::read`].
    pub fn request(self) -> Result<Request> {
        let at = |offset| self.address.offset(offset);
        let space = self.space;
        let [descriptor, operation] = space.read::<[i32; 2]>(at(offset::DESCRIPTOR)?)?;
        let length: usize = space.read(at(offset::LENGTH)?)?;
        if isize::try_from(length).is_err() {
            return Err(Errno::EINVAL);
        }
        Ok(Request {
            descriptor,
            operation,
            offset: u64::try_from(space.read::<i64>(at(offset::OFFSET)?)?).map_err(|_| Errno::EINVAL)?,
            buffer: UserAddress::new(space.read(at(offset::BUFFER)?)?),
            length,
            notification: Notification::read(space, at(offset::NOTIFICATION)?)?,
        })
    }

    /// The job's state, its errno so far, and what it has moved.
    ///
    /// # Errors
    /// `EFAULT`.
    pub fn state(self) -> Result<(i32, i32, i64)> {
        let [state, errno] = self.space.read::<[i32; 2]>(self.address.offset(offset::STATE)?)?;
        Ok((state, errno, self.space.read(self.address.offset(offset::RESULT)?)?))
    }

    /// Tells the program.
    ///
    /// # Errors
    /// `EFAULT`.
    pub fn set_state(self, state: JobState, errno: i32, result: i64) -> Result<()> {
        self.space.write(result, self.address.offset(offset::RESULT)?)?;
        self.space.write([state as i32, errno], self.address.offset(offset::STATE)?)
    }
}

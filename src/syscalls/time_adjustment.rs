//! adjtime(2), ntp_adjtime(2), ntp_gettime(2).

use crate::abi::system_call::table::{Adjtime50Arguments, NtpAdjtimeArguments, NtpGettime50Arguments};
use crate::errno::{Errno, Result};
use crate::sched::Lwp;
use crate::syscall::{DONE, ReturnValue};
use crate::time::{NANOSECONDS, Timespec};
use crate::time_of_day::{Discipline, MOST_FREQUENCY, MOST_OFFSET};
use crate::timeval::{Timeval, TimevalLayout};
use crate::user_memory::{AddressSpace, UserAddress};

/// `MOD_*`: what ntp_adjtime(2) is to change.
mod mode {
    pub const OFFSET: i32 = 0x1;
    pub const FREQUENCY: i32 = 0x2;
    pub const MOST_ERROR: i32 = 0x4;
    pub const ESTIMATED_ERROR: i32 = 0x8;
    pub const STATUS: i32 = 0x10;
    pub const CONSTANT: i32 = 0x20;
    pub const ATOMIC_OFFSET: i32 = 0x80;
    pub const MICROSECONDS: i32 = 0x1000;
    pub const NANOSECONDS: i32 = 0x2000;
}

const STATUS_UNSYNCHRONISED: i32 = 0x40;
const STATUS_NANOSECONDS: i32 = 0x2000;
/// Status bits that only the kernel sets.
const STATUS_READ_ONLY: i32 = 0xff00;
/// `TIME_OK` and `TIME_ERROR`.
const SYNCHRONISED: i32 = 0;
const UNSYNCHRONISED: i32 = 5;
const MOST_CONSTANT: i64 = 10;

pub(super) fn adjtime(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Adjtime50Arguments::from_slots(slots);
    let process = &lwp.process;
    if !process.credentials().is_superuser() {
        return Err(Errno::EPERM);
    }
    let new = if call.delta.is_null() {
        None
    } else {
        // Microseconds of either sign, and as many as there may be.
        let delta = Timeval::read(process.space, call.delta, TimevalLayout::Now)?;
        let nanoseconds = delta.seconds.checked_mul(NANOSECONDS).ok_or(Errno::EINVAL)?;
        Some(nanoseconds.checked_add(delta.microseconds * 1000).ok_or(Errno::EINVAL)?)
    };
    let left = process.kernel.time_of_day.adjust(new);
    if !call.olddelta.is_null() {
        // A negative rest has negative microseconds, too.
        let rest = Timespec { seconds: left / NANOSECONDS, nanoseconds: left % NANOSECONDS };
        Timeval::write(rest, process.space, call.olddelta)?;
    }
    Ok(DONE)
}

/// The fields of a `struct timex` by their offsets.
struct Timex {
    space: AddressSpace,
    address: UserAddress,
}

impl Timex {
    fn long(&self, offset: usize) -> Result<i64> {
        self.space.read(self.address.offset(offset)?)
    }

    fn int(&self, offset: usize) -> Result<i32> {
        self.space.read(self.address.offset(offset)?)
    }

    fn put_long(&self, offset: usize, value: i64) -> Result<()> {
        self.space.write(value, self.address.offset(offset)?)
    }

    fn put_int(&self, offset: usize, value: i32) -> Result<()> {
        self.space.write(value, self.address.offset(offset)?)
    }

    /// What the program asks for.
    fn request(&self, modes: i32) -> Result<Discipline> {
        let unit =
            if modes & mode::NANOSECONDS != 0 || self.int(40)? & STATUS_NANOSECONDS != 0 { 1 } else { 1000 };
        let constant = self.long(48)?;
        Ok(Discipline {
            offset: self.long(8)?.saturating_mul(unit).clamp(-MOST_OFFSET, MOST_OFFSET),
            frequency: self.long(16)?.clamp(-MOST_FREQUENCY, MOST_FREQUENCY),
            most_error: self.long(24)?,
            estimated_error: self.long(32)?,
            status: self.int(40)?,
            constant: constant.clamp(0, MOST_CONSTANT),
            atomic_offset: constant,
        })
    }

    fn answer(&self, now: &Discipline) -> Result<()> {
        const PRECISION: i64 = 1000;
        let unit = if now.status & STATUS_NANOSECONDS != 0 { 1 } else { 1000 };
        self.space.zero_out(self.address, 136)?;
        self.put_long(8, now.offset / unit)?;
        self.put_long(16, now.frequency)?;
        self.put_long(24, now.most_error)?;
        self.put_long(32, now.estimated_error)?;
        self.put_int(40, now.status)?;
        self.put_long(48, now.constant)?;
        self.put_long(56, PRECISION / unit)?;
        self.put_long(64, MOST_FREQUENCY)
    }
}

fn apply(to: &mut Discipline, from: &Discipline, modes: i32) {
    let asks = |what| modes & what != 0;
    if asks(mode::OFFSET) {
        to.offset = from.offset;
    }
    if asks(mode::FREQUENCY) {
        to.frequency = from.frequency;
    }
    if asks(mode::MOST_ERROR) {
        to.most_error = from.most_error;
    }
    if asks(mode::ESTIMATED_ERROR) {
        to.estimated_error = from.estimated_error;
    }
    if asks(mode::STATUS) {
        to.status = (to.status & STATUS_READ_ONLY) | (from.status & !STATUS_READ_ONLY);
    }
    if asks(mode::CONSTANT) {
        to.constant = from.constant;
    }
    if asks(mode::ATOMIC_OFFSET) {
        to.atomic_offset = from.atomic_offset;
    }
    if asks(mode::NANOSECONDS) {
        to.status |= STATUS_NANOSECONDS;
    }
    if asks(mode::MICROSECONDS) {
        to.status &= !STATUS_NANOSECONDS;
    }
}

/// `TIME_OK` or `TIME_ERROR`: whether the clock is synchronised.
#[must_use]
pub fn state_of(discipline: &Discipline) -> i32 {
    if discipline.status & STATUS_UNSYNCHRONISED == 0 { SYNCHRONISED } else { UNSYNCHRONISED }
}

pub(super) fn ntp_adjtime(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = NtpAdjtimeArguments::from_slots(slots);
    let timex = Timex { space: lwp.process.space, address: call.tp };
    let modes = timex.int(0)?;
    if modes != 0 && !lwp.process.credentials().is_superuser() {
        return Err(Errno::EPERM);
    }
    let request = timex.request(modes)?;
    let now = lwp.process.kernel.time_of_day.discipline(|kept| apply(kept, &request, modes));
    timex.answer(&now)?;
    Ok(state_of(&now).into())
}

pub(super) fn ntp_gettime(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = NtpGettime50Arguments::from_slots(slots);
    let kernel = &lwp.process.kernel;
    let kept = kernel.time_of_day.discipline(|_| ());
    let state = state_of(&kept);
    let space = lwp.process.space;
    space.write(kernel.now(), call.ntvp)?;
    space.write(
        [kept.most_error, kept.estimated_error, kept.atomic_offset, i64::from(state)],
        call.ntvp.offset(16)?,
    )?;
    Ok(state.into())
}

//! poll(2), select(2) and their kin.

use crate::abi::system_call::table::{
    Compat50PolltsArguments, Compat50PselectArguments, Compat50SelectArguments, PollArguments,
    Pollts50Arguments, Pselect50Arguments, Select50Arguments,
};
use crate::errno::{Errno, Result};
use crate::memory;
use crate::poll::{self, Events, Watched};
use crate::process::Resource;
use crate::sched::Lwp;
use crate::signal::SignalSet;
use crate::syscall::ReturnValue;
use crate::time::Timespec;
use crate::timeval::{Timeval, TimevalLayout};
use crate::user_memory::UserAddress;
use alloc::vec::Vec;

/// A `struct timespec`; the null pointer is no limit.
pub(super) fn read_timespec(lwp: &Lwp, address: UserAddress) -> Result<Option<Timespec>> {
    if address.is_null() {
        return Ok(None);
    }
    lwp.process.space.read(address).map(Some)
}

/// A `struct timespec50`, whose seconds have 32 bits; the null pointer is no limit.
pub(super) fn read_timespec_50(lwp: &Lwp, address: UserAddress) -> Result<Option<Timespec>> {
    if address.is_null() {
        return Ok(None);
    }
    let seconds = i64::from(lwp.process.space.read::<i32>(address)?);
    let nanoseconds = lwp.process.space.read(address.offset(size_of::<i64>())?)?;
    Ok(Some(Timespec { seconds, nanoseconds }))
}

/// A `struct timeval`; the null pointer is no limit.
fn read_timeval(lwp: &Lwp, address: UserAddress, layout: TimevalLayout) -> Result<Option<Timespec>> {
    if address.is_null() {
        return Ok(None);
    }
    Timeval::read(lwp.process.space, address, layout)?.time().map(Some)
}

fn read_mask(lwp: &Lwp, address: UserAddress) -> Result<Option<SignalSet>> {
    if address.is_null() {
        return Ok(None);
    }
    lwp.process.space.read(address).map(|words| Some(SignalSet::from_words(words)))
}

/// `struct pollfd`.
const POLLED_SIZE: usize = 8;

fn poll_common(
    lwp: &Lwp,
    address: UserAddress,
    count: u32,
    timeout: Option<Timespec>,
    mask: Option<SignalSet>,
) -> Result<ReturnValue> {
    /// Entries beyond the limit on descriptors that are let pass: an array may name one several times.
    const SPARE: u64 = 1000;
    let most = lwp.process.limits.lock().get(Resource::OpenFiles).maximum.saturating_add(SPARE);
    if u64::from(count) > most {
        return Err(Errno::EINVAL);
    }
    let count = count as usize;
    let space = lwp.process.space;
    let mut watched = memory::vector(count)?;
    for index in 0..count {
        let [descriptor, events] = space.read::<[i32; 2]>(address.offset(index * POLLED_SIZE)?)?;
        let events = Events::from_bits_retain(u32::from(events as u16)) & Events::POLLABLE;
        watched.push(Watched::new(descriptor, events));
    }
    let found = poll::wait(lwp, &mut watched, timeout, mask)?;
    for (index, one) in watched.iter().enumerate() {
        let place = address.offset(index * POLLED_SIZE + 6)?;
        space.write(one.found.bits() as u16, place)?;
    }
    Ok(found.into())
}

pub(super) fn poll(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    const FOREVER: i32 = -1;
    let call = PollArguments::from_slots(slots);
    let timeout = Timespec::from_milliseconds(i64::from(call.timeout));
    let timeout = (call.timeout != FOREVER).then_some(timeout);
    poll_common(lwp, call.fds, call.nfds, timeout, None)
}

pub(super) fn pollts(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Pollts50Arguments::from_slots(slots);
    let timeout = read_timespec(lwp, call.ts)?;
    poll_common(lwp, call.fds, call.nfds, timeout, read_mask(lwp, call.mask)?)
}

pub(super) fn compat_50_pollts(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Compat50PolltsArguments::from_slots(slots);
    let timeout = read_timespec_50(lwp, call.ts)?;
    poll_common(lwp, call.fds, call.nfds, timeout, read_mask(lwp, call.mask)?)
}

/// What makes a descriptor count in each of select's sets: to read, to write, exceptions.
const SETS: [Events; 3] = [
    Events::READ_NORMAL.union(Events::UNASKED),
    Events::OUT.union(Events::UNASKED),
    Events::READ_BAND.union(Events::UNASKED),
];
/// Bits in the words that a set is made of (`NFDBITS`).
const WORD: usize = 32;

/// The three sets of descriptors of one select.
struct Sets {
    /// Null pointers are sets that are not wanted.
    addresses: [UserAddress; 3],
    /// Bytes in each.
    length: usize,
    bits: [Vec<u8>; 3],
}

impl Sets {
    fn read(lwp: &Lwp, addresses: [UserAddress; 3], descriptors: usize) -> Result<Self> {
        let length = descriptors.div_ceil(WORD) * (WORD / 8);
        let mut sets = Self { addresses, length, bits: Default::default() };
        for (address, bits) in addresses.iter().zip(&mut sets.bits) {
            *bits = memory::vector(length)?;
            bits.resize(length, 0);
            if !address.is_null() {
                lwp.process.space.copy_in(*address, bits)?;
            }
        }
        Ok(sets)
    }

    fn contains(&self, set: usize, descriptor: usize) -> bool {
        self.bits[set].get(descriptor / 8).is_some_and(|byte| byte & (1 << (descriptor % 8)) != 0)
    }

    /// The descriptors in any of the sets.
    fn watched(&self, descriptors: usize) -> Result<Vec<Watched>> {
        let mut watched = Vec::new();
        for descriptor in 0..descriptors {
            let mut events = Events::empty();
            for (set, asked) in SETS.iter().enumerate() {
                events.set(*asked, events.contains(*asked) || self.contains(set, descriptor));
            }
            if !events.is_empty() {
                memory::reserve(&mut watched, 1)?;
                watched.push(Watched::new(descriptor as i32, events));
            }
        }
        Ok(watched)
    }

    /// Leaves in each set what was found; how many bits that are.
    fn keep_found(&mut self, watched: &[Watched]) -> Result<usize> {
        let mut found: [Vec<u8>; 3] = Default::default();
        for bits in &mut found {
            *bits = memory::vector(self.length)?;
            bits.resize(self.length, 0);
        }
        let mut count = 0;
        for one in watched {
            let descriptor = one.descriptor as usize;
            for (set, asked) in SETS.iter().enumerate() {
                if one.found.intersects(*asked)
                    && self.contains(set, descriptor)
                    && let Some(byte) = found[set].get_mut(descriptor / 8)
                {
                    *byte |= 1 << (descriptor % 8);
                    count += 1;
                }
            }
        }
        self.bits = found;
        Ok(count)
    }

    fn write(&self, lwp: &Lwp) -> Result<()> {
        for (address, bits) in self.addresses.iter().zip(&self.bits) {
            if !address.is_null() {
                lwp.process.space.copy_out(bits, *address)?;
            }
        }
        Ok(())
    }
}

fn select_common(
    lwp: &Lwp,
    descriptors: i32,
    addresses: [UserAddress; 3],
    timeout: Option<Timespec>,
    mask: Option<SignalSet>,
) -> Result<ReturnValue> {
    /// Descriptors that every table has room for.
    const FEWEST: usize = 20;
    let descriptors = usize::try_from(descriptors).map_err(|_| Errno::EINVAL)?;
    // What is past the end of the table is forgiven, and left as it is.
    let descriptors = descriptors.min(lwp.process.descriptors.size().max(FEWEST));
    let mut sets = Sets::read(lwp, addresses, descriptors)?;
    let mut watched = sets.watched(descriptors)?;
    poll::wait(lwp, &mut watched, timeout, mask)?;
    if watched.iter().any(|one| one.found.contains(Events::NOT_OPEN)) {
        return Err(Errno::EBADF);
    }
    let count = sets.keep_found(&watched)?;
    sets.write(lwp)?;
    Ok(count.into())
}

pub(super) fn select(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Select50Arguments::from_slots(slots);
    let timeout = read_timeval(lwp, call.tv, TimevalLayout::Now)?;
    select_common(lwp, call.nd, [call.r#in, call.ou, call.ex], timeout, None)
}

pub(super) fn pselect(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Pselect50Arguments::from_slots(slots);
    let timeout = read_timespec(lwp, call.ts)?;
    select_common(lwp, call.nd, [call.r#in, call.ou, call.ex], timeout, read_mask(lwp, call.mask)?)
}

pub(super) fn compat_50_select(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Compat50SelectArguments::from_slots(slots);
    let timeout = read_timeval(lwp, call.tv, TimevalLayout::Old)?;
    select_common(lwp, call.nd, [call.r#in, call.ou, call.ex], timeout, None)
}

pub(super) fn compat_50_pselect(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Compat50PselectArguments::from_slots(slots);
    let timeout = read_timespec_50(lwp, call.ts)?;
    select_common(lwp, call.nd, [call.r#in, call.ou, call.ex], timeout, read_mask(lwp, call.mask)?)
}

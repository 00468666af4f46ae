//! The ioctls of random devices (rnd(4), `sys/rndio.h`).

use crate::Counts;
use alloc::vec::Vec;
use core::sync::atomic::Ordering;
use rump::errno::{Errno, Result};
use rump::sched::Lwp;
use rump::user_memory::{AddressSpace, UserAddress};

mod command {
    pub const GET_ENTROPY: u64 = 0x4004_5265;
    pub const GET_SOURCES: u64 = 0xc120_5266;
    pub const GET_SOURCE: u64 = 0xc02c_5267;
    pub const CHANGE_SOURCES: u64 = 0x801c_5268;
    pub const ADD: u64 = 0x8208_5269;
    pub const GET_POOL: u64 = 0x4020_526a;
    pub const GET_ESTIMATES: u64 = 0xc1c0_526b;
    pub const GET_ESTIMATE: u64 = 0xc03c_526c;
}

/// Bits in a full pool, and its words.
const POOL_BITS: u32 = 4096;
const POOL_WORDS: u32 = 128;
/// Bytes below which the original's pool would not answer.
const THRESHOLD: u32 = 16;
/// The one source: the host.
const SOURCE: &[u8] = b"host";
/// `RND_TYPE_RNG`, and collected for its values without an estimate.
const SOURCE_KIND: u32 = 5;
const SOURCE_FLAGS: u32 = 0x2100;
const NAME: usize = 16;
/// `rndsource_t`, and the counts that `rndsource_est_t` has behind it.
const SOURCE_SIZE: usize = 28;
const ESTIMATE_SIZE: usize = SOURCE_SIZE + 16;
/// Sources that programs ask for at a time at most, and bytes that they add.
const MOST_SOURCES: u32 = 10;
const MOST_ADDED: u32 = 512;

/// Carries out an ioctl; `None` for one that is not about randomness.
///
/// # Errors
/// `EPERM` for whoever is not the superuser, but for the count of bits; `EINVAL` for counts that are too large; `ENOENT` for
/// a source that is not there; `EOPNOTSUPP` for changing how the host collects; `EFAULT`.
pub(crate) fn control(counts: &Counts, lwp: &Lwp, command: u64, data: UserAddress) -> Option<Result<()>> {
    let space = lwp.process.space;
    let allowed = || if lwp.process.credentials().is_superuser() { Ok(()) } else { Err(Errno::EPERM) };
    Some(match command {
        command::GET_ENTROPY => space.write(POOL_BITS, data),
        command::GET_POOL => allowed().and_then(|()| space.copy_out(&pool(counts), data)),
        command::GET_SOURCES => allowed().and_then(|()| sources(counts, space, data, SOURCE_SIZE)),
        command::GET_ESTIMATES => allowed().and_then(|()| sources(counts, space, data, ESTIMATE_SIZE)),
        command::GET_SOURCE => allowed().and_then(|()| by_name(counts, space, data, SOURCE_SIZE)),
        command::GET_ESTIMATE => allowed().and_then(|()| by_name(counts, space, data, ESTIMATE_SIZE)),
        command::CHANGE_SOURCES => allowed().and_then(|()| change(space, data)),
        command::ADD => allowed().and_then(|()| add(counts, space, data)),
        _ => return None,
    })
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_ne_bytes()).collect()
}

/// `rndpoolstat_t`: the pool is full, so that what is added is discarded.
fn pool(counts: &Counts) -> Vec<u8> {
    let (given, added) = (counts.given.load(Ordering::Relaxed), counts.added.load(Ordering::Relaxed));
    let collected = given.wrapping_add(added);
    words(&[POOL_WORDS, THRESHOLD, POOL_BITS, collected, POOL_BITS, given, added, 0])
}

/// The host as `rndsource_t` or `rndsource_est_t`.
fn source(counts: &Counts, size: usize) -> Vec<u8> {
    let mut bytes = Vec::from([0; NAME]);
    bytes[..SOURCE.len()].copy_from_slice(SOURCE);
    bytes.extend(words(&[counts.given.load(Ordering::Relaxed), SOURCE_KIND, SOURCE_FLAGS]));
    bytes.resize(size, 0);
    bytes
}

/// From the source of a number on, as many as are asked for.
fn sources(counts: &Counts, space: AddressSpace, data: UserAddress, size: usize) -> Result<()> {
    let (start, count) = (space.read::<u32>(data)?, space.read::<u32>(data.offset(4)?)?);
    if count > MOST_SOURCES {
        return Err(Errno::EINVAL);
    }
    let found = u32::from(start == 0 && count > 0);
    if found > 0 {
        space.copy_out(&source(counts, size), data.offset(8)?)?;
    }
    space.write(found, data.offset(4)?)
}

fn is_named(name: &[u8; NAME]) -> bool {
    let length = name.iter().position(|&byte| byte == 0).unwrap_or(NAME);
    &name[..length] == SOURCE
}

fn by_name(counts: &Counts, space: AddressSpace, data: UserAddress, size: usize) -> Result<()> {
    if !is_named(&space.read(data)?) {
        return Err(Errno::ENOENT);
    }
    space.copy_out(&source(counts, size), data.offset(NAME)?)
}

/// `RNDCTL`: names a source, or a type of sources; flags and what of them changes follow.
fn change(space: AddressSpace, data: UserAddress) -> Result<()> {
    const BY_NAME: u32 = 0xff;
    let kind = space.read::<u32>(data.offset(NAME)?)?;
    let flags = space.read::<u32>(data.offset(NAME + 4)?)?;
    let mask = space.read::<u32>(data.offset(NAME + 8)?)?;
    let is_meant = if kind == BY_NAME {
        if !is_named(&space.read(data)?) {
            return Err(Errno::ENOENT);
        }
        true
    } else {
        kind == SOURCE_KIND
    };
    let changes = (flags ^ SOURCE_FLAGS) & mask != 0;
    if is_meant && changes { Err(Errno::EOPNOTSUPP) } else { Ok(()) }
}

/// `RNDADDDATA`: no more bits than there are in the data count.
fn add(counts: &Counts, space: AddressSpace, data: UserAddress) -> Result<()> {
    let (length, bits) = (space.read::<u32>(data)?, space.read::<u32>(data.offset(4)?)?);
    if length > MOST_ADDED {
        return Err(Errno::EINVAL);
    }
    let mut bytes = [0; MOST_ADDED as usize];
    space.copy_in(data.offset(8)?, &mut bytes[..length as usize])?;
    Counts::add(&counts.added, bits.min(length * 8) as usize);
    Ok(())
}

//! Disks in memory, with what real ones do wrong.

use crate::errno::{EINVAL, EIO, EROFS};
use core::ffi::c_int;
use core::ops::Range;
use simulator_world::Random;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Bytes that a disk writes whole or not at all.
const SECTOR: usize = 512;

/// Which transfers a fault hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Read,
    Write,
}

/// What goes wrong on a disk.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Transfers fail from this one on, counted from 0 since the fault was set.
    From(Direction, u64),
    /// One in so many transfers fails, drawn by the world's seed.
    Chance(Direction, u64),
    /// Transfers that touch these bytes fail.
    Range(Direction, Range<u64>),
    /// Syncs fail from this one on, counted from 0 since the fault was set.
    SyncFrom(u64),
}

#[derive(Default)]
struct State {
    /// What reads see.
    current: Vec<u8>,
    /// What is on the medium for certain.
    stable: Vec<u8>,
    /// Writes since the last sync, in their order.
    unsynced: Vec<(usize, Vec<u8>)>,
    read_only: bool,
    faults: Vec<(Fault, u64)>,
    reads: u64,
    writes: u64,
    syncs: u64,
}

/// A disk. Cheap to clone; all clones are the same disk.
#[derive(Clone, Default)]
pub struct Disk(Arc<Mutex<State>>);

impl Disk {
    /// A disk that holds `bytes`, all of them stable.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        let state = State { current: bytes.clone(), stable: bytes, ..State::default() };
        Self(Arc::new(Mutex::new(state)))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes it refuse to be written from now on.
    pub fn set_read_only(&self) {
        self.state().read_only = true;
    }

    /// Adds a fault.
    pub fn add_fault(&self, fault: Fault) {
        self.state().faults.push((fault, 0));
    }

    /// Repairs it.
    pub fn clear_faults(&self) {
        self.state().faults.clear();
    }

    /// What it holds, synced or not.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.state().current.clone()
    }

    /// Transfers that were begun, the failed ones included: reads, writes, syncs.
    #[must_use]
    pub fn counts(&self) -> (u64, u64, u64) {
        let state = self.state();
        (state.reads, state.writes, state.syncs)
    }

    /// What is on the medium if the power fails now. What was synced is there. Of the writes since then, each is there,
    /// lost, or torn at a sector's edge, as the seed says.
    #[must_use]
    pub fn crash_image(&self, seed: u64) -> Vec<u8> {
        let state = self.state();
        let mut random = Random::new(seed);
        let mut image = state.stable.clone();
        for (offset, bytes) in &state.unsynced {
            let sectors = bytes.len().div_ceil(SECTOR);
            let kept = match random.below(3) {
                0 => 0..0,
                1 => 0..bytes.len(),
                _ => {
                    let cut = (random.index(sectors + 1) * SECTOR).min(bytes.len());
                    if random.once_in(2) { 0..cut } else { cut..bytes.len() }
                }
            };
            image[offset + kept.start..offset + kept.end].copy_from_slice(&bytes[kept]);
        }
        image
    }

    /// Its size in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.state().current.len() as u64
    }

    pub(crate) fn is_read_only(&self) -> bool {
        self.state().read_only
    }

    /// Reads what there is from `offset` on; says how much.
    pub(crate) fn read(&self, offset: i64, into: &mut [u8], random: &mut Random) -> Result<usize, c_int> {
        let mut state = self.state();
        state.reads += 1;
        let start = usize::try_from(offset).map_err(|_| EINVAL)?;
        if state.strikes(Direction::Read, start, into.len(), random) {
            return Err(EIO);
        }
        let available = state.current.get(start..).unwrap_or_default();
        let count = into.len().min(available.len());
        into[..count].copy_from_slice(&available[..count]);
        Ok(count)
    }

    /// Writes up to the end of the disk; says how much. A failing write may have reached the disk in part.
    pub(crate) fn write(&self, offset: i64, from: &[u8], random: &mut Random) -> Result<usize, c_int> {
        let mut state = self.state();
        state.writes += 1;
        if state.read_only {
            return Err(EROFS);
        }
        let start = usize::try_from(offset).map_err(|_| EINVAL)?;
        let available = state.current.len().saturating_sub(start);
        let from = &from[..from.len().min(available)];
        if state.strikes(Direction::Write, start, from.len(), random) {
            if random.once_in(4) {
                let part = random.index(from.len() / SECTOR + 1) * SECTOR;
                state.store(start, &from[..part]);
            }
            return Err(EIO);
        }
        state.store(start, from);
        Ok(from.len())
    }

    /// Makes all writes so far stable.
    pub(crate) fn sync(&self) -> Result<(), c_int> {
        let mut state = self.state();
        state.syncs += 1;
        if state.strikes_sync() {
            return Err(EIO);
        }
        for (offset, bytes) in std::mem::take(&mut state.unsynced) {
            state.stable[offset..offset + bytes.len()].copy_from_slice(&bytes);
        }
        Ok(())
    }
}

impl State {
    fn store(&mut self, start: usize, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.current[start..start + bytes.len()].copy_from_slice(bytes);
            self.unsynced.push((start, bytes.to_vec()));
        }
    }

    fn strikes(&mut self, direction: Direction, start: usize, length: usize, random: &mut Random) -> bool {
        let (start, end) = (start as u64, (start + length) as u64);
        let mut any = false;
        for (fault, seen) in &mut self.faults {
            any |= match fault {
                Fault::From(which, first) if *which == direction => {
                    *seen += 1;
                    *seen > *first
                }
                Fault::Chance(which, times) if *which == direction => random.once_in(*times),
                Fault::Range(which, range) if *which == direction => start < range.end && range.start < end,
                _ => false,
            };
        }
        any
    }

    fn strikes_sync(&mut self) -> bool {
        let mut any = false;
        for (fault, seen) in &mut self.faults {
            if let Fault::SyncFrom(first) = fault {
                *seen += 1;
                any |= *seen > *first;
            }
        }
        any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn power_failures_keep_what_was_synced_and_whole_sectors_of_the_rest() {
        let mut random = Random::new(1);
        let disk = Disk::new(vec![0; 8192]);
        disk.write(0, &[1; 2048], &mut random).unwrap();
        disk.sync().unwrap();
        disk.write(1024, &[2; 4096], &mut random).unwrap();
        let (mut kept, mut lost, mut torn) = (0, 0, 0);
        for seed in 0..300 {
            let image = disk.crash_image(seed);
            assert!(image[..1024].iter().all(|&byte| byte == 1));
            let sectors: Vec<_> = image[1024..5120].chunks(SECTOR).collect();
            for sector in &sectors {
                assert!(sector.iter().all(|&byte| byte == sector[0]), "a sector was torn");
            }
            match sectors.iter().filter(|sector| sector[0] == 2).count() {
                0 => lost += 1,
                8 => kept += 1,
                _ => torn += 1,
            }
        }
        assert!(kept > 60 && lost > 60 && torn > 40, "{kept} kept, {lost} lost, {torn} torn");
    }

    #[test]
    fn faults_strike_where_they_are_set() {
        let mut random = Random::new(2);
        let disk = Disk::new(vec![7; 4096]);
        disk.add_fault(Fault::Range(Direction::Read, 1024..1536));
        let mut sector = [0; 512];
        assert_eq!(disk.read(512, &mut sector, &mut random), Ok(512));
        assert_eq!(disk.read(1024, &mut sector, &mut random), Err(EIO));
        assert_eq!(disk.write(1024, &sector, &mut random), Ok(512));
        disk.clear_faults();
        disk.add_fault(Fault::From(Direction::Write, 2));
        let results: Vec<_> = (0..4).map(|_| disk.write(0, &sector, &mut random).is_ok()).collect();
        assert_eq!(results, [true, true, false, false]);
        disk.add_fault(Fault::SyncFrom(1));
        assert_eq!((disk.sync(), disk.sync()), (Ok(()), Err(EIO)));
        assert_eq!(disk.read(3840, &mut sector, &mut random), Ok(256), "short at the end");
    }
}

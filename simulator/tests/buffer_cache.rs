//! The buffer cache under many schedules: several threads change the blocks of a device that is slow, with so little room that
//! blocks go all the time.

mod support;

use rump::errno::Result;
use rump::host::clock;
use rump::time::Timespec;
use simulator::{run, seeds};
use std::sync::{Arc, Mutex};
use support::{core, spawn, within};
use vfs::block_device::BlockDevice;
use vfs::buffer_cache::BufferCache;

const BLOCK: usize = 512;
const BLOCKS: u64 = 6;
const THREADS: usize = 5;
const ROUNDS: u64 = 12;

/// Bytes in memory, each transfer of which takes some microseconds. The thread has no virtual CPU meanwhile.
struct SlowDevice(Mutex<Vec<u8>>);

impl SlowDevice {
    fn transfer(&self, offset: u64, length: usize, copy: impl FnOnce(&mut [u8])) {
        let microseconds = 1 + clock::monotonic().nanoseconds % 7;
        let pause = || clock::sleep(Timespec { seconds: 0, nanoseconds: microseconds * 1000 });
        pause();
        copy(&mut self.0.lock().unwrap()[offset as usize..][..length]);
        pause();
    }
}

impl BlockDevice for SlowDevice {
    fn size(&self) -> u64 {
        BLOCKS * BLOCK as u64
    }

    fn sector_size(&self) -> u32 {
        BLOCK as u32
    }

    fn is_read_only(&self) -> bool {
        false
    }

    fn read(&self, offset: u64, into: &mut [u8]) -> Result<()> {
        self.transfer(offset, into.len(), |bytes| into.copy_from_slice(bytes));
        Ok(())
    }

    fn write(&self, offset: u64, from: &[u8]) -> Result<()> {
        self.transfer(offset, from.len(), |bytes| bytes.copy_from_slice(from));
        Ok(())
    }

    fn flush(&self) -> Result<()> {
        Ok(())
    }
}

/// Adds one to a block's counter.
fn increase(cache: &BufferCache, block: u64) {
    let buffer = cache.read(block * BLOCK as u64, BLOCK).unwrap();
    let mut bytes = buffer.write();
    let count = u32::from_le_bytes(bytes[..4].try_into().unwrap());
    bytes[..4].copy_from_slice(&(count + 1).to_le_bytes());
}

#[test]
fn no_change_is_lost_when_blocks_come_and_go() {
    for seed in seeds(200) {
        run(seed, move |world| {
            let kernel = core([1, 2, 4][seed as usize % 3]);
            let device = Arc::new(SlowDevice(Mutex::new(vec![0; BLOCKS as usize * BLOCK])));
            let cache = Arc::new(BufferCache::new(Arc::clone(&device) as _, 2 * BLOCK));
            let threads: Vec<_> = (0..THREADS as u64)
                .map(|number| {
                    let (inside, cache) = (Arc::clone(&kernel), Arc::clone(&cache));
                    spawn(world, &kernel, "worker", move || {
                        within(&inside, || {
                            for round in 0..ROUNDS {
                                increase(&cache, (round * (number + 1) + seed) % BLOCKS);
                            }
                        });
                    })
                })
                .collect();
            for thread in threads {
                thread.join();
            }
            within(&kernel, || cache.flush().unwrap());
            let bytes = device.0.lock().unwrap();
            let counts = bytes
                .chunks(BLOCK)
                .map(|block| u64::from(u32::from_le_bytes(block[..4].try_into().unwrap())));
            assert_eq!(counts.sum::<u64>(), THREADS as u64 * ROUNDS, "seed {seed}");
            drop(bytes);
            kernel.shut_down().unwrap();
        });
    }
}

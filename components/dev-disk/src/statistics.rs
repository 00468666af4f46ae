//! What disks have transferred, and which there are: `hw.disknames`, `hw.iostatnames`, `hw.iostats` (iostat(8)).

use crate::request::{put, put_string};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use dev::Devices;
use rump::errno::{Errno, Result};
use rump::host::clock;
use rump::kernel::Kernel;
use rump::memory;
use rump::sync::{Mutex, SpinMutex};
use rump::sysctl::{Call, Computed, Handler, Kind, Leaf, flags, top};
use rump::time::Timespec;

/// Which way a transfer goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Read,
    Write,
}

/// Transfers of one way.
#[derive(Clone, Copy, Default)]
struct Transfers {
    count: u64,
    bytes: u64,
}

#[derive(Clone, Copy, Default)]
struct Counts {
    reads: Transfers,
    writes: Transfers,
    /// Transfers that are under way.
    busy: u32,
    /// When the last transfer ended, or the first after a pause began; by the monotonic clock.
    stamp: Timespec,
    /// How long there were transfers under way.
    busy_time: Timespec,
}

/// What one disk has transferred.
pub(crate) struct Statistics {
    counts: SpinMutex<Counts>,
    attached: Timespec,
}

impl Statistics {
    /// Nothing yet, by a disk that comes now.
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { counts: SpinMutex::default(), attached: clock::monotonic() })
    }

    /// Runs a transfer of `length` bytes and counts it, unless it fails.
    ///
    /// # Errors
    /// The transfer's.
    pub(crate) fn count(&self, way: Way, length: usize, transfer: impl FnOnce() -> Result<()>) -> Result<()> {
        self.begin(clock::monotonic());
        let result = transfer();
        self.end(clock::monotonic(), way, if result.is_ok() { length } else { 0 });
        result
    }

    fn begin(&self, now: Timespec) {
        let mut counts = self.counts.lock();
        if counts.busy == 0 {
            counts.stamp = now;
        }
        counts.busy += 1;
    }

    fn end(&self, now: Timespec, way: Way, length: usize) {
        let mut counts = self.counts.lock();
        counts.busy -= 1;
        let more = now.since(counts.stamp);
        counts.busy_time = counts.busy_time.saturating_add(more);
        counts.stamp = counts.stamp.max(now);
        let transfers = match way {
            Way::Read => &mut counts.reads,
            Way::Write => &mut counts.writes,
        };
        if length > 0 {
            transfers.count += 1;
            transfers.bytes += length as u64;
        }
    }

    /// `struct io_sysctl`; times count from the start of the kernel.
    fn encode(&self, name: &str, kernel: &Kernel) -> [u8; record::SIZE] {
        let counts = *self.counts.lock();
        let (reads, writes) = (counts.reads, counts.writes);
        let mut bytes = [0; record::SIZE];
        put_string(&mut bytes, 0, record::NAME_SIZE, name.as_bytes());
        put(&mut bytes, record::BUSY, &counts.busy.to_ne_bytes());
        let start = kernel.started_at();
        let stamp = if counts.stamp == Timespec::ZERO { Timespec::ZERO } else { counts.stamp.since(start) };
        for (at, time) in [
            (record::ATTACHED, self.attached.since(start)),
            (record::STAMP, stamp),
            (record::BUSY_TIME, counts.busy_time),
        ] {
            put(&mut bytes, at, &(time.seconds as u32).to_ne_bytes());
            put(&mut bytes, at + 4, &((time.nanoseconds / 1000) as u32).to_ne_bytes());
        }
        for (at, count) in [
            (record::TRANSFERS, reads.count + writes.count),
            (record::BYTES, reads.bytes + writes.bytes),
            (record::READS, reads.count),
            (record::BYTES_READ, reads.bytes),
            (record::WRITES, writes.count),
            (record::BYTES_WRITTEN, writes.bytes),
        ] {
            put(&mut bytes, at, &count.to_ne_bytes());
        }
        bytes
    }
}

/// Where the members of `struct io_sysctl` are. Its type is zero, a disk, and nobody seeks.
mod record {
    pub const SIZE: usize = 104;
    pub const NAME_SIZE: usize = 16;
    pub const BUSY: usize = 16;
    pub const TRANSFERS: usize = 24;
    pub const BYTES: usize = 40;
    pub const ATTACHED: usize = 48;
    pub const STAMP: usize = 56;
    pub const BUSY_TIME: usize = 64;
    pub const READS: usize = 72;
    pub const BYTES_READ: usize = 80;
    pub const WRITES: usize = 88;
    pub const BYTES_WRITTEN: usize = 96;
    /// Bytes of one that a program may ask for.
    pub const LARGEST: usize = 4096;
}

/// The disks of one kernel, in the order in which they came.
#[derive(Default)]
pub(crate) struct DiskList(Mutex<Vec<(String, Arc<Statistics>)>>);

impl DiskList {
    pub(crate) fn of(kernel: &Kernel) -> Result<Arc<Self>> {
        Devices::of(kernel)?.shared()
    }

    /// A disk has come.
    pub(crate) fn attach(&self, name: &str, statistics: &Arc<Statistics>) {
        self.0.lock().push((name.into(), Arc::clone(statistics)));
    }

    /// It has gone.
    pub(crate) fn detach(&self, statistics: &Arc<Statistics>) {
        self.0.lock().retain(|(_, known)| !Arc::ptr_eq(known, statistics));
    }
}

/// Adds the nodes.
///
/// # Errors
/// `EEXIST` when they are there.
pub(crate) fn add_nodes(kernel: &Kernel) -> Result<()> {
    let leaf = |number, name, kind, description, handler| Leaf {
        number: Some(number),
        name,
        kind,
        size: 0,
        flags: flags::READ_ONLY,
        description,
        handler,
    };
    let names: Arc<dyn Handler> = Arc::new(Computed::read_only(names));
    let tree = &kernel.sysctl;
    let disks = leaf(8, "disknames", Kind::String, "Disks that there are", Arc::clone(&names));
    tree.add(&[top::HARDWARE], disks)?;
    let counters = leaf(15, "iostatnames", Kind::String, "Devices whose transfers are counted", names);
    tree.add(&[top::HARDWARE], counters)?;
    let transfers = leaf(9, "iostats", Kind::Structure, "Transfers of devices", Arc::new(TransfersOfDevices));
    tree.add(&[top::HARDWARE], transfers).map(drop)
}

fn names(call: &Call<'_>) -> Result<Vec<u8>> {
    let disks = DiskList::of(&call.lwp.process.kernel)?;
    let names: Vec<String> = disks.0.lock().iter().map(|(name, _)| name.clone()).collect();
    Ok(names.join(" ").into_bytes())
}

struct TransfersOfDevices;

impl Handler for TransfersOfDevices {
    /// One structure for each, of as many bytes as the name says, or no more than the device's name. Errors: `EINVAL` for a
    /// bad size, or a longer name; `ENOMEM`.
    fn get(&self, call: &Call<'_>) -> Result<Vec<u8>> {
        let size = match *call.rest {
            [] => record::NAME_SIZE,
            [size] => usize::try_from(size)
                .ok()
                .filter(|size| (1..=record::LARGEST).contains(size))
                .ok_or(Errno::EINVAL)?,
            _ => return Err(Errno::EINVAL),
        };
        let kernel = &call.lwp.process.kernel;
        let disks = DiskList::of(kernel)?;
        let disks = disks.0.lock();
        let mut bytes = memory::vector(disks.len() * size)?;
        for (index, (name, statistics)) in disks.iter().enumerate() {
            let record = statistics.encode(name, kernel);
            bytes.extend_from_slice(&record[..size.min(record::SIZE)]);
            bytes.resize((index + 1) * size, 0);
        }
        Ok(bytes)
    }

    fn takes_longer_names(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timespec {
        Timespec { seconds, nanoseconds: 0 }
    }

    #[test]
    fn time_counts_once_while_transfers_overlap() {
        let statistics = Statistics::new();
        statistics.begin(at(10));
        statistics.begin(at(12));
        statistics.end(at(13), Way::Read, 512);
        statistics.end(at(17), Way::Write, 1024);
        statistics.begin(at(30));
        statistics.end(at(31), Way::Write, 0);
        let counts = *statistics.counts.lock();
        assert_eq!(counts.busy_time, at(8));
        assert_eq!(counts.stamp, at(31));
        assert_eq!(counts.busy, 0);
        assert_eq!((counts.reads.count, counts.reads.bytes), (1, 512));
        assert_eq!((counts.writes.count, counts.writes.bytes), (1, 1024));
    }

    #[test]
    fn a_transfer_that_fails_does_not_count() {
        let statistics = Statistics::new();
        assert_eq!(statistics.count(Way::Read, 512, || Err(Errno::EIO)), Err(Errno::EIO));
        let counts = *statistics.counts.lock();
        assert_eq!((counts.reads.count, counts.busy), (0, 0));
    }
}

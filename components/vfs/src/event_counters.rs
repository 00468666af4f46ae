//! What component vfs counts (`kern.evcnt`).

use alloc::sync::Arc;
use rump::event_counter::{EventCounter, EventCounters, EventKind};

/// Transfers between disks that are host files and the host.
#[derive(Clone)]
pub(crate) struct HostTransfers {
    requests: Arc<EventCounter>,
    bytes_read: Arc<EventCounter>,
    bytes_written: Arc<EventCounter>,
}

impl HostTransfers {
    pub fn new(counters: &EventCounters) -> Self {
        let attach = |name| counters.attach(EventKind::Miscellaneous, "rumpblk", name);
        Self {
            requests: attach("I/O reqs"),
            bytes_read: attach("bytes read"),
            bytes_written: attach("bytes written"),
        }
    }

    pub fn count_read(&self, bytes: usize) {
        self.requests.add(1);
        self.bytes_read.add(bytes as u64);
    }

    pub fn count_write(&self, bytes: usize) {
        self.requests.add(1);
        self.bytes_written.add(bytes as u64);
    }
}

/// Names that directories have forgotten to make room for others.
pub(crate) struct ForgottenNames {
    names: Arc<EventCounter>,
    times: Arc<EventCounter>,
}

impl ForgottenNames {
    pub fn new(counters: &EventCounters) -> Self {
        let attach = |name| counters.attach(EventKind::Miscellaneous, "namecache", name);
        Self { names: attach("entries collected"), times: attach("forced reclaims") }
    }

    pub fn count(&self, names: usize) {
        self.names.add(names as u64);
        self.times.add(1);
    }
}

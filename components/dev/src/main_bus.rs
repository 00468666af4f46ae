//! The root of the tree of devices (mainbus): prepared, and then attached once.

use core::sync::atomic::{AtomicU8, Ordering};
use rump::host::console;
use rump::kernel::Kernel;

/// How far the root of the tree is.
#[repr(u8)]
enum Progress {
    None,
    Prepared,
    Attached,
}

/// The root of the tree of devices of one kernel.
#[derive(Default)]
pub struct MainBus(AtomicU8);

impl MainBus {
    fn advance(&self, from: Progress, to: Progress) -> bool {
        self.0.compare_exchange(from as u8, to as u8, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    /// Makes it ready to be attached; no effect later than that.
    pub fn prepare(&self) {
        self.advance(Progress::None, Progress::Prepared);
    }

    /// Attaches it, unless that has been done; prepares it first, if need be. A kernel that is to be verbose says so. Drivers that
    /// wait for it may start from then on.
    pub fn attach(&self, kernel: &Kernel) {
        self.prepare();
        if self.advance(Progress::Prepared, Progress::Attached) && kernel.configuration.verbose {
            console::print(format_args!("mainbus0 (root)\n"));
        }
    }

    /// Whether it has been attached.
    #[must_use]
    pub fn is_attached(&self) -> bool {
        self.0.load(Ordering::Acquire) == Progress::Attached as u8
    }
}

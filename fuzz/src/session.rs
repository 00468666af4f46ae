//! A kernel for one input.

use rump::errno::{Errno, Result};
use rump::init;
use rump::kernel::{Configuration, HostFileKey, Kernel};
use rump::sched;
use rump::syscall;
use std::sync::{Arc, Once};

/// `RUMP_SIGMODEL_RECORD`.
const RECORD: i32 = 4;

/// A kernel with vfs, tmpfs and ffs.
pub struct Session(pub Arc<Kernel>);

impl Session {
    #[must_use]
    pub fn boot() -> Self {
        static LOAD: Once = Once::new();
        LOAD.call_once(|| {
            rump::syscalls::load();
            (vfs::COMPONENT.load)();
            (vfs_aio::COMPONENT.load)();
            // Recorded, signals are for the program to take, and do not reach the fuzzer.
            rump::signal::set_model(RECORD);
        });
        let configuration = Configuration::small(1);
        let components = [&vfs::COMPONENT, &vfs_aio::COMPONENT, &fs_tmpfs::COMPONENT, &fs_ffs::COMPONENT];
        Self(init::boot(configuration, &components).expect("a kernel boots"))
    }

    /// Makes one system call.
    ///
    /// # Errors
    /// What the call says.
    pub fn call(&self, number: usize, slots: &[u64]) -> Result<i64> {
        let inside = sched::enter(|| Some(&self.0)).ok_or(Errno::ENXIO)?;
        syscall::dispatch(inside.lwp(), number, slots).map(|value| value.0)
    }

    /// Names a disk of the world `/disk`.
    pub fn attach(&self, host_path: &[u8]) {
        let key = HostFileKey { name: b"/disk", host_path, kind: 1, begin: 0, size: None };
        let _stay = sched::enter(|| Some(&self.0)).expect("the kernel lives");
        self.0.host_file_keys().and_then(|keys| keys.register(&key)).expect("the disk is there");
    }

    /// Ends the kernel; nothing of it may be left.
    pub fn end(self) {
        // An image that cannot be written any more is no crash.
        let _ = self.0.shut_down();
        let trace = Arc::downgrade(&self.0);
        drop(self);
        assert!(trace.upgrade().is_none(), "something refers to the kernel still");
    }
}

//! The console as an open file: what a program finds under descriptors 0, 1 and 2 of process 1.
//!
//! It goes one way, as the host's does: what is written appears, and there is nothing to read.

use crate::errno::{Errno, Result};
use crate::file::{FileAttributes, FileObject, FileStatus, OpenFile};
use crate::host::console;
use crate::poll::Events;
use crate::process::Process;
use crate::sched::Lwp;
use crate::time::Timespec;
use crate::uio::Uio;
use crate::user_memory::UserAddress;
use alloc::boxed::Box;
use alloc::sync::Arc;

/// `TIOCGETA` of ttycom.h: what isatty(3) asks with.
const GET_TERMINAL: u64 = 0x402c_7413;
/// Bytes of a `struct termios`.
const TERMINAL_SIZE: usize = 44;

/// Descriptors that stand for it from the beginning: standard input, output and error.
const STANDARD: usize = 3;

/// What is printed at a time.
const CHUNK: usize = 256;

struct Console {
    made: Timespec,
}

/// Opens the console as descriptors 0, 1 and 2 of a process that has none open there.
///
/// # Errors
/// `EEXIST` when one of them is open; as [`DescriptorTable::insert`](crate::process::DescriptorTable::insert).
pub fn open_standard(process: &Process) -> Result<()> {
    let descriptors = &process.descriptors;
    if (0..STANDARD as i32).any(|number| descriptors.get(number).is_ok()) {
        return Err(Errno::EEXIST);
    }
    let object = Box::new(Console { made: process.kernel.boot_time() });
    let file = Arc::new(OpenFile::new(object, FileStatus::WRITE, process.credentials()));
    for _ in 0..STANDARD {
        descriptors.insert(Arc::clone(&file), 0, process.descriptor_limit(), false)?;
    }
    Ok(())
}

impl FileObject for Console {
    fn read(&self, _uio: &mut Uio<'_>, _status: FileStatus) -> Result<()> {
        Ok(())
    }

    fn write(&self, uio: &mut Uio<'_>, _status: FileStatus) -> Result<()> {
        let mut chunk = [0; CHUNK];
        while uio.residual() > 0 {
            let count = uio.copy_in(&mut chunk)?;
            console::write(&chunk[..count]);
        }
        Ok(())
    }

    fn status(&self) -> Result<FileAttributes> {
        Ok(FileAttributes {
            mode: 0o020_600,
            access_time: self.made,
            modification_time: self.made,
            change_time: self.made,
            birth_time: self.made,
            ..FileAttributes::default()
        })
    }

    /// It is a terminal that changes nothing of what passes.
    fn control(&self, lwp: &Lwp, command: u64, data: UserAddress) -> Result<i64> {
        match command {
            GET_TERMINAL => lwp.process.space.copy_out(&[0; TERMINAL_SIZE], data).map(|()| 0),
            _ => Err(Errno::ENOTTY),
        }
    }

    fn poll(&self, events: Events) -> Events {
        events & Events::OUT
    }
}

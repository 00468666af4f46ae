//! reboot(2).

use crate::abi::system_call::table::RebootArguments;
use crate::errno::{Errno, Result};
use crate::host::{self, clock, console};
use crate::sched::{self, Lwp};
use crate::syscall::ReturnValue;
use crate::time::Timespec;

const NO_SYNC: i32 = 0x4;
const HALT: i32 = 0x8;
const DUMP: i32 = 0x100;

/// Unmounts everything unless told not to, and ends the host process; with `RB_HALT` the calling thread stays for ever.
pub(super) fn reboot(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = RebootArguments::from_slots(slots);
    if !lwp.process.credentials().is_superuser() {
        return Err(Errno::EPERM);
    }
    console::print(format_args!("rump kernel halting...\n"));
    if call.opt & DUMP != 0 {
        host::exit(None);
    }
    if call.opt & NO_SYNC == 0
        && let Err(error) = lwp.process.kernel.end_components()
    {
        console::print(format_args!("rump kernel: not everything could be made stable: {error}\n"));
    }
    if call.opt & HALT != 0 {
        console::print(format_args!("rump kernel halted (with RB_HALT, not exiting)\n"));
        loop {
            sched::blocking(|| clock::sleep(Timespec { seconds: 10, nanoseconds: 0 }));
        }
    }
    console::print(format_args!("halted\n"));
    host::exit(Some(0))
}

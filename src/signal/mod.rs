//! Signals within one kernel (signal(7)), and what becomes of those for the host program (`rump_boot_setsigmodel`).
//!
//! A rump kernel runs no program's handlers: the host does. A signal is either given to the host (the default model) or
//! recorded with its process, where `sigpending`, `sigtimedwait` and `sigsuspend` find it. Either way it ends the
//! interruptible sleeps of the process's lwps.

mod notification;
mod pending;
mod ready;
mod set;

pub use notification::Notification;
pub use pending::{Information, Signals};
pub use ready::ReadySignal;
pub use set::{SignalMask, SignalSet};

use crate::errno::{Errno, Result};
use crate::host;
use crate::host::console;
use crate::kernel::Kernel;
use crate::poll::{Events, Notice};
use crate::process::Process;
use crate::sched;
use crate::trace;
use core::sync::atomic::{AtomicI32, Ordering};

/// Signals are numbered below this (`_NSIG`).
pub const COUNT: i32 = 64;

/// `SIGKILL`: cannot be held back.
pub const KILL: i32 = 9;
/// `SIGSYS`: no such system call.
const BAD_SYSTEM_CALL: i32 = 12;
/// `SIGPIPE`: a write to a pipe that nobody reads.
pub const BROKEN_PIPE: i32 = 13;
/// `SIGALRM`: the real-time interval timer.
pub const ALARM: i32 = 14;
/// `SIGURG`: urgent data at a socket.
pub const URGENT: i32 = 16;
/// `SIGSTOP`: cannot be held back.
pub const STOP: i32 = 17;
const CONTINUE: i32 = 19;
const CHILD: i32 = 20;
/// `SIGIO`: a descriptor is ready.
pub const INPUT_OUTPUT: i32 = 23;
/// `SIGXFSZ`: a write past the limit on file sizes.
pub const FILE_SIZE_EXCEEDED: i32 = 25;
/// `SIGVTALRM`: the interval timer of virtual time.
pub const VIRTUAL_ALARM: i32 = 26;
/// `SIGPROF`: the profiling interval timer.
pub const PROFILE: i32 = 27;
const WINDOW: i32 = 28;
const INFORMATION: i32 = 29;

/// `enum rump_sigmodel`.
mod model {
    pub const PANIC: i32 = 0;
    pub const IGNORE: i32 = 1;
    pub const RAISE: i32 = 3;
    pub const RECORD: i32 = 4;
}

/// Per process, as the host's signals are: it is set before there is a kernel.
static MODEL: AtomicI32 = AtomicI32::new(model::RAISE);

/// Chooses what becomes of signals (`enum rump_sigmodel`); a number that is no model raises them in the host.
pub fn set_model(model: i32) {
    MODEL.store(model, Ordering::Relaxed);
}

/// Whether a signal that nobody handles is dropped.
fn is_ignored_by_default(signal: i32) -> bool {
    matches!(signal, URGENT | CONTINUE | CHILD | INPUT_OUTPUT | WINDOW | INFORMATION)
}

/// Raises a signal that the calling lwp's own action has caused; nobody's sleep ends by it. The host may run a program's
/// handler before this returns, which may call the kernel: no lock may be held that a system call takes. So for all that
/// send signals.
pub fn raise(signal: i32) {
    sched::with_current(|lwp| {
        if let Some(lwp) = lwp {
            trace::signal(lwp, signal);
            deliver(&lwp.process, signal, Information::of_kernel(), &|| ());
        }
    });
}

/// Sends a signal to a process: as [`raise`], and its lwps' interruptible sleeps end unless they hold the signal back.
pub fn send(process: &Process, signal: i32, information: Information) {
    deliver(process, signal, information, &|| {
        if !is_ignored_by_default(signal) {
            process.interrupt(signal);
        }
    });
}

/// Sends a signal to each process of a group. Says whether there was one that `may_signal` allows.
///
/// # Errors
/// `ESRCH` for a group without processes; what `may_signal` says when it allows none.
pub fn send_to_group(
    kernel: &Kernel,
    group: i32,
    signal: i32,
    information: Information,
    may_signal: &dyn Fn(&Process) -> Result<()>,
) -> Result<()> {
    let mut result = Err(Errno::ESRCH);
    for process in kernel.processes.all()? {
        if process.group() != group || process.id == 0 {
            continue;
        }
        match may_signal(&process) {
            Ok(()) => {
                if signal != 0 {
                    send(&process, signal, information);
                }
                result = Ok(());
            }
            Err(error) if result.is_err() => result = Err(error),
            Err(_) => {}
        }
    }
    result
}

/// Does what the model says; `interrupt` where the signal comes to something. Those who watch signals hear of all of them.
fn deliver(process: &Process, signal: i32, information: Information, interrupt: &dyn Fn()) {
    process.usage.signals.fetch_add(1, Ordering::Relaxed);
    deliver_by_model(process, signal, information, interrupt);
    process.listeners.notify(&Notice { events: Events::SIGNALS, notes: 0, data: i64::from(signal) });
}

fn deliver_by_model(process: &Process, signal: i32, information: Information, interrupt: &dyn Fn()) {
    match MODEL.load(Ordering::Relaxed) {
        model::IGNORE => {}
        model::RECORD => process.signals.record(signal, information, interrupt),
        model::PANIC if matches!(signal, BROKEN_PIPE | BAD_SYSTEM_CALL) => {}
        model::PANIC => {
            console::print(format_args!("rump: panic: unhandled signal {signal}\n"));
            host::exit(None);
        }
        _ => {
            if let Err(error) = host::kill(Some(i64::from(process.id)), signal) {
                console::print(format_args!("rump: signal {signal} not raised: {error}\n"));
            }
            interrupt();
        }
    }
}

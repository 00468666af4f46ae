//! Handlers of the system calls that the core owns.

mod clock;
mod control;
mod descriptor;
mod group;
mod identity;
mod kqueue;
mod limit;
mod module;
mod poll;
mod processor_time;
mod reboot;
mod semaphore;
mod signal;
mod sysctl;
mod time_adjustment;
mod timer;
mod trace;
pub mod transfer;

pub use descriptor::{write_status, write_status_30};
pub use signal::check_permission as check_signal_permission;
pub use time_adjustment::state_of as clock_state;
pub use trace::{TraceRequest, control_tracing};

use crate::abi::system_call::table::number;
use crate::syscall::{Handler, register};

/// Calls that are handled in part, and what is missing.
pub const PARTIAL: &[(usize, &str)] =
    &[(number::MODCTL, "MODCTL_LOAD starts what is linked in; kernel objects in files give EOPNOTSUPP")];

const DESCRIPTORS: &[(usize, Handler)] = &[
    (number::CLOSE, descriptor::close),
    (number::DUP, descriptor::dup),
    (number::DUP2, descriptor::dup2),
    (number::DUP3, descriptor::dup3),
    (number::FCNTL, control::fcntl),
    (number::IOCTL, control::ioctl),
    (number::FSTAT50, descriptor::fstat),
    (number::COMPAT_50_FSTAT30, descriptor::fstat_30),
    (number::LSEEK, descriptor::lseek),
    (number::PIPE, descriptor::pipe),
    (number::PIPE2, descriptor::pipe2),
];

const TRANSFERS: &[(usize, Handler)] = &[
    (number::READ, transfer::read),
    (number::WRITE, transfer::write),
    (number::READV, transfer::readv),
    (number::WRITEV, transfer::writev),
    (number::PREAD, transfer::pread),
    (number::PWRITE, transfer::pwrite),
    (number::PREADV, transfer::preadv),
    (number::PWRITEV, transfer::pwritev),
];

const WAITING: &[(usize, Handler)] = &[
    (number::POLL, poll::poll),
    (number::POLLTS50, poll::pollts),
    (number::COMPAT_50_POLLTS, poll::compat_50_pollts),
    (number::SELECT50, poll::select),
    (number::COMPAT_50_SELECT, poll::compat_50_select),
    (number::PSELECT50, poll::pselect),
    (number::COMPAT_50_PSELECT, poll::compat_50_pselect),
    (number::KQUEUE, kqueue::kqueue),
    (number::KQUEUE1, kqueue::kqueue1),
    (number::KEVENT50, kqueue::kevent),
    (number::COMPAT_50_KEVENT, kqueue::compat_50_kevent),
];

const IDENTITIES: &[(usize, Handler)] = &[
    (number::GETPID, identity::getpid),
    (number::GETPPID, identity::getppid),
    (number::GETUID, identity::getuid),
    (number::GETEUID, identity::geteuid),
    (number::GETGID, identity::getgid),
    (number::GETEGID, identity::getegid),
    (number::SETUID, identity::setuid),
    (number::SETEUID, identity::seteuid),
    (number::SETREUID, identity::setreuid),
    (number::SETGID, identity::setgid),
    (number::SETEGID, identity::setegid),
    (number::SETREGID, identity::setregid),
    (number::GETGROUPS, identity::getgroups),
    (number::SETGROUPS, identity::setgroups),
    (number::ISSETUGID, identity::issetugid),
    (number::LWP_SELF, identity::lwp_self),
    (number::GETPGRP, group::getpgrp),
    (number::GETPGID, group::getpgid),
    (number::GETSID, group::getsid),
    (number::SETPGID, group::setpgid),
    (number::SETSID, group::setsid),
    (number::GETLOGIN, group::getlogin),
    (number::SETLOGIN, group::setlogin),
];

const TIMERS: &[(usize, Handler)] = &[
    (number::TIMER_CREATE, timer::timer_create),
    (number::TIMER_DELETE, timer::timer_delete),
    (number::TIMER_SETTIME50, timer::timer_settime),
    (number::TIMER_GETTIME50, timer::timer_gettime),
    (number::TIMER_GETOVERRUN, timer::timer_getoverrun),
    (number::SETITIMER50, timer::setitimer),
    (number::GETITIMER50, timer::getitimer),
    (number::ADJTIME50, time_adjustment::adjtime),
    (number::NTP_ADJTIME, time_adjustment::ntp_adjtime),
    (number::NTP_GETTIME50, time_adjustment::ntp_gettime),
    (number::REBOOT, reboot::reboot),
    (number::FKTRACE, trace::fktrace),
    (number::UTRACE, trace::utrace),
];

const SEMAPHORES: &[(usize, Handler)] = &[
    (number::KSEM_INIT, semaphore::init),
    (number::KSEM_OPEN, semaphore::open),
    (number::KSEM_UNLINK, semaphore::unlink),
    (number::KSEM_CLOSE, semaphore::close),
    (number::KSEM_DESTROY, semaphore::destroy),
    (number::KSEM_POST, semaphore::post),
    (number::KSEM_WAIT, semaphore::wait),
    (number::KSEM_TRYWAIT, semaphore::trywait),
    (number::KSEM_TIMEDWAIT, semaphore::timedwait),
    (number::KSEM_GETVALUE, semaphore::getvalue),
];

const SIGNALS: &[(usize, Handler)] = &[
    (number::KILL, signal::kill),
    (number::SIGQUEUEINFO, signal::sigqueueinfo),
    (number::SIGPROCMASK14, signal::sigprocmask),
    (number::SIGPENDING14, signal::sigpending),
    (number::SIGSUSPEND14, signal::sigsuspend),
    (number::SIGTIMEDWAIT50, signal::sigtimedwait),
];

const CLOCKS_AND_LIMITS: &[(usize, Handler)] = &[
    (number::GETTIMEOFDAY50, clock::gettimeofday),
    (number::SETTIMEOFDAY50, clock::settimeofday),
    (number::CLOCK_GETTIME50, clock::clock_gettime),
    (number::CLOCK_SETTIME50, clock::clock_settime),
    (number::CLOCK_GETRES50, clock::clock_getres),
    (number::CLOCK_GETCPUCLOCKID2, processor_time::clock_getcpuclockid2),
    (number::NANOSLEEP50, clock::nanosleep),
    (number::CLOCK_NANOSLEEP, clock::clock_nanosleep),
    (number::GETRLIMIT, limit::getrlimit),
    (number::SETRLIMIT, limit::setrlimit),
    (number::GETRUSAGE50, limit::getrusage),
];

const CONFIGURATION: &[(usize, Handler)] =
    &[(number::MODCTL, module::modctl), (number::SYSCTL, sysctl::sysctl)];

/// Registers them.
pub fn load() {
    for rows in [
        DESCRIPTORS,
        TRANSFERS,
        WAITING,
        IDENTITIES,
        TIMERS,
        SEMAPHORES,
        SIGNALS,
        CLOCKS_AND_LIMITS,
        CONFIGURATION,
    ] {
        register(rows);
    }
}

//! `kern`: the kernel's identity, limits and time.

use super::base::{ANY, Adder};
use super::tree::SysctlTree;
use super::value::{Call, Computed};
use super::{Kind, event_counters, file_list, process_list, processor_time, secure_level, top, user_counts};
use crate::errno::{Errno, Result};
use crate::host;
use crate::kernel::Kernel;
use crate::module::VERSION;
use crate::process::{LOGIN_NAME, MOST_GROUPS, ProcessTable};
use crate::sched::TICKS_PER_SECOND;
use crate::syscalls::transfer::MOST_PIECES;
use crate::time::{NANOSECONDS, Timespec};
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// Bytes of a host or domain name, with the NUL (`MAXHOSTNAMELEN`).
const HOST_NAME_SIZE: usize = 256;
/// The date of the standard that a feature is of (POSIX.1-2001).
const POSIX: i32 = 200_112;
/// Bytes that programs can count on for the arguments of others (`ARG_MAX`).
const LONGEST_ARGUMENTS: i32 = 256 * 1024;
/// Random bytes at a time.
const MOST_RANDOM: usize = 256;

const INT: (Kind, usize) = (Kind::Integer, 4);

pub(super) fn add(tree: &SysctlTree) -> Result<()> {
    let kern = Adder { tree, parent: &[top::KERNEL] };
    identity(&kern)?;
    limits(&kern)?;
    time(&kern)?;
    random(&kern)?;
    modules(tree)?;
    processor_time::add(tree)?;
    secure_level::add(tree)?;
    file_list::add(tree)?;
    event_counters::add(tree)?;
    user_counts::add(tree)?;
    process_list::add(tree)
}

fn identity(kern: &Adder<'_>) -> Result<()> {
    const RELEASE: &str = "7.99.34";
    const NAME: (Kind, usize) = (Kind::String, HOST_NAME_SIZE);
    kern.text(1, "ostype", "NetBSD", "Name of the operating system")?;
    kern.text(2, "osrelease", RELEASE, "Its release")?;
    kern.constant(3, "osrevision", VERSION as i32, "Its release as a number")?;
    let version = format!("NetBSD {RELEASE} (rump-rs {})\n", env!("CARGO_PKG_VERSION"));
    kern.text(4, "version", &version, "Which kernel this is")?;
    let host_name = Computed {
        get: |call| Ok(kernel_of(call).host_name.lock().clone().into_bytes()),
        set: |call, new| {
            *kernel_of(call).host_name.lock() = String::from_utf8_lossy(new).into_owned();
            Ok(())
        },
    };
    kern.changeable((10, "hostname"), NAME, host_name, "Name of this host")?;
    let domain_name = Computed {
        get: |call| Ok(kernel_of(call).domain_name.lock().clone().into_bytes()),
        set: |call, new| {
            *kernel_of(call).domain_name.lock() = String::from_utf8_lossy(new).into_owned();
            Ok(())
        },
    };
    kern.changeable((22, "domainname"), NAME, domain_name, "Name of the host's domain (YP)")?;
    let host_id = Computed {
        get: |call| Ok(kernel_of(call).host_id.lock().to_ne_bytes().to_vec()),
        set: |call, new| {
            *kernel_of(call).host_id.lock() = integer(new)?;
            Ok(())
        },
    };
    kern.changeable((11, "hostid"), INT, host_id, "Number of this host")
}

fn limits(kern: &Adder<'_>) -> Result<()> {
    kern.computed(
        (5, "maxvnodes"),
        INT,
        |call| int(kernel_of(call).configuration.vnodes),
        "Vnodes kept for each mount",
    )?;
    kern.computed((6, "maxproc"), INT, |_| int(ProcessTable::HIGHEST as usize), "Processes at most")?;
    kern.constant(8, "argmax", LONGEST_ARGUMENTS, "Bytes of a program's arguments at most")?;
    kern.constant(17, "posix1version", POSIX, "POSIX.1 that is followed")?;
    kern.constant(18, "ngroups", MOST_GROUPS as i32, "Supplementary groups at most")?;
    kern.constant(19, "job_control", 1, "Whether there are process groups and sessions")?;
    kern.constant(20, "saved_ids", 1, "Whether user and group are saved at a change")?;
    kern.constant(23, "maxpartitions", 16, "Partitions of a disk at most")?;
    kern.constant(24, "rawpartition", 3, "The partition that is the whole disk")?;
    kern.constant(32, "fsync", 1, "Whether files can be made stable one by one")?;
    kern.constant(37, "synchronized_io", 1, "Whether reads and writes can be synchronous")?;
    kern.constant(38, "iov_max", MOST_PIECES as i32, "Pieces of a vector at most")?;
    kern.constant(44, "login_name_max", LOGIN_NAME as i32, "Bytes of a login name with its NUL")?;
    kern.constant(60, "monotonic_clock", POSIX, "POSIX.1 that the monotonic clock is of")?;
    kern.constant(62, "labelsector", 1, "The sector of a disk's label")?;
    kern.constant(63, "labeloffset", 0, "Where in that sector the label begins")?;
    kern.constant(67, "posix_semaphores", POSIX, "POSIX.1 that the semaphores are of")?;
    kern.constant(69, "posix_timers", POSIX, "POSIX.1 that the timers are of")
}

fn time(kern: &Adder<'_>) -> Result<()> {
    const STRUCTURE: Kind = Kind::Structure;
    kern.computed((12, "clockrate"), (STRUCTURE, 20), clock_rate, "Clock ticks as programs count them")?;
    kern.computed((25, "ntptime"), (STRUCTURE, 48), ntp_time, "The clock and how far it can be relied on")?;
    kern.computed(
        (80, "hardclock_ticks"),
        INT,
        |call| Ok(ticks(call).to_ne_bytes().into()),
        "Clock ticks since the boot",
    )?;
    let boot_time = |call: &Call<'_>| Ok(bytes_of(kernel_of(call).boot_time()));
    kern.computed((83, "boottime"), (STRUCTURE, 16), boot_time, "When the kernel was booted")
}

/// `struct clockinfo`: ticks per second, microseconds of one, and the same for statistics and profiles, which have none of
/// their own.
fn clock_rate(_call: &Call<'_>) -> Result<Vec<u8>> {
    const MICROSECONDS: i32 = 1_000_000 / TICKS_PER_SECOND;
    let values = [TICKS_PER_SECOND, MICROSECONDS, 0, TICKS_PER_SECOND, TICKS_PER_SECOND];
    Ok(values.iter().flat_map(|value| value.to_ne_bytes()).collect())
}

/// `struct ntptimeval`.
fn ntp_time(call: &Call<'_>) -> Result<Vec<u8>> {
    let kernel = kernel_of(call);
    let kept = kernel.time_of_day.discipline(|_| ());
    let mut bytes = bytes_of(kernel.now());
    let state = i64::from(crate::syscalls::clock_state(&kept));
    for value in [kept.most_error, kept.estimated_error, kept.atomic_offset, state] {
        bytes.extend_from_slice(&value.to_ne_bytes());
    }
    Ok(bytes)
}

/// They wrap, as NetBSD's do.
fn ticks(call: &Call<'_>) -> i32 {
    let elapsed = host::clock::monotonic().since(kernel_of(call).started_at());
    let tick = NANOSECONDS / i64::from(TICKS_PER_SECOND);
    (elapsed.as_nanoseconds() / i128::from(tick)) as i32
}

fn bytes_of(time: Timespec) -> Vec<u8> {
    [time.seconds, time.nanoseconds].iter().flat_map(|value| value.to_ne_bytes()).collect()
}

fn random(kern: &Adder<'_>) -> Result<()> {
    kern.computed((61, "urandom"), INT, |_| random_bytes(4), "A random number")?;
    let any = |call: &Call<'_>| match call.room {
        Some(room) if room > MOST_RANDOM => Err(Errno::E2BIG),
        room => random_bytes(room.unwrap_or(4)),
    };
    kern.computed((81, "arandom"), INT, any, "As many random bytes as there is room for, up to 256")
}

fn random_bytes(count: usize) -> Result<Vec<u8>> {
    let mut bytes = vec![0; count];
    host::random(&mut bytes)?;
    Ok(bytes)
}

fn modules(tree: &SysctlTree) -> Result<()> {
    let number = tree.add_node(&[top::KERNEL], None, "module", 0, "Modules")?;
    let module = Adder { tree, parent: &[top::KERNEL, number] };
    let verbose = |call: &Call<'_>| Ok(vec![u8::from(kernel_of(call).configuration.verbose)]);
    module.computed(
        (ANY, "autoload"),
        (Kind::Boolean, 1),
        |_| Ok(vec![0]),
        "Whether modules are loaded without being asked for",
    )?;
    module.computed((ANY, "verbose"), (Kind::Boolean, 1), verbose, "Whether the console says what starts")
}

fn kernel_of<'a>(call: &Call<'a>) -> &'a Kernel {
    &call.lwp.process.kernel
}

fn integer(bytes: &[u8]) -> Result<i32> {
    bytes.try_into().map(i32::from_ne_bytes).map_err(|_| Errno::EINVAL)
}

fn int(value: usize) -> Result<Vec<u8>> {
    Ok(i32::try_from(value).unwrap_or(i32::MAX).to_ne_bytes().to_vec())
}

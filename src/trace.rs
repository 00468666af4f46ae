//! Tracing of processes to a file (ktrace(2)); the records are those that kdump(1) reads.

use crate::errno::{Errno, Result};
use crate::file::OpenFile;
use crate::host::console;
use crate::memory;
use crate::process::Process;
use crate::sched::Lwp;
use crate::sync::{Mutex, SpinMutex};
use crate::syscall::ReturnValue;
use crate::uio::Uio;
use crate::user_memory::UserAddress;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU32, Ordering};

/// What a record tells of (`KTR_*`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum RecordKind {
    SystemCall = 1,
    SystemReturn = 2,
    Lookup = 3,
    Transfer = 4,
    Signal = 5,
    User = 8,
}

impl RecordKind {
    const fn bit(self) -> u32 {
        1 << (self as u32)
    }
}

/// Trace points that are passed on to children (`KTRFAC_INHERIT`).
const INHERIT: u32 = 0x4000_0000;
/// Which format the records' times have.
const VERSION_SHIFT: u32 = 24;
const VERSION: u32 = 0xf << VERSION_SHIFT;
const NEWEST_VERSION: u32 = 2;
/// Bits that name trace points.
const POINTS: u32 = 0x00ff_ffff;
/// Bytes in a record's header.
const HEADER: usize = 56;
/// Data of a transfer in one record.
const PIECE: usize = 4096;
/// Bytes of a label and of data in a record of utrace(2).
const LABEL: usize = 20;
const MOST_USER_DATA: usize = 2048;

/// A file that records go to, one after the other.
pub struct TraceFile {
    file: Arc<OpenFile>,
    writing: Mutex<()>,
}

impl TraceFile {
    /// Records to `file`, which is open for writing.
    #[must_use]
    pub fn new(file: Arc<OpenFile>) -> Arc<Self> {
        Arc::new(Self { file, writing: Mutex::new(()) })
    }

    /// Whether records go to the same file as to `other`.
    #[must_use]
    pub fn is_same(&self, other: &OpenFile) -> bool {
        self.file.object().underlying() == other.object().underlying()
    }
}

/// What is traced of a process, and where to.
#[derive(Default)]
pub struct Tracing {
    /// Zero where nothing is: system calls look at this alone.
    points: AtomicU32,
    file: SpinMutex<Option<Arc<TraceFile>>>,
}

impl Tracing {
    /// Whether anything is traced.
    #[inline]
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.points.load(Ordering::Relaxed) != 0
    }

    fn wants(&self, kind: RecordKind) -> bool {
        self.points.load(Ordering::Relaxed) & kind.bit() != 0
    }

    /// Traces `points` (`KTRFAC_*`) to `file` from now on, beside those that are traced already.
    pub fn start(&self, points: u32, file: Arc<TraceFile>) {
        let former = self.file.lock().replace(file);
        let kept = self.points.load(Ordering::Relaxed) & POINTS;
        self.points.store(kept | points, Ordering::Relaxed);
        drop(former);
    }

    /// Traces `points` no more; without any left, the file is let go.
    pub fn stop(&self, points: u32) {
        let left = self.points.load(Ordering::Relaxed) & !(points & POINTS);
        if left & POINTS != 0 {
            self.points.store(left, Ordering::Relaxed);
        } else {
            self.points.store(0, Ordering::Relaxed);
            // Dropped outside the lock: it may be the file's last reference.
            let former = self.file.lock().take();
            drop(former);
        }
    }

    /// Where the records go.
    #[must_use]
    pub fn file(&self) -> Option<Arc<TraceFile>> {
        self.file.lock().clone()
    }

    /// A child's: the parent's if that is to be passed on.
    #[must_use]
    pub(crate) fn inherited(&self) -> Self {
        let points = self.points.load(Ordering::Relaxed);
        if points & INHERIT == 0 {
            return Self::default();
        }
        Self { points: AtomicU32::new(points), file: SpinMutex::new(self.file()) }
    }
}

/// Whether `points` ask for a version of records that there is.
#[must_use]
pub fn knows_version(points: u32) -> bool {
    (points & VERSION) >> VERSION_SHIFT <= NEWEST_VERSION
}

/// Writes a record. A file that takes no more ends the tracing.
fn write(lwp: &Lwp, kind: RecordKind, payload: &[&[u8]]) {
    let process = &lwp.process;
    let Some(to) = process.tracing.file() else { return };
    let result = record(lwp, kind, payload).and_then(|bytes| {
        let _one_at_a_time = to.writing.lock();
        to.file.write(&mut Uio::from_kernel(&bytes, 0))
    });
    if let Err(error) = result {
        console::print(format_args!("rump: tracing of process {} has ended: {error}\n", process.id));
        process.tracing.stop(POINTS);
    }
}

/// A record: the header (`struct ktr_header`), then the payload.
fn record(lwp: &Lwp, kind: RecordKind, payload: &[&[u8]]) -> Result<Vec<u8>> {
    let process: &Process = &lwp.process;
    let length: usize = payload.iter().map(|piece| piece.len()).sum();
    let version = (process.tracing.points.load(Ordering::Relaxed) & VERSION) >> VERSION_SHIFT;
    let now = process.kernel.now();
    let mut bytes = memory::vector(HEADER + length)?;
    bytes.resize(HEADER, 0);
    let mut put = |at: usize, value: &[u8]| bytes[at..at + value.len()].copy_from_slice(value);
    put(0, &(length as u32).to_ne_bytes());
    put(4, &(kind as u16).to_ne_bytes());
    put(6, &(version as u16).to_ne_bytes());
    put(8, &process.id.to_ne_bytes());
    put(12, b"rump");
    // Before version 2 the seconds had 32 bits, and before version 1 the rest was microseconds.
    match version {
        2 => put(32, &now.seconds.to_ne_bytes()),
        _ => put(32, &(now.seconds as i32).to_ne_bytes()),
    }
    put(40, &(if version == 0 { now.nanoseconds / 1000 } else { now.nanoseconds }).to_ne_bytes());
    if version > 0 {
        put(48, &lwp.id.to_ne_bytes());
    }
    for piece in payload {
        bytes.extend_from_slice(piece);
    }
    Ok(bytes)
}

/// A system call begins (`struct ktr_syscall`).
pub fn system_call(lwp: &Lwp, number: usize, slots: &[u64]) {
    const MOST: usize = 8;
    if !lwp.process.tracing.wants(RecordKind::SystemCall) {
        return;
    }
    let slots = &slots[..slots.len().min(MOST)];
    let mut arguments = [0; MOST * 8];
    for (to, slot) in arguments.chunks_exact_mut(8).zip(slots) {
        to.copy_from_slice(&slot.to_ne_bytes());
    }
    let size = slots.len() * 8;
    let head = [number as u32, size as u32].map(u32::to_ne_bytes);
    write(lwp, RecordKind::SystemCall, &[&head[0], &head[1], &arguments[..size]]);
}

/// A system call has ended (`struct ktr_sysret`).
pub fn system_return(lwp: &Lwp, number: usize, result: &Result<ReturnValue>) {
    if !lwp.process.tracing.wants(RecordKind::SystemReturn) {
        return;
    }
    let (error, value) = match result {
        Ok(value) => (0, *value),
        Err(error) => (error.number(), ReturnValue::default()),
    };
    let code = [(number as u16).to_ne_bytes(), [0; 2]];
    let values = [value.0.to_ne_bytes(), value.1.to_ne_bytes()];
    write(lwp, RecordKind::SystemReturn, &[&code[0], &code[1], &error.to_ne_bytes(), &values[0], &values[1]]);
}

/// A path is looked up.
pub fn lookup(lwp: &Lwp, path: &[u8]) {
    if lwp.process.tracing.wants(RecordKind::Lookup) {
        write(lwp, RecordKind::Lookup, &[path]);
    }
}

/// Whether transfers are traced.
#[must_use]
pub fn wants_transfers(lwp: &Lwp) -> bool {
    lwp.process.tracing.wants(RecordKind::Transfer)
}

/// A read or write has moved `length` bytes at `address` (`struct ktr_genio`).
pub fn transfer(lwp: &Lwp, descriptor: i32, writes: bool, address: UserAddress, length: usize) {
    let head = [descriptor, i32::from(writes)].map(i32::to_ne_bytes);
    let mut piece = [0; PIECE];
    let mut done = 0;
    while done < length {
        let count = (length - done).min(PIECE);
        let copied =
            address.offset(done).and_then(|from| lwp.process.space.copy_in(from, &mut piece[..count]));
        if copied.is_err() {
            return;
        }
        write(lwp, RecordKind::Transfer, &[&head[0], &head[1], &piece[..count]]);
        done += count;
    }
}

/// A signal has been sent to the calling lwp's process (`struct ktr_psig`), which no handler takes.
pub fn signal(lwp: &Lwp, signal: i32) {
    if !lwp.process.tracing.wants(RecordKind::Signal) {
        return;
    }
    let mut payload = [0; 40];
    payload[..4].copy_from_slice(&signal.to_ne_bytes());
    let mask = lwp.signal_mask.get().words();
    payload[16..24].copy_from_slice(&mask[0].to_ne_bytes());
    write(lwp, RecordKind::Signal, &[&payload]);
}

/// utrace(2): a record of the program's own.
///
/// # Errors
/// `ENOSPC` for more data than a record takes; `EFAULT`; `ENOMEM`.
pub fn user(lwp: &Lwp, label: UserAddress, data: UserAddress, length: usize) -> Result<()> {
    if !lwp.process.tracing.wants(RecordKind::User) {
        return Ok(());
    }
    if length > MOST_USER_DATA {
        return Err(Errno::ENOSPC);
    }
    let space = lwp.process.space;
    let mut name = [0; LABEL];
    // A label that cannot be read is none.
    let given = space.copy_in_string(label, LABEL).unwrap_or_default();
    name[..given.len()].copy_from_slice(&given);
    let mut bytes = memory::vector(length)?;
    space.append_in(data, &mut bytes, length)?;
    write(lwp, RecordKind::User, &[&name, &bytes]);
    Ok(())
}

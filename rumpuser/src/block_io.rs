//! Block I/O: requests are queued, host threads carry them out, and the kernel hears of each by a callback.
//!
//! The queue has no limit, so that a submission never waits for the disk. Threads are started when there is
//! more to do than there are idle ones, up to a limit; requests begin in the order of their submission and
//! end in any order, as with a disk.

use core::ffi::{c_int, c_void};
use core::ptr;
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::console::fatal;
use crate::errno_translation::{HostErrno, hypercall_result};
use crate::hypervisor::{release_virtual_cpu, take_virtual_cpu, with_virtual_cpu, without_virtual_cpu};
use crate::parameter::{environment, online_cpus};
use crate::sync_fd::synchronise;

/// Read; without it the request is a write.
pub const RUMPUSER_BIO_READ: c_int = 0x01;
/// Write.
pub const RUMPUSER_BIO_WRITE: c_int = 0x02;
/// A write is complete when it is on stable storage.
pub const RUMPUSER_BIO_SYNC: c_int = 0x04;

/// Told of a request's end: its argument, the bytes transferred, and 0 or a NetBSD errno.
pub type CompletionFunction = unsafe extern "C" fn(*mut c_void, usize, c_int);

struct Request {
    descriptor: c_int,
    operation: c_int,
    data: *mut u8,
    length: usize,
    offset: i64,
    done: CompletionFunction,
    argument: *mut c_void,
}

// SAFETY: the submitter gives the memory away until the callback; the argument goes back to it as it came.
unsafe impl Send for Request {}

impl Request {
    /// One system call for the rest of the request.
    fn transfer_some(&self, done: usize) -> Result<usize, HostErrno> {
        let (left, offset) = (self.length - done, self.offset.saturating_add_unsigned(done as u64));
        // SAFETY: the submitter's memory, of which `done` bytes are behind us.
        let count = unsafe {
            let data = self.data.add(done).cast::<c_void>();
            if self.operation & RUMPUSER_BIO_READ != 0 {
                libc::pread64(self.descriptor, data, left, offset)
            } else {
                libc::pwrite64(self.descriptor, data, left, offset)
            }
        };
        usize::try_from(count).map_err(|_| HostErrno::last())
    }

    /// The whole request: as many bytes as there are before the end of the file.
    fn transfer(&self) -> Result<usize, HostErrno> {
        let mut done = 0;
        // The host moves less than asked at the end of the file, after a signal, and above 2 GiB.
        loop {
            match self.transfer_some(done) {
                Ok(count) => {
                    done += count;
                    if count == 0 || done == self.length {
                        break;
                    }
                }
                Err(HostErrno(libc::EINTR)) => {}
                Err(error) => return Err(error),
            }
        }
        if self.operation & RUMPUSER_BIO_READ == 0 && self.operation & RUMPUSER_BIO_SYNC != 0 {
            synchronise(self.descriptor)?;
        }
        Ok(done)
    }

    /// Carries the request out on a thread without a virtual CPU, and reports it with one.
    fn run(self) {
        let (count, error) = match self.transfer() {
            Ok(count) => (count, 0),
            Err(error) => (0, hypercall_result(Err(error))),
        };
        take_virtual_cpu(0, ptr::null_mut());
        // SAFETY: the kernel's function, with the argument it asked for and a virtual CPU.
        unsafe { (self.done)(self.argument, count, error) };
        release_virtual_cpu(ptr::null_mut());
    }
}

struct Queue {
    waiting: VecDeque<Request>,
    workers: usize,
    idle: usize,
}

static QUEUE: Mutex<Queue> = Mutex::new(Queue { waiting: VecDeque::new(), workers: 0, idle: 0 });
static NOT_EMPTY: Condvar = Condvar::new();

fn lock_queue() -> MutexGuard<'static, Queue> {
    QUEUE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Some more than there are CPUs, as they wait for the disk most of the time.
fn most_workers() -> usize {
    static LIMIT: OnceLock<usize> = OnceLock::new();
    *LIMIT.get_or_init(|| (2 * online_cpus()).clamp(4, 16))
}

/// The kernel without threads of its own (`RUMP_THREADS=0`) gets none from us either.
fn has_threads() -> bool {
    static THREADS: OnceLock<bool> = OnceLock::new();
    *THREADS.get_or_init(|| environment(c"RUMP_THREADS").is_none_or(|value| value.first() != Some(&b'0')))
}

fn worker() {
    with_virtual_cpu(|upcalls| {
        if let Some(new_lwp) = upcalls.hyp_lwproc_newlwp {
            // SAFETY: the kernel's function, with a virtual CPU, on a thread that has no context yet.
            if unsafe { new_lwp(0) } != 0 {
                fatal("the kernel has no context for a block I/O thread");
            }
        }
    });
    let mut queue = lock_queue();
    loop {
        if let Some(request) = queue.waiting.pop_front() {
            drop(queue);
            request.run();
            queue = lock_queue();
        } else {
            queue.idle += 1;
            queue = NOT_EMPTY.wait(queue).unwrap_or_else(PoisonError::into_inner);
            queue.idle -= 1;
        }
    }
}

/// Queues a request. If there is nobody to carry it out and the host has no thread for us, it comes back.
fn submit(request: Request) -> Option<Request> {
    let mut queue = lock_queue();
    queue.waiting.push_back(request);
    if queue.waiting.len() > queue.idle && queue.workers < most_workers() {
        // Counted before it runs, so that the next submission knows.
        queue.workers += 1;
        if std::thread::Builder::new().name("rumpuser_bio".into()).spawn(worker).is_err() {
            queue.workers -= 1;
            if queue.workers == 0 {
                return queue.waiting.pop_back();
            }
        }
    }
    if queue.idle > 0 {
        drop(queue);
        NOT_EMPTY.notify_one();
    }
    None
}

/// Starts a transfer between memory and a host file, and returns. `done` is called when it is over, with a
/// virtual CPU held, and possibly before this function returns.
///
/// A read beyond the end of the file transfers less than asked. Errors go to `done`: those of pread(2),
/// pwrite(2) and, with [`RUMPUSER_BIO_SYNC`], fdatasync(2).
///
/// # Safety
/// `data` is memory for `length` bytes that is not used otherwise until `done` is called with `argument`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_bio(
    descriptor: c_int,
    operation: c_int,
    data: *mut c_void,
    length: usize,
    offset: i64,
    done: CompletionFunction,
    argument: *mut c_void,
) {
    let request = Request { descriptor, operation, data: data.cast(), length, offset, done, argument };
    without_virtual_cpu(|| {
        let refused = if has_threads() { submit(request) } else { Some(request) };
        if let Some(request) = refused {
            request.run();
        }
    });
}

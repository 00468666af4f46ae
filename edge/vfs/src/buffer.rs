//! `struct buf`: one transfer as a C program describes it, and how it is told of the end (bufferio(9)).

use crate::handles::borrow_vnode;
use core::ffi::{c_int, c_void};
use core::mem::offset_of;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicU32, Ordering};
use rump::abi::in_kernel;
use rump::errno::{Errno, Result};
use rump::host::console;
use rump::uio::{Direction, Uio, UserRange};
use rump::user_memory::{AddressSpace, UserAddress};
use vfs::VnodeRef;

/// `struct buf` of NetBSD 7.99.34 on amd64.
#[repr(C)]
struct Buffer {
    queue: [usize; 3],
    done: Option<unsafe extern "C" fn(*mut c_void)>,
    error: c_int,
    residual: i32,
    flags: u32,
    priority: i32,
    room: i32,
    count: i32,
    device: u64,
    data: *mut c_void,
    block: i64,
    raw_block: i64,
    process: *mut c_void,
    saved_address: *mut c_void,
    owner: *mut c_void,
    cookie: i64,
    busy: [usize; 3],
    references: u32,
    links: [usize; 9],
    logical_block: i64,
    free_list: i32,
    cache_flags: u32,
    vnode: *mut c_void,
    waiters: [usize; 3],
    object_flags: u32,
    object_lock: *mut c_void,
}

const _: () = assert!(size_of::<Buffer>() == 288 && offset_of!(Buffer, done) == 24);
const _: () = assert!(offset_of!(Buffer, flags) == 40 && offset_of!(Buffer, count) == 52);
const _: () = assert!(offset_of!(Buffer, data) == 64 && offset_of!(Buffer, block) == 72);
const _: () = assert!(offset_of!(Buffer, logical_block) == 224 && offset_of!(Buffer, cache_flags) == 236);
const _: () = assert!(offset_of!(Buffer, vnode) == 240 && offset_of!(Buffer, object_flags) == 272);

/// `B_*`.
mod flag {
    pub const ASYNCHRONOUS: u32 = 0x4;
    pub const COPIED_ON_WRITE: u32 = 0x400;
    pub const READ: u32 = 0x10_0000;
}

/// `BC_*`.
mod cache_flag {
    pub const AGED: u32 = 0x1;
    pub const BUSY: u32 = 0x10;
    pub const INVALID: u32 = 0x2000;
    pub const NOT_CACHED: u32 = 0x8000;
    pub const WANTED: u32 = 0x80_0000;
}

/// `BO_*`.
mod object_flag {
    pub const DELAYED_WRITE: u32 = 0x80;
    pub const DONE: u32 = 0x200;
}

/// `BPRIO_DEFAULT`.
const DEFAULT_PRIORITY: i32 = 1;

/// A buffer that a C program has passed. It is the program's again as soon as it is complete: nothing is looked at after that
/// but what the program promises to keep.
#[derive(Clone, Copy)]
pub struct BufferHandle(NonNull<Buffer>);

impl BufferHandle {
    /// The buffer behind a C pointer.
    ///
    /// # Safety
    /// `pointer` is null or a `struct buf` that nobody else changes until it is complete.
    ///
    /// # Errors
    /// `EFAULT` for null.
    pub unsafe fn new(pointer: *mut c_void) -> Result<Self> {
        NonNull::new(pointer.cast()).map(Self).ok_or(Errno::EFAULT)
    }

    fn fields(&self) -> *mut Buffer {
        self.0.as_ptr()
    }

    fn flags(self) -> u32 {
        // SAFETY: `new` was promised a buffer, here and below.
        unsafe { (*self.fields()).flags }
    }

    /// `b_oflags`, at which other threads may look to see whether the transfer is complete.
    fn object_flags(&self) -> &AtomicU32 {
        // SAFETY: as above; the field is aligned and lives as long as the buffer.
        unsafe { AtomicU32::from_ptr(&raw mut (*self.fields()).object_flags) }
    }

    pub fn is_read(self) -> bool {
        self.flags() & flag::READ != 0
    }

    /// Whether nobody waits for it.
    pub fn is_asynchronous(self) -> bool {
        self.flags() & flag::ASYNCHRONOUS != 0
    }

    pub fn is_done(self) -> bool {
        self.object_flags().load(Ordering::Acquire) & object_flag::DONE != 0
    }

    /// `b_blkno`.
    pub fn block(self) -> i64 {
        // SAFETY: as above.
        unsafe { (*self.fields()).block }
    }

    pub fn set_block(self, block: i64) {
        // SAFETY: as above.
        unsafe { (*self.fields()).block = block };
    }

    /// `b_lblkno`.
    pub fn logical_block(self) -> i64 {
        // SAFETY: as above.
        unsafe { (*self.fields()).logical_block }
    }

    /// `b_dev`: the device that the transfer has come to.
    pub fn set_device(self, device: u64) {
        // SAFETY: as above.
        unsafe { (*self.fields()).device = device };
    }

    /// Bytes to be moved.
    ///
    /// # Errors
    /// `EINVAL` for none, a negative number, or more than the buffer says to have room for.
    pub fn count(self) -> Result<usize> {
        // SAFETY: as above.
        let (count, room) = unsafe { ((*self.fields()).count, (*self.fields()).room) };
        if room < 0 || (room > 0 && count > room) {
            return Err(Errno::EINVAL);
        }
        usize::try_from(count).ok().filter(|&count| count > 0).ok_or(Errno::EINVAL)
    }

    /// Makes the transfer shorter: a device ends there.
    pub fn shorten(self, count: usize) {
        // SAFETY: as above.
        unsafe { (*self.fields()).count = i32::try_from(count).unwrap_or(i32::MAX) };
    }

    /// The transfer of the first `length` bytes, from or to `offset`.
    ///
    /// # Errors
    /// `EFAULT` without data.
    pub fn transfer(self, length: usize, offset: u64) -> Result<Uio<'static>> {
        // SAFETY: as above.
        let address = UserAddress::new(unsafe { (*self.fields()).data }.addr() as u64);
        if address.is_null() {
            return Err(Errno::EFAULT);
        }
        let direction = if self.is_read() { Direction::Read } else { Direction::Write };
        Ok(Uio::user(AddressSpace::Local, UserRange { address, length }, direction, offset))
    }

    /// The vnode whose data it is, if it says so.
    pub fn vnode(self) -> Option<VnodeRef> {
        // SAFETY: as above; a program holds the vnodes that it passes.
        unsafe { borrow_vnode((*self.fields()).vnode) }.ok()
    }

    /// Makes it a write that has not begun: what bwrite(9) does first.
    pub fn begin_write(self) {
        self.object_flags().fetch_and(!(object_flag::DONE | object_flag::DELAYED_WRITE), Ordering::Relaxed);
        // SAFETY: as above.
        unsafe {
            (*self.fields()).error = 0;
            (*self.fields()).flags &= !flag::READ;
        }
    }

    /// Gives it up, as brelse(9) does: it is busy no more, and without value after an error, or when it is not to be kept.
    pub fn release(self) {
        // SAFETY: as above.
        unsafe {
            let buffer = self.fields();
            let mut flags = (*buffer).cache_flags;
            if flags & cache_flag::NOT_CACHED != 0 || (*buffer).error != 0 {
                flags |= cache_flag::INVALID;
            }
            if flags & cache_flag::WANTED != 0 {
                flags &= !(cache_flag::WANTED | cache_flag::AGED);
            }
            (*buffer).cache_flags = flags & !cache_flag::BUSY;
        }
    }

    /// Completes a transfer of `moved` bytes, as biodone(9) does. The buffer may be gone afterwards.
    pub fn complete(self, moved: usize, result: Result<()>) {
        let buffer = self.fields();
        // SAFETY: as above. The function that is called is the program's: it may do with the buffer what it likes.
        unsafe {
            let count = i64::from((*buffer).count);
            let left = count.saturating_sub(i64::try_from(moved).unwrap_or(i64::MAX)).clamp(0, count.max(0));
            (*buffer).residual = left as i32;
            (*buffer).error = result.map_or_else(Errno::number, |()| 0);
            (*buffer).flags &= !flag::COPIED_ON_WRITE;
            (*buffer).priority = DEFAULT_PRIORITY;
            let done = (*buffer).done.take();
            if done.is_none() && self.is_asynchronous() {
                self.release();
            }
            self.object_flags().fetch_or(object_flag::DONE, Ordering::Release);
            if let Some(done) = done {
                done(buffer.cast());
            }
        }
    }
}

/// Completes a buffer that was carried out elsewhere. One that is complete already stays as it is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_biodone(buffer: *mut c_void, moved: usize, error: c_int) {
    let _ = in_kernel(|_| {
        // SAFETY: the caller passes its buffer.
        let buffer = unsafe { BufferHandle::new(buffer) }?;
        if buffer.is_done() {
            console::print(format_args!("rump_biodone: the buffer is complete already\n"));
            return Ok(());
        }
        buffer.complete(moved, if error == 0 { Ok(()) } else { Err(Errno::from_number(error)) });
        Ok(())
    });
}

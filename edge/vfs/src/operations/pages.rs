//! Operations on pages of a file: lending them to a C program, and taking them back.

use crate::handles::store;
use crate::page::{LentPages, PAGE, Returning, VirtualPage, Wanted};
use crate::protocol::{pointer, vnode};
use core::ffi::c_int;
use core::ptr::null_mut;
use rump::errno::{Errno, Result};
use rump::memory;
use rump::uio::Uio;
use vfs::{IoFlags, SyncScope, VnodeKind, VnodeRef};

/// `PGO_*`.
mod option {
    pub const CLEAN: u64 = 0x1;
    pub const DEACTIVATE: u64 = 0x4;
    pub const FREE: u64 = 0x8;
    pub const ALL_PAGES: u64 = 0x10;
    pub const PRESENT_ONLY: u64 = 0x40;
    pub const REFUSE_BUSY: u64 = 0x80;
    pub const OVERWRITE: u64 = 0x200;
    pub const PAST_END: u64 = 0x400;
    pub const NO_ALLOCATION: u64 = 0x800;
    /// All that the original knows.
    pub const KNOWN: u64 = 0xfeff;
}

/// `VM_PROT_WRITE`.
const WRITE: u64 = 0x2;

/// "Not this one" among the places for pages (`PGO_DONTCARE`).
const NOT_WANTED: usize = usize::MAX;

/// What a program asks for.
struct Request {
    vnode: VnodeRef,
    offset: u64,
    /// Where the pages are put; null to bring them into memory only.
    places: *mut *mut VirtualPage,
    /// Where the program said how many there are, and is told how many it gets.
    count: *mut c_int,
    /// How many of the pages there are.
    pages: u64,
    /// The page that matters most.
    center: u64,
    writes: bool,
    options: u64,
}

impl Request {
    /// # Errors
    /// `EOPNOTSUPP` for other files than regular ones; `EINVAL` for numbers that make no sense, and for pages behind the end.
    fn new(arguments: &[u64]) -> Result<Self> {
        let vnode = vnode(arguments, 0)?;
        let at = |index: usize| arguments.get(index).copied().unwrap_or_default();
        let (count, options) = (pointer::<c_int>(arguments, 3), at(7) & 0xffff_ffff);
        if vnode.kind != VnodeKind::Regular {
            return Err(Errno::EOPNOTSUPP);
        }
        // SAFETY: the program passes null or the number of pages.
        let wanted = unsafe { count.as_ref() }.copied().ok_or(Errno::EINVAL)?;
        let offset = u64::try_from(at(1) as i64).ok().filter(|offset| offset.is_multiple_of(PAGE));
        let (offset, wanted) = offset.zip(u64::try_from(wanted).ok()).ok_or(Errno::EINVAL)?;
        let center = u64::try_from(at(4) as u32 as i32).map_err(|_| Errno::EINVAL)?;
        let end = offset.saturating_add(wanted * PAGE);
        if wanted == 0 || center >= wanted || i64::try_from(end).is_err() || options & !option::KNOWN != 0 {
            return Err(Errno::EINVAL);
        }
        let size = vnode.operations().attributes()?.size;
        let limit = if options & option::PAST_END != 0 { end.max(size) } else { size };
        if offset + center * PAGE >= limit {
            return Err(Errno::EINVAL);
        }
        let pages = (end.min(limit) - offset).div_ceil(PAGE);
        let places = pointer::<*mut VirtualPage>(arguments, 2);
        Ok(Self { vnode, offset, places, count, pages, center, writes: at(5) & WRITE != 0, options })
    }

    fn has(&self, option: u64) -> bool {
        self.options & option != 0
    }

    fn put(&self, index: u64, page: *mut VirtualPage) {
        // SAFETY: the program's array has at least as many places as it has asked for pages.
        unsafe { self.places.add(index as usize).write(page) }
    }

    /// Whether the program cares for a page, where it may say that it does not.
    fn is_wanted(&self, index: u64) -> bool {
        // SAFETY: as above.
        unsafe { (*self.places.add(index as usize)).addr() != NOT_WANTED }
    }

    /// Gives the pages blocks, as far as the file reaches.
    fn allocate(&self) -> Result<()> {
        if !self.writes {
            return Ok(());
        }
        if self.vnode.mount.is_read_only() {
            return Err(Errno::EROFS);
        }
        let size = self.vnode.operations().attributes()?.size;
        let end = (self.offset + self.pages * PAGE).min(size);
        if self.has(option::NO_ALLOCATION) || end <= self.offset {
            return Ok(());
        }
        self.vnode.allocate(self.offset, end - self.offset)
    }

    /// Reads the pages for the sake of what is cached.
    fn bring_into_memory(&self) -> Result<()> {
        let mut page = memory::zeroed(PAGE as usize)?;
        for index in 0..self.pages {
            let start = self.offset + index * PAGE;
            self.vnode.operations().read(&mut Uio::into_kernel(&mut page, start), IoFlags::empty())?;
        }
        Ok(())
    }

    /// Gives what is lent already and not busy, without waiting for anything.
    ///
    /// # Errors
    /// `EBUSY` when the page in the center is not.
    fn give_present(&self) -> Result<()> {
        let lent = LentPages::existing(&self.vnode);
        let mut has_center = false;
        for index in (0..self.pages).filter(|&index| self.is_wanted(index)) {
            let found = lent.as_ref().and_then(|lent| lent.take_present(self.offset + index * PAGE));
            has_center |= index == self.center && found.is_some();
            self.put(index, found.unwrap_or(null_mut()));
        }
        if has_center { Ok(()) } else { Err(Errno::EBUSY) }
    }
}

/// Gives pages of a regular file, or brings them into memory where there is no room for them; gives them blocks if they are to
/// be written to. Fewer than asked for are given at the end of the file.
pub fn get(arguments: &[u64]) -> Result<()> {
    let request = Request::new(arguments)?;
    if request.has(option::PRESENT_ONLY) {
        return if request.places.is_null() { Err(Errno::EBUSY) } else { request.give_present() };
    }
    request.allocate()?;
    if request.places.is_null() {
        request.bring_into_memory()?;
    } else {
        let is_read_only = request.vnode.mount.is_read_only();
        let wanted = Wanted { overwrites: request.has(option::OVERWRITE), is_read_only };
        let lent = LentPages::of(&request.vnode)?;
        let mut give = |index, page| request.put(index, page);
        lent.lend(&request.vnode, request.offset, request.pages, wanted, &mut give)?;
    }
    // SAFETY: the program's place, which has been read.
    unsafe { store(request.count, c_int::try_from(request.pages).unwrap_or(c_int::MAX)) };
    Ok(())
}

/// Takes pages back that begin in a range, which has no end if that is 0, and writes what has been changed.
pub fn put(arguments: &[u64]) -> Result<()> {
    let vnode = vnode(arguments, 0)?;
    let at = |index: usize| arguments.get(index).copied().unwrap_or_default();
    let options = at(3);
    let is_whole = options & option::ALL_PAGES != 0;
    let (start, end) = if is_whole { (0, 0) } else { (at(1) as i64, at(2) as i64) };
    let start = u64::try_from(start).map_err(|_| Errno::EINVAL)? / PAGE * PAGE;
    let end = u64::try_from(end).map_err(|_| Errno::EINVAL)?;
    let end = if end == 0 { u64::MAX } else { end };
    if end < start {
        return Err(Errno::EINVAL);
    }
    let cleans = options & option::CLEAN != 0;
    if let Some(lent) = LentPages::existing(&vnode) {
        let how = Returning {
            cleans,
            frees: options & option::FREE != 0,
            frees_clean: options & option::DEACTIVATE != 0,
            refuses_busy: options & option::REFUSE_BUSY != 0,
        };
        lent.take_back(start, end, how)?;
    }
    // What is cached of the file is written whole, whatever the range.
    if cleans { vnode.operations().sync(SyncScope::Data) } else { Ok(()) }
}

/// Writes what the program has changed of pages that are lent; they stay lent.
pub fn write_changed(vnode: &VnodeRef) -> Result<()> {
    let how = Returning { cleans: true, frees: false, frees_clean: false, refuses_busy: false };
    LentPages::existing(vnode).map_or(Ok(()), |lent| lent.take_back(0, u64::MAX, how))
}

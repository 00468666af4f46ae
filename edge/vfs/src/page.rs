//! `struct vm_page`: pages of a file that are lent to a C program.
//!
//! What the program gets is a copy of the page, which stays where it is until it is given back; its vnode stays in use as long.
//! What the program has changed is written as write(2) would write it.

use alloc::alloc::{alloc_zeroed, dealloc};
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use core::alloc::Layout;
use core::any::Any;
use core::ffi::c_void;
use core::mem::offset_of;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicU16, Ordering};
use rump::errno::{Errno, Result};
use rump::memory;
use rump::sync::Mutex;
use rump::uio::{Direction, Uio, UserRange};
use rump::user_memory::{AddressSpace, UserAddress};
use vfs::{IoFlags, Vnode, VnodeRef};

/// Bytes of a page.
pub const PAGE: u64 = 4096;

/// `PG_*`.
pub mod flag {
    pub const BUSY: u16 = 0x1;
    pub const CLEAN: u16 = 0x8;
    pub const READ_ONLY: u16 = 0x80;
}

/// `struct vm_page` of NetBSD 7.99.34 on amd64.
#[repr(C)]
pub struct VirtualPage {
    links: [usize; 7],
    bytes: *mut c_void,
    object: *mut c_void,
    offset: i64,
    flags: u16,
    loans: u16,
    wirings: u16,
    queue_flags: u16,
    physical_address: u64,
    machine: [usize; 3],
}

const _: () = assert!(size_of::<VirtualPage>() == 120 && offset_of!(VirtualPage, bytes) == 56);
const _: () = assert!(offset_of!(VirtualPage, offset) == 72 && offset_of!(VirtualPage, flags) == 80);

/// A page's bytes, and behind them what describes it.
#[repr(C, align(4096))]
struct Lent {
    bytes: [u8; PAGE as usize],
    page: VirtualPage,
}

/// A page that is lent. It holds a use of its vnode.
pub struct LentPage {
    place: NonNull<Lent>,
    offset: u64,
    vnode: VnodeRef,
}

// SAFETY: the program's threads reach the page by pointer; what they may do at the same time is the program's business. Flags
// are read and changed atomically.
unsafe impl Send for LentPage {}

impl LentPage {
    /// A page of zeroes, busy and clean.
    ///
    /// # Errors
    /// `ENOMEM`.
    fn new(vnode: &VnodeRef, offset: u64) -> Result<Self> {
        let layout = Layout::new::<Lent>();
        memory::check_room(layout.size())?;
        // SAFETY: the layout is not empty.
        let place = NonNull::new(unsafe { alloc_zeroed(layout) }.cast::<Lent>()).ok_or(Errno::ENOMEM)?;
        // SAFETY: made just now; all zeroes is a value of every field.
        unsafe {
            let page = &raw mut (*place.as_ptr()).page;
            (*page).bytes = (&raw mut (*place.as_ptr()).bytes).cast();
            (*page).object = Arc::as_ptr(vnode.vnode()).cast_mut().cast();
            (*page).offset = offset.cast_signed();
            (*page).flags = flag::BUSY | flag::CLEAN;
        }
        Ok(Self { place, offset, vnode: vnode.clone() })
    }

    /// What the program gets.
    pub fn pointer(&self) -> *mut VirtualPage {
        // SAFETY: only the address is taken.
        unsafe { &raw mut (*self.place.as_ptr()).page }
    }

    fn flags(&self) -> &AtomicU16 {
        // SAFETY: the page lives as long as `self`, and the field is aligned.
        unsafe { AtomicU16::from_ptr(&raw mut (*self.pointer()).flags) }
    }

    pub fn has(&self, flag: u16) -> bool {
        self.flags().load(Ordering::Acquire) & flag != 0
    }

    pub fn set(&self, flag: u16, is_set: bool) {
        if is_set {
            self.flags().fetch_or(flag, Ordering::AcqRel);
        } else {
            self.flags().fetch_and(!flag, Ordering::AcqRel);
        }
    }

    fn transfer(&self, direction: Direction, length: usize) -> Uio<'static> {
        // SAFETY: only the address is taken.
        let bytes = unsafe { &raw mut (*self.place.as_ptr()).bytes };
        let range = UserRange { address: UserAddress::new(bytes.expose_provenance() as u64), length };
        Uio::user(AddressSpace::Local, range, direction, self.offset)
    }

    /// Reads the page; behind the end of the file it is zeroes.
    fn fill(&self) -> Result<()> {
        let mut uio = self.transfer(Direction::Read, PAGE as usize);
        self.vnode.operations().read(&mut uio, IoFlags::empty())?;
        uio.zero_out(uio.residual()).map(|_| ())
    }

    /// Writes what the program has changed, up to the end of the file.
    ///
    /// # Errors
    /// `EROFS`; what the file system says. The page is as it was then.
    fn write(&self) -> Result<()> {
        if self.has(flag::CLEAN) {
            return Ok(());
        }
        if self.vnode.mount.is_read_only() {
            return Err(Errno::EROFS);
        }
        let left = self.vnode.operations().attributes()?.size.saturating_sub(self.offset).min(PAGE);
        // Before the bytes are read: who changes them meanwhile takes it away again.
        self.set(flag::CLEAN, true);
        if left == 0 {
            return Ok(());
        }
        let mut uio = self.transfer(Direction::Write, left as usize);
        self.vnode.write(&mut uio, IoFlags::empty()).inspect_err(|_| self.set(flag::CLEAN, false))
    }
}

impl Drop for LentPage {
    fn drop(&mut self) {
        // SAFETY: allocated with this layout; the program has given the page back.
        unsafe { dealloc(self.place.as_ptr().cast(), Layout::new::<Lent>()) }
    }
}

/// What is done with pages that come back.
#[derive(Clone, Copy, Debug)]
pub struct Returning {
    /// Changes are written.
    pub cleans: bool,
    /// Pages go, whether their changes have been written or not.
    pub frees: bool,
    /// Pages without changes go.
    pub frees_clean: bool,
    /// A page that is busy is an error.
    pub refuses_busy: bool,
}

/// The pages of one vnode that are lent, by offset.
#[derive(Default)]
pub struct LentPages {
    pages: Mutex<BTreeMap<u64, LentPage>>,
}

/// How pages are to be given.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// The program overwrites them whole: nothing is read, and they count as changed.
    pub overwrites: bool,
    /// Changes cannot be written: the mount is read-only.
    pub is_read_only: bool,
}

impl LentPages {
    /// What is lent of a vnode, if anything ever was.
    pub fn existing(vnode: &Vnode) -> Option<Arc<Self>> {
        let any: Arc<dyn Any + Send + Sync> = Arc::clone(vnode.lent.get()?);
        any.downcast().ok()
    }

    /// What is lent of a vnode.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn of(vnode: &Vnode) -> Result<Arc<Self>> {
        memory::check_room(memory::SMALL)?;
        // Made before: `call_once` spins, and nothing in it may call the host.
        let fresh: Arc<dyn Any + Send + Sync> = Arc::new(Self::default());
        let any = Arc::clone(vnode.lent.call_once(|| fresh));
        any.downcast().map_err(|_| Errno::EINVAL)
    }

    /// The page at that offset if it is lent and not busy; it is busy from then on.
    pub fn take_present(&self, offset: u64) -> Option<*mut VirtualPage> {
        let pages = self.pages.lock();
        let page = pages.get(&offset).filter(|page| !page.has(flag::BUSY))?;
        page.set(flag::BUSY, true);
        Some(page.pointer())
    }

    /// Lends `count` pages from `offset` on, and hands each to `give`. Those that are lent already are the same, read anew
    /// unless the program has changed them.
    ///
    /// # Errors
    /// `EBUSY` when one of them is busy; `ENOMEM`; what reading says. Nothing is lent then that was not before.
    pub fn lend(
        &self,
        vnode: &VnodeRef,
        offset: u64,
        count: u64,
        wanted: Wanted,
        give: &mut dyn FnMut(u64, *mut VirtualPage),
    ) -> Result<()> {
        let mut pages = self.pages.lock();
        let offsets = || (0..count).map(|index| offset + index * PAGE);
        if offsets().any(|offset| pages.get(&offset).is_some_and(|page| page.has(flag::BUSY))) {
            return Err(Errno::EBUSY);
        }
        let mut fresh = BTreeMap::new();
        for offset in offsets() {
            match pages.get(&offset) {
                Some(page) if page.has(flag::CLEAN) && !wanted.overwrites => page.fill()?,
                Some(_) => {}
                None => {
                    let page = LentPage::new(vnode, offset)?;
                    if !wanted.overwrites {
                        page.fill()?;
                    }
                    fresh.insert(offset, page);
                }
            }
        }
        pages.append(&mut fresh);
        for (index, (_, page)) in pages.range(offset..offset + count * PAGE).enumerate() {
            page.set(flag::BUSY, true);
            page.set(flag::READ_ONLY, wanted.is_read_only);
            if wanted.overwrites {
                page.set(flag::CLEAN, false);
            }
            give(index as u64, page.pointer());
        }
        Ok(())
    }

    /// Takes back the pages that begin in a range.
    ///
    /// # Errors
    /// `EDEADLK` for a busy page where that is refused; what writing says. Pages from there on stay as they are.
    pub fn take_back(&self, start: u64, end: u64, how: Returning) -> Result<()> {
        let mut pages = self.pages.lock();
        let mut freed = BTreeMap::new();
        let mut result = Ok(());
        let mut next = start;
        while let Some((&offset, page)) = pages.range(next..end.max(next)).next() {
            if how.refuses_busy && page.has(flag::BUSY) {
                result = Err(Errno::EDEADLK);
            } else if how.cleans {
                result = page.write();
            }
            if result.is_err() {
                break;
            }
            if how.frees || (how.frees_clean && page.has(flag::CLEAN)) {
                freed.extend(pages.remove_entry(&offset));
            }
            next = offset.saturating_add(PAGE);
        }
        // Uses of the vnode end with the pages; not under the lock.
        drop(pages);
        drop(freed);
        result
    }
}

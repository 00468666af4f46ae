//! `struct knote`: a C program that watches a vnode without an event queue (`VOP_KQFILTER`).
//!
//! The knote is entered as one more listener where kqueue(2) enters its own. `kn_hook` holds the attachment, which lives until
//! `f_detach`: a notice that is under way meanwhile finds no knote in it any more.

use alloc::sync::{Arc, Weak};
use core::ffi::{c_int, c_long, c_void};
use core::mem::offset_of;
use core::ptr::{NonNull, null_mut};
use core::sync::atomic::{AtomicU32, Ordering};
use rump::abi::in_kernel;
use rump::errno::{Errno, Result};
use rump::kqueue::note;
use rump::poll::{Events, FileFilter, Listener, Notice, Reading, Registration};
use rump::sync::SpinMutex;
use vfs::{HandleWatch, Vnode, VnodeKind, VnodeRef};

/// `struct knote` of NetBSD 7.99.34 on amd64, with its `struct kevent`.
#[repr(C)]
pub struct Knote {
    links: [usize; 5],
    identifier: usize,
    filter: u32,
    flags: u32,
    filter_flags: u32,
    data: i64,
    user_data: isize,
    status: u32,
    wanted: u32,
    parameter: usize,
    object: *const i64,
    operations: *const FilterOperations,
    filter_kind: *mut c_void,
    hook: *mut c_void,
}

const _: () = assert!(size_of::<Knote>() == 128 && offset_of!(Knote, filter) == 48);
const _: () = assert!(offset_of!(Knote, data) == 64 && offset_of!(Knote, status) == 80);
const _: () = assert!(offset_of!(Knote, operations) == 104 && offset_of!(Knote, hook) == 120);

/// `struct filterops`.
#[repr(C)]
pub struct FilterOperations {
    is_descriptor: c_int,
    attach: Option<unsafe extern "C" fn(*mut Knote) -> c_int>,
    detach: unsafe extern "C" fn(*mut Knote),
    event: unsafe extern "C" fn(*mut Knote, c_long) -> c_int,
}

const _: () = assert!(size_of::<FilterOperations>() == 32);

/// As in the original, there is nothing to attach with: a knote comes in by `VOP_KQFILTER`.
static OPERATIONS: FilterOperations =
    FilterOperations { is_descriptor: 1, attach: None, detach: detach_knote, event: look_at_knote };

/// `KN_ACTIVE`.
const ACTIVE: u32 = 0x1;
/// `EV_ONESHOT`, `EV_EOF`.
const ONCE: u32 = 0x10;
const END: u32 = 0x8000;

/// A knote of a C program, which keeps it until it is detached.
#[derive(Clone, Copy)]
struct KnoteHandle(NonNull<Knote>);

// SAFETY: what several threads change of a knote is changed atomically.
unsafe impl Send for KnoteHandle {}

impl KnoteHandle {
    fn fields(self) -> *mut Knote {
        self.0.as_ptr()
    }

    fn set(self, place: fn(*mut Knote) -> *mut u32, bits: u32) {
        // SAFETY: the knote is there as long as it is attached; `place` is one of its aligned fields.
        unsafe { AtomicU32::from_ptr(place(self.fields())) }.fetch_or(bits, Ordering::AcqRel);
    }

    fn add_flags(self, bits: u32) {
        // SAFETY: only the field's address is taken.
        self.set(|knote| unsafe { &raw mut (*knote).flags }, bits);
    }

    fn add_notes(self, bits: u32) {
        // SAFETY: as above.
        self.set(|knote| unsafe { &raw mut (*knote).filter_flags }, bits);
    }

    fn activate(self) {
        // SAFETY: as above.
        self.set(|knote| unsafe { &raw mut (*knote).status }, ACTIVE);
    }

    fn notes(self) -> u32 {
        // SAFETY: as in `set`.
        unsafe { AtomicU32::from_ptr(&raw mut (*self.fields()).filter_flags) }.load(Ordering::Acquire)
    }

    fn wanted(self) -> u32 {
        // SAFETY: as in `set`; the program sets it before it attaches the knote.
        unsafe { (*self.fields()).wanted }
    }

    /// The offset from which readable bytes are counted.
    fn offset(self) -> i64 {
        // SAFETY: as above; the program passes null or the address of an offset.
        unsafe { (*self.fields()).object.as_ref() }.copied().unwrap_or(0)
    }

    fn set_data(self, data: i64) {
        // SAFETY: as above.
        unsafe { (*self.fields()).data = data };
    }

    /// Takes notes down, as far as they are wanted; whether there is an event.
    fn take_notes(self, notes: u32) -> bool {
        let is_end = notes & note::REVOKE != 0;
        if is_end {
            self.add_flags(END);
        }
        self.add_notes(notes & self.wanted());
        is_end || self.notes() != 0
    }

    fn end(self) -> bool {
        self.add_flags(END | ONCE);
        true
    }
}

/// What a knote looks at.
enum Watched {
    /// The file itself. No use is counted: it goes when nobody else uses it, and tells so.
    File(Weak<Vnode>),
    /// What has been opened through a vnode.
    Handle(HandleWatch),
}

struct Attachment {
    /// `None` once it is detached.
    knote: SpinMutex<Option<KnoteHandle>>,
    filter: FileFilter,
    watched: Watched,
    registration: SpinMutex<Option<Registration>>,
}

impl Attachment {
    fn reading(&self, knote: KnoteHandle) -> Option<Reading> {
        match &self.watched {
            Watched::Handle(handle) => handle.filter(self.filter).ok(),
            Watched::File(vnode) if self.filter == FileFilter::Read => {
                let size = vnode.upgrade()?.operations().attributes().ok()?.size;
                let data = size.cast_signed().wrapping_sub(knote.offset());
                Some(Reading { ready: data != 0, data, end: false })
            }
            Watched::File(vnode) => vnode.upgrade().map(|_| Reading::of(Events::OUT)),
        }
    }

    /// Looks whether there is an event, or takes notes down.
    fn look(&self, knote: KnoteHandle, notes: u32) -> bool {
        if self.filter == FileFilter::Vnode {
            return knote.take_notes(notes);
        }
        if notes & note::REVOKE != 0 {
            return knote.end();
        }
        // Nothing is left to look at once the file has gone.
        let Some(reading) = self.reading(knote) else { return knote.end() };
        knote.set_data(reading.data);
        if reading.end {
            knote.add_flags(END);
        }
        reading.ready
    }
}

impl Listener for Attachment {
    fn notify(self: Arc<Self>, _token: usize, notice: &Notice) {
        let place = self.knote.lock();
        let Some(knote) = *place else { return };
        let notes = if notice.events.contains(Events::VNODE_NOTES) { notice.notes } else { 0 };
        let is_event = match self.filter {
            FileFilter::Vnode => notes != 0 && knote.take_notes(notes),
            _ if notes & note::REVOKE != 0 => knote.end(),
            // How much there is must be looked at where no locks are held: by who finds it active.
            filter => notice.events.intersects(filter.interest()),
        };
        if is_event {
            knote.activate();
        }
    }
}

fn filter_of(number: u32) -> Result<FileFilter> {
    match number {
        0 => Ok(FileFilter::Read),
        1 => Ok(FileFilter::Write),
        3 => Ok(FileFilter::Vnode),
        _ => Err(Errno::EINVAL),
    }
}

/// Attaches a knote to a vnode, until `kn_fop->f_detach`.
///
/// # Safety
/// `knote` is null or a `struct knote` of which the filter, the notes wanted and the object are set, and which stays until it is
/// detached.
///
/// # Errors
/// `EFAULT` for null; `EINVAL` for other filters than `EVFILT_READ`, `EVFILT_WRITE` and `EVFILT_VNODE`; `EOPNOTSUPP` for block
/// devices; `ENXIO` for a device or fifo that has not been opened through the vnode; `ENOMEM`.
pub unsafe fn attach(vnode: &VnodeRef, knote: *mut c_void) -> Result<()> {
    let handle = KnoteHandle(NonNull::new(knote.cast()).ok_or(Errno::EFAULT)?);
    // SAFETY: the caller's promise.
    let filter = filter_of(unsafe { (*handle.fields()).filter })?;
    let is_stream = match vnode.kind {
        VnodeKind::Block => return Err(Errno::EOPNOTSUPP),
        VnodeKind::Fifo | VnodeKind::Character => filter != FileFilter::Vnode,
        _ => false,
    };
    let watched = if is_stream {
        Watched::Handle(vnode.watch_handle(filter)?)
    } else {
        Watched::File(Arc::downgrade(vnode.vnode()))
    };
    rump::memory::check_room(rump::memory::SMALL)?;
    let attachment = Arc::new(Attachment {
        knote: SpinMutex::new(Some(handle)),
        filter,
        watched,
        registration: SpinMutex::new(None),
    });
    // SAFETY: the caller's promise; nobody knows of the attachment yet.
    unsafe {
        (*handle.fields()).operations = &raw const OPERATIONS;
        (*handle.fields()).hook = Arc::into_raw(Arc::clone(&attachment)).cast_mut().cast();
    }
    let listener = Arc::clone(&attachment) as Arc<dyn Listener>;
    let interest = filter.interest() | Events::VNODE_NOTES;
    let entered = match &attachment.watched {
        Watched::Handle(handle) => handle.register(listener, interest),
        Watched::File(_) => vnode.listeners().point().register(listener, 0, interest),
    };
    match entered {
        Ok(registration) => {
            *attachment.registration.lock() = Some(registration);
            Ok(())
        }
        Err(error) => {
            // SAFETY: it was attached above.
            unsafe { detach_knote(handle.fields()) };
            Err(error)
        }
    }
}

/// `f_detach`: a knote that is not attached stays as it is.
unsafe extern "C" fn detach_knote(knote: *mut Knote) {
    let Some(handle) = NonNull::new(knote).map(KnoteHandle) else { return };
    let _ = in_kernel(|_| {
        // SAFETY: the program passes its knote; the hook is null, or the reference that `attach` made.
        let attachment = unsafe {
            let hook = core::mem::replace(&mut (*handle.fields()).hook, null_mut());
            if hook.is_null() {
                return Err(Errno::EINVAL);
            }
            Arc::from_raw(hook.cast_const().cast::<Attachment>())
        };
        *attachment.knote.lock() = None;
        let registration = attachment.registration.lock().take();
        drop(registration);
        Ok(())
    });
}

/// `f_event`: whether there is an event; `hint` is 0, or the notes that tell of one.
unsafe extern "C" fn look_at_knote(knote: *mut Knote, hint: c_long) -> c_int {
    let Some(handle) = NonNull::new(knote).map(KnoteHandle) else { return 0 };
    let found = in_kernel(|_| {
        // SAFETY: as in `detach_knote`; the reference stays the knote's.
        let attachment = unsafe { (*handle.fields()).hook.cast_const().cast::<Attachment>().as_ref() };
        Ok(attachment.is_some_and(|attachment| attachment.look(handle, hint as u32)))
    });
    c_int::from(found.unwrap_or(false))
}

//! `struct vattr`, and the functions that fill it for programs without NetBSD's headers.

use alloc::boxed::Box;
use core::ffi::{c_int, c_void};
use rump::errno::{Errno, Result};
use rump::time::Timespec;
use vfs::{AttributeChange, Attributes, NewFile, TimeChange, VnodeKind};

/// "Not given" (`VNOVAL`) in a field of any width.
const NO_VALUE: i64 = -1;
/// Set the times to now (`VA_UTIMES_NULL`).
const TIMES_NOW: u32 = 0x01;

/// `struct vattr` of NetBSD 7.99.34 on amd64.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Vattr {
    pub kind: c_int,
    pub mode: u32,
    pub links: u32,
    pub user: u32,
    pub group: u32,
    pub file_system: u64,
    pub number: u64,
    pub size: u64,
    pub block_size: i64,
    pub access_time: Timespec,
    pub modification_time: Timespec,
    pub change_time: Timespec,
    pub birth_time: Timespec,
    pub generation: u64,
    pub flags: u64,
    pub device: u64,
    pub bytes: u64,
    pub revision: u64,
    pub operation_flags: u32,
    pub spare: i64,
}

const _: () = assert!(size_of::<Vattr>() == 176);

impl Vattr {
    /// No field given (`vattr_null`).
    #[must_use]
    pub const fn null() -> Self {
        const TIME: Timespec = Timespec { seconds: NO_VALUE, nanoseconds: NO_VALUE };
        Self {
            kind: 0,
            mode: u32::MAX,
            links: u32::MAX,
            user: u32::MAX,
            group: u32::MAX,
            file_system: u64::MAX,
            number: u64::MAX,
            size: u64::MAX,
            block_size: NO_VALUE,
            access_time: TIME,
            modification_time: TIME,
            change_time: TIME,
            birth_time: TIME,
            generation: u64::MAX,
            flags: u64::MAX,
            device: u64::MAX,
            bytes: u64::MAX,
            revision: u64::MAX,
            operation_flags: 0,
            spare: 0,
        }
    }

    /// All attributes of a file on the mount with number `file_system`.
    #[must_use]
    pub fn of(attributes: &Attributes, file_system: u64) -> Self {
        Self {
            kind: kind_number(attributes.kind),
            mode: attributes.permissions | attributes.kind.mode_bits(),
            links: attributes.links,
            user: attributes.user,
            group: attributes.group,
            file_system,
            number: attributes.number,
            size: attributes.size,
            block_size: i64::from(attributes.block_size),
            access_time: attributes.access_time,
            modification_time: attributes.modification_time,
            change_time: attributes.change_time,
            birth_time: attributes.birth_time,
            generation: u64::from(attributes.generation),
            flags: u64::from(attributes.flags),
            device: attributes.device,
            bytes: attributes.occupied,
            revision: 0,
            operation_flags: 0,
            spare: 0,
        }
    }

    /// The fields that are given, as a change.
    ///
    /// # Errors
    /// `EINVAL` for flags that do not fit, or fields that cannot be changed.
    pub fn change(&self) -> Result<AttributeChange> {
        let fixed = [self.links != u32::MAX, self.number != u64::MAX, self.bytes != u64::MAX];
        if self.kind != 0 || fixed.contains(&true) {
            return Err(Errno::EINVAL);
        }
        let given = |value: u32| (value != u32::MAX).then_some(value);
        let time = |time: Timespec| {
            let wanted = time.seconds != NO_VALUE || time.nanoseconds != NO_VALUE;
            let now = self.operation_flags & TIMES_NOW != 0;
            wanted.then_some(if now { TimeChange::Now } else { TimeChange::To(time) })
        };
        let flags = match self.flags {
            u64::MAX => None,
            flags => Some(u32::try_from(flags).map_err(|_| Errno::EINVAL)?),
        };
        Ok(AttributeChange {
            permissions: given(self.mode).map(|mode| mode & 0o7777),
            user: given(self.user),
            group: given(self.group),
            size: (self.size != u64::MAX).then_some(self.size),
            access_time: time(self.access_time),
            modification_time: time(self.modification_time),
            birth_time: (self.birth_time.seconds != NO_VALUE).then_some(self.birth_time),
            flags,
        })
    }

    /// What a new file is to be.
    ///
    /// # Errors
    /// `EINVAL` for no kind of file.
    pub fn new_file(&self, user: u32) -> Result<NewFile> {
        let kind = kind_of(self.kind).ok_or(Errno::EINVAL)?;
        let permissions = if self.mode == u32::MAX { 0 } else { self.mode & 0o7777 };
        let device = if self.device == u64::MAX { 0 } else { self.device };
        Ok(NewFile { kind, permissions, user, device })
    }
}

/// The number of a kind of file in `enum vtype`, whose order differs from ours.
#[must_use]
pub fn kind_number(kind: VnodeKind) -> c_int {
    match kind {
        VnodeKind::Regular => 1,
        VnodeKind::Directory => 2,
        VnodeKind::Block => 3,
        VnodeKind::Character => 4,
        VnodeKind::SymbolicLink => 5,
        VnodeKind::Socket => 6,
        VnodeKind::Fifo => 7,
    }
}

fn kind_of(number: c_int) -> Option<VnodeKind> {
    Some(match number {
        1 => VnodeKind::Regular,
        2 => VnodeKind::Directory,
        3 => VnodeKind::Block,
        4 => VnodeKind::Character,
        5 => VnodeKind::SymbolicLink,
        6 => VnodeKind::Socket,
        7 => VnodeKind::Fifo,
        _ => return None,
    })
}

/// `struct vattr` before NetBSD 5.99: device numbers and seconds were 32 bits wide.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Vattr50 {
    kind: c_int,
    mode: u32,
    links: u32,
    user: u32,
    group: u32,
    file_system: u64,
    number: u64,
    size: u64,
    block_size: i64,
    times: [Timespec50; 4],
    generation: u64,
    flags: u64,
    device: u32,
    bytes: u64,
    revision: u64,
    operation_flags: u32,
    spare: i64,
}

/// `struct timespec50`.
#[repr(C)]
#[derive(Clone, Copy)]
struct Timespec50 {
    seconds: i32,
    nanoseconds: i64,
}

#[unsafe(no_mangle)]
pub extern "C" fn rump_pub_vattr_init() -> *mut Vattr {
    Box::into_raw(Box::new(Vattr::null()))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_pub_vattr_settype(vattr: *mut Vattr, kind: c_int) {
    // SAFETY: the caller passes what `rump_pub_vattr_init` gave it.
    unsafe { (*vattr).kind = kind };
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_pub_vattr_setmode(vattr: *mut Vattr, mode: u32) {
    // SAFETY: as above.
    unsafe { (*vattr).mode = mode };
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_pub_vattr_setrdev(vattr: *mut Vattr, device: u64) {
    // SAFETY: as above.
    unsafe { (*vattr).device = device };
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_pub_vattr_free(vattr: *mut c_void) {
    if !vattr.is_null() {
        // SAFETY: the caller gives up what `rump_pub_vattr_init` gave it.
        drop(unsafe { Box::from_raw(vattr.cast::<Vattr>()) });
    }
}

/// Copies what the old and the new structure share from old to new.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_pub_vattr50_to_vattr(from: *const Vattr50, to: *mut Vattr) {
    // SAFETY: the caller passes both structures.
    let from = unsafe { from.read() };
    let time =
        |time: Timespec50| Timespec { seconds: i64::from(time.seconds), nanoseconds: time.nanoseconds };
    let wide = |device: u32| if device == u32::MAX { u64::MAX } else { u64::from(device) };
    let [access_time, modification_time, change_time, birth_time] = from.times.map(time);
    let new = Vattr {
        kind: from.kind,
        mode: from.mode,
        links: from.links,
        user: from.user,
        group: from.group,
        file_system: from.file_system,
        number: from.number,
        size: from.size,
        block_size: from.block_size,
        access_time,
        modification_time,
        change_time,
        birth_time,
        generation: from.generation,
        flags: from.flags,
        device: wide(from.device),
        bytes: from.bytes,
        revision: from.revision,
        operation_flags: from.operation_flags,
        spare: from.spare,
    };
    // SAFETY: as above.
    unsafe { to.write(new) };
}

/// Copies what the old and the new structure share from new to old; what does not fit is cut.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_pub_vattr_to_vattr50(from: *const Vattr, to: *mut Vattr50) {
    // SAFETY: the caller passes both structures.
    let from = unsafe { from.read() };
    let time = |time: Timespec| Timespec50 { seconds: time.seconds as i32, nanoseconds: time.nanoseconds };
    let old = Vattr50 {
        kind: from.kind,
        mode: from.mode,
        links: from.links,
        user: from.user,
        group: from.group,
        file_system: from.file_system,
        number: from.number,
        size: from.size,
        block_size: from.block_size,
        times: [from.access_time, from.modification_time, from.change_time, from.birth_time].map(time),
        generation: from.generation,
        flags: from.flags,
        device: from.device as u32,
        bytes: from.bytes,
        revision: from.revision,
        operation_flags: from.operation_flags,
        spare: from.spare,
    };
    // SAFETY: as above.
    unsafe { to.write(old) };
}

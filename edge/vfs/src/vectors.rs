//! The vnode operations as tables in NetBSD's layout (`struct vnodeopv_desc` and what it leads to), for components written in C:
//! functions that take their arguments in a structure, in front of what `RUMP_VOP_*` does.
//!
//! Vnodes of this kernel do not go by these vectors, so that what C writes into one counts for C alone.

use core::ffi::{c_char, c_int, c_void};
use core::ptr::null;
use core::sync::atomic::AtomicPtr;
use rump::errno::Errno;

/// A function that takes the structure of its operation.
pub type Implementation = unsafe extern "C" fn(*mut c_void) -> c_int;

/// There is no such argument (`VDESC_NO_OFFSET`).
const NO_OFFSET: c_int = -1;
/// What an operation without arguments answers.
const NO_ARGUMENTS: c_int = Errno::EINVAL.number();

/// `struct vnodeop_desc`.
#[repr(C)]
pub struct OperationDescription {
    pub offset: c_int,
    pub name: *const c_char,
    pub flags: u32,
    pub vnodes: *const c_int,
    pub made: c_int,
    pub credentials: c_int,
    pub component_name: c_int,
}

// SAFETY: constant data, whose pointers lead to constant data.
unsafe impl Sync for OperationDescription {}

/// `struct vnodeopv_entry_desc`.
#[repr(C)]
pub struct OperationEntry {
    description: *const OperationDescription,
    implementation: Option<Implementation>,
}

// SAFETY: as above.
unsafe impl Sync for OperationEntry {}

impl OperationEntry {
    const END: Self = Self { description: null(), implementation: None };

    const fn new(description: &'static OperationDescription, implementation: Implementation) -> Self {
        Self { description, implementation: Some(implementation) }
    }
}

/// `struct vnodeopv_desc`.
#[repr(C)]
pub struct VectorDescription {
    vector: &'static AtomicPtr<AtomicPtr<c_void>>,
    entries: *const OperationEntry,
}

// SAFETY: as above; the vector is atomic.
unsafe impl Sync for VectorDescription {}

const _: () = {
    assert!(size_of::<OperationDescription>() == 48);
    assert!(size_of::<OperationEntry>() == 16);
    assert!(size_of::<VectorDescription>() == 16);
};

/// # Safety
/// `arguments` is null or points to a `T` that stays for the call.
unsafe fn arguments_of<'a, T>(arguments: *mut c_void) -> Option<&'a T> {
    // SAFETY: the caller's promise.
    unsafe { arguments.cast_const().cast::<T>().as_ref() }
}

/// An operation that there is no function for. One copy: C compares it.
#[inline(never)]
unsafe extern "C" fn default_operation(_arguments: *mut c_void) -> c_int {
    Errno::EOPNOTSUPP.number()
}

/// Any operation: the structure's first member says which.
///
/// # Safety
/// `arguments` is null or points to the structure of the operation whose description it begins with.
unsafe extern "C" fn described_operation(arguments: *mut c_void) -> c_int {
    // SAFETY: the caller's promise.
    let description = unsafe {
        arguments_of::<*const OperationDescription>(arguments).and_then(|description| description.as_ref())
    };
    let Some(description) = description else { return NO_ARGUMENTS };
    let operation =
        usize::try_from(description.offset).ok().and_then(|offset| generated::OPERATIONS.get(offset));
    // SAFETY: the structure is of this operation.
    operation.map_or(NO_ARGUMENTS, |operation| unsafe { operation(arguments) })
}

const PLACES: usize = generated::OPERATIONS.len();

const fn vector(of: &[Implementation; PLACES]) -> [AtomicPtr<c_void>; PLACES] {
    let mut places = [const { AtomicPtr::new(core::ptr::null_mut()) }; PLACES];
    let mut index = 0;
    while index < PLACES {
        places[index] = AtomicPtr::new(of[index] as *mut c_void);
        index += 1;
    }
    places
}

static OPERATIONS: [AtomicPtr<c_void>; PLACES] = vector(&generated::OPERATIONS);
static SPECIAL_OPERATIONS: [AtomicPtr<c_void>; PLACES] = vector(&[described_operation; PLACES]);

// SAFETY, for all statics below: no other symbol has the name, and C knows what it is in that layout.

/// `int (**)(void *)`: the functions of all operations, by the offset in their descriptions.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)] // the C interface names them, here and below
pub static rump_vnodeop_p: AtomicPtr<AtomicPtr<c_void>> = AtomicPtr::new(OPERATIONS.as_ptr().cast_mut());

/// As [`rump_vnodeop_p`], for the nodes of devices: in each place the function that looks at the description.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static rump_specop_p: AtomicPtr<AtomicPtr<c_void>> =
    AtomicPtr::new(SPECIAL_OPERATIONS.as_ptr().cast_mut());

/// The description of what serves for operations without a function of their own.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static rumpns_vop_default_desc: OperationDescription = OperationDescription {
    offset: 0,
    name: c"default".as_ptr(),
    flags: 0,
    vnodes: null(),
    made: NO_OFFSET,
    credentials: NO_OFFSET,
    component_name: NO_OFFSET,
};

/// One function for all operations; a pair of nulls ends the list.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static rump_specop_entries: [OperationEntry; 2] =
    [OperationEntry::new(&rumpns_vop_default_desc, described_operation), OperationEntry::END];

#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static rump_vnodeop_opv_desc: VectorDescription =
    VectorDescription { vector: &rump_vnodeop_p, entries: generated::rump_vnodeop_entries.as_ptr() };

#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static rump_specop_opv_desc: VectorDescription =
    VectorDescription { vector: &rump_specop_p, entries: rump_specop_entries.as_ptr() };

/// `const struct vnodeopv_desc *const []`: both vectors; null ends the list.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static rump_opv_descs: [Option<&VectorDescription>; 3] =
    [Some(&rump_vnodeop_opv_desc), Some(&rump_specop_opv_desc), None];

#[allow(clippy::all)]
mod generated {
    use super::{
        Implementation, NO_ARGUMENTS, NO_OFFSET, OperationDescription, OperationEntry, arguments_of,
        default_operation, rumpns_vop_default_desc,
    };
    use crate::operations::enter_vnode_operation;
    use crate::table::VnodeOperation;
    include!(concat!(env!("OUT_DIR"), "/vectors.rs"));
}

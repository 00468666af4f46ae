//! Structures of the original's kernel of which only the address counts here: what they are told by.
//!
//! They have the original's sizes, so that a program may have been linked with its own copy of them.

use core::cell::UnsafeCell;
use core::ffi::c_void;
use core::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, Ordering};

/// Bytes that C may touch and that the kernel never looks at.
#[repr(C, align(8))]
pub struct Opaque<const SIZE: usize>(UnsafeCell<[u8; SIZE]>);

// SAFETY: nothing in the kernel reads or writes the bytes.
unsafe impl<const SIZE: usize> Sync for Opaque<SIZE> {}

impl<const SIZE: usize> Opaque<SIZE> {
    const fn zeroed() -> Self {
        Self(UnsafeCell::new([0; SIZE]))
    }

    const fn beginning_with(byte: u8) -> Self {
        let mut bytes = [0; SIZE];
        bytes[0] = byte;
        Self(UnsafeCell::new(bytes))
    }
}

/// Bytes of `struct cpu_info`.
pub const CPU_SIZE: usize = 0xa40;
const PMAP_SIZE: usize = 0x198;
const DEVICE_SIZE: usize = 0x2b8;
const ADDRESS_SPACE_SIZE: usize = 0x118;

/// `DV_VIRTUAL` of device.h: a device that nothing backs.
const VIRTUAL_DEVICE: u8 = 9;

/// `struct cpu_info` of virtual CPU 0.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static rump_bootcpu: Opaque<CPU_SIZE> = Opaque::zeroed();

/// `struct pmap` of processes in this address space.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static rump_pmap_local: Opaque<PMAP_SIZE> = Opaque::zeroed();

/// `struct device` of the root file system: none stands behind it.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static rump_rootdev: Opaque<DEVICE_SIZE> = Opaque::beginning_with(VIRTUAL_DEVICE);

static LOCAL_ADDRESS_SPACE: Opaque<ADDRESS_SPACE_SIZE> = Opaque::zeroed();

/// `struct vmspace *` of processes in this address space: what `rump_lwproc_rfork_vmspace` is given for one.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static rump_vmspace_local: AtomicPtr<c_void> =
    AtomicPtr::new((&raw const LOCAL_ADDRESS_SPACE).cast_mut().cast());

/// Whether a component for terminals is there.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static rump_ttycomponent: AtomicBool = AtomicBool::new(false);

/// Whether locks are checked as they are used (`LOCKDEBUG`): in debug builds.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static rump_lockdebug: i32 = cfg!(debug_assertions) as i32;

/// Whether the kernel may have threads of its own (`RUMP_THREADS`).
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static rump_threads: AtomicI32 = AtomicI32::new(1);

/// Has C code see whether there may be such threads.
pub(crate) fn show_threads(allowed: bool) {
    rump_threads.store(i32::from(allowed), Ordering::Relaxed);
}

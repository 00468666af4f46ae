//! The per-thread slot that holds the current lwp: one load with the initial-exec model, no `__tls_get_addr`.

use core::arch::{asm, global_asm};
use core::ffi::c_void;

global_asm!(
    ".pushsection .tbss.rump_current_lwp_slot,\"awT\",@nobits",
    ".globl rump_current_lwp_slot",
    ".hidden rump_current_lwp_slot",
    ".p2align 3",
    ".type rump_current_lwp_slot,@object",
    ".size rump_current_lwp_slot,8",
    "rump_current_lwp_slot:",
    ".zero 8",
    ".popsection",
);

/// The kind of machine, as NetBSD calls it.
pub(crate) const MACHINE: &str = "amd64";
/// The kind of processor, as NetBSD calls it.
pub(crate) const MACHINE_ARCHITECTURE: &str = "x86_64";

/// The calling thread's slot. Not inlined: the symbol is private to this library.
#[inline(never)]
pub fn current_slot() -> *const c_void {
    current_slot_inline()
}

/// The same for functions that are compiled into this library alone: no generic ones, and none marked for inlining.
#[inline(always)]
pub(crate) fn current_slot_inline() -> *const c_void {
    let slot;
    // SAFETY: reads the calling thread's own eight bytes of thread-local storage.
    unsafe {
        asm!(
            "mov {slot}, qword ptr [rip + rump_current_lwp_slot@GOTTPOFF]",
            "mov {slot}, qword ptr fs:[{slot}]",
            slot = out(reg) slot,
            options(nostack, preserves_flags, readonly),
        );
    }
    slot
}

/// Sets the calling thread's slot.
#[inline(never)]
pub fn set_current_slot(value: *const c_void) {
    // SAFETY: writes the calling thread's own eight bytes of thread-local storage.
    unsafe {
        asm!(
            "mov {slot}, qword ptr [rip + rump_current_lwp_slot@GOTTPOFF]",
            "mov qword ptr fs:[{slot}], {value}",
            slot = out(reg) _,
            value = in(reg) value,
            options(nostack, preserves_flags),
        );
    }
}

/// Asks for the cache lines of `length` bytes at `to` ahead of their being written. It touches nothing: any address will do.
pub fn prefetch_for_write(to: *const u8, length: usize) {
    const LINE: usize = 64;
    for offset in (0..length).step_by(LINE) {
        // SAFETY: a prefetch has no effect but on the caches.
        unsafe {
            asm!("prefetchw byte ptr [{}]", in(reg) to.wrapping_add(offset), options(nostack, preserves_flags));
        }
    }
}

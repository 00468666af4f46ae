//! UNSAFE. What differs between processors: one file each.

#[cfg(target_arch = "x86_64")]
mod x86_64;
#[cfg(target_arch = "x86_64")]
pub(crate) use x86_64::{MACHINE, MACHINE_ARCHITECTURE, current_slot_inline};
#[cfg(target_arch = "x86_64")]
pub use x86_64::{current_slot, prefetch_for_write, set_current_slot};

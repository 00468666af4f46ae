//! What the fuzz targets run: [`ffs_image`] takes damaged FFS images apart, [`system_calls`] makes arbitrary system calls.
//!
//! Every input runs in a kernel and a simulated world of its own, so that the same input does the same each time. A panic, a
//! thread that waits for ever, and memory past [`memory::LIMIT`] that nobody checked count as crashes; time is up to the
//! fuzzer.

pub mod calls;
pub mod ffs_image;
pub mod image;
pub mod input;
pub mod memory;
pub mod session;
pub mod system_calls;

#[global_allocator]
static ALLOCATOR: memory::Limited = memory::Limited;

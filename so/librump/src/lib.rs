#![no_std]
// The stamp's name is the C interface's.
#![allow(non_upper_case_globals)]
//! `librump.so`: the core, the allocator and the panic handler. Crates that several components use are in here as well,
//! so that there is one copy of each.

extern crate bitflags as _;
extern crate hashbrown as _;
extern crate rump;

use core::panic::PanicInfo;

include!(concat!(env!("OUT_DIR"), "/stamp.rs"));

#[global_allocator]
static ALLOCATOR: rump::memory::KernelAllocator = rump::memory::KernelAllocator;

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    rump::host::console::print(format_args!("rump kernel {info}\n"));
    rump::host::exit(None)
}

// Prebuilt core and alloc refer to these; nothing ever unwinds. Hidden and weak, so that a host's own are left alone.
core::arch::global_asm!(
    ".weak rust_eh_personality",
    ".hidden rust_eh_personality",
    "rust_eh_personality:",
    ".weak _Unwind_Resume",
    ".hidden _Unwind_Resume",
    "_Unwind_Resume:",
    "ud2",
);

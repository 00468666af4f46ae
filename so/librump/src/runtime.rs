//! What a kernel without std has to bring along: an allocator and a panic handler.

use core::panic::PanicInfo;

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

//! x86-64, System V ABI.

use core::arch::{asm, global_asm, naked_asm};
use core::ffi::c_void;

use crate::console::print_formatted;
use crate::thread::prepare;

// The library's own `thread_local!` would cost a call to `__tls_get_addr` at each mutex operation; a slot in
// the initial-exec model costs two loads.
global_asm!(
    ".pushsection .tbss,\"awT\",@nobits",
    ".globl rumpuser_current_lwp_slot, rumpuser_thread_frame_slot",
    ".hidden rumpuser_current_lwp_slot, rumpuser_thread_frame_slot",
    ".type rumpuser_current_lwp_slot, @object",
    ".size rumpuser_current_lwp_slot, 8",
    ".type rumpuser_thread_frame_slot, @object",
    ".size rumpuser_thread_frame_slot, 8",
    ".p2align 3",
    "rumpuser_current_lwp_slot:",
    ".zero 8",
    "rumpuser_thread_frame_slot:",
    ".zero 8",
    ".popsection",
);

unsafe extern "C" {
    fn pthread_exit(value: *mut c_void) -> !;
}

/// Where the host starts each of our threads, with a `Start` of the module `thread`. It remembers its frame,
/// so that the thread can end from any depth.
///
/// # Safety
/// For `pthread_create` only, with such an argument.
#[unsafe(naked)]
pub(crate) extern "C" fn thread_entry(_start: *mut c_void) -> *mut c_void {
    naked_asm!(
        "push rbp",
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "sub rsp, 8",
        "mov rax, qword ptr [rip + rumpuser_thread_frame_slot@GOTTPOFF]",
        "mov qword ptr fs:[rax], rsp",
        // A function and its argument come back in two registers.
        "call {prepare}",
        "mov rdi, rdx",
        "call rax",
        "jmp {leave}",
        prepare = sym prepare,
        leave = sym thread_leave,
    );
}

/// The end of [`thread_entry`], with the stack pointer where that function has left it: returns `rax`.
#[unsafe(naked)]
extern "C" fn thread_leave() {
    naked_asm!("add rsp, 8", "pop r15", "pop r14", "pop r13", "pop r12", "pop rbx", "pop rbp", "ret",);
}

/// Ends the calling thread.
///
/// A thread of ours drops its frames and returns to the host. That is no unwinding, for which every frame would
/// need tables and none may be compiled with `panic = "abort"`. Others end by pthread_exit(3).
///
/// # Safety
/// The frames of the thread have nothing to clean up.
#[unsafe(no_mangle)]
#[unsafe(naked)]
pub unsafe extern "C" fn rumpuser_thread_exit() -> ! {
    naked_asm!(
        "mov rax, qword ptr [rip + rumpuser_thread_frame_slot@GOTTPOFF]",
        "mov rcx, qword ptr fs:[rax]",
        "xor edi, edi",
        "test rcx, rcx",
        "je 2f",
        "mov rsp, rcx",
        "xor eax, eax",
        "jmp {leave}",
        "2:",
        "jmp qword ptr [rip + {exit}@GOTPCREL]",
        leave = sym thread_leave,
        exit = sym pthread_exit,
    );
}

/// The calling thread's slot: null until [`store_current_lwp`].
#[inline]
#[must_use]
pub fn load_current_lwp() -> *mut c_void {
    let lwp: *mut c_void;
    // SAFETY: loads this thread's copy of the eight bytes reserved above; touches no other memory.
    unsafe {
        asm!(
            "mov {lwp}, qword ptr [rip + rumpuser_current_lwp_slot@GOTTPOFF]",
            "mov {lwp}, qword ptr fs:[{lwp}]",
            lwp = out(reg) lwp,
            options(nostack, preserves_flags, readonly, pure),
        );
    }
    lwp
}

/// Sets the calling thread's slot.
#[inline]
pub fn store_current_lwp(lwp: *mut c_void) {
    // SAFETY: writes this thread's copy of the eight bytes reserved above.
    unsafe {
        asm!(
            "mov {slot}, qword ptr [rip + rumpuser_current_lwp_slot@GOTTPOFF]",
            "mov qword ptr fs:[{slot}], {lwp}",
            slot = out(reg) _,
            lwp = in(reg) lwp,
            options(nostack, preserves_flags),
        );
    }
}

/// `void rumpuser_dprintf(const char *format, ...)`: formatted text to the host's standard error, at once.
///
/// The frame, from the stack pointer: a `va_list` (24 bytes), padding to 32, then the register save area
/// of the ABI: six integer registers and, if `al` says that there are any, eight vector registers.
///
/// # Safety
/// `format` and the arguments agree as in printf(3).
#[unsafe(no_mangle)]
#[unsafe(naked)]
pub unsafe extern "C" fn rumpuser_dprintf() {
    naked_asm!(
        "sub rsp, 216",
        "mov qword ptr [rsp + 40], rsi",
        "mov qword ptr [rsp + 48], rdx",
        "mov qword ptr [rsp + 56], rcx",
        "mov qword ptr [rsp + 64], r8",
        "mov qword ptr [rsp + 72], r9",
        "test al, al",
        "je 2f",
        "movaps xmmword ptr [rsp + 80], xmm0",
        "movaps xmmword ptr [rsp + 96], xmm1",
        "movaps xmmword ptr [rsp + 112], xmm2",
        "movaps xmmword ptr [rsp + 128], xmm3",
        "movaps xmmword ptr [rsp + 144], xmm4",
        "movaps xmmword ptr [rsp + 160], xmm5",
        "movaps xmmword ptr [rsp + 176], xmm6",
        "movaps xmmword ptr [rsp + 192], xmm7",
        "2:",
        // gp_offset: the format took the first integer register; fp_offset: behind the six of them.
        "mov dword ptr [rsp], 8",
        "mov dword ptr [rsp + 4], 48",
        // overflow_arg_area: what the caller pushed, above the return address.
        "lea rax, [rsp + 224]",
        "mov qword ptr [rsp + 8], rax",
        "lea rax, [rsp + 32]",
        "mov qword ptr [rsp + 16], rax",
        "mov rsi, rsp",
        "call {print}",
        "add rsp, 216",
        "ret",
        print = sym print_formatted,
    );
}

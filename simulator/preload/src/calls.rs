//! UNSAFE. Calls of the program into the kernel, each of them a moment to switch: most enter and leave the kernel without
//! any hypercall, and a thread that does nothing else would never let go.
//!
//! The program's table of function addresses (its global offset table) is changed: the entry of each function whose
//! name begins with `rump_` or `RUMP_` leads to a few instructions that call [`pause`] and then go on to the function.

use core::arch::naked_asm;
use core::ffi::{CStr, c_int, c_void};
use core::{ptr, slice};
use simulator_world::{Event, Moment, map_aligned, try_current};

/// A call takes up to this many nanoseconds, so that a program which calls until a time is over gets there.
const SLOWEST_CALL: Moment = 20_000;
const PAGE: usize = 4096;
/// Bytes of the instructions for one function.
const STUB: usize = 32;
/// elf(5): kinds of entries of the dynamic section, and of relocations on x86-64.
const DYNAMIC_END: i64 = 0;
const DYNAMIC_RELOCATION_BYTES: i64 = 2;
const DYNAMIC_STRINGS: i64 = 5;
const DYNAMIC_SYMBOLS: i64 = 6;
const DYNAMIC_RELOCATIONS: i64 = 23;
const RELOCATION_JUMP_SLOT: u32 = 7;

/// An entry of the dynamic section.
#[repr(C)]
struct Dynamic {
    tag: i64,
    value: usize,
}

/// What the calls of a program need to be found.
#[derive(Default)]
struct Tables {
    base: usize,
    strings: usize,
    symbols: usize,
    relocations: usize,
    relocation_bytes: usize,
}

extern "C" fn pause() {
    let Some((shared, me)) = try_current() else { return };
    let mut state = shared.scheduler.enter(me, Event::Step, 0);
    state.spend(SLOWEST_CALL);
    shared.scheduler.leave(state, me);
}

/// Calls [`pause`] and goes on to the function whose address is in `r11`, with all arguments in their registers.
#[unsafe(naked)]
extern "C" fn pause_and_go_on() {
    naked_asm!(
        "push rbp",
        "mov rbp, rsp",
        "push rdi",
        "push rsi",
        "push rdx",
        "push rcx",
        "push r8",
        "push r9",
        "push rax",
        "push r11",
        "and rsp, -16",
        "call {pause}",
        "lea rsp, [rbp - 64]",
        "pop r11",
        "pop rax",
        "pop r9",
        "pop r8",
        "pop rcx",
        "pop rdx",
        "pop rsi",
        "pop rdi",
        "pop rbp",
        "jmp r11",
        pause = sym pause,
    );
}

/// `mov r11, function; mov r10, pause_and_go_on; jmp r10`
fn stub_for(function: usize) -> [u8; STUB] {
    let mut code = [0x90; STUB];
    code[..2].copy_from_slice(&[0x49, 0xbb]);
    code[2..10].copy_from_slice(&function.to_le_bytes());
    code[10..12].copy_from_slice(&[0x49, 0xba]);
    code[12..20].copy_from_slice(&(pause_and_go_on as *const () as usize).to_le_bytes());
    code[20..23].copy_from_slice(&[0x41, 0xff, 0xe2]);
    code
}

/// Called with the program first and libraries after it; stops at the program.
unsafe extern "C" fn find_tables(
    object: *mut libc::dl_phdr_info,
    _size: usize,
    tables: *mut c_void,
) -> c_int {
    // SAFETY: what the loader knows of the program, and the place that `watch_calls` has passed.
    unsafe {
        let (object, tables) = (&*object, &mut *tables.cast::<Tables>());
        tables.base = object.dlpi_addr as usize;
        let headers = slice::from_raw_parts(object.dlpi_phdr, object.dlpi_phnum.into());
        let Some(header) = headers.iter().find(|header| header.p_type == libc::PT_DYNAMIC) else { return 1 };
        let mut entry: *const Dynamic = ptr::with_exposed_provenance(tables.base + header.p_vaddr as usize);
        while (*entry).tag != DYNAMIC_END {
            let value = (*entry).value;
            match (*entry).tag {
                DYNAMIC_STRINGS => tables.strings = value,
                DYNAMIC_SYMBOLS => tables.symbols = value,
                DYNAMIC_RELOCATIONS => tables.relocations = value,
                DYNAMIC_RELOCATION_BYTES => tables.relocation_bytes = value,
                _ => {}
            }
            entry = entry.add(1);
        }
    }
    1
}

/// Makes every call from the program into the kernel a moment to switch.
///
/// # Panics
/// Without memory for the stubs.
pub fn watch_calls() {
    let mut tables = Tables::default();
    // SAFETY: the callback and the place for what it finds; the loader keeps these tables as long as the program runs.
    let relocations = unsafe {
        libc::dl_iterate_phdr(Some(find_tables), (&raw mut tables).cast());
        if tables.relocations == 0 {
            return;
        }
        let first: *const libc::Elf64_Rela = ptr::with_exposed_provenance(tables.relocations);
        slice::from_raw_parts(first, tables.relocation_bytes / size_of::<libc::Elf64_Rela>())
    };
    let length = (relocations.len() * STUB).next_multiple_of(PAGE);
    let protection = libc::PROT_READ | libc::PROT_WRITE;
    let stubs = map_aligned(length, PAGE, protection).expect("memory for stubs").cast::<[u8; STUB]>();
    for (index, relocation) in relocations.iter().enumerate() {
        // SAFETY: room for as many stubs as there are relocations; the tables are the loader's.
        unsafe { redirect(&tables, relocation, stubs.add(index)) };
    }
    // SAFETY: the mapping made above, now filled.
    unsafe { libc::mprotect(stubs.cast(), length, libc::PROT_READ | libc::PROT_EXEC) };
}

/// Leads the calls of one relocation through `stub`, if they go to the kernel.
///
/// # Safety
/// `tables` are those of the program, the relocation is one of them, and `stub` is writable.
unsafe fn redirect(tables: &Tables, relocation: &libc::Elf64_Rela, stub: *mut [u8; STUB]) {
    let (kind, symbol) = (relocation.r_info as u32, (relocation.r_info >> 32) as usize);
    // SAFETY: the caller's contract; the page of the entry is made writable before it is written.
    unsafe {
        let symbols: *const libc::Elf64_Sym = ptr::with_exposed_provenance(tables.symbols);
        let name_offset = (*symbols.add(symbol)).st_name as usize;
        let name = CStr::from_ptr(ptr::with_exposed_provenance(tables.strings + name_offset));
        let is_call = name.to_bytes().starts_with(b"rump_") || name.to_bytes().starts_with(b"RUMP_");
        let function = libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr());
        if kind != RELOCATION_JUMP_SLOT || !is_call || function.is_null() {
            return;
        }
        *stub = stub_for(function.expose_provenance());
        let entry = tables.base + relocation.r_offset as usize;
        let page = ptr::with_exposed_provenance_mut::<c_void>(entry & !(PAGE - 1));
        libc::mprotect(page, PAGE, libc::PROT_READ | libc::PROT_WRITE);
        *ptr::with_exposed_provenance_mut::<usize>(entry) = stub.expose_provenance();
    }
}

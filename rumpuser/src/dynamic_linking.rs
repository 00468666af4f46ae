//! What the dynamic linker has loaded: the kernel gets the symbols of its libraries, and the modules and
//! components that their link sets list.
//!
//! A link set is an array of pointers between two symbols, `__start_link_set_NAME` and
//! `__stop_link_set_NAME`. Components that are loaded later announce themselves.

use core::ffi::{CStr, c_char, c_int, c_void};
use core::mem;

use crate::elf::{LoadedObject, Symbol, SymbolTable, loaded_objects};

/// A kernel's `struct modinfo`: only its address matters here.
#[repr(C)]
pub struct ModuleInformation {
    _opaque: [u8; 0],
}

/// A kernel's `struct rump_component`: only its address matters here.
#[repr(C)]
pub struct Component {
    _opaque: [u8; 0],
}

/// Takes an array of modules and its length.
pub type ModuleFunction = unsafe extern "C" fn(*const *const ModuleInformation, usize);
/// Takes a symbol table and a string table, with their sizes in bytes. They are the kernel's from then on, if it answers 0.
pub type SymbolFunction = unsafe extern "C" fn(*mut c_void, u64, *mut c_char, u64) -> c_int;
/// Takes one component.
pub type ComponentFunction = unsafe extern "C" fn(*const Component);

/// Hands the symbols, modules and components of everything that is loaded to the kernel.
///
/// Libraries come before those that depend on them. In a statically linked program there is nothing to find:
/// its components announce themselves.
///
/// # Safety
/// The functions are the kernel's, which is in the middle of its start.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_dl_bootstrap(
    load_modules: ModuleFunction,
    load_symbols: SymbolFunction,
    load_component: ComponentFunction,
) {
    let mut objects = loaded_objects();
    if !objects.first().is_some_and(|program| program.has_interpreter) {
        return;
    }
    // The linker's order has the dependent before its dependencies.
    objects.reverse();
    let program = objects.len() - 1;
    let mut kernel_symbols = KernelSymbols::default();
    for (index, object) in objects.iter().enumerate() {
        if (index == program || is_kernel_library(object))
            && let Some(table) = object.symbol_table()
        {
            kernel_symbols.add(&table);
        }
    }
    // SAFETY: the caller's contract.
    unsafe { kernel_symbols.hand_over(load_symbols) };
    for object in &objects {
        if let Some(table) = object.symbol_table() {
            // SAFETY: the caller's contract.
            unsafe { load_link_sets(&table, load_modules, load_component) };
        }
    }
}

fn is_kernel_library(object: &LoadedObject) -> bool {
    object.name.windows(b"librump".len()).any(|part| part == b"librump")
}

/// Only names that are decidedly the kernel's: it would otherwise link modules against the host.
fn is_kernel_name(name: &[u8]) -> bool {
    [&b"rump"[..], b"RUMP", b"__"].iter().any(|prefix| name.starts_with(prefix))
}

/// The symbols of several objects as one table, with absolute addresses.
#[derive(Default)]
struct KernelSymbols {
    symbols: Vec<Symbol>,
    strings: Vec<u8>,
}

impl KernelSymbols {
    fn add(&mut self, table: &SymbolTable) {
        for symbol in table.symbols {
            if !table.name_bytes(symbol).is_some_and(is_kernel_name) {
                continue;
            }
            let Ok(position) = u32::try_from(self.strings.len()) else { return };
            if let (Some(address), Some(name)) = (table.address(symbol), table.name(symbol)) {
                // Every symbol has its own copy of its name: the kernel edits them in place.
                self.strings.extend_from_slice(name.to_bytes_with_nul());
                self.symbols.push(Symbol { st_name: position, st_value: address as u64, ..*symbol });
            }
        }
    }

    /// # Safety
    /// `load_symbols` is the kernel's.
    unsafe fn hand_over(mut self, load_symbols: SymbolFunction) {
        let (symbols, strings) = (&mut self.symbols, &mut self.strings);
        // SAFETY: the caller's contract; tables that the kernel takes live on.
        let refused = unsafe {
            load_symbols(
                symbols.as_mut_ptr().cast(),
                mem::size_of_val(symbols.as_slice()) as u64,
                strings.as_mut_ptr().cast(),
                strings.len() as u64,
            )
        };
        if refused == 0 {
            mem::forget(self);
        }
    }
}

/// The entries of one link set; empty if the object has none.
fn link_set<T>(table: &SymbolTable, start: &CStr, stop: &CStr) -> &'static [*const T] {
    let (Some(start), Some(stop)) = (table.find(start), table.find(stop)) else { return &[] };
    let length = stop.saturating_sub(start) / size_of::<*const T>();
    if length == 0 {
        return &[];
    }
    // SAFETY: the static linker puts the two symbols around an array of pointers, in an object that stays.
    unsafe { core::slice::from_raw_parts(core::ptr::with_exposed_provenance(start), length) }
}

/// # Safety
/// The functions are the kernel's.
unsafe fn load_link_sets(
    table: &SymbolTable,
    load_modules: ModuleFunction,
    load_component: ComponentFunction,
) {
    let modules =
        link_set::<ModuleInformation>(table, c"__start_link_set_modules", c"__stop_link_set_modules");
    let components =
        link_set::<Component>(table, c"__start_link_set_rump_components", c"__stop_link_set_rump_components");
    // SAFETY: the caller's contract, and the entries are what the object's author listed.
    unsafe {
        if !modules.is_empty() {
            load_modules(modules.as_ptr(), modules.len());
        }
        for &component in components {
            load_component(component);
        }
    }
}

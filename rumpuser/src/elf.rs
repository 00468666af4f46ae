//! The objects that the dynamic linker has loaded into this process, and their tables of dynamic symbols.
//!
//! Format: System V ABI, "Dynamic Linking"; the hash table with the GNU extension's layout. All of it is the
//! loader's own memory, mapped and checked by it.

use core::ffi::{CStr, c_int, c_void};
use core::{ptr, slice};

pub(crate) use libc::Elf64_Sym as Symbol;

const PT_DYNAMIC: u32 = 2;
const PT_INTERP: u32 = 3;
const DT_NULL: i64 = 0;
const DT_HASH: i64 = 4;
const DT_STRTAB: i64 = 5;
const DT_SYMTAB: i64 = 6;
const DT_STRSZ: i64 = 10;
const DT_GNU_HASH: i64 = 0x6fff_fef5;
const SHN_UNDEF: u16 = 0;
const SHN_ABS: u16 = 0xfff1;
const STT_TLS: u8 = 6;

#[repr(C)]
struct DynamicEntry {
    tag: i64,
    value: u64,
}

/// A program or shared library in memory.
pub(crate) struct LoadedObject {
    /// Its path; empty for the program itself.
    pub(crate) name: Vec<u8>,
    /// Whether it names a dynamic linker, as a dynamically linked program does.
    pub(crate) has_interpreter: bool,
    base: usize,
    dynamic: *const DynamicEntry,
}

/// The symbols that an object offers or wants, and their names.
pub(crate) struct SymbolTable {
    base: usize,
    pub(crate) symbols: &'static [Symbol],
    strings: &'static [u8],
}

/// All objects, in the order of the dynamic linker: the program first.
pub(crate) fn loaded_objects() -> Vec<LoadedObject> {
    let mut objects: Vec<LoadedObject> = Vec::new();
    // SAFETY: the callback gets our vector, and runs only during the call.
    unsafe { libc::dl_iterate_phdr(Some(add_object), (&raw mut objects).cast()) };
    objects
}

unsafe extern "C" fn add_object(info: *mut libc::dl_phdr_info, _size: usize, objects: *mut c_void) -> c_int {
    // SAFETY: the dynamic linker's description of one object, and the vector of `loaded_objects`.
    unsafe {
        let (info, objects) = (&*info, &mut *objects.cast::<Vec<LoadedObject>>());
        let name = if info.dlpi_name.is_null() { &[] } else { CStr::from_ptr(info.dlpi_name).to_bytes() };
        let headers = match info.dlpi_phnum {
            0 => &[],
            count => slice::from_raw_parts(info.dlpi_phdr, usize::from(count)),
        };
        let base = info.dlpi_addr as usize;
        let dynamic =
            headers.iter().find(|header| header.p_type == PT_DYNAMIC).map_or(ptr::null(), |header| {
                ptr::with_exposed_provenance(base.wrapping_add(header.p_vaddr as usize))
            });
        let has_interpreter = headers.iter().any(|header| header.p_type == PT_INTERP);
        objects.push(LoadedObject { name: name.to_vec(), has_interpreter, base, dynamic });
    }
    0
}

impl LoadedObject {
    fn dynamic_value(&self, tag: i64) -> Option<usize> {
        if self.dynamic.is_null() {
            return None;
        }
        let mut entry = self.dynamic;
        // SAFETY: the dynamic section ends with DT_NULL.
        unsafe {
            while (*entry).tag != DT_NULL {
                if (*entry).tag == tag {
                    return Some((*entry).value as usize);
                }
                entry = entry.add(1);
            }
        }
        None
    }

    /// A table of the object. glibc relocates the addresses in the dynamic section, other linkers do not,
    /// and nobody does for the system's own object (vdso): what lies below the base is not relocated.
    fn dynamic_table<T>(&self, tag: i64) -> Option<*const T> {
        let address = self.dynamic_value(tag)?;
        let address = if address < self.base { address.wrapping_add(self.base) } else { address };
        (address != 0).then(|| ptr::with_exposed_provenance(address))
    }

    fn symbol_count(&self) -> Option<usize> {
        if let Some(hash) = self.dynamic_table::<u32>(DT_HASH) {
            // SAFETY: the second word of the table is the number of symbols.
            return Some(unsafe { *hash.add(1) } as usize);
        }
        let hash = self.dynamic_table::<u32>(DT_GNU_HASH)?;
        // SAFETY: four words of header, 64-bit words of a Bloom filter, the buckets, then one chain entry for
        // each symbol from `first` on; the last entry of a chain has bit 0 set.
        unsafe {
            let (buckets, first, filter) = (*hash as usize, *hash.add(1) as usize, *hash.add(2) as usize);
            let bucket_table = hash.add(4 + 2 * filter);
            let last_chain = slice::from_raw_parts(bucket_table, buckets).iter().max().copied()? as usize;
            if last_chain < first {
                return Some(first);
            }
            let mut symbol = last_chain;
            while *bucket_table.add(buckets + symbol - first) & 1 == 0 {
                symbol += 1;
            }
            Some(symbol + 1)
        }
    }

    /// The dynamic symbols, if the object has any.
    pub(crate) fn symbol_table(&self) -> Option<SymbolTable> {
        let symbols = self.dynamic_table::<Symbol>(DT_SYMTAB)?;
        let strings = self.dynamic_table::<u8>(DT_STRTAB)?;
        let count = self.symbol_count()?;
        let length = self.dynamic_value(DT_STRSZ)?;
        // SAFETY: the object's own tables with the lengths it gives for them. They stay mapped: the kernel keeps
        // addresses of its components anyway, so that none of them can be unloaded.
        unsafe {
            Some(SymbolTable {
                base: self.base,
                symbols: slice::from_raw_parts(symbols, count),
                strings: slice::from_raw_parts(strings, length),
            })
        }
    }
}

impl SymbolTable {
    /// The name of a symbol, if it lies within the string table.
    pub(crate) fn name(&self, symbol: &Symbol) -> Option<&'static CStr> {
        let bytes = self.strings.get(symbol.st_name as usize..)?;
        CStr::from_bytes_until_nul(bytes).ok()
    }

    /// Where a symbol is, if this object defines it: not for thread-local ones, which are in many places.
    pub(crate) fn address(&self, symbol: &Symbol) -> Option<usize> {
        match symbol.st_shndx {
            SHN_UNDEF => None,
            _ if symbol.st_value == 0 || symbol.st_info & 0xf == STT_TLS => None,
            SHN_ABS => Some(symbol.st_value as usize),
            _ => Some(self.base.wrapping_add(symbol.st_value as usize)),
        }
    }

    /// The address of the symbol with this name.
    pub(crate) fn find(&self, name: &CStr) -> Option<usize> {
        let name = name.to_bytes_with_nul();
        let has_name = |symbol: &&Symbol| {
            self.strings.get(symbol.st_name as usize..).is_some_and(|string| string.starts_with(name))
        };
        self.address(self.symbols.iter().find(has_name)?)
    }
}

#[cfg(test)]
mod tests {
    use super::loaded_objects;

    #[test]
    fn the_program_comes_first_and_libc_offers_malloc() {
        let objects = loaded_objects();
        assert!(objects[0].has_interpreter);
        assert!(objects[0].name.is_empty());
        let libc =
            objects.iter().find(|object| object.name.windows(8).any(|part| part == b"/libc.so")).unwrap();
        let table = libc.symbol_table().unwrap();
        assert_eq!(table.find(c"getppid"), Some(libc::getppid as *const () as usize));
        assert_eq!(table.find(c"no_such_symbol"), None);
        assert!(table.symbols.len() > 1000);
    }

    #[test]
    fn every_object_with_a_table_has_readable_names() {
        for object in loaded_objects() {
            if let Some(table) = object.symbol_table() {
                assert!(table.symbols.iter().all(|symbol| table.name(symbol).is_some()));
            }
        }
    }
}

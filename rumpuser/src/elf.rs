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
    hash: Option<GnuHashTable>,
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

    fn gnu_hash_table(&self) -> Option<GnuHashTable> {
        let hash = self.dynamic_table::<u32>(DT_GNU_HASH)?;
        // SAFETY: four words of header, 64-bit words of a Bloom filter, then the buckets; a chain entry for each symbol
        // from `first` on follows them.
        unsafe {
            let (count, first, filter) = (*hash as usize, *hash.add(1) as usize, *hash.add(2) as usize);
            let start = hash.add(4 + 2 * filter);
            let buckets = if count == 0 { &[] } else { slice::from_raw_parts(start, count) };
            Some(GnuHashTable { buckets, first, chains: start.add(count) })
        }
    }

    fn symbol_count(&self) -> Option<usize> {
        if let Some(hash) = self.dynamic_table::<u32>(DT_HASH) {
            // SAFETY: the second word of the table is the number of symbols.
            return Some(unsafe { *hash.add(1) } as usize);
        }
        self.gnu_hash_table()?.symbol_count()
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
                hash: self.gnu_hash_table(),
                symbols: slice::from_raw_parts(symbols, count),
                strings: slice::from_raw_parts(strings, length),
            })
        }
    }
}

impl SymbolTable {
    /// The name of a symbol and all strings behind it.
    pub(crate) fn name_bytes(&self, symbol: &Symbol) -> Option<&'static [u8]> {
        self.strings.get(symbol.st_name as usize..)
    }

    /// The name of a symbol, if it lies within the string table.
    pub(crate) fn name(&self, symbol: &Symbol) -> Option<&'static CStr> {
        CStr::from_bytes_until_nul(self.name_bytes(symbol)?).ok()
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

    /// The address of the symbol with this name, if the object defines it.
    pub(crate) fn find(&self, name: &CStr) -> Option<usize> {
        let has_name = |symbol: &&Symbol| {
            self.name_bytes(symbol).is_some_and(|strings| strings.starts_with(name.to_bytes_with_nul()))
        };
        let symbol = match &self.hash {
            Some(hash) => {
                let candidates = hash.candidates(name.to_bytes());
                candidates.filter_map(|index| self.symbols.get(index)).find(has_name)?
            }
            None => self.symbols.iter().find(has_name)?,
        };
        self.address(symbol)
    }
}

/// Symbols by the hashes of their names. What an object only wants is not in it.
struct GnuHashTable {
    /// Where the chain of each bucket begins; 0 for an empty one.
    buckets: &'static [u32],
    /// The first symbol that has a chain entry.
    first: usize,
    /// A hash with bit 0 set in the last of a chain, for each symbol from `first` on.
    chains: *const u32,
}

impl GnuHashTable {
    fn hash(name: &[u8]) -> u32 {
        name.iter().fold(5381, |hash: u32, &byte| hash.wrapping_mul(33).wrapping_add(u32::from(byte)))
    }

    fn chain(&self, symbol: usize) -> u32 {
        // SAFETY: chains begin where buckets say and go on to an entry with bit 0 set.
        unsafe { *self.chains.add(symbol - self.first) }
    }

    /// The symbols whose hash is that of `name`, bit 0 aside.
    fn candidates(&self, name: &[u8]) -> impl Iterator<Item = usize> {
        let hash = Self::hash(name);
        let bucket =
            self.buckets.get(hash as usize % self.buckets.len().max(1)).copied().unwrap_or(0) as usize;
        let mut next = (bucket >= self.first && bucket != 0).then_some(bucket);
        core::iter::from_fn(move || {
            loop {
                let symbol = next?;
                let entry = self.chain(symbol);
                next = (entry & 1 == 0).then_some(symbol + 1);
                if entry | 1 == hash | 1 {
                    return Some(symbol);
                }
            }
        })
    }

    fn symbol_count(&self) -> Option<usize> {
        let last_chain = self.buckets.iter().max().copied()? as usize;
        if last_chain < self.first {
            return Some(self.first);
        }
        let mut symbol = last_chain;
        while self.chain(symbol) & 1 == 0 {
            symbol += 1;
        }
        Some(symbol + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::loaded_objects;
    use core::ffi::CStr;

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
        let by_walking = |name: &CStr| {
            table
                .symbols
                .iter()
                .filter(|symbol| table.name(symbol) == Some(name))
                .any(|symbol| table.address(symbol) == table.find(name))
        };
        let named = table.symbols.iter().filter(|symbol| table.address(symbol).is_some());
        assert!(named.filter_map(|symbol| table.name(symbol)).all(by_walking));
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

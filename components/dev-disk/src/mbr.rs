//! The partition table of PCs: the master boot record and the chain of extended partitions behind it.

use alloc::vec::Vec;
use rump::errno::Result;

/// Bytes that hold the table, whatever the size of a sector.
pub const SIZE: usize = 512;
const SIGNATURE: [u8; 2] = [0x55, 0xaa];
const SIGNATURE_AT: usize = 510;
const TABLE_AT: usize = 446;
const ENTRY_SIZE: usize = 16;
const ENTRIES: usize = 4;

/// Types of partitions that mean something here.
pub mod kind {
    pub const UNUSED: u8 = 0;
    pub const NETBSD: u8 = 0xa9;
    pub const PROTECTIVE: u8 = 0xee;
    const EXTENDED: [u8; 3] = [0x05, 0x0f, 0x85];

    /// Whether a chain of further partitions is in it.
    #[must_use]
    pub fn is_extended(kind: u8) -> bool {
        EXTENDED.contains(&kind)
    }
}

/// One partition, in sectors from the start of the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    pub kind: u8,
    pub start: u64,
    pub size: u64,
    /// Which table it is in: 0 is the master boot record, then the chain's, in order.
    pub table: usize,
    /// Its place in its table.
    pub slot: usize,
}

/// Records in a chain at most; a chain that goes on is cut.
const LONGEST_CHAIN: usize = 128;

/// What a scan found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Table {
    pub entries: Vec<Entry>,
    /// Whether there is a master boot record with a partition in it.
    pub is_there: bool,
    /// Whether the scan ended at a partition that goes past the end of the disk.
    pub is_damaged: bool,
}

#[derive(Clone, Copy)]
struct Raw {
    kind: u8,
    start: u32,
    size: u32,
}

/// The four entries of a record, or nothing where there is none.
fn parse(sector: &[u8]) -> Option<[Raw; ENTRIES]> {
    if sector.get(SIGNATURE_AT..SIGNATURE_AT + 2)? != SIGNATURE {
        return None;
    }
    let word = |at: usize| {
        sector.get(at..at + 4).and_then(|word| word.try_into().ok()).map_or(0, u32::from_le_bytes)
    };
    Some(core::array::from_fn(|slot| {
        let at = TABLE_AT + slot * ENTRY_SIZE;
        Raw { kind: sector.get(at + 4).copied().unwrap_or(0), start: word(at + 8), size: word(at + 12) }
    }))
}

/// Reads the table of a disk of `sectors` sectors and follows its chain of extended partitions, which must lead towards the
/// end of the disk. `read` gives the sector of a number. A GPT's protective record counts as no table.
///
/// # Errors
/// What `read` says.
pub fn scan(sectors: u64, read: &dyn Fn(u64) -> Result<alloc::boxed::Box<[u8]>>) -> Result<Table> {
    let mut table = Table::default();
    let (mut base, mut here) = (0u64, 0u64);
    for number in 0..LONGEST_CHAIN {
        let Some(record) = parse(&read(here)?) else { break };
        let others_unused = record[1..].iter().all(|entry| entry.kind == kind::UNUSED);
        if record[0].kind == kind::PROTECTIVE && others_unused {
            break;
        }
        let mut next = None;
        for (slot, entry) in record.iter().enumerate().filter(|(_, entry)| entry.kind != kind::UNUSED) {
            let extended = kind::is_extended(entry.kind);
            let origin = if extended { base } else { here };
            let start = origin + u64::from(entry.start);
            let size = u64::from(entry.size);
            if start + size > sectors {
                table.is_damaged = true;
                return Ok(table);
            }
            table.is_there = true;
            if extended {
                next = (entry.start != 0).then_some(start);
            } else {
                table.entries.push(Entry { kind: entry.kind, start, size, table: number, slot });
            }
        }
        match next {
            Some(next) if next > here && next < sectors => {
                if base == 0 {
                    base = next;
                }
                here = next;
            }
            _ => break,
        }
    }
    Ok(table)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use alloc::boxed::Box;
    use alloc::vec;

    /// A record with these entries: type, start, size.
    pub(crate) fn record(entries: &[(u8, u32, u32)]) -> Vec<u8> {
        let mut sector = vec![0; SIZE];
        for (slot, &(kind, start, size)) in entries.iter().enumerate() {
            let at = TABLE_AT + slot * ENTRY_SIZE;
            sector[at + 4] = kind;
            sector[at + 8..at + 12].copy_from_slice(&start.to_le_bytes());
            sector[at + 12..at + 16].copy_from_slice(&size.to_le_bytes());
        }
        sector[SIGNATURE_AT..].copy_from_slice(&SIGNATURE);
        sector
    }

    fn scan_of(records: &[(u64, Vec<u8>)]) -> Table {
        let read = |sector: u64| -> Result<Box<[u8]>> {
            let found = records.iter().find(|(at, _)| *at == sector);
            Ok(found.map_or_else(|| vec![0; SIZE], |(_, bytes)| bytes.clone()).into())
        };
        scan(10_000, &read).unwrap()
    }

    fn places(table: &Table) -> Vec<(u64, u64)> {
        table.entries.iter().map(|entry| (entry.start, entry.size)).collect()
    }

    #[test]
    fn the_chain_is_followed() {
        let table = scan_of(&[
            (0, record(&[(0xa9, 63, 1000), (0x05, 2000, 3000)])),
            (2000, record(&[(0x83, 10, 500), (0x05, 1000, 800)])),
            (3000, record(&[(0x0b, 5, 700)])),
        ]);
        assert_eq!(places(&table), [(63, 1000), (2010, 500), (3005, 700)]);
        assert_eq!(table.entries.iter().map(|entry| entry.table).collect::<Vec<_>>(), [0, 1, 2]);
        assert!(table.is_there && !table.is_damaged);
    }

    #[test]
    fn loops_end() {
        for back in [0, 1, 500] {
            let table = scan_of(&[
                (0, record(&[(0x05, 2000, 3000)])),
                (2000, record(&[(0x83, 10, 50), (0x05, 500, 100)])),
                (2500, record(&[(0x83, 10, 50), (0x05, back, 100)])),
            ]);
            assert_eq!(places(&table), [(2010, 50), (2510, 50)], "back to {back}");
        }
        let itself = scan_of(&[(0, record(&[(0x05, 0, 10), (0x83, 1, 5)]))]);
        assert_eq!(places(&itself), [(1, 5)]);
    }

    #[test]
    fn what_goes_past_the_end_is_damaged() {
        for (start, size) in [(9000, 1001), (u32::MAX, u32::MAX), (0, 10_001)] {
            let table = scan_of(&[(0, record(&[(0x83, start, size)]))]);
            assert!(table.is_damaged && table.entries.is_empty());
        }
    }

    #[test]
    fn a_protective_record_is_no_table() {
        assert_eq!(scan_of(&[(0, record(&[(kind::PROTECTIVE, 1, 9999)]))]), Table::default());
        assert_eq!(scan_of(&[]), Table::default());
    }
}

//! The GUID partition table (UEFI specification, chapter 5).

use crc::{CRC_32_ISO_HDLC, Crc};

const CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);
const SIGNATURE: &[u8; 8] = b"EFI PART";
const REVISION: u32 = 0x0001_0000;
/// Bytes in the smallest header that there is.
const SMALLEST_HEADER: usize = 92;
/// Bytes in an entry, at least; larger ones are larger by whole multiples of eight.
const SMALLEST_ENTRY: u32 = 128;
const LARGEST_ENTRY: u32 = 4096;
/// Entries that are looked at.
pub const MOST_ENTRIES: u32 = 512;
/// UTF-16 units in a name.
const NAME_UNITS: usize = 36;

/// A globally unique identifier, as it lies on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guid(pub [u8; 16]);

impl core::fmt::Display for Guid {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let bytes = &self.0;
        for (index, place) in [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].into_iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{:02x}", bytes[place])?;
        }
        Ok(())
    }
}

/// Where the entries are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// First sector of the table.
    pub table: u64,
    pub entries: u32,
    /// Bytes.
    pub entry_size: u32,
    table_crc: u32,
}

/// One partition, in sectors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub kind: Guid,
    pub id: Guid,
    pub start: u64,
    pub size: u64,
    name: [u16; NAME_UNITS],
}

impl Entry {
    /// The name's characters; what is no UTF-16 becomes U+FFFD.
    pub fn name(&self) -> impl Iterator<Item = char> + '_ {
        let units = self.name.iter().copied().take_while(|&unit| unit != 0);
        char::decode_utf16(units).map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER))
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}

fn long(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at + 8)?.try_into().ok().map(u64::from_le_bytes)
}

fn guid(bytes: &[u8], at: usize) -> Option<Guid> {
    bytes.get(at..at + 16)?.try_into().ok().map(Guid)
}

/// The header in a sector that was read from sector `place`, if it is one and its checksum is right.
#[must_use]
pub fn parse_header(sector: &[u8], place: u64) -> Option<Header> {
    if sector.get(..8)? != SIGNATURE || word(sector, 8)? != REVISION || long(sector, 24)? != place {
        return None;
    }
    let length = word(sector, 12)? as usize;
    let header = sector.get(..length).filter(|header| header.len() >= SMALLEST_HEADER)?;
    let mut digest = CRC.digest();
    digest.update(&header[..16]);
    digest.update(&[0; 4]);
    digest.update(&header[20..]);
    if digest.finalize() != word(header, 16)? {
        return None;
    }
    Some(Header {
        table: long(header, 72)?,
        entries: word(header, 80)?,
        entry_size: word(header, 84)?,
        table_crc: word(header, 88)?,
    })
}

impl Header {
    /// Bytes of the whole table, if the header's counts make sense.
    #[must_use]
    pub fn table_size(&self) -> Option<usize> {
        let size_fits =
            (SMALLEST_ENTRY..=LARGEST_ENTRY).contains(&self.entry_size) && self.entry_size.is_multiple_of(8);
        (size_fits && self.entries <= MOST_ENTRIES).then(|| self.entries as usize * self.entry_size as usize)
    }

    /// The entries in use, from the bytes of the table; nothing when their checksum is wrong. An entry that ends before it
    /// begins is left out.
    #[must_use]
    pub fn parse_entries(&self, table: &[u8]) -> Option<alloc::vec::Vec<Entry>> {
        let table = table.get(..self.table_size()?)?;
        if CRC.checksum(table) != self.table_crc {
            return None;
        }
        Some(table.chunks_exact(self.entry_size as usize).filter_map(parse_entry).collect())
    }
}

fn parse_entry(bytes: &[u8]) -> Option<Entry> {
    let kind = guid(bytes, 0).filter(|kind| kind.0 != [0; 16])?;
    let (start, end) = (long(bytes, 32)?, long(bytes, 40)?);
    let size = end.checked_sub(start)?.checked_add(1)?;
    let name = core::array::from_fn(|index| {
        let unit = bytes.get(56 + 2 * index..58 + 2 * index).and_then(|unit| unit.try_into().ok());
        unit.map_or(0, u16::from_le_bytes)
    });
    Some(Entry { kind, id: guid(bytes, 16)?, start, size, name })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;

    fn entry(start: u64, end: u64, name: &str) -> Vec<u8> {
        let mut bytes = [0u8; 128];
        bytes[..16].copy_from_slice(&[7; 16]);
        bytes[16..32].copy_from_slice(&core::array::from_fn::<u8, 16, _>(|index| index as u8));
        bytes[32..40].copy_from_slice(&start.to_le_bytes());
        bytes[40..48].copy_from_slice(&end.to_le_bytes());
        for (index, unit) in name.encode_utf16().enumerate() {
            bytes[56 + 2 * index..58 + 2 * index].copy_from_slice(&unit.to_le_bytes());
        }
        bytes.to_vec()
    }

    fn header(table: &[u8], entries: u32, entry_size: u32) -> Vec<u8> {
        let mut bytes = [0u8; 512];
        bytes[..8].copy_from_slice(SIGNATURE);
        bytes[8..12].copy_from_slice(&REVISION.to_le_bytes());
        bytes[12..16].copy_from_slice(&92u32.to_le_bytes());
        bytes[24..32].copy_from_slice(&1u64.to_le_bytes());
        bytes[72..80].copy_from_slice(&2u64.to_le_bytes());
        bytes[80..84].copy_from_slice(&entries.to_le_bytes());
        bytes[84..88].copy_from_slice(&entry_size.to_le_bytes());
        bytes[88..92].copy_from_slice(&CRC.checksum(table).to_le_bytes());
        let sum = CRC.checksum(&bytes[..92]);
        bytes[16..20].copy_from_slice(&sum.to_le_bytes());
        bytes.to_vec()
    }

    #[test]
    fn entries_are_read() {
        let table =
            [entry(40, 139, "daten \u{fc}\u{1f600}"), [0; 128].to_vec(), entry(200, 100, "")].concat();
        let header = parse_header(&header(&table, 3, 128), 1).unwrap();
        let entries = header.parse_entries(&table).unwrap();
        assert_eq!(entries.len(), 1);
        assert_eq!((entries[0].start, entries[0].size), (40, 100));
        assert_eq!(entries[0].name().collect::<String>(), "daten \u{fc}\u{1f600}");
        assert_eq!(entries[0].id.to_string(), "03020100-0504-0706-0809-0a0b0c0d0e0f");
    }

    #[test]
    fn damage_is_noticed() {
        let table = entry(40, 139, "x");
        let good = header(&table, 1, 128);
        for place in 0..92 {
            let mut bad = good.clone();
            bad[place] ^= 0x10;
            assert_eq!(parse_header(&bad, 1), None, "byte {place}");
        }
        assert_eq!(parse_header(&good, 2), None);
        let parsed = parse_header(&good, 1).unwrap();
        let mut bad = table.clone();
        bad[33] ^= 1;
        assert_eq!(parsed.parse_entries(&bad), None);
        assert_eq!(parsed.parse_entries(&table[..100]), None);
    }

    #[test]
    fn counts_that_make_no_sense_are_refused() {
        for (entries, size) in [(u32::MAX, 128), (1, 0), (1, 64), (1, 129), (513, 128), (1, u32::MAX)] {
            let parsed = parse_header(&header(&[], entries, size), 1).unwrap();
            assert_eq!(parsed.table_size(), None, "{entries} of {size}");
        }
        let mut short = header(&[], 1, 128);
        short[12..16].copy_from_slice(&20u32.to_le_bytes());
        assert_eq!(parse_header(&short, 1), None);
        short[12..16].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(parse_header(&short, 1), None);
    }
}

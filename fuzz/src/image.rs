//! The base images, and how inputs change them.
//!
//! A packed image is its size in sectors (32 bits, little endian) and then runs: the first sector (32 bits), a kind, and
//! either 512 bytes (kind 0) or a count of sectors (32 bits) and the byte that fills them (kind 1). Sectors that are not
//! mentioned are zero.

use crate::input::Input;

pub const SECTOR: usize = 512;
const LITERAL: u8 = 0;
const FILLED: u8 = 1;

/// The committed images, made by `make-images`.
pub const IMAGES: [&[u8]; 6] = [
    include_bytes!("../images/ufs1-le"),
    include_bytes!("../images/ufs1-be"),
    include_bytes!("../images/ufs2-le"),
    include_bytes!("../images/ufs2-be"),
    include_bytes!("../images/ufs1-8k"),
    include_bytes!("../images/ufs1-attributes"),
];

/// An unpacked image, with the sectors worth damaging.
pub struct Base {
    pub bytes: Vec<u8>,
    pub interesting: Vec<usize>,
}

/// Packs an image.
#[must_use]
pub fn pack(image: &[u8]) -> Vec<u8> {
    let sectors: Vec<_> = image.chunks(SECTOR).collect();
    let mut packed = (sectors.len() as u32).to_le_bytes().to_vec();
    let mut at = 0;
    while at < sectors.len() {
        let fill = sectors[at][0];
        let is_filled = |sector: &&[u8]| sector.iter().all(|&byte| byte == fill);
        let count = sectors[at..].iter().take_while(|sector| is_filled(sector)).count();
        if count == 0 || fill != 0 {
            packed.extend((at as u32).to_le_bytes());
        }
        if count == 0 {
            packed.push(LITERAL);
            packed.extend(sectors[at]);
        } else if fill != 0 {
            packed.push(FILLED);
            packed.extend((count as u32).to_le_bytes());
            packed.push(fill);
        }
        at += count.max(1);
    }
    packed
}

/// Unpacks an image that [`pack`] has made.
#[must_use]
pub fn unpack(packed: &[u8]) -> Base {
    let number = |at: usize| u32::from_le_bytes(packed[at..at + 4].try_into().unwrap()) as usize;
    let mut bytes = vec![0; number(0) * SECTOR];
    let (mut interesting, mut at) = (Vec::new(), 4);
    while at < packed.len() {
        let start = number(at) * SECTOR;
        if packed[at + 4] == LITERAL {
            bytes[start..start + SECTOR].copy_from_slice(&packed[at + 5..at + 5 + SECTOR]);
            interesting.push(start);
            at += 5 + SECTOR;
        } else {
            bytes[start..start + number(at + 5) * SECTOR].fill(packed[at + 9]);
            at += 10;
        }
    }
    Base { bytes, interesting }
}

/// Values that fields break at.
const VALUES: [u64; 16] = [
    0,
    1,
    2,
    7,
    0x7f,
    0xff,
    0x7fff,
    0xffff,
    0x1_0000,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    0x1_0000_0000,
    i64::MAX as u64,
    1 << 63,
    u64::MAX,
];

/// Changes one field: a choice of a sector, a place in it, a width, and a value.
pub fn mutate(base: &mut Base, input: &mut Input<'_>) {
    let start = base.interesting[input.number(2) as usize % base.interesting.len()];
    let place = input.number(2) as usize;
    let how = input.byte();
    let width = [1, 2, 4, 8][usize::from(how & 3)];
    let at = start + place % SECTOR / width * width;
    let field = &mut base.bytes[at..at + width];
    let mut old = [0; 8];
    old[8 - width..].copy_from_slice(field);
    let old = u64::from_be_bytes(old);
    let new = match how >> 2 & 3 {
        0 => input.number(width),
        1 => input.choose(&VALUES),
        2 => old.wrapping_add(input.byte() as i8 as u64),
        _ => old ^ (1 << (input.byte() % 64)),
    };
    let swapped = if how & 0x10 == 0 { new } else { new.swap_bytes() >> (64 - 8 * width) };
    field.copy_from_slice(&swapped.to_be_bytes()[8 - width..]);
}

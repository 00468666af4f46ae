//! How sectors are encrypted (cgd(4)): CBC with an encrypted sector number as initialisation vector, or XTS.

use crate::xts::Xts;
use aes::cipher::{
    Block, BlockCipher, BlockDecrypt, BlockDecryptMut, BlockEncrypt, BlockEncryptMut, InnerIvInit, KeyInit,
    Unsigned,
};
use aes::{Aes128, Aes192, Aes256};
use alloc::boxed::Box;
use blowfish::Blowfish;
use des::TdesEde3;
use rump::errno::{Errno, Result};

/// Encrypts and decrypts sectors in place; their length is a multiple of the cipher's block.
pub trait SectorCipher: Send + Sync {
    /// Encrypts the sector of that number.
    fn encrypt(&self, number: u64, sector: &mut [u8]);

    /// Decrypts the sector of that number.
    fn decrypt(&self, number: u64, sector: &mut [u8]);
}

/// How the initialisation vector is made of a sector's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IvMethod {
    /// Encrypted as one block (`encblkno1`).
    OneBlock,
    /// Encrypted as eight blocks, of which the last one counts (`encblkno8`): the first cgd took bits for bytes.
    EightBlocks,
}

impl IvMethod {
    /// The method of that name.
    ///
    /// # Errors
    /// `EINVAL` when there is none.
    pub fn find(name: &[u8]) -> Result<Self> {
        match name {
            b"encblkno1" => Ok(Self::OneBlock),
            b"encblkno8" | b"encblkno" => Ok(Self::EightBlocks),
            _ => Err(Errno::EINVAL),
        }
    }

    /// The number that programs know it by (`CGD_CIPHER_CBC_*`).
    #[must_use]
    pub fn number(self) -> u32 {
        match self {
            Self::EightBlocks => 1,
            Self::OneBlock => 2,
        }
    }

    /// Blocks that are encrypted.
    fn blocks(self) -> usize {
        match self {
            Self::OneBlock => 1,
            Self::EightBlocks => 8,
        }
    }
}

/// An algorithm: its name and the size of its block.
#[derive(Debug, PartialEq, Eq)]
pub struct Algorithm {
    pub name: &'static str,
    /// Bits.
    pub block_size: u64,
}

/// All of them. `aes-xts` is NetBSD 9's.
pub static ALGORITHMS: [Algorithm; 4] = [
    Algorithm { name: "aes-cbc", block_size: 128 },
    Algorithm { name: "aes-xts", block_size: 128 },
    Algorithm { name: "3des-cbc", block_size: 64 },
    Algorithm { name: "blowfish-cbc", block_size: 64 },
];

/// Bits in a key at most, whatever the algorithm.
pub const LONGEST_KEY: u64 = 512;

impl Algorithm {
    /// The algorithm of that name.
    ///
    /// # Errors
    /// `EINVAL` when there is none.
    pub fn find(name: &[u8]) -> Result<&'static Self> {
        ALGORITHMS.iter().find(|known| known.name.as_bytes() == name).ok_or(Errno::EINVAL)
    }

    /// The size of the block in bytes, as `CGDIOCGET` tells it: by the method's idea of it.
    #[must_use]
    pub fn told_block_size(&self, method: IvMethod) -> u64 {
        self.block_size / 8 * method.blocks() as u64
    }

    /// The algorithm with a key.
    ///
    /// # Errors
    /// `EINVAL` for a key of a length that it does not take.
    pub fn with_key(&self, key: &[u8], method: IvMethod) -> Result<Box<dyn SectorCipher>> {
        let blocks = method.blocks();
        match (self.name, key.len()) {
            ("aes-cbc", 16) => Cbc::<Aes128>::boxed(key, blocks),
            ("aes-cbc", 24) => Cbc::<Aes192>::boxed(key, blocks),
            ("aes-cbc", 32) => Cbc::<Aes256>::boxed(key, blocks),
            ("aes-xts", 32) => Xts::<Aes128>::boxed(key),
            ("aes-xts", 64) => Xts::<Aes256>::boxed(key),
            ("3des-cbc", 24) => Cbc::<TdesEde3>::boxed(key, blocks),
            ("blowfish-cbc", 5..=56) => Cbc::<Blowfish>::boxed(key, blocks),
            _ => Err(Errno::EINVAL),
        }
    }
}

/// Blocks chained, each sector for itself.
struct Cbc<C> {
    cipher: C,
    iv_blocks: usize,
}

/// Bytes that the initialisation vector is made from at most.
const LONGEST_IV: usize = 128;

impl<C> Cbc<C>
where
    C: BlockCipher + BlockEncrypt + BlockDecrypt + KeyInit + Send + Sync + 'static,
{
    fn boxed(key: &[u8], iv_blocks: usize) -> Result<Box<dyn SectorCipher>> {
        let cipher = C::new_from_slice(key).map_err(|_| Errno::EINVAL)?;
        Ok(Box::new(Self { cipher, iv_blocks }))
    }

    /// The number, little-endian and followed by zeroes, chained from a vector of zeroes; its last block.
    fn iv(&self, number: u64) -> Block<C> {
        let mut bytes = [0; LONGEST_IV];
        bytes[..8].copy_from_slice(&number.to_le_bytes());
        let length = self.iv_blocks * C::BlockSize::USIZE;
        let mut last = Block::<C>::default();
        for chunk in bytes[..length.min(LONGEST_IV)].chunks_exact(C::BlockSize::USIZE) {
            last.iter_mut().zip(chunk).for_each(|(into, from)| *into ^= from);
            self.cipher.encrypt_block(&mut last);
        }
        last
    }
}

impl<C> SectorCipher for Cbc<C>
where
    C: BlockCipher + BlockEncrypt + BlockDecrypt + KeyInit + Send + Sync + 'static,
{
    fn encrypt(&self, number: u64, sector: &mut [u8]) {
        let mut chain = cbc::Encryptor::inner_iv_init(&self.cipher, &self.iv(number));
        for block in sector.chunks_exact_mut(C::BlockSize::USIZE) {
            chain.encrypt_block_mut(Block::<C>::from_mut_slice(block));
        }
    }

    fn decrypt(&self, number: u64, sector: &mut [u8]) {
        let mut chain = cbc::Decryptor::inner_iv_init(&self.cipher, &self.iv(number));
        for block in sector.chunks_exact_mut(C::BlockSize::USIZE) {
            chain.decrypt_block_mut(Block::<C>::from_mut_slice(block));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    /// What the known answers were made with: the key, and 16 KiB of data from sector 8 on.
    fn key(bits: usize) -> Vec<u8> {
        (0..bits / 8).map(|index| (index * 7 + 3) as u8).collect()
    }

    fn data() -> Vec<u8> {
        (0..16384u32).map(|index| (((index * index) >> 3) ^ (index >> 9)) as u8).collect()
    }

    fn fnv(bytes: &[u8]) -> u64 {
        let start = 0xcbf2_9ce4_8422_2325;
        bytes.iter().fold(start, |hash: u64, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
    }

    fn with(algorithm: &str, method: &str, bits: usize) -> Box<dyn SectorCipher> {
        let method = IvMethod::find(method.as_bytes()).unwrap();
        Algorithm::find(algorithm.as_bytes()).unwrap().with_key(&key(bits), method).unwrap()
    }

    /// FNV-1a of what NetBSD 7.99.34 writes.
    const KNOWN: [(&str, &str, usize, u64); 10] = [
        ("aes-cbc", "encblkno1", 128, 0x6d6b_d2a5_a7eb_9f6d),
        ("aes-cbc", "encblkno1", 192, 0x765b_5528_f4a5_7dfc),
        ("aes-cbc", "encblkno1", 256, 0xaef3_e8dd_bd6e_2c3f),
        ("aes-cbc", "encblkno8", 256, 0xc956_b18a_52f9_bb83),
        ("aes-cbc", "encblkno", 128, 0xf252_4734_5fbb_765f),
        ("3des-cbc", "encblkno1", 192, 0x8e84_e9b6_0986_8a40),
        ("3des-cbc", "encblkno8", 192, 0x321a_3f5d_cc98_d5ad),
        ("blowfish-cbc", "encblkno1", 128, 0x23bf_68d6_b6a5_77a1),
        ("blowfish-cbc", "encblkno1", 448, 0x147c_de9f_d7d6_3109),
        ("blowfish-cbc", "encblkno8", 40, 0x230a_b75f_5012_900e),
    ];

    #[test]
    fn netbsd_writes_the_same() {
        for (algorithm, method, bits, known) in KNOWN {
            let cipher = with(algorithm, method, bits);
            let mut bytes = data();
            for (index, sector) in bytes.chunks_mut(512).enumerate() {
                cipher.encrypt(8 + index as u64, sector);
            }
            assert_eq!(fnv(&bytes), known, "{algorithm} {method} {bits}");
            for (index, sector) in bytes.chunks_mut(512).enumerate() {
                cipher.decrypt(8 + index as u64, sector);
            }
            assert_eq!(bytes, data(), "{algorithm} {method} {bits}");
        }
    }

    #[test]
    fn the_same_data_differs_from_sector_to_sector() {
        for algorithm in &ALGORITHMS {
            let bits = if algorithm.name == "aes-xts" { 256 } else { 192 };
            let cipher = with(algorithm.name, "encblkno1", bits);
            let (mut one, mut other) = ([7; 512], [7; 512]);
            cipher.encrypt(1, &mut one);
            cipher.encrypt(2, &mut other);
            assert_ne!(one, other, "{}", algorithm.name);
            cipher.decrypt(2, &mut one);
            assert_ne!(one, [7; 512], "{}", algorithm.name);
        }
    }

    #[test]
    fn keys_of_other_lengths_are_refused() {
        for (algorithm, bits) in [
            ("aes-cbc", 0),
            ("aes-cbc", 120),
            ("aes-cbc", 512),
            ("aes-xts", 128),
            ("aes-xts", 384),
            ("3des-cbc", 128),
            ("3des-cbc", 256),
            ("blowfish-cbc", 32),
            ("blowfish-cbc", 456),
        ] {
            let algorithm = Algorithm::find(algorithm.as_bytes()).unwrap();
            assert!(algorithm.with_key(&key(bits), IvMethod::OneBlock).is_err());
        }
        assert_eq!(Algorithm::find(b"rot13"), Err(Errno::EINVAL));
        assert_eq!(IvMethod::find(b"plain"), Err(Errno::EINVAL));
    }
}

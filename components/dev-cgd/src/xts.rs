//! XTS (IEEE 1619): a tweak made of the sector's number, doubled from block to block.

use crate::ciphers::SectorCipher;
use aes::cipher::consts::U16;
use aes::cipher::{Block, BlockCipher, BlockDecrypt, BlockEncrypt, KeyInit};
use alloc::boxed::Box;
use rump::errno::{Errno, Result};

const BLOCK: usize = 16;
/// Blocks that go through the cipher together.
const BATCH: usize = 8;

pub(crate) struct Xts<C> {
    data: C,
    tweak: C,
}

/// Twice the tweak, in the field of 2^128 elements.
fn double(tweak: u128) -> u128 {
    const POLYNOMIAL: u128 = 0x87;
    (tweak << 1) ^ (POLYNOMIAL * (tweak >> 127))
}

impl<C> Xts<C>
where
    C: BlockCipher<BlockSize = U16> + BlockEncrypt + BlockDecrypt + KeyInit + Send + Sync + 'static,
{
    /// With the key for data, then the one for tweaks.
    ///
    /// # Errors
    /// `EINVAL` for keys of the wrong length.
    pub(crate) fn boxed(key: &[u8]) -> Result<Box<dyn SectorCipher>> {
        let (data, tweak) = key.split_at(key.len() / 2);
        let make = |half: &[u8]| C::new_from_slice(half).map_err(|_| Errno::EINVAL);
        Ok(Box::new(Self { data: make(data)?, tweak: make(tweak)? }))
    }

    fn first_tweak(&self, number: u64) -> u128 {
        let mut block = Block::<C>::from(u128::from(number).to_le_bytes());
        self.tweak.encrypt_block(&mut block);
        u128::from_le_bytes(block.into())
    }

    /// Goes over a sector in batches: each block is masked with its tweak before and after `pass`.
    fn over(&self, number: u64, sector: &mut [u8], pass: impl Fn(&mut [Block<C>])) {
        let mut tweak = self.first_tweak(number);
        for part in sector.chunks_mut(BLOCK * BATCH) {
            let count = part.len() / BLOCK;
            let mut masks = [[0; BLOCK]; BATCH];
            let mut batch = [Block::<C>::default(); BATCH];
            for ((block, bytes), mask) in batch.iter_mut().zip(part.chunks_exact(BLOCK)).zip(&mut masks) {
                *mask = tweak.to_le_bytes();
                tweak = double(tweak);
                for ((into, from), bits) in block.iter_mut().zip(bytes).zip(mask) {
                    *into = from ^ *bits;
                }
            }
            pass(&mut batch[..count]);
            for ((bytes, block), mask) in part.chunks_exact_mut(BLOCK).zip(&batch).zip(&masks) {
                for ((into, from), bits) in bytes.iter_mut().zip(block).zip(mask) {
                    *into = from ^ bits;
                }
            }
        }
    }
}

impl<C> SectorCipher for Xts<C>
where
    C: BlockCipher<BlockSize = U16> + BlockEncrypt + BlockDecrypt + KeyInit + Send + Sync + 'static,
{
    fn encrypt(&self, number: u64, sector: &mut [u8]) {
        self.over(number, sector, |blocks| self.data.encrypt_blocks(blocks));
    }

    fn decrypt(&self, number: u64, sector: &mut [u8]) {
        self.over(number, sector, |blocks| self.data.decrypt_blocks(blocks));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aes::Aes128;

    /// IEEE 1619-2007, appendix B, vectors 1 and 2.
    #[test]
    fn the_standard_says_the_same() {
        let cipher = Xts::<Aes128>::boxed(&[0; 32]).unwrap();
        let mut data = [0; 32];
        cipher.encrypt(0, &mut data);
        assert_eq!(data[..4], [0x91, 0x7c, 0xf6, 0x9e]);

        let mut key = [0x11; 32];
        key[16..].fill(0x22);
        let cipher = Xts::<Aes128>::boxed(&key).unwrap();
        let mut data = [0x44; 32];
        cipher.encrypt(0x33_3333_3333, &mut data);
        assert_eq!(
            u128::from_be_bytes(data[..16].try_into().unwrap()),
            0xc454_185e_6a16_936e_3933_4038_acef_838b
        );
        assert_eq!(
            u128::from_be_bytes(data[16..].try_into().unwrap()),
            0xfb18_6fff_7480_adc4_2893_82ec_d6d3_94f0
        );
        cipher.decrypt(0x33_3333_3333, &mut data);
        assert_eq!(data, [0x44; 32]);
    }

    #[test]
    fn doubling_reduces() {
        assert_eq!(double(1), 2);
        assert_eq!(double(1 << 127), 0x87);
        assert_eq!(double(u128::MAX), u128::MAX ^ 1 ^ 0x87);
    }
}

//! A set of numbers below a bound, one bit each.

/// A bit per number; numbers past the end are never set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bitmap {
    bytes: Vec<u8>,
    length: u64,
}

impl Bitmap {
    /// An empty set of numbers below `length`.
    pub fn new(length: u64) -> Self {
        let bytes = usize::try_from(length.div_ceil(8)).unwrap_or(usize::MAX);
        Self { bytes: vec![0; bytes], length }
    }

    /// A set from the bytes of a map of `length` bits; missing bytes count as zeros, further bits are dropped.
    pub fn from_bytes(bytes: &[u8], length: u64) -> Self {
        let mut map = Self::new(length);
        for (to, from) in map.bytes.iter_mut().zip(bytes) {
            *to = *from;
        }
        if !length.is_multiple_of(8)
            && let Some(last) = map.bytes.last_mut()
        {
            *last &= (1 << (length % 8)) - 1;
        }
        map
    }

    /// How many numbers the set could have.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Whether `number` is in the set.
    pub fn contains(&self, number: u64) -> bool {
        let byte = usize::try_from(number / 8).ok().and_then(|index| self.bytes.get(index));
        number < self.length && byte.is_some_and(|byte| byte & (1 << (number % 8)) != 0)
    }

    /// Puts `number` in; false when it was there already or cannot be.
    pub fn insert(&mut self, number: u64) -> bool {
        if number >= self.length || self.contains(number) {
            return false;
        }
        if let Some(byte) = usize::try_from(number / 8).ok().and_then(|index| self.bytes.get_mut(index)) {
            *byte |= 1 << (number % 8);
        }
        true
    }

    /// How many numbers are in the set.
    pub fn count(&self) -> u64 {
        self.bytes.iter().map(|byte| u64::from(byte.count_ones())).sum()
    }

    /// Up to 8 bits from `start` on, the first in the lowest bit.
    pub fn bits(&self, start: u64, count: u32) -> u8 {
        (0..count.min(8))
            .filter(|&bit| self.contains(start + u64::from(bit)))
            .fold(0, |sum, bit| sum | 1 << bit)
    }
}

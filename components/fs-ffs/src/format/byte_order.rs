//! The two byte orders in which the format exists.

/// The order of the bytes in every number of one file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteOrder {
    Little,
    Big,
}

impl ByteOrder {
    /// This machine's.
    pub const NATIVE: Self = if cfg!(target_endian = "big") { Self::Big } else { Self::Little };
}

/// `N` bytes from `at` on. Every caller has checked the length; what is not there reads as zero.
fn array<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let found = bytes.get(at..).and_then(|rest| rest.first_chunk());
    debug_assert!(found.is_some(), "a field at {at} of {} bytes", bytes.len());
    found.copied().unwrap_or([0; N])
}

fn put<const N: usize>(bytes: &mut [u8], at: usize, value: [u8; N]) {
    let place = bytes.get_mut(at..).and_then(|rest| rest.first_chunk_mut());
    debug_assert!(place.is_some(), "a field at {at}");
    if let Some(place) = place {
        *place = value;
    }
}

impl ByteOrder {
    /// The 16-bit number at byte `at`.
    #[must_use]
    pub fn u16(self, bytes: &[u8], at: usize) -> u16 {
        let raw = array(bytes, at);
        if self == Self::Little { u16::from_le_bytes(raw) } else { u16::from_be_bytes(raw) }
    }

    /// The 32-bit number at byte `at`.
    #[must_use]
    pub fn u32(self, bytes: &[u8], at: usize) -> u32 {
        let raw = array(bytes, at);
        if self == Self::Little { u32::from_le_bytes(raw) } else { u32::from_be_bytes(raw) }
    }

    /// The 64-bit number at byte `at`.
    #[must_use]
    pub fn u64(self, bytes: &[u8], at: usize) -> u64 {
        let raw = array(bytes, at);
        if self == Self::Little { u64::from_le_bytes(raw) } else { u64::from_be_bytes(raw) }
    }

    /// The signed 32-bit number at byte `at`.
    #[must_use]
    pub fn i32(self, bytes: &[u8], at: usize) -> i32 {
        self.u32(bytes, at).cast_signed()
    }

    /// The signed 64-bit number at byte `at`.
    #[must_use]
    pub fn i64(self, bytes: &[u8], at: usize) -> i64 {
        self.u64(bytes, at).cast_signed()
    }

    /// Stores a 16-bit number.
    pub fn put_u16(self, bytes: &mut [u8], at: usize, value: u16) {
        put(bytes, at, if self == Self::Little { value.to_le_bytes() } else { value.to_be_bytes() });
    }

    /// Stores a 32-bit number.
    pub fn put_u32(self, bytes: &mut [u8], at: usize, value: u32) {
        put(bytes, at, if self == Self::Little { value.to_le_bytes() } else { value.to_be_bytes() });
    }

    /// Stores a 64-bit number.
    pub fn put_u64(self, bytes: &mut [u8], at: usize, value: u64) {
        put(bytes, at, if self == Self::Little { value.to_le_bytes() } else { value.to_be_bytes() });
    }

    /// Stores a signed 32-bit number.
    pub fn put_i32(self, bytes: &mut [u8], at: usize, value: i32) {
        self.put_u32(bytes, at, value.cast_unsigned());
    }

    /// Stores a signed 64-bit number.
    pub fn put_i64(self, bytes: &mut [u8], at: usize, value: i64) {
        self.put_u64(bytes, at, value.cast_unsigned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_survive_in_both_orders() {
        for order in [ByteOrder::Little, ByteOrder::Big] {
            let mut bytes = [0u8; 16];
            order.put_u16(&mut bytes, 0, 0x1234);
            order.put_u32(&mut bytes, 2, 0x89ab_cdef);
            order.put_i64(&mut bytes, 6, -2);
            assert_eq!(order.u16(&bytes, 0), 0x1234);
            assert_eq!(order.u32(&bytes, 2), 0x89ab_cdef);
            assert_eq!(order.i64(&bytes, 6), -2);
        }
        let mut bytes = [0u8; 4];
        ByteOrder::Big.put_u32(&mut bytes, 0, 1);
        assert_eq!(bytes, [0, 0, 0, 1]);
    }
}

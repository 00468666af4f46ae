//! `struct kevent`.

use crate::errno::Result;
use crate::poll::FileFilter;
use crate::user_memory::{AddressSpace, UserAddress};
use bitflags::bitflags;

bitflags! {
    /// `EV_*`.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct EventFlags: u32 {
        const ADD = 0x1;
        const DELETE = 0x2;
        const ENABLE = 0x4;
        const DISABLE = 0x8;
        const ONESHOT = 0x10;
        const CLEAR = 0x20;
        const RECEIPT = 0x40;
        const DISPATCH = 0x80;
        const ERROR = 0x4000;
        const END = 0x8000;
        /// What programs cannot set (`EV_SYSFLAGS`).
        const RESERVED = 0xf000;
    }
}

/// `EVFILT_*`, in the order of their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Filter {
    File(FileKind),
    Process,
    Signal,
    Timer,
    User,
}

/// A [`FileFilter`] that can be ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileKind {
    Read,
    Write,
    Vnode,
}

impl From<FileKind> for FileFilter {
    fn from(kind: FileKind) -> Self {
        match kind {
            FileKind::Read => Self::Read,
            FileKind::Write => Self::Write,
            FileKind::Vnode => Self::Vnode,
        }
    }
}

/// The names of all filters that NetBSD numbers; those without a [`Filter`] cannot be used.
const NAMES: [(&str, Option<Filter>); 9] = [
    ("EVFILT_READ", Some(Filter::File(FileKind::Read))),
    ("EVFILT_WRITE", Some(Filter::File(FileKind::Write))),
    ("EVFILT_AIO", None),
    ("EVFILT_VNODE", Some(Filter::File(FileKind::Vnode))),
    ("EVFILT_PROC", Some(Filter::Process)),
    ("EVFILT_SIGNAL", Some(Filter::Signal)),
    ("EVFILT_TIMER", Some(Filter::Timer)),
    ("EVFILT_FS", None),
    ("EVFILT_USER", Some(Filter::User)),
];

impl Filter {
    /// The filters that look at descriptors.
    pub(super) const OF_FILES: [Self; 3] =
        [Self::File(FileKind::Read), Self::File(FileKind::Write), Self::File(FileKind::Vnode)];

    /// The filter of that number, if it can be used.
    #[must_use]
    pub fn by_number(number: u32) -> Option<Self> {
        NAMES.get(number as usize).and_then(|(_, filter)| *filter)
    }

    /// The name of the filter of that number.
    #[must_use]
    pub fn name(number: u32) -> Option<&'static str> {
        NAMES.get(number as usize).map(|(name, _)| *name)
    }

    /// The number of the filter of that name.
    #[must_use]
    pub fn number(name: &[u8]) -> Option<u32> {
        NAMES.iter().position(|(known, _)| known.as_bytes() == name).map(|number| number as u32)
    }
}

/// `struct kevent`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Event {
    pub identifier: u64,
    pub filter: u32,
    pub flags: EventFlags,
    pub filter_flags: u32,
    pub data: i64,
    pub user_data: u64,
}

impl Event {
    /// Bytes in a `struct kevent`.
    pub const SIZE: usize = 40;

    /// Reads one from a program.
    ///
    /// # Errors
    /// `EFAULT`.
    pub fn read(space: AddressSpace, from: UserAddress) -> Result<Self> {
        let [identifier, filter_and_flags, filter_flags, data, user_data] = space.read::<[u64; 5]>(from)?;
        Ok(Self {
            identifier,
            filter: filter_and_flags as u32,
            flags: EventFlags::from_bits_retain((filter_and_flags >> 32) as u32),
            filter_flags: filter_flags as u32,
            data: data as i64,
            user_data,
        })
    }

    /// Writes it to a program; the padding is zero.
    ///
    /// # Errors
    /// `EFAULT`.
    pub fn write(&self, space: AddressSpace, to: UserAddress) -> Result<()> {
        let filter_and_flags = u64::from(self.filter) | u64::from(self.flags.bits()) << 32;
        let words = [
            self.identifier,
            filter_and_flags,
            u64::from(self.filter_flags),
            self.data as u64,
            self.user_data,
        ];
        space.write(words, to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_keep_their_layout() {
        let event = Event {
            identifier: 0x1122_3344_5566_7788,
            filter: 6,
            flags: EventFlags::ADD | EventFlags::END,
            filter_flags: 0x8000_0001,
            data: -5,
            user_data: u64::MAX,
        };
        let mut bytes = [0xffu8; Event::SIZE];
        let address = UserAddress::new(bytes.as_mut_ptr() as u64);
        event.write(AddressSpace::Local, address).unwrap();
        assert_eq!(bytes[8..16], [6, 0, 0, 0, 1, 0x80, 0, 0]);
        assert_eq!(bytes[16..24], [1, 0, 0, 0x80, 0, 0, 0, 0]);
        assert_eq!(bytes[24..32], (-5i64).to_ne_bytes());
        assert_eq!(Event::read(AddressSpace::Local, address).unwrap(), event);
    }

    #[test]
    fn filters_have_numbers_and_names() {
        for (number, (name, filter)) in NAMES.iter().enumerate() {
            assert_eq!(Filter::number(name.as_bytes()), Some(number as u32));
            assert_eq!(Filter::name(number as u32), Some(*name));
            assert_eq!(Filter::by_number(number as u32), *filter);
        }
        assert_eq!(Filter::by_number(u32::MAX), None);
        assert_eq!(Filter::number(b"EVFILT_REA"), None);
    }
}

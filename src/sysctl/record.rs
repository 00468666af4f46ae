//! `struct sysctlnode`, version 1: how nodes come from programs and go to them.

use super::tree::{Content, Node};
use super::{NODE_NAME_SIZE, flags};
use crate::errno::{Errno, Result};
use crate::user_memory::{AddressSpace, UserAddress};

/// Bytes of the structure.
pub(super) const SIZE: usize = 96;

const NUMBER: usize = 4;
const NAME: usize = 8;
const VERSION: usize = 40;
/// A union: numbers of children and room for them, an address of data, or an immediate value.
const CONTENT: usize = 48;
const CHILD_COUNT: usize = 52;
const CHILDREN: usize = 56;
const VALUE_SIZE: usize = 64;
const FUNCTION: usize = 72;
const PARENT: usize = 80;
const DESCRIPTION: usize = 88;

/// A node as a program describes it.
pub(super) struct Request {
    /// `CTLTYPE_*` and `CTLFLAG_*`.
    pub flags: u32,
    pub number: i32,
    /// Up to the NUL; the whole field where there is none.
    pub name: [u8; NODE_NAME_SIZE],
    pub version: u32,
    /// The immediate value, or an address of data.
    pub content: u64,
    /// The second half of the union: an address of children.
    pub children: u64,
    pub size: u64,
    pub function: u64,
    pub parent: u64,
    pub description: UserAddress,
}

impl Request {
    /// Reads a request.
    ///
    /// # Errors
    /// `EINVAL` for none, one of another size, or one of another version; `EFAULT`.
    pub(super) fn read(space: AddressSpace, from: Option<(UserAddress, usize)>) -> Result<Self> {
        let (address, length) = from.ok_or(Errno::EINVAL)?;
        if length < size_of::<u32>() {
            return Err(Errno::EINVAL);
        }
        let given: u32 = space.read(address)?;
        if length != SIZE || given & flags::VERSION_MASK != flags::VERSION {
            return Err(Errno::EINVAL);
        }
        let at = |offset: usize| address.offset(offset);
        Ok(Self {
            flags: given,
            number: space.read(at(NUMBER)?)?,
            name: space.read(at(NAME)?)?,
            version: space.read(at(VERSION)?)?,
            content: space.read(at(CONTENT)?)?,
            children: space.read(at(CHILDREN)?)?,
            size: space.read(at(VALUE_SIZE)?)?,
            function: space.read(at(FUNCTION)?)?,
            parent: space.read(at(PARENT)?)?,
            description: UserAddress::new(space.read(at(DESCRIPTION)?)?),
        })
    }

    /// The name without what follows the NUL.
    pub(super) fn name(&self) -> &[u8] {
        let end = self.name.iter().position(|&byte| byte == 0).unwrap_or(NODE_NAME_SIZE);
        self.name.get(..end).unwrap_or_default()
    }
}

/// A node for programs. Addresses of the kernel's are left out.
pub(super) fn encode(node: &Node) -> [u8; SIZE] {
    let mut bytes = [0; SIZE];
    let mut put = |at: usize, value: &[u8]| {
        for (place, byte) in bytes.iter_mut().skip(at).zip(value) {
            *place = *byte;
        }
    };
    put(0, &(flags::VERSION | node.kind as u32 | node.flags).to_ne_bytes());
    put(NUMBER, &node.number.to_ne_bytes());
    put(NAME, node.name.as_bytes().get(..NODE_NAME_SIZE - 1).unwrap_or(node.name.as_bytes()));
    put(VERSION, &node.version.to_ne_bytes());
    match &node.content {
        Content::Children(children) => {
            let count = u32::try_from(children.len()).unwrap_or(u32::MAX);
            put(CONTENT, &count.to_ne_bytes());
            put(CHILD_COUNT, &count.to_ne_bytes());
        }
        Content::Value(handler) if node.flags & flags::IMMEDIATE != 0 => {
            put(CONTENT, &handler.immediate().unwrap_or(0).to_ne_bytes());
        }
        Content::Value(_) => (),
    }
    put(VALUE_SIZE, &(node.size as u64).to_ne_bytes());
    bytes
}

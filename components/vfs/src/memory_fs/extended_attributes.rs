//! Extended attributes of files in memory.

use super::node::{Node, stamp};
use crate::extended_attributes::{
    AttributeExpectation, AttributeNamespace, AttributeValue, ExtendedAttributes,
};
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use rump::errno::{Errno, Result};
use rump::memory;
use rump::process::Credentials;

/// Bytes of names and values that one file's attributes may have.
const MOST_BYTES: usize = 256 * 1024;

/// A file's attributes by name.
#[derive(Default)]
pub struct Attributes {
    values: BTreeMap<(AttributeNamespace, Box<[u8]>), Vec<u8>>,
    bytes: usize,
}

impl ExtendedAttributes for Node {
    fn get(&self, namespace: AttributeNamespace, name: &[u8], most: usize) -> Result<AttributeValue> {
        let attributes = self.extended.lock();
        let value = attributes.values.get(&(namespace, Box::from(name))).ok_or(Errno::ENODATA)?;
        let wanted = &value[..value.len().min(most)];
        let mut bytes = memory::vector(wanted.len())?;
        bytes.extend_from_slice(wanted);
        Ok(AttributeValue { bytes, length: value.len() })
    }

    fn set(
        &self,
        namespace: AttributeNamespace,
        name: &[u8],
        value: Vec<u8>,
        expected: AttributeExpectation,
        _who: &Credentials,
    ) -> Result<()> {
        memory::check_room(memory::SMALL)?;
        let key = (namespace, Box::from(name));
        let mut attributes = self.extended.lock();
        let former = attributes.values.get(&key).map(|value| value.len() + name.len());
        match expected {
            AttributeExpectation::Absent if former.is_some() => return Err(Errno::EEXIST),
            AttributeExpectation::Present if former.is_none() => return Err(Errno::ENODATA),
            _ => {}
        }
        let bytes = attributes.bytes - former.unwrap_or(0) + name.len() + value.len();
        if bytes > MOST_BYTES {
            return Err(Errno::ENOSPC);
        }
        attributes.bytes = bytes;
        attributes.values.insert(key, value);
        drop(attributes);
        self.mark(stamp::CHANGE);
        Ok(())
    }

    fn remove(&self, namespace: AttributeNamespace, name: &[u8]) -> Result<()> {
        let mut attributes = self.extended.lock();
        let former = attributes.values.remove(&(namespace, Box::from(name))).ok_or(Errno::ENODATA)?;
        attributes.bytes -= former.len() + name.len();
        drop(attributes);
        self.mark(stamp::CHANGE);
        Ok(())
    }

    fn list(&self, namespace: AttributeNamespace, each: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let attributes = self.extended.lock();
        for (whose, name) in attributes.values.keys() {
            if *whose == namespace {
                each(name)?;
            }
        }
        Ok(())
    }
}

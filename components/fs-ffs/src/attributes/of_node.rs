//! The extended attributes of one file (UFS1): what [`crate::attributes::control`] has started.
//!
//! No node is locked while a backing file is used, so that a backing file can have attributes as well, also those that it
//! holds itself.

use crate::attributes::backing_file::SlotOwner;
use crate::attributes::started::StartedAttribute;
use crate::format::geometry::Version;
use crate::node::Node;
use alloc::sync::Arc;
use alloc::vec::Vec;
use rump::errno::{Errno, Result};
use rump::process::Credentials;
use vfs::extended_attributes::{
    AttributeExpectation, AttributeNamespace, AttributeValue, ExtendedAttributes, LARGEST_VALUE,
};

impl Node {
    /// Whether files of this mount can have attributes now.
    pub(crate) fn has_attributes(&self) -> bool {
        self.shared.volume.geometry.version == Version::Ufs1 && self.shared.attributes.are_started()
    }

    fn started(&self, namespace: AttributeNamespace, name: &[u8]) -> Result<Arc<StartedAttribute>> {
        self.shared.attributes.find(namespace, name).ok_or(Errno::ENODATA)
    }

    fn slot_owner(&self) -> Result<SlotOwner> {
        let state = self.state.read();
        if state.freed {
            return Err(Errno::ENOENT);
        }
        Ok(SlotOwner { number: self.number, generation: state.inode.generation })
    }
}

impl ExtendedAttributes for Node {
    /// Each attribute has a file of its own.
    fn open(&self) -> Result<()> {
        Err(Errno::EOPNOTSUPP)
    }

    fn check_length(&self, namespace: AttributeNamespace, name: &[u8], length: usize) -> Result<()> {
        match self.shared.attributes.find(namespace, name) {
            Some(started) => started.file.check_length(length).map(drop),
            None if length > LARGEST_VALUE.max(self.shared.slot_size.bytes() as usize) => Err(Errno::ENXIO),
            None => Ok(()),
        }
    }

    fn get(&self, namespace: AttributeNamespace, name: &[u8], most: usize) -> Result<AttributeValue> {
        self.started(namespace, name)?.file.get(self.slot_owner()?, most)
    }

    fn set(
        &self,
        namespace: AttributeNamespace,
        name: &[u8],
        value: Vec<u8>,
        expected: AttributeExpectation,
        who: &Credentials,
    ) -> Result<()> {
        self.shared.volume.check_writable()?;
        let attribute = if expected == AttributeExpectation::Present {
            self.started(namespace, name)?
        } else {
            self.shared.find_or_create_attribute(namespace, name, who)?
        };
        attribute.file.set(self.slot_owner()?, value, expected)
    }

    fn remove(&self, namespace: AttributeNamespace, name: &[u8]) -> Result<()> {
        self.shared.volume.check_writable()?;
        self.started(namespace, name)?.file.remove(self.slot_owner()?)
    }

    fn list(&self, namespace: AttributeNamespace, each: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let owner = self.slot_owner()?;
        for attribute in self.shared.attributes.all(Some(namespace))? {
            if attribute.file.holds(owner)? {
                each(&attribute.name)?;
            }
        }
        Ok(())
    }
}

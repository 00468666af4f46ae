//! How extended attributes are started and stopped, by extattrctl(2) or with the mount, and how the file of a new one is made.
//!
//! They are looked for in `.attribute/user` and `.attribute/system` below the root, where a file has the name of the
//! attribute that it holds.

use crate::attributes::backing_file::BackingFile;
use crate::attributes::started::StartedAttribute;
use crate::format::geometry::Version;
use crate::format::numbers::InodeNumber;
use crate::mounting::Shared;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU32, Ordering};
use rump::errno::{Errno, Result};
use rump::kernel::Kernel;
use rump::memory;
use rump::process::Credentials;
use rump::sysctl::{Call, Handler, Kind, Leaf, flags, top};
use vfs::access::{self, AccessMode};
use vfs::attributes::{NewFile, VnodeKind};
use vfs::extended_attributes::{AttributeCommand, AttributeNamespace, AttributeRequest};
use vfs::vnode::{DirectorySink, VnodeRef};

const TOP: &[u8] = b".attribute";
const USER: &[u8] = b"user";
const SYSTEM: &[u8] = b"system";
/// Permissions of a file that is made for an attribute.
const PERMISSIONS: u32 = 0o600;
/// Names that are taken from a directory at a time.
const BATCH: usize = 64;

/// `FFS`, the number of `vfs.ffs` in the sysctl tree.
const SYSCTL_FFS: i32 = 1;
/// `FFS_EXTATTR_AUTOCREATE`.
const SYSCTL_SIZE: i32 = 6;
/// Bytes that values of an attribute may have whose file is made in passing, unless `vfs.ffs.extattr_autocreate` says
/// otherwise.
const USUAL_SIZE: u32 = 1024;

/// How large the slots of new files are: one setting for all mounts of a kernel.
pub(crate) struct SlotSize(AtomicU32);

impl Default for SlotSize {
    fn default() -> Self {
        Self(AtomicU32::new(USUAL_SIZE))
    }
}

impl SlotSize {
    pub fn bytes(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Handler for SlotSize {
    fn get(&self, _call: &Call<'_>) -> Result<Vec<u8>> {
        Ok(self.0.load(Ordering::Relaxed).to_ne_bytes().to_vec())
    }

    fn set(&self, _call: &Call<'_>, new: &[u8]) -> Result<()> {
        let size = new.try_into().map(i32::from_ne_bytes).map_err(|_| Errno::EINVAL)?;
        self.0.store(u32::try_from(size).map_err(|_| Errno::EINVAL)?, Ordering::Relaxed);
        Ok(())
    }
}

/// Adds `vfs.ffs` to the sysctl tree.
///
/// # Errors
/// `EEXIST` when it is there.
pub(crate) fn add_sysctl(kernel: &Kernel, size: &Arc<SlotSize>) -> Result<()> {
    let tree = &kernel.sysctl;
    tree.add_node(&[top::FILE_SYSTEMS], Some(SYSCTL_FFS), "ffs", 0, "The Fast File System")?;
    let leaf = Leaf {
        number: Some(SYSCTL_SIZE),
        name: "extattr_autocreate",
        kind: Kind::Integer,
        size: 4,
        flags: flags::READ_WRITE,
        description: "Bytes in values of extended attributes whose file is made in passing",
        handler: Arc::clone(size) as Arc<dyn Handler>,
    };
    tree.add(&[top::FILE_SYSTEMS, SYSCTL_FFS], leaf).map(drop)
}

/// Takes it away.
///
/// # Errors
/// `ENOENT` when it is not there.
pub(crate) fn remove_sysctl(kernel: &Kernel) -> Result<()> {
    kernel.sysctl.remove(&[top::FILE_SYSTEMS, SYSCTL_FFS])
}

/// Collects names, as many as it has room for.
struct Batch(Vec<Vec<u8>>);

impl Batch {
    fn keep(&mut self, name: &[u8]) -> Result<()> {
        let mut copy = memory::vector(name.len())?;
        copy.extend_from_slice(name);
        self.0.push(copy);
        Ok(())
    }
}

impl DirectorySink for Batch {
    fn entry(&mut self, _number: u64, _kind: Option<VnodeKind>, name: &[u8], _next: u64) -> bool {
        self.0.len() < BATCH && self.keep(name).is_ok()
    }
}

/// A directory's entry that is a directory, if `who` may look for it.
fn subdirectory(directory: &VnodeRef, name: &[u8], who: &Credentials) -> Result<VnodeRef> {
    access::check(&directory.operations().attributes()?, AccessMode::EXECUTE, who)?;
    let found = directory.lookup(name)?;
    if found.is_directory() { Ok(found) } else { Err(Errno::ENOTDIR) }
}

impl Shared {
    /// Does what extattrctl(2) asks for.
    ///
    /// # Errors
    /// `EOPNOTSUPP` on UFS2, and for enabling one when none are started; `EBUSY` for starting them again; `ENOENT` or
    /// `ENOTDIR` for starting without their directory; `EEXIST` and `ENODATA` for enabling one again, and disabling what is
    /// not; `EINVAL` for what is no backing file.
    pub(crate) fn control_attributes(self: &Arc<Self>, request: &AttributeRequest<'_>) -> Result<()> {
        if self.volume.geometry.version != Version::Ufs1 {
            return Err(Errno::EOPNOTSUPP);
        }
        let command = request.understand()?;
        // A file that is just being made is no attribute's yet.
        let _alone = self.attributes.creation.lock();
        match command {
            AttributeCommand::Start => self.start_attributes(),
            AttributeCommand::Stop => {
                drop(self.attributes.stop());
                Ok(())
            }
            AttributeCommand::Enable { namespace, name, file } => {
                if file.kind != VnodeKind::Regular {
                    return Err(Errno::EINVAL);
                }
                self.enable_attribute(namespace, name, file.clone())
            }
            AttributeCommand::Disable { namespace, name } => {
                drop(self.attributes.remove(namespace, name)?);
                Ok(())
            }
        }
    }

    fn enable_attribute(&self, namespace: AttributeNamespace, name: &[u8], file: VnodeRef) -> Result<()> {
        self.attributes.check_absent(namespace, name)?;
        self.attributes.add(namespace, name, BackingFile::open(file)?).map(drop)
    }

    fn start_attributes(self: &Arc<Self>) -> Result<()> {
        let superuser = Credentials::superuser();
        let directory = subdirectory(&self.load(InodeNumber::ROOT)?, TOP, &superuser)?;
        self.attributes.start()?;
        for (name, namespace) in [(SYSTEM, AttributeNamespace::System), (USER, AttributeNamespace::User)] {
            // A directory that is missing or damaged is no reason not to start the others.
            if let Ok(found) = subdirectory(&directory, name, &superuser) {
                let _ = self.enable_directory(namespace, &found);
            }
        }
        Ok(())
    }

    /// Enables the attribute of each file of a directory; what is no such file is passed over.
    fn enable_directory(&self, namespace: AttributeNamespace, directory: &VnodeRef) -> Result<()> {
        let mut offset = 0;
        loop {
            let mut batch = Batch(memory::vector(BATCH)?);
            offset = directory.operations().read_directory(offset, &mut batch)?;
            if batch.0.is_empty() {
                return Ok(());
            }
            for name in batch.0.iter().filter(|name| !matches!(name.as_slice(), b"." | b"..")) {
                if let Ok(file) = directory.lookup(name) {
                    let _ = self.enable_attribute(namespace, name, file);
                }
            }
        }
    }

    /// The attribute of that name; its file is made, if there is none and `who` may.
    ///
    /// # Errors
    /// `ENODATA` when it is not started and no file can be made: there is a file or no directory for it, `who` may not, or the
    /// name is no file's; `ENOSPC`, `EIO`, `ENOMEM`.
    pub(crate) fn find_or_create_attribute(
        self: &Arc<Self>,
        namespace: AttributeNamespace,
        name: &[u8],
        who: &Credentials,
    ) -> Result<Arc<StartedAttribute>> {
        if let Some(found) = self.attributes.find(namespace, name) {
            return Ok(found);
        }
        let _alone = self.attributes.creation.lock();
        if let Some(found) = self.attributes.find(namespace, name) {
            return Ok(found);
        }
        self.create_attribute(namespace, name, who).map_err(|error| match error {
            Errno::ENOSPC | Errno::EIO | Errno::ENOMEM | Errno::EROFS => error,
            _ => Errno::ENODATA,
        })
    }

    fn create_attribute(
        self: &Arc<Self>,
        namespace: AttributeNamespace,
        name: &[u8],
        who: &Credentials,
    ) -> Result<Arc<StartedAttribute>> {
        if name.contains(&b'/') || matches!(name, b"." | b"..") {
            return Err(Errno::EINVAL);
        }
        let below = if namespace == AttributeNamespace::User { USER } else { SYSTEM };
        let directory = subdirectory(&self.load(InodeNumber::ROOT)?, TOP, who)?;
        let directory = subdirectory(&directory, below, who)?;
        let wanted = AccessMode::WRITE | AccessMode::EXECUTE;
        access::check(&directory.operations().attributes()?, wanted, who)?;
        let new = NewFile {
            kind: VnodeKind::Regular,
            permissions: PERMISSIONS,
            user: who.effective_user,
            device: 0,
        };
        let made = directory.create(name, &new)?;
        let file = BackingFile::create(made.clone(), self.slot_size.bytes());
        let added = file.and_then(|file| self.attributes.add(namespace, name, file));
        if added.is_err() {
            // Left as it is it would be in the way for ever.
            self.volume.keep_failure(directory.remove(name, &made));
        }
        added
    }
}

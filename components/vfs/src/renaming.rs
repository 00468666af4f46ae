//! Moving a name: what must hold before a file system is asked.

use crate::vnode::VnodeRef;
use rump::errno::{Errno, Result};

/// A directory and a name in it.
pub type Place<'a> = (&'a VnodeRef, &'a [u8]);

/// Moves `source` from one place to another of the same mount, in place of `replaced` if there is one.
///
/// # Errors
/// `EXDEV` for places on two mounts; `EBUSY` for roots; `ENOTDIR` and `EISDIR` when the kinds do not fit; `EINVAL` for moving a
/// directory below itself; what the file system says.
pub fn rename(from: Place<'_>, source: &VnodeRef, to: Place<'_>, replaced: Option<&VnodeRef>) -> Result<()> {
    if !alloc::sync::Arc::ptr_eq(&from.0.mount, &to.0.mount) {
        return Err(Errno::EXDEV);
    }
    let _ancestors = from.0.mount.rename_lock.lock();
    check_kinds(source, replaced)?;
    if replaced == Some(source) {
        return from.0.remove(from.1, source);
    }
    rename_locked(from, source, to, replaced)
}

/// As [`rename`], once the mount's rename lock is held and the kinds have been checked.
///
/// # Errors
/// `EINVAL` for moving a directory below itself; what the file system says.
pub(crate) fn rename_locked(
    from: Place<'_>,
    source: &VnodeRef,
    to: Place<'_>,
    replaced: Option<&VnodeRef>,
) -> Result<()> {
    if source.is_directory() {
        check_not_below(source, to.0)?;
    }
    from.0.rename(from.1, source, to.0, to.1, replaced.map(|vnode| &**vnode))
}

/// Whether one file may take the place of the other.
///
/// # Errors
/// As [`rename`].
pub(crate) fn check_kinds(source: &VnodeRef, replaced: Option<&VnodeRef>) -> Result<()> {
    if source.is_root || replaced.is_some_and(|replaced| replaced.is_root) {
        return Err(Errno::EBUSY);
    }
    match (source.is_directory(), replaced.map(|replaced| replaced.is_directory())) {
        (true, Some(false)) => Err(Errno::ENOTDIR),
        (false, Some(true)) => Err(Errno::EISDIR),
        _ => Ok(()),
    }
}

/// A directory must not be moved below itself.
fn check_not_below(source: &VnodeRef, directory: &VnodeRef) -> Result<()> {
    const DEEPEST: usize = 100_000;
    let mut above = directory.clone();
    for _ in 0..DEEPEST {
        if &above == source {
            return Err(Errno::EINVAL);
        }
        if above.is_root {
            return Ok(());
        }
        above = above.lookup(b"..")?;
    }
    // Only an image whose directories go in a circle is that deep.
    Err(Errno::ELOOP)
}

//! Moving a name: what must hold before a file system is asked.

use crate::vnode::VnodeRef;
use rump::errno::{Errno, Result};

/// A directory and a name in it.
pub type Place<'a> = (&'a VnodeRef, &'a [u8]);

/// Moves `source` from one place to another of the same mount, in place of `replaced` if there is one.
///
/// # Errors
/// `EXDEV` for places on two mounts; `EBUSY` for roots; `ENOTDIR` and `EISDIR` when the kinds do not fit; `EINVAL` for moving a
/// directory below itself; `ENOTEMPTY` for replacing one that the source is in; what the file system says.
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
/// `EINVAL` for moving a directory below itself; `ENOTEMPTY` for replacing one that the source is in; what the file system
/// says.
pub(crate) fn rename_locked(
    from: Place<'_>,
    source: &VnodeRef,
    to: Place<'_>,
    replaced: Option<&VnodeRef>,
) -> Result<()> {
    if source.is_directory() && is_at_or_below(to.0, source)? {
        return Err(Errno::EINVAL);
    }
    // What the source is in, at whatever depth, is not empty; and no file system need lock one directory twice.
    if let Some(replaced) = replaced
        && replaced.is_directory()
        && is_at_or_below(from.0, replaced)?
    {
        return Err(Errno::ENOTEMPTY);
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

/// Whether a directory is `above`, or somewhere below it. The mount's rename lock is held.
fn is_at_or_below(directory: &VnodeRef, above: &VnodeRef) -> Result<bool> {
    const DEEPEST: usize = 100_000;
    let mut at = directory.clone();
    for _ in 0..DEEPEST {
        if &at == above {
            return Ok(true);
        }
        if at.is_root {
            return Ok(false);
        }
        at = at.lookup(b"..")?;
    }
    // Only an image whose directories go in a circle is that deep.
    Err(Errno::ELOOP)
}

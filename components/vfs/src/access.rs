//! Who may do what with a file (vaccess(9), genfs_can_*).

use crate::attributes::{AttributeChange, Attributes, FileFlags, TimeChange, VnodeKind};
use crate::vnode::Vnode;
use bitflags::bitflags;
use rump::errno::{Errno, Result};
use rump::process::Credentials;

bitflags! {
    /// What somebody wants to do.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct AccessMode: u32 {
        const READ = 4;
        const WRITE = 2;
        /// Execute a file, search a directory.
        const EXECUTE = 1;
    }
}

/// Checks the permission bits.
///
/// # Errors
/// `EACCES` when they do not allow all of `mode`.
pub fn check(attributes: &Attributes, mode: AccessMode, who: &Credentials) -> Result<()> {
    if who.is_superuser() {
        let executable = attributes.kind == VnodeKind::Directory || attributes.permissions & 0o111 != 0;
        return if mode.contains(AccessMode::EXECUTE) && !executable { Err(Errno::EACCES) } else { Ok(()) };
    }
    let shift = if who.effective_user == attributes.user {
        6
    } else if who.is_member(attributes.group) {
        3
    } else {
        0
    };
    let granted = (attributes.permissions >> shift) & 7;
    if granted & mode.bits() == mode.bits() { Ok(()) } else { Err(Errno::EACCES) }
}

/// The permissions that a new file gets: a set-group-id bit only for the superuser and members of the group, which is the
/// directory's.
///
/// # Errors
/// What the file system says.
pub fn permissions_of_new(permissions: u32, directory: &Vnode, who: &Credentials) -> Result<u32> {
    const SET_GROUP_ID: u32 = 0o2000;
    if permissions & SET_GROUP_ID == 0 || who.is_superuser() {
        return Ok(permissions);
    }
    let group = directory.operations().attributes()?.group;
    Ok(if who.is_member(group) { permissions } else { permissions & !SET_GROUP_ID })
}

/// In a sticky directory only the owner of the file or of the directory removes or renames it (sticky(7)).
///
/// # Errors
/// `EPERM`.
pub fn check_sticky(directory: &Attributes, file: &Attributes, who: &Credentials) -> Result<()> {
    const STICKY: u32 = 0o1000;
    let owner = who.effective_user == directory.user || who.effective_user == file.user;
    if directory.permissions & STICKY == 0 || who.is_superuser() || owner {
        Ok(())
    } else {
        Err(Errno::EPERM)
    }
}

/// Refuses changes to a file that its flags forbid: immutable ones all, append-only ones all but appending.
///
/// # Errors
/// `EPERM`.
pub fn check_flags(attributes: &Attributes, appending: bool) -> Result<()> {
    let flags = FileFlags::from_bits_retain(attributes.flags);
    let append_only = flags.intersects(FileFlags::APPEND) && !appending;
    if flags.intersects(FileFlags::IMMUTABLE) || append_only { Err(Errno::EPERM) } else { Ok(()) }
}

/// Checks a change of attributes and adjusts it to what the rules make of it: set-id bits go when somebody else than the
/// superuser changes the owner.
///
/// # Errors
/// `EPERM`; `EACCES` for setting the times to now without write permission; `EFTYPE` for a sticky bit that only the
/// superuser may set.
pub fn check_change(now: &Attributes, change: &mut AttributeChange, who: &Credentials) -> Result<()> {
    let owner = who.is_superuser() || who.effective_user == now.user;
    let changes_more_than_flags = AttributeChange { flags: None, ..*change } != AttributeChange::default();
    if changes_more_than_flags && change.size.is_none() {
        check_flags_for_attributes(now)?;
    }
    if let Some(permissions) = change.permissions {
        check_permissions(now, permissions, owner, who)?;
    }
    if change.user.is_some() || change.group.is_some() {
        check_owner(now, change, owner, who)?;
    }
    if change.access_time.is_some() || change.modification_time.is_some() {
        check_times(now, change, owner, who)?;
    }
    match change.flags {
        Some(flags) => check_new_flags(now, flags, owner, who),
        None => Ok(()),
    }
}

fn check_flags_for_attributes(now: &Attributes) -> Result<()> {
    let flags = FileFlags::from_bits_retain(now.flags);
    if flags.intersects(FileFlags::IMMUTABLE | FileFlags::APPEND) { Err(Errno::EPERM) } else { Ok(()) }
}

fn check_permissions(now: &Attributes, permissions: u32, owner: bool, who: &Credentials) -> Result<()> {
    if !owner {
        return Err(Errno::EPERM);
    }
    if who.is_superuser() {
        return Ok(());
    }
    if now.kind != VnodeKind::Directory && permissions & 0o1000 != 0 {
        return Err(Errno::EFTYPE);
    }
    if permissions & 0o2000 != 0 && !who.is_member(now.group) { Err(Errno::EPERM) } else { Ok(()) }
}

fn check_owner(now: &Attributes, change: &mut AttributeChange, owner: bool, who: &Credentials) -> Result<()> {
    if !who.is_superuser() {
        let keeps_user = change.user.is_none_or(|user| user == now.user);
        let own_group = change.group.is_none_or(|group| group == now.group || who.is_member(group));
        if !owner || !keeps_user || !own_group {
            return Err(Errno::EPERM);
        }
        let kept = change.permissions.unwrap_or(now.permissions);
        change.permissions = Some(kept & !0o6000);
    }
    Ok(())
}

fn check_times(now: &Attributes, change: &AttributeChange, owner: bool, who: &Credentials) -> Result<()> {
    let only_now = [change.access_time, change.modification_time]
        .iter()
        .all(|time| matches!(time, None | Some(TimeChange::Now)));
    if owner {
        Ok(())
    } else if only_now {
        check(now, AccessMode::WRITE, who)
    } else {
        Err(Errno::EPERM)
    }
}

/// Flags that owners may change.
const USER_SETTABLE: u32 = 0x0000_ffff;

fn check_new_flags(now: &Attributes, flags: u32, owner: bool, who: &Credentials) -> Result<()> {
    if !owner {
        return Err(Errno::EPERM);
    }
    let system_changes = (flags ^ now.flags) & !USER_SETTABLE != 0;
    if system_changes && !who.is_superuser() { Err(Errno::EPERM) } else { Ok(()) }
}

/// Whether new flags change what the system's flags say about a file that they hold unchangeable.
#[must_use]
pub fn frees_from_system(now: &Attributes, flags: u32) -> bool {
    let held = FileFlags::from_bits_retain(now.flags);
    let is_held = held.intersects(FileFlags::SYSTEM_IMMUTABLE | FileFlags::SYSTEM_APPEND);
    is_held && (flags ^ now.flags) & !USER_SETTABLE != 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use rump::time::Timespec;

    fn file(user: u32, group: u32, permissions: u32) -> Attributes {
        Attributes {
            kind: VnodeKind::Regular,
            permissions,
            links: 1,
            user,
            group,
            number: 2,
            size: 0,
            block_size: 512,
            access_time: Timespec::ZERO,
            modification_time: Timespec::ZERO,
            change_time: Timespec::ZERO,
            birth_time: Timespec::ZERO,
            generation: 0,
            flags: 0,
            device: 0,
            occupied: 0,
        }
    }

    #[test]
    fn the_first_class_that_fits_decides() {
        let owned = file(10, 20, 0o077);
        let who = Credentials::of(10, 20, &[]);
        assert_eq!(check(&owned, AccessMode::READ, &who), Err(Errno::EACCES));
        let member = Credentials::of(11, 1, &[20]);
        assert_eq!(check(&owned, AccessMode::READ | AccessMode::WRITE, &member), Ok(()));
    }

    #[test]
    fn the_superuser_executes_only_what_somebody_may() {
        let root = Credentials::of(0, 0, &[]);
        assert_eq!(check(&file(1, 1, 0), AccessMode::READ, &root), Ok(()));
        assert_eq!(check(&file(1, 1, 0o600), AccessMode::EXECUTE, &root), Err(Errno::EACCES));
        assert_eq!(check(&file(1, 1, 0o010), AccessMode::EXECUTE, &root), Ok(()));
    }

    #[test]
    fn changing_the_group_takes_set_id_bits() {
        let mut change = AttributeChange { group: Some(30), ..AttributeChange::default() };
        let who = Credentials::of(10, 20, &[30]);
        check_change(&file(10, 20, 0o6755), &mut change, &who).unwrap();
        assert_eq!(change.permissions, Some(0o755));
    }
}

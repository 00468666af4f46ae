//! Who a process is: getuid(2), setuid(2), getgroups(2) and their kin.

use crate::abi::system_call::table::{
    GetgroupsArguments, SetegidArguments, SeteuidArguments, SetgidArguments, SetgroupsArguments,
    SetregidArguments, SetreuidArguments, SetuidArguments,
};
use crate::errno::{Errno, Result};
use crate::process::{Credentials, MOST_GROUPS};
use crate::sched::Lwp;
use crate::syscall::{DONE, ReturnValue};
use core::sync::atomic::Ordering;

pub(super) fn getpid(lwp: &Lwp, _slots: &[u64]) -> Result<ReturnValue> {
    Ok(ReturnValue(i64::from(lwp.process.told_id.load(Ordering::Relaxed)), i64::from(lwp.process.parent)))
}

pub(super) fn getppid(lwp: &Lwp, _slots: &[u64]) -> Result<ReturnValue> {
    Ok(lwp.process.parent.into())
}

pub(super) fn lwp_self(lwp: &Lwp, _slots: &[u64]) -> Result<ReturnValue> {
    Ok(lwp.told_id.load(Ordering::Relaxed).into())
}

/// Nothing is ever executed with another identity here.
pub(super) fn issetugid(_lwp: &Lwp, _slots: &[u64]) -> Result<ReturnValue> {
    Ok(DONE)
}

pub(super) fn getuid(lwp: &Lwp, _slots: &[u64]) -> Result<ReturnValue> {
    let credentials = lwp.process.credentials();
    Ok(ReturnValue(i64::from(credentials.real_user), i64::from(credentials.effective_user)))
}

pub(super) fn geteuid(lwp: &Lwp, _slots: &[u64]) -> Result<ReturnValue> {
    Ok(i64::from(lwp.process.credentials().effective_user).into())
}

pub(super) fn getgid(lwp: &Lwp, _slots: &[u64]) -> Result<ReturnValue> {
    let credentials = lwp.process.credentials();
    Ok(ReturnValue(i64::from(credentials.real_group), i64::from(credentials.effective_group)))
}

pub(super) fn getegid(lwp: &Lwp, _slots: &[u64]) -> Result<ReturnValue> {
    Ok(i64::from(lwp.process.credentials().effective_group).into())
}

fn change(lwp: &Lwp, change: impl FnOnce(&mut Credentials) -> Result<()>) -> Result<ReturnValue> {
    lwp.process.change_credentials(change).map(|()| DONE)
}

/// `None` for -1, which leaves an identity as it is.
fn wanted(identity: u32) -> Option<u32> {
    (identity != u32::MAX).then_some(identity)
}

fn permit(allowed: bool) -> Result<()> {
    if allowed { Ok(()) } else { Err(Errno::EPERM) }
}

pub(super) fn setuid(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let user = SetuidArguments::from_slots(slots).uid;
    change(lwp, |who| {
        permit(who.is_superuser() || user == who.real_user)?;
        (who.real_user, who.effective_user, who.saved_user) = (user, user, user);
        Ok(())
    })
}

pub(super) fn seteuid(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let user = SeteuidArguments::from_slots(slots).euid;
    change(lwp, |who| {
        permit(who.is_superuser() || user == who.real_user || user == who.saved_user)?;
        who.effective_user = user;
        Ok(())
    })
}

pub(super) fn setreuid(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = SetreuidArguments::from_slots(slots);
    change(lwp, |who| {
        let known = [who.real_user, who.effective_user, who.saved_user];
        let allowed = |user: Option<u32>| user.is_none_or(|user| known.contains(&user));
        let (real, effective) = (wanted(call.ruid), wanted(call.euid));
        permit(who.is_superuser() || (allowed(real) && allowed(effective)))?;
        let former = who.real_user;
        who.real_user = real.unwrap_or(who.real_user);
        who.effective_user = effective.unwrap_or(who.effective_user);
        if real.is_some() || effective.is_some_and(|user| user != former) {
            who.saved_user = who.effective_user;
        }
        Ok(())
    })
}

pub(super) fn setgid(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let group = SetgidArguments::from_slots(slots).gid;
    change(lwp, |who| {
        permit(who.is_superuser() || group == who.real_group)?;
        (who.real_group, who.effective_group, who.saved_group) = (group, group, group);
        Ok(())
    })
}

pub(super) fn setegid(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let group = SetegidArguments::from_slots(slots).egid;
    change(lwp, |who| {
        permit(who.is_superuser() || group == who.real_group || group == who.saved_group)?;
        who.effective_group = group;
        Ok(())
    })
}

pub(super) fn setregid(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = SetregidArguments::from_slots(slots);
    change(lwp, |who| {
        let known = [who.real_group, who.effective_group, who.saved_group];
        let allowed = |group: Option<u32>| group.is_none_or(|group| known.contains(&group));
        let (real, effective) = (wanted(call.rgid), wanted(call.egid));
        permit(who.is_superuser() || (allowed(real) && allowed(effective)))?;
        let former = who.real_group;
        who.real_group = real.unwrap_or(who.real_group);
        who.effective_group = effective.unwrap_or(who.effective_group);
        if real.is_some() || effective.is_some_and(|group| group != former) {
            who.saved_group = who.effective_group;
        }
        Ok(())
    })
}

pub(super) fn getgroups(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = GetgroupsArguments::from_slots(slots);
    let credentials = lwp.process.credentials();
    let groups = &credentials.groups;
    if call.gidsetsize == 0 {
        return Ok(groups.len().into());
    }
    let room = usize::try_from(call.gidsetsize).map_err(|_| Errno::EINVAL)?;
    if room < groups.len() {
        return Err(Errno::EINVAL);
    }
    for (index, &group) in groups.iter().enumerate() {
        lwp.process.space.write(group, call.gidset.offset(index * 4)?)?;
    }
    Ok(groups.len().into())
}

pub(super) fn setgroups(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = SetgroupsArguments::from_slots(slots);
    let count = usize::try_from(call.gidsetsize).map_err(|_| Errno::EINVAL)?;
    if count > MOST_GROUPS {
        return Err(Errno::EINVAL);
    }
    let mut groups = [0u32; MOST_GROUPS];
    for (index, group) in groups[..count].iter_mut().enumerate() {
        *group = lwp.process.space.read(call.gidset.offset(index * 4)?)?;
    }
    change(lwp, |who| {
        permit(who.is_superuser())?;
        who.groups = groups[..count].iter().copied().collect();
        Ok(())
    })
}

//! Process groups and sessions (setpgid(2), setsid(2)).

use super::{Process, ProcessTable};
use crate::errno::{Errno, Result};
use crate::sync::SpinMutex;
use alloc::sync::Arc;

/// Bytes in a login name, its NUL included (`MAXLOGNAME`).
pub const LOGIN_NAME: usize = 16;

/// A session: process groups that were logged in as one.
pub struct Session {
    pub id: i32,
    /// Set by setlogin(2), padded with NULs.
    pub login: SpinMutex<[u8; LOGIN_NAME]>,
}

/// What a process belongs to.
#[derive(Clone)]
pub(super) struct Membership {
    group: i32,
    session: Arc<Session>,
}

impl Membership {
    /// Group and session 0, which a kernel starts with.
    pub(super) fn first() -> Self {
        Self { group: 0, session: Arc::new(Session { id: 0, login: SpinMutex::new([0; LOGIN_NAME]) }) }
    }
}

impl Process {
    /// Its process group.
    #[must_use]
    pub fn group(&self) -> i32 {
        self.membership.lock().group
    }

    /// Its session.
    #[must_use]
    pub fn session(&self) -> Arc<Session> {
        Arc::clone(&self.membership.lock().session)
    }

    fn is_session_leader(&self) -> bool {
        self.session().id == self.id
    }

    /// Whether one of its ancestors is what `is_it` looks for.
    #[must_use]
    pub fn has_ancestor(&self, is_it: &dyn Fn(&Self) -> bool) -> bool {
        let mut parent = self.kernel.processes.find(self.parent);
        while let Ok(process) = parent {
            if is_it(&process) {
                return true;
            }
            if process.parent == process.id || process.id == 0 {
                return false;
            }
            parent = self.kernel.processes.find(process.parent);
        }
        false
    }
}

impl ProcessTable {
    fn session_of_group(&self, group: i32) -> Result<Option<Arc<Session>>> {
        Ok(self.all()?.iter().find(|process| process.group() == group).map(|process| process.session()))
    }

    /// Checks that there is a group of that number in the caller's session.
    ///
    /// # Errors
    /// `EINVAL` when there is no such group; `EPERM` when it is in another session.
    pub fn check_group_in_session(&self, caller: &Process, group: i32) -> Result<()> {
        match self.session_of_group(group)? {
            None => Err(Errno::EINVAL),
            Some(session) if Arc::ptr_eq(&session, &caller.session()) => Ok(()),
            Some(_) => Err(Errno::EPERM),
        }
    }

    /// setpgid(2): moves `process`, which is `caller` or a child of it, to a group, made if its number is the process's.
    ///
    /// # Errors
    /// `EINVAL` for a negative group; `ESRCH` for a process that is no descendant; `EPERM` for a session leader, another
    /// session, or a group that does not exist.
    pub fn set_group(&self, caller: &Process, process: i32, group: i32) -> Result<()> {
        if group < 0 {
            return Err(Errno::EINVAL);
        }
        let process = if process == 0 { caller.id } else { process };
        let group = if group == 0 { process } else { group };
        let _groups = self.groups.lock();
        let target = self.find(process)?;
        if process != caller.id {
            if !target.has_ancestor(&|process| process.id == caller.id) {
                return Err(Errno::ESRCH);
            }
            if !Arc::ptr_eq(&target.session(), &caller.session()) {
                return Err(Errno::EPERM);
            }
        }
        if target.is_session_leader() {
            return if target.group() == group { Ok(()) } else { Err(Errno::EPERM) };
        }
        match self.session_of_group(group)? {
            Some(session) if !Arc::ptr_eq(&session, &target.session()) => return Err(Errno::EPERM),
            None if group != process => return Err(Errno::EPERM),
            _ => {}
        }
        target.membership.lock().group = group;
        Ok(())
    }

    /// setsid(2): a session and a group of the process's own.
    ///
    /// # Errors
    /// `EPERM` for the leader of a group, or where a group has its number.
    pub fn start_session(&self, process: &Process) -> Result<i32> {
        let _groups = self.groups.lock();
        if process.group() == process.id || self.session_of_group(process.id)?.is_some() {
            return Err(Errno::EPERM);
        }
        let login = *process.session().login.lock();
        let session = Arc::new(Session { id: process.id, login: SpinMutex::new(login) });
        *process.membership.lock() = Membership { group: process.id, session };
        Ok(process.id)
    }
}

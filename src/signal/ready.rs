//! `SIGIO` for open files that become ready (`O_ASYNC`, `F_SETOWN` of fcntl(2)).

use super::{INPUT_OUTPUT, Information, send, send_to_group};
use crate::errno::{Errno, Result};
use crate::file::{FileObject, FileStatus};
use crate::kernel::Kernel;
use crate::poll::{Events, Listener, Notice, Registration};
use crate::process::Process;
use crate::sync::Mutex;
use alloc::sync::{Arc, Weak};
use core::sync::atomic::{AtomicI32, Ordering};

/// Whom an open file tells that it is ready: nobody, until somebody asks.
#[derive(Default)]
pub struct ReadySignal {
    state: Mutex<Option<State>>,
}

struct State {
    owner: Arc<Owner>,
    /// While `O_ASYNC` is set.
    registration: Option<Registration>,
}

/// A process, by its number, or a group, by its number negated; 0 for nobody.
struct Owner {
    id: AtomicI32,
    kernel: Weak<Kernel>,
}

impl Listener for Owner {
    fn notify(self: Arc<Self>, _token: usize, _notice: &Notice) {
        let Some(kernel) = self.kernel.upgrade() else { return };
        match self.id.load(Ordering::Relaxed) {
            0 => {}
            id if id > 0 => {
                // A process that has ended is told nothing.
                if let Ok(process) = kernel.processes.find(id) {
                    send(&process, INPUT_OUTPUT, Information::of_kernel());
                }
            }
            id => {
                // Nor is a group that is empty.
                let _ = send_to_group(&kernel, -id, INPUT_OUTPUT, Information::of_kernel(), &|_| Ok(()));
            }
        }
    }
}

impl State {
    fn new(kernel: &Arc<Kernel>) -> Self {
        let owner = Owner { id: AtomicI32::new(0), kernel: Arc::downgrade(kernel) };
        Self { owner: Arc::new(owner), registration: None }
    }
}

impl ReadySignal {
    /// Who is told: a process, a negated group, or 0.
    #[must_use]
    pub fn owner(&self) -> i32 {
        self.state.lock().as_ref().map_or(0, |state| state.owner.id.load(Ordering::Relaxed))
    }

    /// Says who is to be told.
    ///
    /// # Errors
    /// `ESRCH` when there is no such process; `EINVAL` when there is no such group; `EPERM` for a group of another session
    /// than `caller`'s.
    pub fn set_owner(&self, caller: &Process, id: i32) -> Result<()> {
        let processes = &caller.kernel.processes;
        match id {
            0 => {}
            id if id > 0 => {
                processes.find(id)?;
            }
            id => processes.check_group_in_session(caller, id.checked_neg().ok_or(Errno::EINVAL)?)?,
        }
        let mut state = self.state.lock();
        let state = state.get_or_insert_with(|| State::new(&caller.kernel));
        state.owner.id.store(id, Ordering::Relaxed);
        Ok(())
    }

    /// Begins or ends telling, as `O_ASYNC` in `status` says; nothing changes for objects that never tell.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn follow(&self, kernel: &Arc<Kernel>, object: &dyn FileObject, status: FileStatus) -> Result<()> {
        if !status.contains(FileStatus::ASYNCHRONOUS) {
            self.stop();
            return Ok(());
        }
        let Some(listeners) = object.listeners().filter(|_| object.tells_when_ready()) else { return Ok(()) };
        let mut interest = Events::empty();
        interest.set(Events::READABLE, status.contains(FileStatus::READ));
        interest.set(Events::OUT, status.contains(FileStatus::WRITE));
        let mut state = self.state.lock();
        let state = state.get_or_insert_with(|| State::new(kernel));
        if state.registration.is_none() {
            let owner = Arc::clone(&state.owner) as Arc<dyn Listener>;
            state.registration = Some(listeners.point().register(owner, 0, interest)?);
        }
        Ok(())
    }

    /// Ends telling.
    pub fn stop(&self) {
        let former = self.state.lock().as_mut().and_then(|state| state.registration.take());
        drop(former);
    }
}

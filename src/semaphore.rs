//! POSIX semaphores of one kernel (sem_open(3), `_ksem_*`). A process has them as descriptors.

use crate::errno::{Errno, Result};
use crate::file::{FileAttributes, FileKind, FileObject, FileStatus};
use crate::memory;
use crate::process::Credentials;
use crate::sync::{Condvar, Deadline, Mutex};
use crate::time::Timespec;
use crate::uio::Uio;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use core::sync::atomic::{AtomicUsize, Ordering};

/// Bytes in a name, its slash included and its NUL not (`SEM_MAX_NAMELEN`).
pub const LONGEST_NAME: usize = 14;
/// Semaphores in one kernel, unless said otherwise.
const MOST: usize = 128;

#[derive(Default)]
struct State {
    value: u32,
    waiters: u32,
}

/// A counting semaphore.
pub struct Semaphore {
    /// `None` for one without a name.
    name: Option<Box<[u8]>>,
    mode: u32,
    user: u32,
    group: u32,
    state: Mutex<State>,
    posted: Condvar,
    table: Arc<Semaphores>,
}

/// How long [`Semaphore::wait`] waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SemaphoreWait {
    No,
    Forever,
    For(Timespec),
}

impl Semaphore {
    /// Whether it was opened by name.
    #[must_use]
    pub fn is_named(&self) -> bool {
        self.name.is_some()
    }

    /// The count now.
    #[must_use]
    pub fn value(&self) -> u32 {
        self.state.lock().value
    }

    /// Adds one and wakes a waiter.
    ///
    /// # Errors
    /// `EOVERFLOW` at the greatest count.
    pub fn post(&self) -> Result<()> {
        let mut state = self.state.lock();
        state.value = state.value.checked_add(1).ok_or(Errno::EOVERFLOW)?;
        drop(state);
        self.posted.notify_one();
        Ok(())
    }

    /// Takes one, waiting while there is none.
    ///
    /// # Errors
    /// `EAGAIN` where it may not wait; `ETIMEDOUT`; `EINTR`.
    pub fn wait(&self, patience: SemaphoreWait) -> Result<()> {
        let deadline = match patience {
            SemaphoreWait::For(time) => Deadline::after(Some(time)),
            SemaphoreWait::No | SemaphoreWait::Forever => Deadline::NEVER,
        };
        let mut state = self.state.lock();
        while state.value == 0 {
            if patience == SemaphoreWait::No {
                return Err(Errno::EAGAIN);
            }
            let left = deadline.left_or(Errno::ETIMEDOUT)?;
            state.waiters += 1;
            let woken = self.posted.wait_interruptibly(&mut state, left);
            state.waiters -= 1;
            if woken.is_err() && state.value == 0 {
                return Err(Errno::EINTR);
            }
        }
        state.value -= 1;
        Ok(())
    }

    /// Whether somebody waits.
    #[must_use]
    pub fn has_waiters(&self) -> bool {
        self.state.lock().waiters > 0
    }

    fn check_access(&self, who: &Credentials) -> Result<()> {
        let wanted = if who.effective_user == self.user {
            0o600
        } else if who.is_member(self.group) {
            0o060
        } else {
            0o006
        };
        if who.is_superuser() || self.mode & wanted == wanted { Ok(()) } else { Err(Errno::EACCES) }
    }
}

impl Drop for Semaphore {
    fn drop(&mut self) {
        self.table.count.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The semaphores of one kernel: those that have a name, and how many there are at all.
pub struct Semaphores {
    named: Mutex<BTreeMap<Box<[u8]>, Arc<Semaphore>>>,
    count: AtomicUsize,
    most: AtomicUsize,
}

impl Default for Semaphores {
    fn default() -> Self {
        Self { named: Mutex::default(), count: AtomicUsize::new(0), most: AtomicUsize::new(MOST) }
    }
}

impl Semaphores {
    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// How many there may be.
    #[must_use]
    pub fn most(&self) -> usize {
        self.most.load(Ordering::Relaxed)
    }

    /// Changes how many there may be. Those that there are stay.
    pub fn set_most(&self, most: usize) {
        self.most.store(most, Ordering::Relaxed);
    }

    fn create(
        self: &Arc<Self>,
        name: Option<&[u8]>,
        mode: u32,
        value: u32,
        who: &Credentials,
    ) -> Result<Arc<Semaphore>> {
        memory::check_room(memory::SMALL)?;
        if self.count.fetch_add(1, Ordering::Relaxed) >= self.most() {
            self.count.fetch_sub(1, Ordering::Relaxed);
            return Err(Errno::ENFILE);
        }
        Ok(Arc::new(Semaphore {
            name: name.map(Box::from),
            mode,
            user: who.effective_user,
            group: who.effective_group,
            state: Mutex::new(State { value, waiters: 0 }),
            posted: Condvar::new(),
            table: Arc::clone(self),
        }))
    }

    /// One without a name.
    ///
    /// # Errors
    /// `ENFILE` when there are too many; `ENOMEM`.
    pub fn unnamed(self: &Arc<Self>, value: u32, who: &Credentials) -> Result<Arc<Semaphore>> {
        self.create(None, 0, value, who)
    }

    /// The one of that name; `create` gives the mode and count of a new one.
    ///
    /// # Errors
    /// `EINVAL` for a name without a slash in front, or with another; `EEXIST` with `exclusive`; `ENOENT`; `EACCES`; `ENFILE`;
    /// `ENOMEM`.
    pub fn open(
        self: &Arc<Self>,
        name: &[u8],
        create: Option<(u32, u32)>,
        exclusive: bool,
        who: &Credentials,
    ) -> Result<Arc<Semaphore>> {
        if create.is_some() && (name.len() < 2 || name[0] != b'/' || name[1..].contains(&b'/')) {
            return Err(Errno::EINVAL);
        }
        let mut named = self.named.lock();
        if let Some(known) = named.get(name) {
            if exclusive {
                return Err(Errno::EEXIST);
            }
            known.check_access(who)?;
            return Ok(Arc::clone(known));
        }
        let (mode, value) = create.ok_or(Errno::ENOENT)?;
        let semaphore = self.create(Some(name), mode, value, who)?;
        named.insert(Box::from(name), Arc::clone(&semaphore));
        Ok(semaphore)
    }

    /// Takes a name away; who has it open keeps it.
    ///
    /// # Errors
    /// `ENOENT`; `EACCES`.
    pub fn unlink(&self, name: &[u8], who: &Credentials) -> Result<()> {
        let mut named = self.named.lock();
        named.get(name).ok_or(Errno::ENOENT)?.check_access(who)?;
        let former = named.remove(name);
        // Dropped outside the lock.
        drop(named);
        drop(former);
        Ok(())
    }

    /// The kernel ends.
    pub(crate) fn clear(&self) {
        let former = core::mem::take(&mut *self.named.lock());
        drop(former);
    }
}

/// A semaphore as an open file.
pub struct SemaphoreFile(pub Arc<Semaphore>);

impl FileObject for SemaphoreFile {
    fn kind(&self) -> FileKind {
        FileKind::Semaphore
    }

    fn read(&self, _uio: &mut Uio<'_>, _status: FileStatus) -> Result<()> {
        Err(Errno::EOPNOTSUPP)
    }

    fn write(&self, _uio: &mut Uio<'_>, _status: FileStatus) -> Result<()> {
        Err(Errno::EOPNOTSUPP)
    }

    fn status(&self) -> Result<FileAttributes> {
        let semaphore = &self.0;
        Ok(FileAttributes {
            mode: semaphore.mode,
            user: semaphore.user,
            group: semaphore.group,
            ..FileAttributes::default()
        })
    }
}

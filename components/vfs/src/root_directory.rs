//! Which directory is the root of all, for who starts there: the root file system's, or what is mounted over it.

use crate::mount::Mount;
use crate::state::FileSystems;
use crate::vnode::{Vnode, VnodeRef};
use crate::working_directory::WorkingDirectory;
use alloc::sync::Arc;
use alloc::vec::Vec;
use rump::errno::{Errno, Result};
use rump::kernel::Kernel;
use rump::process::Process;
use rump::sync::{Mutex, Once, set_once};

/// Is told which vnode is the root of all from now on; `None` when there is none any more.
pub type RootObserver = fn(Option<&Arc<Vnode>>);

/// The root of all (`rootvnode`). The vnode is in use for as long as it is here.
#[derive(Default)]
pub(crate) struct RootDirectory {
    current: Mutex<Option<VnodeRef>>,
    observer: Once<RootObserver>,
}

impl RootDirectory {
    /// Another vnode is the root of all.
    pub fn set(&self, root: Option<VnodeRef>) {
        let mut current = self.current.lock();
        if let Some(observer) = self.observer.get() {
            observer(root.as_ref().map(VnodeRef::vnode));
        }
        let former = core::mem::replace(&mut *current, root);
        // Dropped last: that may run a file system's `inactive`.
        drop(current);
        drop(former);
    }

    fn is(&self, vnode: &VnodeRef) -> bool {
        self.current.lock().as_ref() == Some(vnode)
    }

    fn observe(&self, observer: RootObserver) -> Result<()> {
        let current = self.current.lock();
        set_once(&self.observer, observer)?;
        observer(current.as_ref().map(VnodeRef::vnode));
        Ok(())
    }
}

impl FileSystems {
    /// Has `observer` told the root of all, now and whenever it changes.
    ///
    /// # Errors
    /// `EEXIST` when somebody else is told.
    pub fn observe_root(&self, observer: RootObserver) -> Result<()> {
        self.root_directory.observe(observer)
    }

    /// When the root of all is on `mount`, which is to be unmounted: the root, and the processes that may be in it.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub(crate) fn displaced_by_end_of(
        &self,
        kernel: &Kernel,
        mount: &Arc<Mount>,
    ) -> Result<Option<(VnodeRef, Vec<Arc<Process>>)>> {
        let root = self.root_directory.current.lock().clone();
        let root = root.filter(|root| Arc::ptr_eq(&root.mount, mount));
        root.map(|root| Ok((root, Self::processes(kernel)?))).transpose()
    }

    /// The processes, for [`move_directories`](Self::move_directories): asked for while a mount can still fail.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub(crate) fn processes(kernel: &Kernel) -> Result<Vec<Arc<Process>>> {
        kernel.processes.all()
    }

    /// Whoever is in directory `from`, or has it as its root, is in `to` from now on: something has been mounted on `from`, or
    /// `from` has been unmounted. The mount lock is held.
    pub(crate) fn move_directories(&self, processes: &[Arc<Process>], from: &VnodeRef, to: &VnodeRef) {
        for process in processes {
            if let Ok(places) = WorkingDirectory::of(process) {
                places.replace(from, to);
            }
        }
        if self.root_directory.is(from) {
            self.root_directory.set(Some(to.clone()));
        }
    }

    /// Takes a process out of its directories: it is in the root of all, with the umask that the first process has.
    ///
    /// # Errors
    /// `ENOSYS` when it has no directories; `ENXIO` when there is no root.
    pub fn leave_directories(&self, process: &Process) -> Result<()> {
        let root = self.root_directory.current.lock().clone().ok_or(Errno::ENXIO)?;
        WorkingDirectory::of(process)?.reset(root);
        Ok(())
    }
}

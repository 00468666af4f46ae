//! Files that are no files: devices and fifos.

mod character;
mod fifo;
mod memory_devices;

pub use character::CharacterDevice;
pub use fifo::FifoEnd;
pub(crate) use memory_devices::{NODES, register as register_memory_devices};

use crate::stream::Stream;
use crate::vnode::VnodeRef;
use alloc::sync::Arc;
use alloc::vec::Vec;
use rump::errno::Result;
use rump::file::FileStatus;
use rump::memory;
use rump::pipe::Pipe;
use rump::sync::{Mutex, SpinMutex};

/// What a device or fifo node keeps beside its file system's node.
#[derive(Default)]
pub(crate) struct SpecialState {
    /// The stream of a fifo while somebody has it open.
    pub fifo: SpinMutex<Option<Arc<Pipe>>>,
    /// What C programs have opened through the vnode, and not closed yet.
    handles: Mutex<Vec<(FileStatus, Arc<Stream>)>>,
}

impl SpecialState {
    /// Opens what the vnode leads to for a C program, which closes it with [`close_handle`](Self::close_handle).
    pub fn open_handle(&self, vnode: &VnodeRef, status: FileStatus) -> Result<()> {
        let stream = Arc::new(Stream::open(vnode, status)?);
        let mut handles = self.handles.lock();
        memory::reserve(&mut handles, 1)?;
        handles.push((status, stream));
        Ok(())
    }

    /// Closes what was opened with that status; nothing when it was not.
    pub fn close_handle(&self, status: FileStatus) {
        let access = FileStatus::READ | FileStatus::WRITE;
        let mut handles = self.handles.lock();
        let same = |opened: FileStatus| opened.intersection(access) == status.intersection(access);
        let former = handles.iter().rposition(|(opened, _)| same(*opened)).map(|index| handles.remove(index));
        // Closing a device may take long; not under the lock.
        drop(handles);
        drop(former);
    }

    pub fn close_handles(&self) {
        let former = core::mem::take(&mut *self.handles.lock());
        drop(former);
    }

    /// What a C program has open for `needed`, or what is opened now for one operation.
    pub fn stream(&self, vnode: &VnodeRef, needed: FileStatus, status: FileStatus) -> Result<Arc<Stream>> {
        match self.opened(needed) {
            Some(stream) => Ok(stream),
            None => Stream::open(vnode, status).map(Arc::new),
        }
    }

    /// Whether a C program has it open.
    pub fn is_open(&self) -> bool {
        !self.handles.lock().is_empty()
    }

    /// What a C program has open for `needed`.
    pub fn opened(&self, needed: FileStatus) -> Option<Arc<Stream>> {
        let handles = self.handles.lock();
        handles.iter().find(|(opened, _)| opened.contains(needed)).map(|(_, stream)| Arc::clone(stream))
    }

    /// Takes a fifo's pipe away: the next open starts with another one.
    pub fn take_pipe(&self) -> Option<Arc<Pipe>> {
        self.fifo.lock().take()
    }
}

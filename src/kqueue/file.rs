//! Event queues as open files.

use super::event::{Event, Filter};
use super::queue::Queue;
use crate::errno::{Errno, Result};
use crate::file::{FileAttributes, FileKind, FileObject, FileStatus, OpenFile};
use crate::memory;
use crate::poll::{Events, FileFilter, Listeners, Reading};
use crate::sched::Lwp;
use crate::uio::Uio;
use crate::user_memory::UserAddress;
use alloc::boxed::Box;
use alloc::sync::Arc;

mod request {
    pub const READABLE_BYTES: u64 = 0x4004_667f;
    /// `KFILTER_BYFILTER` and `KFILTER_BYNAME`.
    pub const FILTER_NAME: u64 = 0xc018_6b00;
    pub const FILTER_NUMBER: u64 = 0xc018_6b01;
}
/// `KFILTER_MAXNAME`, with the NUL.
const LONGEST_NAME: usize = 64;

/// An open event queue.
pub struct QueueFile {
    queue: Arc<Queue>,
}

impl QueueFile {
    /// The queue.
    #[must_use]
    pub fn queue(&self) -> &Arc<Queue> {
        &self.queue
    }
}

/// Opens a new queue for a process, whose descriptors it watches.
///
/// # Errors
/// `EMFILE`; `ENOMEM`.
pub fn create(lwp: &Lwp, status: FileStatus, close_on_exec: bool) -> Result<i32> {
    memory::check_room(memory::SMALL)?;
    let process = &lwp.process;
    let queue = Arc::new(Queue::default());
    process.descriptors.add_queue(&queue);
    let object = Box::new(QueueFile { queue });
    let status = status | FileStatus::READ | FileStatus::WRITE;
    let file = Arc::new(OpenFile::new(object, status, process.credentials()));
    process.descriptors.insert(file, 0, process.descriptor_limit(), close_on_exec)
}

impl FileObject for QueueFile {
    fn kind(&self) -> FileKind {
        FileKind::Queue
    }

    fn read(&self, _uio: &mut Uio<'_>, _status: FileStatus) -> Result<()> {
        Err(Errno::ENXIO)
    }

    fn write(&self, _uio: &mut Uio<'_>, _status: FileStatus) -> Result<()> {
        Err(Errno::ENXIO)
    }

    fn status(&self) -> Result<FileAttributes> {
        Ok(FileAttributes {
            mode: 0o010_000,
            size: self.queue.ready_count() as u64,
            block_size: Event::SIZE as u32,
            ..FileAttributes::default()
        })
    }

    fn control(&self, lwp: &Lwp, command: u64, data: UserAddress) -> Result<i64> {
        let space = lwp.process.space;
        let number_at = data.offset(16)?;
        match command {
            request::READABLE_BYTES => space.write(self.queue.ready_count() as i32, data)?,
            request::FILTER_NAME => {
                let [into, room] = space.read::<[u64; 2]>(data)?;
                let name = Filter::name(space.read(number_at)?).ok_or(Errno::ENOENT)?;
                if room <= name.len() as u64 {
                    return Err(Errno::ENAMETOOLONG);
                }
                let into = UserAddress::new(into);
                space.copy_out(name.as_bytes(), into)?;
                space.write(0u8, into.offset(name.len())?)?;
            }
            request::FILTER_NUMBER => {
                let name = UserAddress::new(space.read(data)?);
                let name = space.copy_in_string(name, LONGEST_NAME)?;
                space.write(Filter::number(&name).ok_or(Errno::ENOENT)?, number_at)?;
            }
            _ => return Err(Errno::ENOTTY),
        }
        Ok(0)
    }

    fn file_control(&self, _file: &OpenFile, _lwp: &Lwp, _command: i32, _argument: u64) -> Result<i64> {
        Err(Errno::ENOTTY)
    }

    fn poll(&self, events: Events) -> Events {
        let ready = self.queue.ready_count() > 0;
        if ready { events & Events::READABLE } else { Events::empty() }
    }

    fn listeners(&self) -> Option<&Listeners> {
        Some(self.queue.listeners())
    }

    fn filter(&self, _file: &OpenFile, filter: FileFilter) -> Result<Reading> {
        match filter {
            FileFilter::Read => {
                let count = self.queue.ready_count();
                Ok(Reading { ready: count > 0, data: count as i64, end: false })
            }
            FileFilter::Write | FileFilter::Vnode => Err(Errno::EINVAL),
        }
    }

    /// Its knotes are for its process's descriptors, which the other process may change.
    fn is_inherited(&self) -> bool {
        false
    }

    fn descriptor_closed(&self, _process: i32) {
        self.queue.descriptor_closed();
    }

    fn close(&self, _status: FileStatus) -> Result<()> {
        self.queue.close();
        Ok(())
    }
}

//! Fifos: a pipe that is found by name (mkfifo(2)).

use crate::vnode::VnodeRef;
use alloc::sync::Arc;
use rump::errno::{Errno, Result};
use rump::file::FileStatus;
use rump::pipe::{Pipe, Side};

/// An open fifo: which sides of its pipe this open file is on.
pub struct FifoEnd {
    pub pipe: Arc<Pipe>,
    reads: bool,
    writes: bool,
}

impl FifoEnd {
    /// Opens the fifo, waiting for the other side unless `NONBLOCK`.
    ///
    /// # Errors
    /// `ENXIO` for a non-blocking open for writing when nobody reads; `EINTR`.
    pub fn open(vnode: &VnodeRef, status: FileStatus) -> Result<Self> {
        let pipe = {
            let mut place = vnode.special.fifo.lock();
            Arc::clone(place.get_or_insert_with(|| Arc::new(Pipe::new(vnode.mount.now()))))
        };
        let reads = status.contains(FileStatus::READ);
        let writes = status.contains(FileStatus::WRITE);
        let nonblock = status.contains(FileStatus::NONBLOCK);
        if writes && !reads && nonblock && !pipe.has(Side::Reader) {
            return Err(Errno::ENXIO);
        }
        // From here on, dropping `end` undoes what has been done.
        let end = Self { pipe, reads, writes };
        if reads {
            end.pipe.attach(Side::Reader);
        }
        if writes {
            end.pipe.attach(Side::Writer);
        }
        let both = reads && writes;
        if !nonblock && !both {
            end.pipe.wait_for(if reads { Side::Writer } else { Side::Reader })?;
        }
        Ok(end)
    }
}

impl Drop for FifoEnd {
    fn drop(&mut self) {
        if self.reads {
            self.pipe.detach(Side::Reader);
        }
        if self.writes {
            self.pipe.detach(Side::Writer);
        }
    }
}

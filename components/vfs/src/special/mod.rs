//! Files that are no files: devices and fifos.

mod character;
mod fifo;
mod memory_devices;

pub use character::CharacterDevice;
pub use fifo::FifoEnd;
pub(crate) use memory_devices::{NODES, register as register_memory_devices};

use alloc::sync::Arc;
use rump::pipe::Pipe;
use rump::sync::SpinMutex;

/// What a device or fifo node keeps beside its file system's node.
#[derive(Default)]
pub(crate) struct SpecialState {
    /// The stream of a fifo while somebody has it open.
    pub fifo: SpinMutex<Option<Arc<Pipe>>>,
}

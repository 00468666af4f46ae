//! What the write-ahead log of an image has that was in use when its machine stopped.

pub mod log;
pub mod replayed_device;

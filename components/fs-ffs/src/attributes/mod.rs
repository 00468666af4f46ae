//! Extended attributes on UFS1: files that hold them, which of them are started, and how that is asked for.

pub mod backing_file;
pub mod control;
mod of_node;
pub mod started;

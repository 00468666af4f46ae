//! The structures on the disk: one file each, which knows nothing of what is in memory.

pub mod attribute_file;
pub mod byte_order;
pub mod cylinder_group;
pub mod dinode;
pub mod directory_entry;
pub mod geometry;
pub mod numbers;
pub mod superblock;

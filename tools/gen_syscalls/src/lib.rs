//! The generator of everything that follows from the two interface tables of the kernel.
//!
//! ```text
//! syscalls.master --parse_master----> Master ----------+--> emit::rust_system_calls, rust_stubs
//!                                                      +--> emit::c_system_calls_header, documentation
//! vnode_if.src -----parse_vnode_if--> VnodeInterface --+--> emit::rust_vnode_operations, rust_vnode_stubs
//!                                                      +--> emit::c_vnode_header
//! ```
//!
//! Both table formats are NetBSD's. The parsers accept what those files can say and reject the rest with file,
//! line and column; the emitters cannot fail, because the model holds only what they know how to write.

#![forbid(unsafe_code)]

mod c_type;
mod condition;
mod cursor;
pub mod emit;
mod error;
mod model;
mod parse_master;
mod parse_vnode_if;
mod vnode_model;

pub use c_type::{CType, Representation};
pub use condition::Condition;
pub use error::ParseError;
pub use model::{Argument, Body, Branch, KERNEL_DEFINITIONS, Kind, Master, Prototype, Row};
pub use parse_master::parse_master;
pub use parse_vnode_if::parse_vnode_if;
pub use vnode_model::{
    Direction, Disposition, LockRule, LockState, LookupRule, VnodeArgument, VnodeInterface, VnodeOperation,
};

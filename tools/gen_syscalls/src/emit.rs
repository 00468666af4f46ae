//! What is written from the tables. Each function returns one whole file.

mod c_headers;
mod c_vnode_tables;
mod documentation;
mod export_lists;
mod rust_names;
mod rust_stubs;
mod rust_system_call_entries;
mod rust_system_calls;
mod rust_vnode_operations;
mod rust_vnode_tables;

pub use c_headers::{c_system_calls_header, c_vnode_header};
pub use c_vnode_tables::c_vnode_tables_header;
pub use documentation::{Status, documentation};
pub use export_lists::{system_call_exports, vnode_exports};
pub use rust_stubs::{rust_stubs, rust_vnode_stubs};
pub use rust_system_call_entries::rust_system_call_entries;
pub use rust_system_calls::rust_system_calls;
pub use rust_vnode_operations::rust_vnode_operations;
pub use rust_vnode_tables::rust_vnode_tables;

//! The symbols that libraries must export for the tables, one a line, sorted.

use crate::{Master, VnodeInterface};

/// The entry points of system calls, which librump exports.
pub fn system_call_exports(master: &Master) -> String {
    lines(master.kernel_rows().into_iter().filter_map(|row| row.symbol().map(|symbol| symbol.to_string())))
}

/// The vnode operations and their descriptions, which librumpvfs exports.
pub fn vnode_exports(interface: &VnodeInterface) -> String {
    let operations = interface.operations.iter();
    let functions = operations.clone().map(|operation| format!("RUMP_VOP_{}", operation.name.to_uppercase()));
    let descriptions = operations.map(|operation| format!("rumpns_vop_{}_desc", operation.name));
    lines(functions.chain(descriptions))
}

fn lines(symbols: impl Iterator<Item = String>) -> String {
    let mut symbols: Vec<_> = symbols.collect();
    symbols.sort();
    symbols.iter().map(|symbol| format!("{symbol}\n")).collect()
}

//! The vnode operations with their locking protocol, as Rust.

use std::fmt::Write;

use super::rust_names::camel_case;
use crate::{VnodeArgument, VnodeInterface, VnodeOperation};

/// A Rust source, to be `include!`d into a module: the enum `VnodeOperation` in the order of the file, with name
/// and arguments of each operation, and the types `VnodeArgument`, `LockRule`, `LockState`, `Direction` and
/// `Disposition`. It needs nothing in scope and allocates nothing.
pub fn rust_vnode_operations(interface: &VnodeInterface) -> String {
    let mut out = String::from(TYPES);
    enumeration(&mut out, &interface.operations);
    for operation in &interface.operations {
        arguments(&mut out, operation);
    }
    out
}

const TYPES: &str = r"/// The lock of a vnode at one moment of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockState {
    /// Locked.
    Locked,
    /// Not locked.
    Unlocked,
    /// There is no vnode at that moment.
    NotApplicable,
    /// Either, and the operation leaves it so.
    Unchanged,
    /// Locked, unless the pointer is null.
    LockedIfPresent,
}

/// The lock of one vnode around an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LockRule {
    /// On entry.
    pub before: LockState,
    /// On return without an error.
    pub after_success: LockState,
    /// On return with an error.
    pub after_error: LockState,
}

/// Which way an argument's value goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To the operation.
    In,
    /// To the caller.
    Out,
    /// Both ways.
    InOut,
}

/// What an operation does to a vnode argument besides its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// Nothing: lock and reference stay with the caller.
    Kept,
    /// Drops the reference.
    Released,
    /// Unlocks and drops the reference.
    Put,
    /// Unlocks.
    Unlocked,
    /// Creates the vnode, with a reference for the caller.
    Made,
}

/// One argument of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VnodeArgument {
    /// The name.
    pub name: &'static str,
    /// The C type.
    pub c_type: &'static str,
    /// Which way the value goes.
    pub direction: Direction,
    /// The state of the lock that is asserted on entry.
    pub locked: Option<bool>,
    /// What becomes of the vnode.
    pub disposition: Disposition,
    /// The locking protocol; only vnodes have one.
    pub lock_rule: Option<LockRule>,
}
";

fn enumeration(out: &mut String, operations: &[VnodeOperation]) {
    out.push_str("\n/// An operation on a vnode.\n#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]\n");
    out.push_str("#[repr(usize)]\npub enum VnodeOperation {\n");
    for operation in operations {
        let _ = writeln!(out, "    /// `vop_{}`", operation.name);
        for lookup in &operation.lookups {
            let _ = writeln!(out, "    ///\n    /// Lookup of `{}`: {}.", lookup.argument, lookup.flags);
        }
        let _ = writeln!(out, "    {},", variant(operation));
    }
    let count = operations.len();
    let _ =
        writeln!(out, "}}\n\nimpl VnodeOperation {{\n    /// All operations, in the order of their numbers.");
    let _ = writeln!(out, "    pub const ALL: [Self; {count}] = [");
    for operation in operations {
        let _ = writeln!(out, "        Self::{},", variant(operation));
    }
    out.push_str("    ];\n\n    /// The name without `vop_`.\n");
    out.push_str("    pub const fn name(self) -> &'static str {\n        match self {\n");
    for operation in operations {
        let _ = writeln!(out, "            Self::{} => {:?},", variant(operation), operation.name);
    }
    out.push_str("        }\n    }\n\n    /// The arguments in order.\n");
    out.push_str("    pub const fn arguments(self) -> &'static [VnodeArgument] {\n        match self {\n");
    for operation in operations {
        let _ = writeln!(out, "            Self::{} => &{},", variant(operation), table(operation));
    }
    out.push_str("        }\n    }\n}\n");
}

fn variant(operation: &VnodeOperation) -> String {
    camel_case(&operation.name.to_uppercase())
}

fn table(operation: &VnodeOperation) -> String {
    format!("{}_ARGUMENTS", operation.name.to_uppercase())
}

fn arguments(out: &mut String, operation: &VnodeOperation) {
    let count = operation.arguments.len();
    let _ = writeln!(out, "\nstatic {}: [VnodeArgument; {count}] = [", table(operation));
    for argument in &operation.arguments {
        self::argument(out, operation, argument);
    }
    out.push_str("];\n");
}

fn argument(out: &mut String, operation: &VnodeOperation, argument: &VnodeArgument) {
    let VnodeArgument { direction, locked, disposition, c_type, name } = argument;
    out.push_str("    VnodeArgument {\n");
    let _ = writeln!(out, "        name: {name:?},\n        c_type: \"{c_type}\",");
    let _ = writeln!(out, "        direction: Direction::{direction:?},\n        locked: {locked:?},");
    let _ = writeln!(out, "        disposition: Disposition::{disposition:?},");
    match operation.lock_rule(name) {
        None => out.push_str("        lock_rule: None,\n"),
        Some(rule) => {
            out.push_str("        lock_rule: Some(LockRule {\n");
            let _ = writeln!(out, "            before: LockState::{:?},", rule.before);
            let _ = writeln!(out, "            after_success: LockState::{:?},", rule.after_success);
            let _ = writeln!(out, "            after_error: LockState::{:?},", rule.after_error);
            out.push_str("        }),\n");
        }
    }
    out.push_str("    },\n");
}

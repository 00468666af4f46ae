//! The vnode operations as NetBSD's tables have them: argument structures, descriptions, vectors of functions.

use std::fmt::Write;

use super::rust_names::{camel_case, identifier, parameter_type, to_slot};
use crate::{Disposition, VnodeArgument, VnodeInterface, VnodeOperation};

/// The number of an operation in a vector, whose first place is the default's.
pub(super) fn offset(index: usize) -> usize {
    index + 1
}

/// The C name of an operation's argument structure, which tells the version of its arguments from the second on.
pub(super) fn structure(operation: &VnodeOperation) -> String {
    match operation.version {
        0 | 1 => format!("vop_{}_args", operation.name),
        version => format!("vop_{}_v{version}_args", operation.name),
    }
}

/// A Rust source with a structure, a function and a description (`rumpns_vop_name_desc`) for each operation, and over all of them
/// the list `rump_vnodeop_entries` and the vector `OPERATIONS`. The including module has in scope:
///
/// - `VnodeOperation`, from [`super::rust_vnode_operations`], and `enter_vnode_operation` as for [`super::rust_vnode_stubs`];
/// - `OperationDescription`, `OperationEntry`, `Implementation` and `NO_OFFSET`, in NetBSD's layout;
/// - `rumpns_vop_default_desc` and `fn default_operation(arguments: *mut c_void) -> c_int`, for the place 0 of the vector;
/// - `unsafe fn arguments_of<T>(arguments: *mut c_void) -> Option<&T>`, and `NO_ARGUMENTS`, the errno for none.
pub fn rust_vnode_tables(interface: &VnodeInterface) -> String {
    let mut out = String::new();
    for (index, operation) in interface.operations.iter().enumerate() {
        argument_structure(&mut out, operation);
        implementation(&mut out, operation);
        description(&mut out, offset(index), operation);
    }
    entries(&mut out, &interface.operations);
    vector(&mut out, &interface.operations);
    out
}

fn type_name(operation: &VnodeOperation) -> String {
    format!("{}Arguments", camel_case(&operation.name.to_uppercase()))
}

fn argument_structure(out: &mut String, operation: &VnodeOperation) {
    let _ = writeln!(out, "/// `struct {}`.", structure(operation));
    let _ = writeln!(out, "#[repr(C)]\npub struct {} {{", type_name(operation));
    out.push_str("    pub description: *const OperationDescription,\n");
    for argument in &operation.arguments {
        let name = identifier(&argument.name);
        let _ = writeln!(out, "    pub {name}: {},", parameter_type(&argument.c_type));
    }
    out.push_str("}\n\n");
}

fn implementation(out: &mut String, operation: &VnodeOperation) {
    let slots: Vec<_> =
        operation.arguments.iter().map(|argument| to_slot(&argument.name, &argument.c_type)).collect();
    let names: Vec<_> = operation.arguments.iter().map(|argument| identifier(&argument.name)).collect();
    let type_name = type_name(operation);
    let _ = writeln!(
        out,
        r#"/// `{name}` with its arguments in a structure.
///
/// # Safety
/// `arguments` is null or points to the operation's structure.
#[inline(never)]
unsafe extern "C" fn {name}_of(arguments: *mut core::ffi::c_void) -> core::ffi::c_int {{
    // SAFETY: the caller's promise.
    let Some(arguments) = (unsafe {{ arguments_of::<{type_name}>(arguments) }}) else {{ return NO_ARGUMENTS }};
    let &{type_name} {{ {names}, .. }} = arguments;
    enter_vnode_operation(VnodeOperation::{variant}, &[{slots}])
}}
"#,
        name = operation.name,
        names = names.join(", "),
        slots = slots.join(", "),
        variant = camel_case(&operation.name.to_uppercase()),
    );
}

fn description(out: &mut String, offset: usize, operation: &VnodeOperation) {
    let type_name = type_name(operation);
    let place = |argument: Option<&VnodeArgument>| match argument {
        Some(argument) => {
            format!("core::mem::offset_of!({type_name}, {}) as core::ffi::c_int", identifier(&argument.name))
        }
        None => "NO_OFFSET".to_owned(),
    };
    let first =
        |c_type: &str| place(operation.arguments.iter().find(|argument| argument.c_type.as_str() == c_type));
    let vnodes: Vec<_> =
        operation.arguments.iter().filter(|argument| argument.c_type.as_str() == "struct vnode *").collect();
    let upper = operation.name.to_uppercase();
    let name = &operation.name;
    let _ = writeln!(out, "static {upper}_VNODES: [core::ffi::c_int; {}] = [", vnodes.len() + 1);
    for vnode in &vnodes {
        let _ = writeln!(out, "    {},", place(Some(vnode)));
    }
    let _ = writeln!(out, "    NO_OFFSET,\n];\n");
    let _ = writeln!(
        out,
        r#"/// The description of `{name}`.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)] // the C interface names it
pub static rumpns_vop_{name}_desc: OperationDescription = OperationDescription {{
    offset: {offset},
    name: c"vop_{name}".as_ptr(),
    flags: {flags:#x},
    vnodes: {upper}_VNODES.as_ptr(),
    made: {made},
    credentials: {credentials},
    component_name: {component_name},
}};
"#,
        flags = flags(&vnodes),
        made = first("struct vnode **"),
        credentials = first("kauth_cred_t"),
        component_name = first("struct componentname *"),
    );
}

/// What becomes of the vnodes: a bit of the lowest byte for one that is released, of the next for one that is unlocked.
fn flags(vnodes: &[&VnodeArgument]) -> u32 {
    const RELEASED: u32 = 0x01;
    const UNLOCKED: u32 = 0x100;
    let bits = |disposition| match disposition {
        Disposition::Released => RELEASED,
        Disposition::Unlocked => UNLOCKED,
        Disposition::Put => RELEASED | UNLOCKED,
        Disposition::Kept | Disposition::Made => 0,
    };
    vnodes.iter().enumerate().fold(0, |flags, (index, vnode)| flags | bits(vnode.disposition) << index)
}

/// The operations that the list of NetBSD's root file system in rump kernels names, in its order: programs may hold a copy of the
/// list, which has that size.
const LISTED: [&str; 32] = [
    "lookup", "getattr", "setattr", "mkdir", "rmdir", "remove", "mknod", "create", "symlink", "readlink",
    "access", "readdir", "read", "write", "open", "close", "seek", "getpages", "putpages", "whiteout",
    "fsync", "lock", "unlock", "islocked", "inactive", "reclaim", "link", "pathconf", "bmap", "strategy",
    "advlock", "fcntl",
];

fn entries(out: &mut String, operations: &[VnodeOperation]) {
    out.push_str("/// The default and operations with their functions; a pair of nulls ends the list.\n#[unsafe(no_mangle)]\n");
    out.push_str("#[allow(non_upper_case_globals)] // the C interface names it\n");
    let listed: Vec<_> = LISTED
        .into_iter()
        .filter(|name| operations.iter().any(|operation| operation.name == *name))
        .collect();
    let count = listed.len() + 2;
    let _ = writeln!(out, "pub static rump_vnodeop_entries: [OperationEntry; {count}] = [");
    out.push_str("    OperationEntry::new(&rumpns_vop_default_desc, default_operation),\n");
    for name in listed {
        let _ = writeln!(out, "    OperationEntry::new(&rumpns_vop_{name}_desc, {name}_of),");
    }
    out.push_str("    OperationEntry::END,\n];\n\n");
}

fn vector(out: &mut String, operations: &[VnodeOperation]) {
    let count = operations.len() + 1;
    out.push_str("/// The function of each operation, by the offset in its description.\n");
    let _ = writeln!(out, "pub const OPERATIONS: [Implementation; {count}] = [");
    out.push_str("    default_operation,\n");
    for operation in operations {
        let _ = writeln!(out, "    {}_of,", operation.name);
    }
    out.push_str("];\n");
}

//! The C headers that follow from the tables.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::{Argument, CType, Kind, Master, Prototype, Row, VnodeInterface, VnodeOperation};

/// The text of `<rump/rump_syscalls.h>`: a prototype `rump_sys_name` for each current call with an entry point, each
/// bound to the symbol in its `RUMP_SYS_RENAME_NAME`, which a program may define beforehand.
pub fn c_system_calls_header(master: &Master) -> String {
    let rows = master.kernel_rows();
    let calls: Vec<_> = rows
        .iter()
        .filter(|row| row.rump && !matches!(row.kind, Kind::Compat(_)))
        .filter_map(|row| Some((*row, row.prototype()?, row.symbol()?)))
        .collect();
    let mut out = String::from(SYSTEM_CALLS_HEAD);
    let types =
        calls.iter().flat_map(|(_, prototype, _)| &prototype.arguments).map(|argument| &argument.c_type);
    for aggregate in aggregates(types) {
        let _ = writeln!(out, "{aggregate};");
    }
    for (_, prototype, symbol) in calls.iter().filter(|(_, prototype, _)| !prototype.has_two_results()) {
        let rename = rename(prototype);
        let _ = writeln!(out, "\n#ifndef {rename}\n#define {rename} {symbol}\n#endif");
    }
    out.push_str(BEGIN);
    for (row, prototype, _) in &calls {
        declaration(&mut out, row, prototype);
    }
    out.push_str(END);
    out.push_str("\n#endif /* _RUMP_RUMP_SYSCALLS_H_ */\n");
    out
}

const SYSTEM_CALLS_HEAD: &str = "\
/*
 * The system calls of a rump kernel.  tools/gen_syscalls writes this file from
 * syscalls.master: change that one, then run `gen_syscalls --write`.
 *
 * rump_sys_name() is bound at compile time to the entry point of the version
 * that this header describes, so that later versions may add others beside it.
 */

#ifndef _RUMP_RUMP_SYSCALLS_H_
#define _RUMP_RUMP_SYSCALLS_H_

#ifdef _KERNEL
#error <rump/rump_syscalls.h> is for applications
#endif

#include <rump/rump_syscalls_compat.h>

";

pub(super) const BEGIN: &str = "\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
pub(super) const END: &str = "\n#ifdef __cplusplus\n}\n#endif\n";

/// Formed from the kernel's name even where applications see another (`GETPID_WITH_PPID`).
fn rename(prototype: &Prototype) -> String {
    format!("RUMP_SYS_RENAME_{}", prototype.name.to_uppercase())
}

fn declaration(out: &mut String, row: &Row, prototype: &Prototype) {
    let name = prototype.external_name();
    if prototype.has_two_results() {
        let _ = writeln!(out, "/* {} */\nint rump_sys_{name}(int *);", row.number);
        return;
    }
    let visible = prototype.arguments.iter().filter(|argument| !argument.is_padding());
    let mut parameters: Vec<_> =
        visible.clone().take_while(|argument| !argument.variadic).map(parameter).collect();
    if prototype.is_variadic() {
        parameters.push("...".to_owned());
    }
    if parameters.is_empty() {
        parameters.push("void".to_owned());
    }
    let returns = portable(&prototype.returns);
    let space = if returns.ends_with('*') { "" } else { " " };
    let _ = writeln!(out, "/* {} */", row.number);
    wrap(out, &format!("{returns}{space}rump_sys_{name}("), &parameters, ")");
    let _ = writeln!(out, "\n    __RENAME({});", rename(prototype));
}

fn parameter(argument: &Argument) -> String {
    portable(&argument.c_type)
}

/// The type in names that hosts have even when a program asks for strict standard C.
pub(super) fn portable(c_type: &CType) -> String {
    match c_type.as_str() {
        "u_int" | "unsigned" => "unsigned int".to_owned(),
        "u_long" => "unsigned long".to_owned(),
        "quad_t" | "daddr_t" => "int64_t".to_owned(),
        "daddr_t *" => "int64_t *".to_owned(),
        "register_t *" => "long *".to_owned(),
        "voff_t" => "off_t".to_owned(),
        "vm_prot_t" => "int".to_owned(),
        "kauth_cred_t" => "struct kauth_cred *".to_owned(),
        other => other.to_owned(),
    }
}

/// The structures and unions behind the pointers, sorted.
pub(super) fn aggregates<'model>(types: impl Iterator<Item = &'model CType>) -> BTreeSet<String> {
    types.filter_map(CType::aggregate).collect()
}

/// Writes `head`, the comma-separated parts and `tail`, in lines of at most 79 columns.
pub(super) fn wrap(out: &mut String, head: &str, parts: &[String], tail: &str) {
    let mut column = head.len();
    out.push_str(head);
    for (index, part) in parts.iter().enumerate() {
        let separator = if index + 1 < parts.len() { "," } else { tail };
        if column + part.len() + separator.len() + 1 > 79 {
            out.push_str("\n    ");
            column = 4;
        } else if index > 0 {
            out.push(' ');
            column += 1;
        }
        let _ = write!(out, "{part}{separator}");
        column += part.len() + separator.len();
    }
}

/// The text of `<rump/rumpvnode_if.h>`: a prototype `RUMP_VOP_NAME` for each operation.
pub fn c_vnode_header(interface: &VnodeInterface) -> String {
    let mut out = String::from(VNODE_HEAD);
    let types = interface.operations.iter().flat_map(|operation| &operation.arguments);
    let mut structures = aggregates(types.map(|argument| &argument.c_type));
    structures.insert("struct kauth_cred".to_owned());
    for structure in structures {
        let _ = writeln!(out, "{structure};");
    }
    out.push_str(BEGIN);
    for operation in &interface.operations {
        vnode_declaration(&mut out, operation);
    }
    out.push_str(END);
    out.push_str("\n#endif /* _RUMP_RUMPVNODE_IF_H_ */\n");
    out
}

const VNODE_HEAD: &str = "\
/*
 * The operations on vnodes.  tools/gen_syscalls writes this file from
 * vnode_if.src: change that one, then run `gen_syscalls --write`.
 *
 * Each returns 0 or an error number of NetBSD (RUMP_E* in <rump/rumpdefs.h>).
 * vnode_if.src says which vnodes must be locked, and what becomes of them.
 */

#ifndef _RUMP_RUMPVNODE_IF_H_
#define _RUMP_RUMPVNODE_IF_H_

#ifndef _KERNEL
#include <rump/rump_types.h>
#include <stdbool.h>
#endif

";

fn vnode_declaration(out: &mut String, operation: &VnodeOperation) {
    let parameters: Vec<_> = operation.arguments.iter().map(|argument| portable(&argument.c_type)).collect();
    wrap(out, &format!("int RUMP_VOP_{}(", operation.name.to_uppercase()), &parameters, ");");
    out.push('\n');
}

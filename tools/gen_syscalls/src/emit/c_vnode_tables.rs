//! The C header with the argument structures of the vnode operations.

use std::fmt::Write;

use super::c_headers::{BEGIN, END, aggregates, portable};
use super::rust_vnode_tables::{offset, structure};
use crate::{VnodeInterface, VnodeOperation};

/// The text of `<rump/rumpvnode_args.h>`: the structure, the offset in a vector and the description of each operation.
pub fn c_vnode_tables_header(interface: &VnodeInterface) -> String {
    let mut out = String::from(HEAD);
    let types = interface.operations.iter().flat_map(|operation| &operation.arguments);
    let mut structures = aggregates(types.map(|argument| &argument.c_type));
    structures.insert("struct kauth_cred".to_owned());
    structures.insert("struct vnodeop_desc".to_owned());
    for structure in structures {
        let _ = writeln!(out, "{structure};");
    }
    out.push_str(BEGIN);
    out.push_str("/* What any operation's arguments begin with. */\n");
    out.push_str("struct vop_generic_args {\n\tconst struct vnodeop_desc *a_desc;\n};\n");
    for (index, operation) in interface.operations.iter().enumerate() {
        declarations(&mut out, offset(index), operation);
    }
    let _ = writeln!(out, "\n/* Places in a vector; place 0 is the default's. */");
    let _ = writeln!(out, "#define VNODE_OPS_COUNT {}", interface.operations.len() + 1);
    out.push_str(END);
    out.push_str("\n#endif /* _RUMP_RUMPVNODE_ARGS_H_ */\n");
    out
}

const HEAD: &str = "\
/*
 * The arguments of operations on vnodes as structures, for functions in NetBSD's vectors of operations: see
 * <rump/rump_faction.h>.  tools/gen_syscalls writes this file from vnode_if.src: change that one, then run
 * `gen_syscalls --write`.
 */

#ifndef _RUMP_RUMPVNODE_ARGS_H_
#define _RUMP_RUMPVNODE_ARGS_H_

#include <rump/rump.h>
#ifndef __cplusplus
#include <stdbool.h>
#endif

";

fn declarations(out: &mut String, offset: usize, operation: &VnodeOperation) {
    let name = &operation.name;
    let _ = writeln!(out, "\n#define VOP_{}_DESCOFFSET {offset}", name.to_uppercase());
    let _ = writeln!(out, "struct {} {{\n\tconst struct vnodeop_desc *a_desc;", structure(operation));
    for argument in &operation.arguments {
        let c_type = portable(&argument.c_type);
        let space = if c_type.ends_with('*') { "" } else { " " };
        let _ = writeln!(out, "\t{c_type}{space}a_{};", argument.name);
    }
    let _ = writeln!(out, "}};\nextern const struct vnodeop_desc rumpns_vop_{name}_desc;");
}

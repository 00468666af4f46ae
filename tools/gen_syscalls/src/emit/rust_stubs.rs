//! The C entry points of applications, as Rust.

use std::fmt::Write;

use super::rust_names::{camel_case, constant, identifier, parameter_type, to_slot};
use crate::{Kind, Master, Prototype, Representation, Row, VnodeInterface, VnodeOperation};

/// One `extern "C"` function for each row with an entry point. The including module has in scope:
///
/// - `number`, from [`super::rust_system_calls`];
/// - `fn enter(number: usize, slots: &[u64]) -> i64`: runs the call; the value, or -1 after setting errno;
/// - `fn enter_no_errno(number: usize, slots: &[u64]) -> i64`: runs the call of a NOERR row; the value, or the
///   error number itself if the call fails; never touches errno;
/// - `fn enter_two(number: usize, slots: &[u64]) -> (i64, i64)`: like `enter`, with both results of `pipe`;
///   on failure the first is -1.
pub fn rust_stubs(master: &Master) -> String {
    let rows = master.kernel_rows();
    let mut out = String::new();
    for row in &rows {
        if let (Some(prototype), Some(symbol), Some(constant)) =
            (row.prototype(), row.symbol(), constant(row, &rows))
        {
            if prototype.has_two_results() {
                two_results(&mut out, row, &symbol, &constant);
            } else {
                stub(&mut out, row, prototype, &symbol, &constant);
            }
        }
    }
    out
}

fn stub(out: &mut String, row: &Row, prototype: &Prototype, symbol: &str, constant: &str) {
    let visible: Vec<_> = prototype.arguments.iter().filter(|argument| !argument.is_padding()).collect();
    let parameters: Vec<_> = visible
        .iter()
        .map(|argument| format!("{}: {}", identifier(&argument.name), parameter_type(&argument.c_type)))
        .collect();
    let slots: Vec<_> = prototype
        .arguments
        .iter()
        .map(|argument| match argument.is_padding() {
            true => "0".to_owned(),
            false => to_slot(&argument.name, &argument.c_type),
        })
        .collect();
    let returns = prototype.returns.representation();
    let arrow = match returns {
        Representation::Void => String::new(),
        _ => format!(" -> {}", parameter_type(&prototype.returns)),
    };
    let _ = writeln!(out, "/// System call {}, {}.", row.number, row.system_call_name().unwrap_or_default());
    out.push_str("#[unsafe(no_mangle)]\n");
    let _ = writeln!(out, "pub extern \"C\" fn {symbol}({}){arrow} {{", parameters.join(", "));
    let slots = if slots.is_empty() {
        "&[]"
    } else {
        let _ = writeln!(out, "    let slots = [{}];", slots.join(", "));
        "&slots"
    };
    let enter = if row.kind == Kind::NoError { "enter_no_errno" } else { "enter" };
    let conversion = match returns {
        Representation::Void => ";".to_owned(),
        Representation::Signed64 => String::new(),
        Representation::Bool => " != 0".to_owned(),
        Representation::Pointer { .. } => format!(" as usize as {}", parameter_type(&prototype.returns)),
        _ => format!(" as {}", parameter_type(&prototype.returns)),
    };
    let _ = writeln!(out, "    {enter}(number::{constant}, {slots}){conversion}\n}}\n");
}

fn two_results(out: &mut String, row: &Row, symbol: &str, constant: &str) {
    let _ = writeln!(
        out,
        r#"/// System call {}, {}, whose two results go to `results[0]` and `results[1]`.
///
/// # Safety
/// `results` points to two ints that the caller may write.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn {symbol}(results: *mut core::ffi::c_int) -> core::ffi::c_int {{
    let (first, second) = enter_two(number::{constant}, &[]);
    if first == -1 {{
        return -1;
    }}
    // SAFETY: the caller passes room for two ints.
    unsafe {{
        results.write(first as core::ffi::c_int);
        results.add(1).write(second as core::ffi::c_int);
    }}
    0
}}
"#,
        row.number,
        row.system_call_name().unwrap_or_default()
    );
}

/// One `RUMP_VOP_*` function for each operation. The including module has in scope `VnodeOperation`, from
/// [`super::rust_vnode_operations`], and
/// `fn enter_vnode_operation(operation: VnodeOperation, arguments: &[u64]) -> c_int`, which returns an errno.
pub fn rust_vnode_stubs(interface: &VnodeInterface) -> String {
    interface.operations.iter().map(vnode_stub).collect()
}

fn vnode_stub(operation: &VnodeOperation) -> String {
    let parameters: Vec<_> = operation
        .arguments
        .iter()
        .map(|argument| format!("{}: {}", identifier(&argument.name), parameter_type(&argument.c_type)))
        .collect();
    let slots: Vec<_> =
        operation.arguments.iter().map(|argument| to_slot(&argument.name, &argument.c_type)).collect();
    let upper = operation.name.to_uppercase();
    let mut out = format!("/// The vnode operation `{}`; returns 0 or an errno.\n", operation.name);
    out.push_str("#[unsafe(no_mangle)]\n#[allow(non_snake_case)] // the C interface names it\n");
    let _ = writeln!(
        out,
        "pub extern \"C\" fn RUMP_VOP_{upper}({}) -> core::ffi::c_int {{",
        parameters.join(", ")
    );
    let _ = writeln!(out, "    let arguments = [{}];", slots.join(", "));
    let _ =
        writeln!(out, "    enter_vnode_operation(VnodeOperation::{}, &arguments)\n}}\n", camel_case(&upper));
    out
}

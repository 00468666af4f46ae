//! The table of system calls as Rust: numbers, rows, typed arguments.

use std::fmt::Write;

use super::rust_names::{camel_case, constant, from_slot, identifier, plain_type};
use crate::{Body, Kind, Master, Prototype, Row};

/// A Rust source for the kernel core, to be `include!`d into a module. It needs `crate::user_memory::UserAddress`,
/// which is `Copy + Debug` and has `new(u64)`.
///
/// - `number::NAME`: the number of every call that has a prototype.
/// - `Row`, `Kind`, `ROWS`: what is known of each number; `ROWS[number].number == number`.
/// - `NameArguments`: the arguments of every current or exported call that has any, `from_slots(&[u64])`.
pub fn rust_system_calls(master: &Master) -> String {
    let rows = master.kernel_rows();
    let mut out = String::from("use crate::user_memory::UserAddress;\n\n");
    numbers(&mut out, &rows);
    out.push_str(TYPES);
    table(&mut out, &rows);
    out.push_str(SLOT);
    for row in &rows {
        argument_structure(&mut out, row, &rows);
    }
    out
}

const TYPES: &str = r"
/// What becomes of a system call number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A call of today.
    Standard,
    /// A call whose result is a plain value: errno stays as it is.
    NoError,
    /// Passes its arguments on to the call that the first one names.
    Indirect,
    /// A module from outside provides it.
    External,
    /// As the release `n.n` had it; 43 is 4.3BSD.
    Compat(u8),
    /// Left out of this system.
    Excluded,
    /// Succeeds without doing anything.
    Ignored,
    /// Was a call once.
    Obsolete,
    /// Never was a call.
    Unimplemented,
}

/// What is known of one system call number.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The number.
    pub number: usize,
    /// NetBSD's name (`open`, `__stat50`); for numbers without a call, what it was for, or empty.
    pub name: &'static str,
    /// The symbol of the application's entry point.
    pub symbol: Option<&'static str>,
    /// What becomes of it.
    pub kind: Kind,
}
";

const SLOT: &str = r"
/// A slot of the caller's arguments; those that it did not pass read as 0.
fn slot(slots: &[u64], index: usize) -> u64 {
    slots.get(index).copied().unwrap_or(0)
}
";

fn numbers(out: &mut String, rows: &[&Row]) {
    out.push_str("/// The number of every system call.\npub mod number {\n");
    for row in rows {
        if let (Some(name), Some(system_call)) = (constant(row, rows), row.system_call_name()) {
            let _ = writeln!(out, "    /// `{system_call}`");
            let _ = writeln!(out, "    pub const {name}: usize = {};", row.number);
        }
    }
    out.push_str("}\n");
}

fn table(out: &mut String, rows: &[&Row]) {
    let _ =
        writeln!(out, "\n/// All numbers in ascending order.\npub static ROWS: [Row; {}] = [", rows.len());
    for row in rows {
        let name = match &row.body {
            Body::Prototype(_) => row.system_call_name().unwrap_or_default(),
            Body::Comment(comment) => comment.clone(),
        };
        let symbol = row.symbol();
        let kind = kind(row.kind);
        let number = row.number;
        let _ = writeln!(
            out,
            "    Row {{ number: {number}, name: {name:?}, symbol: {symbol:?}, kind: {kind} }},"
        );
    }
    out.push_str("];\n");
}

fn kind(kind: Kind) -> String {
    match kind {
        Kind::Standard | Kind::NoDefinition | Kind::NoArguments => "Kind::Standard".to_owned(),
        other => format!("Kind::{other:?}"),
    }
}

fn argument_structure(out: &mut String, row: &Row, rows: &[&Row]) {
    let (Some(prototype), Some(constant)) = (row.prototype(), constant(row, rows)) else { return };
    let current = matches!(row.kind, Kind::Standard | Kind::NoError | Kind::NoDefinition);
    let fields: Vec<_> =
        prototype.arguments.iter().enumerate().filter(|(_, argument)| !argument.is_padding()).collect();
    if fields.is_empty() || !(current || row.rump) {
        return;
    }
    let name = camel_case(&constant);
    let _ = writeln!(out, "\n/// The arguments of system call {}, `{}`.", row.number, declaration(prototype));
    let _ = writeln!(out, "#[derive(Clone, Copy, Debug)]\npub struct {name}Arguments {{");
    for (_, argument) in &fields {
        let field_type = plain_type(argument.c_type.representation());
        let _ = writeln!(out, "    /// `{}`", argument.c_type);
        let _ = writeln!(out, "    pub {}: {field_type},", identifier(&argument.name));
    }
    let _ = writeln!(out, "}}\n\nimpl {name}Arguments {{");
    out.push_str("    /// Reads the arguments from the slots that the caller passed.\n");
    out.push_str("    pub fn from_slots(slots: &[u64]) -> Self {\n        Self {\n");
    for (index, argument) in &fields {
        let value = from_slot(*index, argument.c_type.representation());
        let _ = writeln!(out, "            {}: {value},", identifier(&argument.name));
    }
    out.push_str("        }\n    }\n}\n");
}

/// The prototype as C programmers know it.
fn declaration(prototype: &Prototype) -> String {
    let visible = prototype.arguments.iter().filter(|argument| !argument.is_padding());
    let names: Vec<_> = visible.map(|argument| argument.name.as_str()).collect();
    format!("{}({})", prototype.external_name(), names.join(", "))
}

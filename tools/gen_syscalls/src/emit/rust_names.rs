//! Names and conversions that the Rust emitters share.

use crate::{CType, Kind, Representation, Row};

/// The constant of a call's number: its name in upper case, without leading underscores (`STAT50`,
/// `COMPAT_50_STAT30`) unless another call has that name already (`SYSCALL`, `__SYSCALL`).
pub(super) fn constant(row: &Row, rows: &[&Row]) -> Option<String> {
    let full = row.system_call_name()?.to_uppercase();
    let trimmed = trim(&full, row.kind);
    let taken = rows.iter().any(|other| {
        other.number != row.number
            && other.system_call_name().is_some_and(|name| name.to_uppercase() == trimmed)
    });
    Some(if taken { full } else { trimmed })
}

fn trim(full: &str, kind: Kind) -> String {
    match kind {
        Kind::Compat(release) => {
            let prefix = format!("COMPAT_{release:02}_");
            let name = full.strip_prefix(&prefix).unwrap_or(full);
            format!("{prefix}{}", name.trim_start_matches('_'))
        }
        _ => full.trim_start_matches('_').to_owned(),
    }
}

/// `Stat50` from `STAT50`.
pub(super) fn camel_case(constant: &str) -> String {
    let mut name = String::new();
    for part in constant.split('_').filter(|part| !part.is_empty()) {
        name.push_str(&part[..1]);
        name.push_str(&part[1..].to_lowercase());
    }
    name
}

/// An argument's name, escaped where it is a keyword of Rust.
pub(super) fn identifier(name: &str) -> String {
    if matches!(name, "in" | "type" | "where" | "fn" | "mod" | "ref" | "move" | "match" | "use" | "loop") {
        format!("r#{name}")
    } else {
        name.to_owned()
    }
}

/// The type of a parameter of an `extern "C"` function.
pub(super) fn parameter_type(c_type: &CType) -> &'static str {
    match c_type.representation() {
        Representation::Pointer { to_character: true, to_constant: true } => "*const core::ffi::c_char",
        Representation::Pointer { to_character: true, to_constant: false } => "*mut core::ffi::c_char",
        Representation::Pointer { to_character: false, to_constant: true } => "*const core::ffi::c_void",
        Representation::Pointer { to_character: false, to_constant: false } => "*mut core::ffi::c_void",
        Representation::Signed32 if c_type.as_str() == "int" => "core::ffi::c_int",
        other => plain_type(other),
    }
}

/// The type of a value without its C name; pointers as addresses of user memory.
pub(super) fn plain_type(representation: Representation) -> &'static str {
    match representation {
        Representation::Void => "()",
        Representation::Bool => "bool",
        Representation::Signed32 => "i32",
        Representation::Unsigned32 => "u32",
        Representation::Signed64 => "i64",
        Representation::Unsigned64 => "u64",
        Representation::SignedSize => "isize",
        Representation::UnsignedSize => "usize",
        Representation::Pointer { .. } => "UserAddress",
    }
}

/// The expression that makes a slot of a parameter.
pub(super) fn to_slot(name: &str, c_type: &CType) -> String {
    let name = identifier(name);
    match c_type.representation() {
        Representation::Signed32 => format!("{name} as i64 as u64"),
        Representation::Unsigned32 | Representation::Bool => format!("u64::from({name})"),
        Representation::Unsigned64 => name,
        _ => format!("{name} as u64"),
    }
}

/// The expression that makes a typed value of a slot.
pub(super) fn from_slot(index: usize, representation: Representation) -> String {
    match representation {
        Representation::Pointer { .. } => format!("UserAddress::new(slot(slots, {index}))"),
        Representation::Bool => format!("slot(slots, {index}) != 0"),
        Representation::Unsigned64 => format!("slot(slots, {index})"),
        other => format!("slot(slots, {index}) as {}", plain_type(other)),
    }
}

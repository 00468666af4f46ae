//! The repository's tables against facts that were read off the reference system: tests/facts/.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use gen_syscalls::{
    Argument, Body, Direction, Disposition, LockState, Master, VnodeArgument, VnodeInterface, parse_master,
    parse_vnode_if,
};

const SYSTEM_CALLS: &str = include_str!("facts/syscalls.tsv");
const NAMES: &str = include_str!("facts/system_call_names.tsv");
const ENTRIES: &str = include_str!("facts/system_call_entries.tsv");
const ENTRY_SYMBOLS: &str = include_str!("facts/entry_symbols.txt");
const VNODE_OPERATIONS: &str = include_str!("facts/vnode_operations.tsv");

fn read(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn master() -> Master {
    parse_master("syscalls.master", &read("syscalls.master")).unwrap_or_else(|error| panic!("{error}"))
}

fn interface() -> VnodeInterface {
    parse_vnode_if("vnode_if.src", &read("vnode_if.src")).unwrap_or_else(|error| panic!("{error}"))
}

fn or_dash(text: Option<&str>) -> &str {
    text.filter(|text| !text.is_empty()).unwrap_or("-")
}

fn spell_argument(argument: &Argument) -> String {
    let dots = if argument.variadic { "... " } else { "" };
    let space = if argument.c_type.as_str().ends_with('*') { "" } else { " " };
    let array = argument.array.as_ref().map(|bound| format!("[{bound}]")).unwrap_or_default();
    format!("{dots}{}{space}{}{array}", argument.c_type, argument.name)
}

/// A row in the columns of facts/syscalls.tsv: number, kind, condition, module, RUMP, symbol, then the comment, or
/// return type, prefix, version, name, alias and arguments.
fn render_rows(master: &Master) -> Vec<String> {
    let render = |row: &gen_syscalls::Row| {
        let condition = row.branches.first().map(|branch| branch.condition.to_string());
        let symbol = row.symbol();
        let rump = if row.rump { "RUMP" } else { "-" };
        let number = row.number.to_string();
        let kind = row.kind.word();
        let mut columns = vec![
            number.as_str(),
            &kind,
            or_dash(condition.as_deref()),
            or_dash(row.module.as_deref()),
            rump,
            or_dash(symbol.as_deref()),
        ];
        let arguments;
        match &row.body {
            Body::Comment(comment) => columns.push(or_dash(Some(comment))),
            Body::Prototype(prototype) => {
                let spelled: Vec<_> = prototype.arguments.iter().map(spell_argument).collect();
                arguments = spelled.join("; ");
                columns.extend([
                    prototype.returns.as_str(),
                    &prototype.prefix,
                    or_dash(Some(&prototype.version)),
                    &prototype.name,
                    or_dash(prototype.alias.as_deref()),
                    or_dash(Some(&arguments)),
                ]);
            }
        }
        columns.join("\t")
    };
    master.rows.iter().map(render).collect()
}

#[test]
fn every_row_is_the_reference_systems() {
    let master = master();
    let found = render_rows(&master);
    let expected: Vec<_> = SYSTEM_CALLS.lines().collect();
    for (row, (found, expected)) in master.rows.iter().zip(found.iter().zip(&expected)) {
        assert_eq!(found, expected, "syscalls.master:{}", row.line);
    }
    assert_eq!(found.len(), expected.len());
    assert_eq!(found.len(), 488);
}

#[test]
fn each_number_has_one_row_in_the_kernel() {
    let master = master();
    let numbers: Vec<_> = master.kernel_rows().iter().map(|row| row.number).collect();
    assert_eq!(numbers, (0..=482).collect::<Vec<_>>());
}

#[test]
fn the_other_branch_of_each_condition_has_the_other_row() {
    let master = master();
    let rows = master.rows_under(&["_KERNEL_OPT"]);
    let name = |number: usize| rows.iter().find(|row| row.number == number).unwrap().system_call_name();
    assert_eq!(name(169).as_deref(), Some("compat_10_osemsys"));
    assert_eq!(name(176), None);
    assert_eq!(rows.len(), 483);
    let with_clock = master.rows_under(&["_KERNEL_OPT", "NTP"]);
    assert!(with_clock[448].system_call_name().is_some());
}

#[test]
fn names_are_formed_as_in_sys_syscall_h() {
    let expected: BTreeMap<usize, &str> = NAMES
        .lines()
        .map(|line| line.split_once('\t').unwrap())
        .map(|(number, name)| (number.parse().unwrap(), name))
        .collect();
    let master = master();
    for row in master.kernel_rows() {
        let found = row.system_call_name();
        assert_eq!(found.as_deref(), expected.get(&row.number).copied(), "syscalls.master:{}", row.line);
    }
}

#[test]
fn the_table_for_c_code_is_the_reference_systems() {
    let master = master();
    let rows = master.kernel_rows();
    let emitted = gen_syscalls::emit::rust_system_call_entries(&master);
    let found: Vec<_> = emitted.lines().filter(|line| line.contains("::new(")).collect();
    assert_eq!(found.len(), ENTRIES.lines().count());
    for (found, line) in found.iter().zip(ENTRIES.lines()) {
        let columns: Vec<usize> = line.split('\t').map(|column| column.parse().unwrap()).collect();
        let [number, arguments, bytes] = columns[..] else { panic!("{line}") };
        assert_eq!(8 * arguments, bytes, "{line}");
        let is_call = rows.iter().any(|row| row.number == number && row.rump);
        let flags = if is_call { "0x0" } else { "0x2000000" };
        assert_eq!(*found, format!("    SystemCallEntry::new({arguments}, {flags}, row::<{number}>),"));
    }
}

#[test]
fn entry_points_are_those_of_the_reference_library() {
    let master = master();
    let symbols: Vec<_> = master.kernel_rows().iter().filter_map(|row| row.symbol()).collect();
    let found: BTreeSet<_> = symbols.iter().map(String::as_str).collect();
    assert_eq!(found.len(), symbols.len(), "a symbol stands twice");
    assert_eq!(found, ENTRY_SYMBOLS.lines().collect());
    let exported = read("abi/librump.exports");
    let exported = exported
        .lines()
        .filter(|symbol| symbol.starts_with("rump___sysimpl_") || *symbol == "rump_sys_pipe")
        .collect();
    assert_eq!(found, exported);
}

fn letter(state: LockState) -> char {
    match state {
        LockState::Locked => 'L',
        LockState::Unlocked => 'U',
        LockState::NotApplicable => '-',
        LockState::Unchanged => '=',
        LockState::LockedIfPresent => 'X',
    }
}

fn spell_vnode_argument(argument: &VnodeArgument) -> String {
    let direction = match argument.direction {
        Direction::In => "IN",
        Direction::Out => "OUT",
        Direction::InOut => "INOUT",
    };
    let locked = match argument.locked {
        Some(true) => " LOCKED=YES",
        Some(false) => " LOCKED=NO",
        None => "",
    };
    let disposition = match argument.disposition {
        Disposition::Kept => "",
        Disposition::Released => " WILLRELE",
        Disposition::Put => " WILLPUT",
        Disposition::Unlocked => " WILLUNLOCK",
        Disposition::Made => " WILLMAKE",
    };
    let space = if argument.c_type.as_str().ends_with('*') { "" } else { " " };
    format!("{direction}{locked}{disposition} {}{space}{}", argument.c_type, argument.name)
}

#[test]
fn every_vnode_operation_is_the_reference_systems() {
    let interface = interface();
    let found: Vec<_> = interface
        .operations
        .iter()
        .map(|operation| {
            let locks: Vec<_> = operation
                .locks
                .iter()
                .map(|rule| {
                    let states = [rule.before, rule.after_success, rule.after_error].map(letter);
                    format!("{}:{}", rule.argument, String::from_iter(states))
                })
                .collect();
            let lookups: Vec<_> =
                operation.lookups.iter().map(|rule| format!("{} {}", rule.argument, rule.flags)).collect();
            let arguments: Vec<_> = operation.arguments.iter().map(spell_vnode_argument).collect();
            let (locks, lookups) = (locks.join(" "), lookups.join("; "));
            let (locks, lookups) = (or_dash(Some(&locks)), or_dash(Some(&lookups)));
            format!("{}\t{}\t{locks}\t{lookups}\t{}", operation.name, operation.version, arguments.join("; "))
        })
        .collect();
    assert_eq!(found, VNODE_OPERATIONS.lines().collect::<Vec<_>>());
    assert_eq!(found.len(), 49);
}

#[test]
fn each_vnode_operation_is_exported() {
    let interface = interface();
    let found: BTreeSet<_> = interface
        .operations
        .iter()
        .map(|operation| format!("RUMP_VOP_{}", operation.name.to_uppercase()))
        .collect();
    let exported = read("abi/librumpvfs.exports");
    let exported: BTreeSet<_> =
        exported.lines().filter(|symbol| symbol.starts_with("RUMP_VOP_")).map(str::to_owned).collect();
    assert_eq!(found, exported);
}

//! What the emitters write for small tables that hold every feature of the formats.

use gen_syscalls::emit::{self, Status};
use gen_syscalls::{Master, VnodeInterface, parse_master, parse_vnode_if};

fn master() -> Master {
    parse_master("small.master", include_str!("small.master")).unwrap()
}

fn interface() -> VnodeInterface {
    parse_vnode_if("small.vnode_if.src", include_str!("small.vnode_if.src")).unwrap()
}

#[test]
fn model_of_the_table() {
    insta::assert_debug_snapshot!(master());
}

#[test]
fn model_of_the_vnode_interface() {
    insta::assert_debug_snapshot!(interface());
}

#[test]
fn rust_system_calls() {
    insta::assert_snapshot!(emit::rust_system_calls(&master()));
}

#[test]
fn rust_system_call_entries() {
    let emitted = emit::rust_system_call_entries(&master());
    assert_eq!(emitted.lines().count(), 512 + 2);
    insta::assert_snapshot!(emitted.lines().take(16).collect::<Vec<_>>().join("\n"));
}

#[test]
fn rust_stubs() {
    insta::assert_snapshot!(emit::rust_stubs(&master()));
}

#[test]
fn rust_vnode_operations() {
    insta::assert_snapshot!(emit::rust_vnode_operations(&interface()));
}

#[test]
fn rust_vnode_stubs() {
    insta::assert_snapshot!(emit::rust_vnode_stubs(&interface()));
}

#[test]
fn rust_vnode_tables() {
    insta::assert_snapshot!(emit::rust_vnode_tables(&interface()));
}

#[test]
fn c_headers() {
    insta::assert_snapshot!("c_system_calls_header", emit::c_system_calls_header(&master()));
    insta::assert_snapshot!("c_vnode_header", emit::c_vnode_header(&interface()));
    insta::assert_snapshot!("c_vnode_tables_header", emit::c_vnode_tables_header(&interface()));
}

#[test]
fn documentation() {
    let status = |row: &gen_syscalls::Row| match row.number % 3 {
        0 => Status::Supported,
        1 => Status::Partial("only a | b".to_owned()),
        _ => Status::Unsupported(String::new()),
    };
    insta::assert_snapshot!(emit::documentation(&master(), &status));
}

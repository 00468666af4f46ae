//! Each departure from the formats is named with file, line and column.

use gen_syscalls::{parse_master, parse_vnode_if};

fn master_error(text: &str) -> String {
    match parse_master("m", text) {
        Ok(_) => format!("accepted: {text:?}"),
        Err(error) => error.to_string(),
    }
}

fn vnode_error(text: &str) -> String {
    match parse_vnode_if("v", text) {
        Ok(_) => format!("accepted: {text:?}"),
        Err(error) => error.to_string(),
    }
}

/// Text after `%%` and what is wrong with it; line 1 is `%%`.
const ROWS: &[(&str, &str)] = &[
    ("x", "m:2:1: expected a system call number, a comment or a directive, found `x`"),
    ("1\tUNIMPL\n", "m:2:1: expected system call number 0, found `1`"),
    ("0\tUNIMPL\n0\tUNIMPL\n", "m:3:1: expected system call number 1, found `0`"),
    (
        "0\tUNIMPL\n99999999999999999999999\tUNIMPL\n",
        "m:3:1: expected system call number 1, found `99999999999999999999999`",
    ),
    ("0x\tUNIMPL\n", "m:2:1: expected system call number 0, found `0x`"),
    ("0", "m:2:2: expected the kind of the system call, as STD or OBSOL, found the end of the file"),
    ("0\tSDT\n", "m:2:3: expected the kind of the system call, as STD or OBSOL, found `SDT`"),
    ("0\tCOMPAT_5\n", "m:2:3: expected the kind of the system call, as STD or OBSOL, found `COMPAT_5`"),
    ("0\tCOMPAT_999\n", "m:2:3: expected the kind of the system call, as STD or OBSOL, found `COMPAT_999`"),
    ("0\tCOMPAT_+5\n", "m:2:3: expected the kind of the system call, as STD or OBSOL, found `COMPAT_`"),
    ("0\tSTD\n", "m:2:6: expected `{`, found the end of the line"),
    ("0\tSTD RUMP MODULAR m { }\n", "m:2:12: expected `{`, found `MODULAR`"),
    ("0\tSTD MODULAR { }\n", "m:2:15: expected the name of a module, found `{`"),
    ("0\tSTD { |sys||f(void); }\n", "m:2:9: expected a C type, found `|`"),
    ("0\tSTD { foo_t|sys||f(void); }\n", "m:2:9: expected a C type of known size, found `foo_t`"),
    ("0\tSTD { struct s|sys||f(void); }\n", "m:2:9: expected a C type of known size, found `struct s`"),
    ("0\tSTD { int sys||f(void); }\n", "m:2:9: expected a C type of known size, found `int sys`"),
    ("0\tSTD { int|sys|f(void); }\n", "m:2:17: expected `|`, found `f`"),
    ("0\tSTD { int|sys||(void); }\n", "m:2:18: expected the name of the system call, found `(`"),
    ("0\tSTD { int|sys||f; }\n", "m:2:19: expected `(`, found `;`"),
    ("0\tSTD { int|sys||f(); }\n", "m:2:20: expected an argument, found `)`"),
    ("0\tSTD { int|sys||f(int); }\n", "m:2:23: expected the argument's name, found `)`"),
    ("0\tSTD { int|sys||f(char *); }\n", "m:2:26: expected the argument's name, found `)`"),
    ("0\tSTD { int|sys||f(void v); }\n", "m:2:20: expected a type that has a value, found `void`"),
    (
        "0\tSTD { int|sys||f(int a, \\\n  foo_t b); }\n",
        "m:3:3: expected a C type of known size, found `foo_t`",
    ),
    ("0\tSTD { int|sys||f(int a,); }\n", "m:2:26: expected an argument, found `)`"),
    ("0\tSTD { int|sys||f(int a[3); }\n", "m:2:27: expected `]`, found `)`"),
    ("0\tSTD { int|sys||f(int a;); }\n", "m:2:25: expected `,` or `)`, found `;`"),
    ("0\tSTD { int|sys||f(int a,\nint b); }\n", "m:2:26: expected an argument, found the end of the line"),
    ("0\tSTD { int|sys||f(void) }\n", "m:2:26: expected `;`, found `}`"),
    ("0\tSTD { int|sys||f(void);\n", "m:2:26: expected `}`, found the end of the line"),
    ("0\tSTD { int|sys||f(void); } g h\n", "m:2:31: expected the end of the line, found `h`"),
    ("0\tSTD { int|sys||f(void); \\", "m:2:27: expected `}`, found `\\\\`"),
    (
        "#if defined(A)\n",
        "m:3:1: expected `#endif` for `#if defined(A)` of line 2, found the end of the file",
    ),
    ("#else\n", "m:2:1: expected an open `#if` before it, found `#else`"),
    ("#ifdef A\n#else\n#else\n", "m:4:1: expected an open `#if` before it, found `#else`"),
    ("#endif\n", "m:2:1: expected an open `#if` before it, found `#endif`"),
    ("#ifdef\n", "m:2:7: expected the name of a definition, found the end of the line"),
    ("#if A\n", "m:2:5: expected `defined`, found `A`"),
    ("#if defined(A\n", "m:2:14: expected `)`, found the end of the line"),
    ("#if defined(A) |\n", "m:2:16: expected the end of the line, found `|`"),
    ("#if defined(A) ||\n", "m:2:18: expected `defined`, found the end of the line"),
    ("#include here\n", "m:2:10: expected the name of a header in quotes or angle brackets, found `here`"),
    ("#pragma\n", "m:2:1: expected #if, #ifdef, #ifndef, #else, #endif or #include, found `#pragma`"),
];

#[test]
fn rows() {
    for (text, expected) in ROWS {
        assert_eq!(master_error(&format!("%%\n{text}")), *expected);
    }
}

#[test]
fn preamble() {
    assert_eq!(master_error(""), "m:1:1: expected a comment, `#include` or `%%`, found the end of the file");
    assert_eq!(master_error("; c\n0\n"), "m:2:1: expected a comment, `#include` or `%%`, found `0`");
    assert_eq!(master_error("%% 0\n"), "m:1:4: expected the end of the line, found `0`");
    assert_eq!(master_error("\u{e9}"), "m:1:1: expected a comment, `#include` or `%%`, found `\\u{e9}`");
}

/// A text and what is wrong with it.
const OPERATIONS: &[(&str, &str)] = &[
    ("x", "v:1:1: expected a comment or `vop_` and the name of an operation, found `x`"),
    ("vop_ {\n};\n", "v:1:1: expected a new operation, found `vop_`"),
    ("vop_a {\n};\nvop_a {\n};\n", "v:3:1: expected a new operation, found `vop_a`"),
    ("vop_a\nIN", "v:2:1: expected `{`, found `IN`"),
    ("vop_a {\n\tVERSION two\n};\n", "v:2:10: expected a version number, found `two`"),
    ("vop_a {\n\tVERSION 2 3\n};\n", "v:2:12: expected the end of the line, found `3`"),
    ("vop_a {\n\tint a;\n};\n", "v:2:2: expected `IN`, `OUT`, `INOUT` or `}`, found `int`"),
    ("vop_a {\n\tIN int a;\n", "v:3:1: expected `IN`, `OUT`, `INOUT` or `}`, found the end of the file"),
    ("vop_a {\n\tIN LOCKED=MAYBE struct vnode *a;\n};\n", "v:2:12: expected `YES` or `NO`, found `MAYBE`"),
    (
        "vop_a {\n\tIN WILLGO struct vnode *a;\n};\n",
        "v:2:5: expected `WILLRELE`, `WILLPUT`, `WILLUNLOCK` or `WILLMAKE`, found `WILLGO`",
    ),
    ("vop_a {\n\tIN foo_t a;\n};\n", "v:2:5: expected a C type of known size, found `foo_t`"),
    ("vop_a {\n\tIN int;\n};\n", "v:2:8: expected the argument's name, found `;`"),
    ("vop_a {\n\tIN int a\n};\n", "v:2:10: expected `;`, found the end of the line"),
    ("vop_a {\n}\n", "v:2:2: expected `;`, found the end of the line"),
    ("#% a\n", "v:1:5: expected the name of an argument, found the end of the line"),
    ("#% a vp L U\n", "v:1:12: expected the lock after an error: L, U, -, = or X, found the end of the line"),
    ("#% a vp L Q U\n", "v:1:11: expected the lock after success: L, U, -, = or X, found `Q`"),
    ("#% a vp LL U U\n", "v:1:9: expected the lock on entry: L, U, -, = or X, found `LL`"),
    ("#% a vp L L L L\n", "v:1:15: expected the end of the line, found `L`"),
    ("#! a cnp\n", "v:1:9: expected the flags of the lookup, found the end of the line"),
    ("#% a vp L L L\n", "v:1:3: expected an operation after its rules, found none"),
    ("#! a cnp\tX\n#% a vp L L L\n", "v:1:3: expected an operation after its rules, found none"),
    ("#% b vp L L L\nvop_a {\n};\n", "v:1:3: expected a rule about `a`, which follows, found `b`"),
    ("#% a vp L L L\nvop_a {\n};\n", "v:1:3: expected an argument of `a`, found `vp`"),
    ("#! a cnp\tX\nvop_a {\n};\n", "v:1:3: expected an argument of `a`, found `cnp`"),
    (
        "#% a vp U L L\nvop_a {\n\tIN LOCKED=YES struct vnode *vp;\n};\n",
        "v:1:3: expected `L` on entry, as LOCKED=YES says, found Unlocked",
    ),
    (
        "#% a vp X L L\nvop_a {\n\tIN LOCKED=NO struct vnode *vp;\n};\n",
        "v:1:3: expected `U` on entry, as LOCKED=NO says, found LockedIfPresent",
    ),
];

#[test]
fn operations() {
    for (text, expected) in OPERATIONS {
        assert_eq!(vnode_error(text), *expected);
    }
}

/// Whatever the tables say when a piece of them is lost or doubled, the parsers answer and do not panic, and what
/// they accept can be written out.
#[test]
fn damaged_tables_do_not_panic() {
    let small = include_str!("small.master");
    let vnodes = include_str!("small.vnode_if.src");
    let mut accepted = 0;
    for start in 0..small.len() {
        for length in [1, 2, 7] {
            let end = (start + length).min(small.len());
            let lost = format!("{}{}", &small[..start], &small[end..]);
            let doubled = format!("{}{}", &small[..end], &small[start..]);
            for text in [lost, doubled] {
                if let Ok(master) = parse_master("m", &text) {
                    accepted += 1;
                    assert!(gen_syscalls::emit::rust_stubs(&master).len() > 100);
                }
            }
        }
    }
    for start in 0..vnodes.len() {
        let lost = format!("{}{}", &vnodes[..start], &vnodes[start + 1..]);
        if let Ok(interface) = parse_vnode_if("v", &lost) {
            accepted += 1;
            assert!(gen_syscalls::emit::rust_vnode_stubs(&interface).len() > 100);
        }
    }
    assert!(accepted > 100);
}

/// Long runs in the text must not become deep recursion.
#[test]
fn long_runs_do_not_overflow_the_stack() {
    let negations = format!("%%\n#if {}defined(A)\n#endif\n", "!".repeat(1_000_000));
    assert!(parse_master("m", &negations).is_ok());
    let parts = format!("%%\n#if defined(A){}\n#endif\n", " && defined(B) || defined(C)".repeat(100_000));
    assert!(parse_master("m", &parts).is_ok());
    let stars = format!("%%\n0\tSTD {{ int|sys||f(int {}a); }}\n", "*".repeat(100_000));
    assert!(parse_master("m", &stars).is_ok());
}

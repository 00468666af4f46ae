//! The C headers in include/rump: fresh, complete, and clean for the compilers of C and C++.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

use gen_syscalls::{Kind, emit, parse_master, parse_vnode_if};

/// All headers of the interface to applications, in no particular order: each must stand alone.
const HEADERS: &[&str] = &[
    "netbsd_structs.h",
    "rump.h",
    "rump_component.h",
    "rump_faction.h",
    "rump_namei.h",
    "rump_syscalls.h",
    "rump_syscalls_compat.h",
    "rump_syscallshotgun.h",
    "rump_types.h",
    "rump_vnode_data.h",
    "rumpclient.h",
    "rumpdefs.h",
    "rumperr.h",
    "rumperrno2host.h",
    "rumpfs.h",
    "rumpkern_if_pub.h",
    "rumpnet_if_pub.h",
    "rumpvfs_if_pub.h",
    "rumpvnode_args.h",
    "rumpvnode_if.h",
];

/// The two languages: compiler, variable that names another, options.
const LANGUAGES: [(&str, &str, &[&str]); 2] =
    [("cc", "CC", &["-x", "c", "-std=c99"]), ("c++", "CXX", &["-x", "c++", "-std=c++17"])];

const DEFINITIONS: &str = include_str!("facts/rumpdefs.tsv");

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap()
}

/// A folder of the test's own for sources and objects.
fn folder(test: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("c_headers").join(test);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Compiles `source` with `options`, which say what to make of it; fails with the compiler's words.
fn compile((compiler, variable, language): (&str, &str, &[&str]), source: &Path, options: &[&str]) {
    let output = Command::new(env::var_os(variable).unwrap_or_else(|| compiler.into()))
        .args(language)
        .args(["-Wall", "-Wextra", "-Werror", "-I"])
        .arg(root().join("include"))
        .args(options)
        .arg(source)
        .output()
        .unwrap();
    assert_success(source, &output);
}

fn assert_success(what: &Path, output: &Output) {
    assert!(output.status.success(), "{}: {}", what.display(), String::from_utf8_lossy(&output.stderr));
}

#[test]
fn generated_headers_are_fresh() {
    let master = parse_master("syscalls.master", &read("syscalls.master")).unwrap();
    let interface = parse_vnode_if("vnode_if.src", &read("vnode_if.src")).unwrap();
    let advice = "run `cargo run -p gen_syscalls -- --write`";
    assert!(read("include/rump/rump_syscalls.h") == emit::c_system_calls_header(&master), "{advice}");
    assert!(read("include/rump/rumpvnode_if.h") == emit::c_vnode_header(&interface), "{advice}");
}

#[test]
fn each_header_stands_alone() {
    let folder = folder("alone");
    for header in HEADERS {
        let source = folder.join(format!("{header}.source"));
        // Twice: the second time must add nothing.
        fs::write(&source, format!("#include <rump/{header}>\n#include <rump/{header}>\nint unit;\n"))
            .unwrap();
        for language in LANGUAGES {
            compile(language, &source, &["-fsyntax-only"]);
        }
    }
}

#[test]
fn all_headers_stand_together() {
    let folder = folder("together");
    let forwards: String = HEADERS.iter().map(|header| format!("#include <rump/{header}>\n")).collect();
    let backwards: String =
        HEADERS.iter().rev().map(|header| format!("#include <rump/{header}>\n")).collect();
    let hosts = "#define _GNU_SOURCE 1\n#include <dirent.h>\n#include <errno.h>\n#include <fcntl.h>\n\
                 #include <net/if.h>\n#include <netinet/in.h>\n#include <poll.h>\n#include <sys/stat.h>\n\
                 #include <sys/statvfs.h>\n#include <sys/un.h>\n#include <time.h>\n#include <unistd.h>\n";
    for (name, text) in [
        ("forwards", format!("{forwards}int unit;\n")),
        ("backwards", format!("{backwards}int unit;\n")),
        (
            "after_the_hosts",
            format!("{}{forwards}int unit;\n", hosts.replace("_GNU_SOURCE 1", "_GNU_SOURCE")),
        ),
        ("before_the_hosts", format!("#define _GNU_SOURCE\n{backwards}{}int unit;\n", &hosts[22..])),
    ] {
        let source = folder.join(name);
        fs::write(&source, text).unwrap();
        for (compiler, variable, language) in LANGUAGES {
            let options: &[&str] =
                if compiler == "c++" { &["-fsyntax-only", "-U_GNU_SOURCE"] } else { &["-fsyntax-only"] };
            compile((compiler, variable, language), &source, options);
        }
    }
}

#[test]
fn the_shotgun_reaches_every_group() {
    let source = folder("shotgun").join("shotgun");
    let groups = ["NETWORKING", "IOCTL", "CLOSE", "OPEN", "READWRITE", "FILEOPS", "STAT", "PROCOPS"];
    let mut text = String::from("#define _GNU_SOURCE\n");
    for group in groups {
        let _ = writeln!(text, "#define RUMP_SYS_{group}");
    }
    text.push_str(
        "#include <rump/rump.h>\n#include <rump/rump_syscalls.h>\n\
         int use(int descriptor, struct stat *attributes, char *bytes);\n\
         int use(int descriptor, struct stat *attributes, char *bytes)\n{\n\
         \tif (open(\"/f\", RUMP_O_RDWR) == -1 || fcntl(descriptor, 1, 2) || ioctl(descriptor, 3))\n\t\treturn 1;\n\
         \tif (stat(\"/f\", attributes) || socket(2, 1, 0) || mkdir(\"/d\", 0755) || getpid() == 1)\n\t\treturn 2;\n\
         \tif (preadv(descriptor, 0, 0, 0) || getdents(descriptor, bytes, 1) || close(descriptor))\n\t\treturn 3;\n\
         \treturn read(descriptor, bytes, 1) == 1;\n}\n",
    );
    fs::write(&source, text).unwrap();
    let object = source.with_extension("o");
    compile(LANGUAGES[0], &source, &["-c", "-o", object.to_str().unwrap()]);
    let undefined = undefined_symbols(&object);
    assert!(undefined.len() > 9 && undefined.iter().all(|symbol| symbol.starts_with("rump___sysimpl_")));
}

fn undefined_symbols(object: &Path) -> BTreeSet<String> {
    let output = Command::new("nm").arg("-u").arg(object).output().unwrap();
    assert_success(object, &output);
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter_map(|line| line.split_whitespace().last()).map(str::to_owned).collect()
}

/// `rump_sys_name` in C and C++ must become the symbol that the library exports.
#[test]
fn calls_are_bound_to_the_entry_points() {
    let master = parse_master("syscalls.master", &read("syscalls.master")).unwrap();
    let rows = master.kernel_rows();
    let current: Vec<_> =
        rows.iter().filter(|row| row.rump && !matches!(row.kind, Kind::Compat(_))).copied().collect();
    let expected: BTreeSet<_> = current.iter().filter_map(|row| row.symbol()).collect();
    assert_eq!(expected.len(), current.len());
    assert!(expected.contains("rump___sysimpl_stat50") && expected.contains("rump_sys_pipe"));
    let mut text = String::from("#include <rump/rump_syscalls.h>\nextern void (*const calls[])(void);\n");
    text.push_str("void (*const calls[])(void) = {\n");
    for row in &current {
        let name = row.prototype().unwrap().external_name();
        let _ = writeln!(text, "\t(void (*)(void))rump_sys_{name},");
    }
    text.push_str("};\n");
    let folder = folder("symbols");
    for (name, language) in ["c", "cxx"].iter().zip(LANGUAGES) {
        let (source, object) = (folder.join(name), folder.join(format!("{name}.o")));
        fs::write(&source, &text).unwrap();
        compile(language, &source, &["-Wno-cast-function-type", "-c", "-o", object.to_str().unwrap()]);
        assert_eq!(undefined_symbols(&object), expected);
    }
}

/// Every definition has the reference's value and type.
#[test]
fn definitions_have_their_values() {
    let mut text = String::from(
        "#include <stdio.h>\n#include <string.h>\n#include <rump/rumpdefs.h>\n\
         #define NUMBER(x, type, value) \\\n\
         \tif (!_Generic((x), type: 1, default: 0) || (x) != (value)) { puts(#x); wrong = 1; }\n\
         #define STRING(x, value) if (strcmp(x, value) != 0) { puts(#x); wrong = 1; }\n\
         int main(void)\n{\n\tint wrong = 0;\n",
    );
    let mut count = 0;
    for line in DEFINITIONS.lines() {
        let columns: Vec<_> = line.split('\t').collect();
        let [name, kind, value] = columns[..] else { panic!("{line}") };
        count += 1;
        let _ = match kind {
            "int" => writeln!(text, "\tNUMBER({name}, int, ({value}))"),
            "uint" => writeln!(text, "\tNUMBER({name}, unsigned int, {value}u)"),
            "ulong" => writeln!(text, "\tNUMBER({name}, unsigned long, {value}ul)"),
            "str" => writeln!(text, "\tSTRING({name}, \"{value}\")"),
            _ => panic!("{line}"),
        };
    }
    assert!(count > 480);
    // Commands of fcntl and ioctl, by the formulas of sys/fcntl.h and sys/ioccom.h.
    text.push_str(
        "\tNUMBER(_RUMP_IOW('i', 12, int[8]), unsigned long, 0x8020690cul)\n\
         \tNUMBER(_RUMP_IO('t', 97), unsigned long, 0x20007461ul)\n\
         \tNUMBER(_RUMP_IOWR('i', 1, char[40]), unsigned long, 0xc0286901ul)\n\
         \tNUMBER(RUMP_IOCGROUP(0x8020690cul), unsigned long, 'i')\n\
         \tNUMBER(RUMP_IOCPARM_LEN(0x8020690cul), unsigned long, 32ul)\n\
         \tNUMBER(RUMP_IOCBASECMD(0x8020690cul), unsigned long, 0x8000690cul)\n\
         \tNUMBER((unsigned int)RUMP__FCNRW(3, long), unsigned int, 0xb0080003u)\n\
         \tNUMBER(RUMP_F_PARAM_LEN(0xb0080003u), unsigned int, 8u)\n\
         \tNUMBER((unsigned int)RUMP__FCNO_FSPRIV('R', 2), unsigned int, 0xc000d202u)\n\
         \tNUMBER(RUMP_KTRFAC_VERSION(0x2000000), int, 2)\n\
         \tNUMBER(RUMP_VBAD, int, 8)\n\
         \treturn wrong;\n}\n",
    );
    let folder = folder("definitions");
    let (source, program) = (folder.join("definitions"), folder.join("definitions.program"));
    fs::write(&source, text).unwrap();
    let language = ("cc", "CC", &["-x", "c", "-std=c11", "-Wno-sign-compare"][..]);
    compile(language, &source, &["-o", program.to_str().unwrap()]);
    let output = Command::new(&program).output().unwrap();
    assert!(output.status.success(), "wrong: {}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn errors_have_words_and_host_numbers() {
    let folder = folder("errors");
    let (source, program) = (folder.join("errors"), folder.join("errors.program"));
    fs::write(
        &source,
        "#include <rump/rumperrno2host.h>\n#include <rump/rumperr.h>\n#include <rump/rumpdefs.h>\n\
         #include <string.h>\nint main(void)\n{\n\tint number, other;\n\
         \tfor (number = 0; number <= RUMP_ELAST; number++)\n\
         \t\tfor (other = number + 1; other <= RUMP_ELAST + 1; other++)\n\
         \t\t\tif (strcmp(rump_strerror(number), rump_strerror(other)) == 0)\n\t\t\t\treturn 1;\n\
         \tif (strcmp(rump_strerror(RUMP_ENOENT), \"No such file or directory\") != 0)\n\t\treturn 2;\n\
         \tif (rump_errno2host(0) != 0 || rump_errno2host(RUMP_EAGAIN) != EAGAIN)\n\t\treturn 3;\n\
         \tif (rump_errno2host(RUMP_ENOSYS) != ENOSYS || rump_errno2host(RUMP_ENOTSUP) != ENOTSUP)\n\t\treturn 4;\n\
         \tif (rump_errno2host(RUMP_EAUTH) != EINVAL || rump_errno2host(-1) != EINVAL)\n\t\treturn 5;\n\
         \treturn 0;\n}\n",
    )
    .unwrap();
    compile(LANGUAGES[0], &source, &["-D_GNU_SOURCE", "-o", program.to_str().unwrap()]);
    let status = Command::new(&program).status().unwrap();
    assert_eq!(status.code(), Some(0));
}

#[test]
fn structures_have_their_layout() {
    let language = ("cc", "CC", &["-x", "c", "-std=c11"][..]);
    compile(language, &root().join("abi/layout.c"), &["-fsyntax-only"]);
}

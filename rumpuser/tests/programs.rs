//! C programs against the headers and the shared library: effects on a whole process, and the ABI itself.

mod support;

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use support::Scratch;

/// The shared library that was built with this test.
fn shared_library() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let directory = test.parent().unwrap();
    [directory.join("librumpuser.so"), directory.join("../librumpuser.so")]
        .into_iter()
        .find(|path| path.exists())
        .expect("the shared library is built next to the tests")
}

fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert_ne!(output.status.code(), Some(99), "a requirement of the program failed: {stderr}");
    assert_ne!(output.status.code(), Some(98), "the program does not know what to do: {stdout}");
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A directory with the library under its run-time name, where programs are compiled.
struct Workshop(Scratch);

impl Workshop {
    fn new(name: &str) -> Self {
        let scratch = Scratch::new(name);
        std::os::unix::fs::symlink(shared_library(), scratch.file("librumpuser.so.0")).unwrap();
        Self(scratch)
    }

    fn compile(&self, source: &str, output: &str, arguments: &[&str]) -> PathBuf {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        let output = self.0.file(output);
        let compiler = Command::new("cc")
            .current_dir(self.0.path())
            .args(["-std=gnu11", "-Wall", "-Werror", "-g", "-pthread", "-L."])
            .arg("-I")
            .arg(package.join("../include"))
            .arg("-o")
            .arg(&output)
            .arg(package.join("tests/programs").join(source))
            .args(arguments)
            .output()
            .unwrap();
        assert!(compiler.status.success(), "{}", text(&compiler.stderr));
        output
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env("LD_LIBRARY_PATH", self.0.path()).env_remove("RUMP_NCPU").env_remove("RUMP_THREADS");
        command
    }

    /// A workshop with the program that makes one hypercall.
    fn with_hypercalls(name: &str) -> (Self, PathBuf) {
        let workshop = Self::new(name);
        let program = workshop.compile("hypercalls.c", "hypercalls", &["-l:librumpuser.so.0"]);
        (workshop, program)
    }
}

#[test]
fn the_headers_ask_to_be_included_by_kernels_and_hosts_only() {
    let include = Path::new(env!("CARGO_MANIFEST_DIR")).join("../include");
    for (definitions, compiles) in [(&[][..], false), (&["-D_KERNEL"][..], true), (&["-DLIBRUMPUSER"], true)]
    {
        let status = Command::new("cc")
            .args(["-fsyntax-only", "-Wall", "-Werror", "-x", "c", "-I"])
            .arg(&include)
            .args(["-include", "stdint.h", "-include", "sys/types.h", "-include", "rump/rumpuser.h"])
            .args(["-include", "rump/rumpuser.h", "/dev/null"])
            .args(definitions)
            .output()
            .unwrap()
            .status;
        assert_eq!(status.success(), compiles, "{definitions:?}");
    }
}

#[test]
fn formatted_messages_are_those_of_printf() {
    let (workshop, program) = Workshop::with_hypercalls("print");
    let output = run(workshop.command(&program).arg("print"));
    let expected = "plain\n\
        -7 7 beef text c %\n\
        -9223372036854775808 18446744073709551615 -1 42\n\
        2.500 1e+100 between -0.2\n\
        1 2 3 4 5 6 7 8 nine\n\
        1 2 3 4 5 6 7 8 9 10 11 12.25 13\n   \
        42|ab    |abc\n";
    assert_eq!(text(&output.stderr), expected);
    assert!(output.stdout.is_empty() && output.status.success());
}

#[test]
fn another_version_is_refused_with_a_message() {
    let (workshop, program) = Workshop::with_hypercalls("version");
    for (version, answer) in [("17", "0 22"), ("16", "22 22"), ("18", "22 22")] {
        let output = run(workshop.command(&program).args(["version", version]));
        assert_eq!(text(&output.stdout), answer);
        assert_eq!(text(&output.stderr).contains(version), version != "17");
    }
}

#[test]
fn the_kernel_ends_its_process_and_its_last_words_are_seen() {
    let (workshop, program) = Workshop::with_hypercalls("exit");
    for code in [0, 7] {
        let output = run(workshop.command(&program).arg("exit").arg(code.to_string()));
        assert_eq!(output.status.code(), Some(code));
        assert_eq!(text(&output.stdout), "console\nhalted\n");
    }
    let output = run(workshop.command(&program).args(["exit", "-1"]));
    assert_eq!(output.status.signal(), Some(libc::SIGABRT));
    assert_eq!(text(&output.stdout), "console\nhalted\n");
}

#[test]
fn signals_arrive_in_this_process_under_the_numbers_of_the_host() {
    let (workshop, program) = Workshop::with_hypercalls("kill");
    for (netbsd, host) in [
        ("10", libc::SIGBUS),
        ("12", libc::SIGSYS),
        ("30", libc::SIGUSR1),
        ("31", libc::SIGUSR2),
        ("9", libc::SIGKILL),
    ] {
        // A process number is the kernel's own; 1 must not be the host's init.
        for process in ["-1", "1"] {
            let output = run(workshop.command(&program).args(["kill", netbsd, process]));
            assert_eq!(output.status.signal(), Some(host), "signal {netbsd} for {process}");
        }
    }
    for (netbsd, answer) in [("0", "0\n"), ("20", "0\n"), ("7", "22\n"), ("29", "22\n"), ("63", "22\n")] {
        let output = run(workshop.command(&program).args(["kill", netbsd]));
        assert_eq!((text(&output.stdout).as_str(), output.status.code()), (answer, Some(0)));
    }
}

#[test]
fn parameters_come_from_the_environment_and_the_host() {
    let (workshop, program) = Workshop::with_hypercalls("parameter");
    let ask = |environment: &[(&str, &str)], name: &str, length: &str| {
        let mut command = workshop.command(&program);
        command.args(["parameter", name, length]).envs(environment.iter().copied());
        text(&run(&mut command).stdout)
    };
    let value = |answer: &str| answer.split(' ').take(2).collect::<Vec<_>>().join(" ");
    assert_eq!(value(&ask(&[], "_RUMPUSER_NCPU", "64")), "0 2");
    assert_eq!(value(&ask(&[("RUMP_NCPU", "13")], "_RUMPUSER_NCPU", "64")), "0 13");
    let cpus = std::thread::available_parallelism().unwrap();
    let host = ask(&[("RUMP_NCPU", "host")], "_RUMPUSER_NCPU", "64");
    let host: usize = host.split(' ').nth(1).unwrap().parse().unwrap();
    assert!(host >= cpus.get());
    assert_eq!(ask(&[], "_RUMPUSER_NCPU", "1"), "34 #");
    assert_eq!(value(&ask(&[], "_RUMPUSER_NCPU", "2")), "0 2");

    let name = ask(&[], "_RUMPUSER_HOSTNAME", "256");
    let (name, process) = name.strip_prefix("0 ").unwrap().rsplit_once(' ').unwrap();
    assert!(name.starts_with(&format!("rump-{:05}.", process.parse::<u32>().unwrap())), "{name}");
    assert_eq!(ask(&[], "_RUMPUSER_HOSTNAME", "6"), "34 #");

    assert_eq!(ask(&[], "_RUMPUSER_OTHER", "64"), "22 #");
    assert_eq!(ask(&[], "RUMP_TEST_UNSET", "64"), "2 #");
    let set = [("RUMP_TEST", "12345")];
    assert_eq!(value(&ask(&set, "RUMP_TEST", "6")), "0 12345");
    assert_eq!(ask(&set, "RUMP_TEST", "5"), "34 #", "the NUL needs room as well");
    assert_eq!(ask(&set, "RUMP_TEST", "0"), "34 #");
}

#[test]
fn block_io_works_without_threads() {
    let (workshop, program) = Workshop::with_hypercalls("threads");
    for (threads, expected) in
        [(None, "other thread\n"), (Some("0"), "same thread\n"), (Some("1"), "other thread\n")]
    {
        let mut command = workshop.command(&program);
        command
            .arg("block_io")
            .arg(workshop.0.file("image"))
            .envs(threads.map(|value| ("RUMP_THREADS", value)));
        let output = run(&mut command);
        assert_eq!(text(&output.stdout), expected);
        assert!(output.status.success());
    }
}

#[test]
fn the_parent_of_a_daemon_exits_as_the_daemon_says() {
    let (workshop, program) = Workshop::with_hypercalls("daemonize");
    // A status of 256 would look like success to the host, which keeps eight bits.
    for (how, code, after) in [("0", 0, "0 2 null"), ("9", 9, "0 2 open"), ("256", 1, "0 2 open")] {
        let report = workshop.0.file(&format!("report-{how}"));
        let output = run(workshop.command(&program).args(["daemonize", how]).arg(&report));
        assert_eq!(output.status.code(), Some(code), "{}", text(&output.stderr));
        let done = workshop.0.file(&format!("report-{how}.done"));
        let start = Instant::now();
        while !done.exists() {
            assert!(start.elapsed() < Duration::from_secs(10), "the daemon says nothing");
            std::thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(std::fs::read_to_string(done).unwrap(), after);
    }
    let output = run(workshop.command(&program).args(["daemonize", "die", "-"]));
    assert_eq!(output.status.code(), Some(libc::ESRCH));
    let output = run(workshop.command(&program).args(["daemonize", "unasked", "-"]));
    assert_eq!(text(&output.stdout), "2\n");
}

#[test]
fn a_thread_of_the_application_can_end_in_the_kernel() {
    let (workshop, program) = Workshop::with_hypercalls("foreign");
    let output = run(workshop.command(&program).arg("foreign_thread"));
    assert_eq!((text(&output.stdout).as_str(), output.status.code()), ("left\n", Some(0)));
}

#[test]
fn a_broken_contract_ends_the_process_with_a_message() {
    let (workshop, program) = Workshop::with_hypercalls("contract");
    for (what, message) in
        [("overset", "on top of another"), ("unlock", "nobody holds"), ("relock", "holds itself")]
    {
        let output = run(workshop.command(&program).arg(what));
        assert_eq!(output.status.signal(), Some(libc::SIGABRT));
        assert!(text(&output.stderr).contains(message), "{}", text(&output.stderr));
    }
}

#[test]
fn the_bootstrap_finds_the_link_sets_of_every_object_and_the_symbols_of_the_kernels() {
    let workshop = Workshop::new("bootstrap");
    let shared = ["-shared", "-fPIC"];
    workshop.compile(
        "link_set.c",
        "librumptest.so",
        &[&shared[..], &["-DBASE=10", "-DFUNCTION=rumptest_function"]].concat(),
    );
    workshop.compile(
        "link_set.c",
        "libhidden.so",
        &[&shared[..], &["-DBASE=20", "-DFUNCTION=rumphidden_function"]].concat(),
    );
    let expected = [
        "symbols: 2 found, 0 hidden, 0 strange, 0 thread-local, 0 left over",
        "1 module 20",
        "component 20",
        "component 21",
        "1 module 10",
        "component 10",
        "component 11",
        "1 module 30",
        "component 30",
        "component 31",
    ];
    for style in ["gnu", "sysv", "both"] {
        let hash = format!("-Wl,--hash-style={style}");
        for position in ["-pie", "-no-pie"] {
            let program = workshop.compile(
                "link_set.c",
                "bootstrap",
                &[
                    "-DMAIN",
                    "-DBASE=30",
                    "-DFUNCTION=program_function",
                    "-rdynamic",
                    position,
                    &hash,
                    "-Wl,--no-as-needed",
                    "-lrumptest",
                    "-lhidden",
                    "-l:librumpuser.so.0",
                ],
            );
            let output = run(&mut workshop.command(&program));
            let lines = text(&output.stdout);
            assert_eq!(lines.lines().collect::<Vec<_>>(), expected, "{style} {position}");
            assert!(output.status.success());
        }
    }
}

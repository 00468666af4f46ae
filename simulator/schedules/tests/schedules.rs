//! Shell scripts in the place of tests: what is run how often, and what counts as a failure.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

/// What every script does for the first seed, which has to give the same trace twice.
const TRACE: &str = "echo same >$SIMULATOR_TRACE\n";

/// A library that can be loaded before a shell and changes nothing.
fn harmless_library() -> PathBuf {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    maps.lines()
        .find_map(|line| line.split_whitespace().nth(5).filter(|path| path.contains("/libc")))
        .unwrap()
        .into()
}

/// Runs a script with seeds 5, 6 and 7. Gives the exit status and what was said; files of the script are in the folder.
fn run(folder: &TempDir, script: &str, more: &[&str]) -> (i32, String) {
    let program = folder.path().join("script");
    fs::write(&program, format!("#!/bin/sh\n{TRACE}{script}\n")).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let work = folder.path().join("work");
    let output = Command::new(env!("CARGO_BIN_EXE_run-schedules"))
        .args(["--first-seed", "5", "--schedules", "3", "--libraries", "/", "--simulator"])
        .arg(harmless_library())
        .arg("--work")
        .arg(&work)
        .args(more)
        .arg(&program)
        .arg("tests/some_test.c")
        .env("NOTES", folder.path().join("notes"))
        .output()
        .unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

fn expect_failure(script: &str, more: &[&str], said: &[&str]) {
    let folder = TempDir::new().unwrap();
    let (status, output) = run(&folder, script, more);
    assert_eq!(status, 1, "{output}");
    for text in said {
        assert!(output.contains(text), "{text:?} is not in: {output}");
    }
}

#[test]
fn every_seed_runs_in_a_fresh_folder_and_the_first_one_twice() {
    let folder = TempDir::new().unwrap();
    let script = "echo $SIMULATOR_SEED $1 $(ls) >>$NOTES\ntouch left-behind\n";
    let with = folder.path().join("component.so");
    fs::write(&with, "").unwrap();
    let (status, output) = run(&folder, script, &["--format", "ufs1le", "--with", with.to_str().unwrap()]);
    assert_eq!((status, output.as_str()), (0, ""));
    let notes = fs::read_to_string(folder.path().join("notes")).unwrap();
    let expected = ["5", "5", "6", "7"].map(|seed| format!("{seed} ufs1le component.so\n")).concat();
    assert_eq!(notes, expected);
}

#[test]
fn what_is_kept_is_there_for_the_next_run() {
    let folder = TempDir::new().unwrap();
    let (status, _) = run(&folder, "echo x >>$KEPT_FILES/kept\ncp $KEPT_FILES/kept $NOTES", &[]);
    assert_eq!(status, 0);
    assert_eq!(fs::read_to_string(folder.path().join("notes")).unwrap(), "x\nx\nx\nx\n");
}

#[test]
fn a_failure_names_the_seed_and_how_to_repeat_it() {
    let script = "[ $SIMULATOR_SEED != 6 ] || { echo tests/some_test.c:9: wrong; exit 3; }";
    expect_failure(script, &[], &["FAILED some_test, seed 6: exit status 3\n    some_test.c:9: wrong\n"]);
    expect_failure(
        script,
        &["--format", "ufs2be"],
        &["FAILED some_test ufs2be, seed 6", " 1 6 tests/some_test.c"],
    );
}

#[test]
fn other_failures_are_told_too() {
    expect_failure("echo word", &[], &["seed 5: printed something\n    word\n"]);
    expect_failure("kill -SEGV $$", &[], &["seed 5: ended by signal 11"]);
    expect_failure("sleep 100", &["--limit", "1"], &["seed 5: ran for 1 seconds"]);
    expect_failure("echo $$ >$SIMULATOR_TRACE", &[], &["seed 5: gives two different runs"]);
}

#[test]
fn images_have_to_be_in_order() {
    expect_failure(
        "head -c 100000 /dev/zero >x.ffs",
        &[],
        &["an image is not in order\n    x.ffs: no FFS superblock"],
    );
    expect_failure("touch y.ffs-in-use", &[], &["an image is not in order\n    y.ffs-in-use: "]);
}

#[test]
fn what_cannot_be_run_is_neither_passed_nor_failed() {
    let folder = TempDir::new().unwrap();
    let (status, output) = run(&folder, "", &["--with", "not-there"]);
    assert_eq!((status, output.as_str()), (2, ""));
}

//! The program: output and exit status.

mod support;

use std::fs;
use std::process::{Command, Output};

use support::{FORMATS, populated};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rump-fsck-ffs")).args(arguments).output().unwrap()
}

#[test]
fn exit_status_and_lines() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image");
    let name = path.to_str().unwrap();
    let mut target = populated(FORMATS[0]);
    fs::write(&path, &target.bytes).unwrap();
    let clean = run(&[name]);
    assert_eq!(clean.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&clean.stdout).lines().count(), 1);

    let at = target.field(209);
    target.bytes[at as usize] = 0;
    fs::write(&path, &target.bytes).unwrap();
    let noted = run(&[name]);
    assert_eq!(noted.status.code(), Some(0));
    let expected = format!("{name}: note: clean flag is not set, fs_clean byte {at}, found 0, expected 1\n");
    assert!(String::from_utf8_lossy(&noted.stdout).starts_with(&expected));
    assert_eq!(run(&["--require-clean", name]).status.code(), Some(1));

    fs::write(&path, vec![0; 1 << 20]).unwrap();
    let none = run(&[name]);
    assert_eq!(none.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&none.stderr).contains("no FFS superblock found"));
    assert_eq!(run(&["/nonexistent/image"]).status.code(), Some(2));
}

#[test]
fn another_superblock_can_be_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image");
    let name = path.to_str().unwrap();
    for format in FORMATS {
        let mut target = populated(format);
        let copy = target.superblock.byte_offset(target.superblock.group_superblock(1));
        let magic = target.field(1372);
        target.put32(magic, 0);
        fs::write(&path, &target.bytes).unwrap();
        assert_eq!(run(&[name]).status.code(), Some(2), "{format:?}");
        let output = run(&["--superblock", &copy.to_string(), name]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        // The totals of a copy are old, and the primary one is damaged: nothing else is wrong.
        let odd = text.lines().filter(|line| line.contains("error: ")).count();
        assert_eq!(odd, 0, "{format:?}: {text}");
    }
}

#[test]
fn the_list_has_every_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image");
    for format in FORMATS {
        fs::write(&path, populated(format).bytes).unwrap();
        let output = run(&["--list", path.to_str().unwrap()]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0));
        // Two of the names are links to a file that has another.
        assert_eq!(text.lines().count(), 9 + 715 + 2, "{format:?}");
        assert!(text.contains("/d1/d2/d3/d4/d5/d6/hard inode "));
        assert!(
            text.lines()
                .any(|line| line.starts_with("/two_levels ") && line.contains(" size 6000000 mode 1006"))
        );
    }
}

//! File systems under many schedules: several lwps at once, and everything in order at the end.

mod support;

use rump::errno::{Errno, Result};
use simulator::{Disk, Random, run, seeds};
use std::collections::BTreeMap;
use std::sync::Arc;
use support::{CREATE, Program, READ_ONLY, READ_WRITE, assert_clean, boot, empty_ffs, spawn, with_ffs};

/// One of a few names that all threads share.
fn shared_path(place: &str, random: &mut Random) -> String {
    let name = random.below(4);
    match random.below(3) {
        0 => format!("{place}/n{name}"),
        1 => format!("{place}/d/n{name}"),
        _ => format!("{place}/d/e/n{name}"),
    }
}

/// What others may turn a call on shared names into.
const EXPECTED: [Errno; 9] = [
    Errno::ENOENT,
    Errno::EEXIST,
    Errno::ENOTEMPTY,
    Errno::ENOTDIR,
    Errno::EISDIR,
    Errno::EPERM,
    Errno::EINVAL,
    Errno::ELOOP,
    Errno::EFTYPE,
];

fn disturb(program: &Program, place: &str, random: &mut Random) -> Result<()> {
    let (one, other) = (shared_path(place, random), shared_path(place, random));
    match random.below(14) {
        0 => program.write_file(&one, &[1; 3000]),
        1 => program.mkdir(&one),
        2 => program.rmdir(&one),
        3 | 4 => program.unlink(&one),
        5 | 6 => program.rename(&one, &other),
        7 => program.link(&one, &other),
        8 => program.truncate(&one, random.below(20_000)),
        9 => program.symlink(&other, &one),
        10 => program.names(&format!("{place}/d")).map(drop),
        11 => program.read_file(&one).map(drop),
        12 => {
            let descriptor = program.open(&one, READ_WRITE)?;
            let written = program.pwrite(descriptor, &[3; 700], random.below(30_000)).map(drop);
            let synced = program.fsync(descriptor);
            program.close(descriptor)?;
            written.and(synced)
        }
        _ => {
            program.sync();
            Ok(())
        }
    }
}

/// Work on names of its own, of which every answer is known.
fn own_work(
    program: &Program,
    place: &str,
    thread: u64,
    random: &mut Random,
    model: &mut BTreeMap<String, Vec<u8>>,
) {
    let path = format!("{place}/d/own-{thread}-{}", random.below(4));
    let other = format!("{place}/own-{thread}-{}", random.below(3));
    match random.below(5) {
        0 | 1 => {
            let length = random.index(9_000);
            let bytes = random.bytes(length);
            program.write_file(&path, &bytes).unwrap();
            model.insert(path, bytes);
        }
        2 => {
            let expected = model.remove(&path).map(drop).ok_or(Errno::ENOENT);
            assert_eq!(program.unlink(&path), expected, "unlink {path}");
        }
        3 => {
            let moved = model.remove(&path);
            let expected = moved.as_ref().map(drop).ok_or(Errno::ENOENT);
            assert_eq!(program.rename(&path, &other), expected, "rename {path} {other}");
            if let Some(moved) = moved {
                model.insert(other, moved);
            }
        }
        _ => {
            let expected = model.get(&path).cloned().ok_or(Errno::ENOENT);
            assert!(program.read_file(&path) == expected, "{path} reads otherwise");
        }
    }
}

/// Three lwps at once on one mount; gives what must be there afterwards.
fn work(
    world: &simulator::World,
    program: &Program,
    place: &'static str,
    steps: u64,
) -> BTreeMap<String, Vec<u8>> {
    program.mkdir(&format!("{place}/d")).unwrap();
    program.mkdir(&format!("{place}/d/e")).unwrap();
    let models = Arc::new(std::sync::Mutex::new(BTreeMap::new()));
    let threads: Vec<_> = (0..3)
        .map(|thread| {
            let (inside, models) = (program.clone(), Arc::clone(&models));
            let mut random = world.random(thread);
            spawn(world, &program.0, "worker", move || {
                let mut model = BTreeMap::new();
                for _ in 0..steps {
                    if random.once_in(2) {
                        own_work(&inside, place, thread, &mut random, &mut model);
                    } else if let Err(error) = disturb(&inside, place, &mut random) {
                        assert!(EXPECTED.contains(&error), "{error}");
                    }
                }
                models.lock().unwrap().append(&mut model);
            })
        })
        .collect();
    for thread in threads {
        thread.join();
    }
    let models = models.lock().unwrap().clone();
    for (path, bytes) in &models {
        assert!(program.read_file(path).as_ref() == Ok(bytes), "{path}");
    }
    models
}

#[test]
fn tmpfs_holds_what_several_lwps_put_there() {
    for seed in seeds(250) {
        run(seed, move |world| {
            let program = Program(boot([1, 2, 4][seed as usize % 3]));
            program.mkdir("/tmp").unwrap();
            program.mount_tmpfs("/tmp").unwrap();
            work(world, &program, "/tmp", 40);
            program.unmount("/tmp", false).unwrap();
            program.0.shut_down().unwrap();
            assert_eq!(world.running_threads(), 1);
        });
    }
}

#[test]
fn ffs_holds_what_several_lwps_put_there_and_is_in_order() {
    for seed in seeds(120) {
        run(seed, move |world| {
            let disk = Disk::new(empty_ffs());
            let program = with_ffs(world, &disk, [1, 2, 4][seed as usize % 3]);
            let expected = work(world, &program, "/ffs", 40);
            program.unmount("/ffs", false).unwrap();
            assert_clean(&disk.bytes());
            let unsynced = disk.crash_image(seed);
            assert!(unsynced == disk.bytes(), "unmount left writes that are not stable");
            program.mount_ffs("/ffs", 0).unwrap();
            for (path, bytes) in &expected {
                assert!(program.read_file(path).as_ref() == Ok(bytes), "{path}");
            }
            program.0.shut_down().unwrap();
            assert_clean(&disk.bytes());
            assert_eq!(world.running_threads(), 1);
        });
    }
}

/// Files that are removed while they are open stay usable, and leave nothing behind.
#[test]
fn ffs_frees_files_that_lose_their_name_while_open() {
    for seed in seeds(60) {
        run(seed, move |world| {
            let disk = Disk::new(empty_ffs());
            let program = with_ffs(world, &disk, 2);
            let threads: Vec<_> = (0..3u64)
                .map(|thread| {
                    let inside = program.clone();
                    let mut random = world.random(thread);
                    spawn(world, &program.0, "worker", move || {
                        for round in 0..4 {
                            let path = format!("/ffs/f-{}", (thread + round) % 2);
                            let Ok(descriptor) = inside.open(&path, READ_WRITE | CREATE) else { continue };
                            inside.write_all(descriptor, &random.bytes(6000)).unwrap();
                            match inside.unlink(&path) {
                                Ok(()) | Err(Errno::ENOENT) => {}
                                Err(error) => panic!("{error}"),
                            }
                            inside.write_all(descriptor, &[1; 2000]).unwrap();
                            inside.fsync(descriptor).unwrap();
                            inside.close(descriptor).unwrap();
                        }
                    })
                })
                .collect();
            for thread in threads {
                thread.join();
            }
            assert_eq!(program.open("/ffs/f-0", READ_ONLY), Err(Errno::ENOENT));
            program.unmount("/ffs", false).unwrap();
            assert_clean(&disk.bytes());
            program.0.shut_down().unwrap();
        });
    }
}

/// A tree too deep to be dropped from the top by recursion, which is what a stack is too small for.
#[test]
fn deep_trees_in_tmpfs_can_be_unmounted() {
    run(0, |_| {
        let program = Program(boot(1));
        program.mkdir("/tmp").unwrap();
        program.mount_tmpfs("/tmp").unwrap();
        program.change_directory("/tmp").unwrap();
        for _ in 0..30_000 {
            program.mkdir("d").unwrap();
            program.change_directory("d").unwrap();
        }
        program.change_directory("/").unwrap();
        program.unmount("/tmp", false).unwrap();
        program.0.shut_down().unwrap();
    });
}

/// fdiscard(2) against a model, and on files with holes as long as files can be, which must cost no time.
#[test]
fn discarded_ranges_read_as_zeroes() {
    for seed in seeds(20) {
        run(seed, |world| {
            let disk = Disk::new(empty_ffs());
            let program = with_ffs(world, &disk, 1);
            program.mkdir("/tmp").unwrap();
            program.mount_tmpfs("/tmp").unwrap();
            let mut random = world.random(1);
            for (path, largest) in [("/tmp/file", i64::MAX as u64), ("/ffs/file", 1 << 38)] {
                let mut model = random.bytes(200_000);
                program.write_file(path, &model).unwrap();
                let descriptor = program.open(path, READ_WRITE).unwrap();
                for _ in 0..12 {
                    let start = random.index(model.len() - 1);
                    let length = 1 + random.index(model.len() - start - 1);
                    program.discard(descriptor, start as u64, length as u64).unwrap();
                    model[start..start + length].fill(0);
                    let start = random.index(model.len() - 10_000);
                    let fresh = random.bytes(10_000);
                    assert_eq!(program.pwrite(descriptor, &fresh, start as u64), Ok(10_000));
                    model[start..start + 10_000].copy_from_slice(&fresh);
                    if random.once_in(3) {
                        program.fsync(descriptor).unwrap();
                    }
                }
                assert!(program.read_file(path).unwrap() == model, "{path}");
                program.truncate(path, largest).unwrap();
                program.discard(descriptor, 70_000, largest - 70_000).unwrap();
                model.truncate(70_000);
                assert!(program.read(descriptor, 70_000).unwrap() == model, "{path}");
                assert_eq!(program.read(descriptor, 70_000).unwrap(), vec![0; 70_000]);
                program.close(descriptor).unwrap();
            }
            program.unmount("/ffs", false).unwrap();
            assert_clean(&disk.bytes());
            program.0.shut_down().unwrap();
        });
    }
}

//! FFS on disks that fail and on power that fails: what was acknowledged is there, and errors reach who asked.

mod support;

use rump::errno::{Errno, Result};
use simulator::{Direction, Disk, Fault, Random, World, run, seeds};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use support::{APPEND, CREATE, Program, READ_WRITE, empty_ffs, look_at_image, spawn, with_disk, with_ffs};

type Files = BTreeMap<String, Vec<u8>>;

/// Writes a file and makes it stable. `Ok` is a promise: the file, its name and its bytes are there from now on.
fn write_durably(program: &Program, path: &str, bytes: &[u8]) -> Result<()> {
    let descriptor = program.open(path, READ_WRITE | CREATE)?;
    let written = program.write_all(descriptor, bytes);
    let synced = written.and_then(|()| program.fsync(descriptor));
    let closed = program.close(descriptor);
    synced.and(closed)
}

/// Writes more behind a file's end, and makes nothing stable.
fn append(program: &Program, path: &str, bytes: &[u8]) -> Result<()> {
    let descriptor = program.open(path, READ_WRITE | APPEND)?;
    let written = program.write_all(descriptor, bytes);
    written.and(program.close(descriptor))
}

/// Writes files durably, with changes in between that promise nothing. Gives the files of which it was said that they
/// are stable, and how many calls failed.
fn workload(program: &Program, random: &mut Random, rounds: u64, name: &str) -> (Files, usize) {
    let (mut promised, mut failures) = (Files::new(), 0);
    for round in 0..rounds {
        // Long enough for the directory to grow.
        let path = format!("/ffs/{name}{round:0>90}");
        let most = [600, 5_000, 60_000][random.index(3)];
        let length = 1 + random.index(most);
        let bytes = random.bytes(length);
        match write_durably(program, &path, &bytes) {
            Ok(()) => {
                promised.insert(path, bytes);
            }
            Err(_) => failures += 1,
        }
        // These need not last; they may fail, but not harm what was promised: not even what stands in front of more bytes.
        if let Some(path) = promised.keys().nth(random.index(promised.len().max(1)))
            && random.once_in(2)
        {
            let length = 1 + random.index(3000);
            failures += usize::from(append(program, path, &random.bytes(length)).is_err());
        }
        let passing = format!("/ffs/passing-{name}{}", round % 3);
        let _ = program.write_file(&passing, &[9; 2500]);
        if random.once_in(2) {
            let _ = program.unlink(&passing);
        }
    }
    (promised, failures)
}

/// Reads the promised files from an image; more bytes may have been added to them.
#[track_caller]
fn assert_kept(image: Vec<u8>, promised: Files, what: &str) {
    let name = what.to_owned();
    look_at_image(image, 0, what, move |program| {
        for (path, bytes) in &promised {
            match program.read_file(path) {
                Ok(found) => assert!(found.starts_with(bytes), "{name}: {path} holds other bytes"),
                Err(error) => panic!("{name}: {path}: {error}"),
            }
        }
    });
}

/// Runs the workload on a disk whose writes fail from the n-th on. Gives the disk, the promises, and whether the workload
/// met the fault.
fn run_failing(seed: u64, fault: Fault) -> (Disk, Files, bool) {
    let disk = Disk::new(empty_ffs());
    let inside = disk.clone();
    let (promised, met) = run(seed, move |world| {
        let program = with_ffs(world, &inside, 2);
        let before = inside.counts();
        inside.add_fault(fault.clone());
        let (promised, failures) = workload(&program, &mut world.random(1), 12, "file");
        let (first, counted) = match fault {
            Fault::From(Direction::Write, first) => (first, inside.counts().1 - before.1),
            Fault::SyncFrom(first) => (first, inside.counts().2 - before.2),
            _ => (u64::MAX, 0),
        };
        let met = counted > first;
        if met {
            assert!(failures > 0, "an error reached nobody");
            assert!(program.unmount("/ffs", false).is_err(), "unmount says that all is stable");
        }
        if seed.is_multiple_of(2) {
            // Repaired, everything that is in memory still can be written, and the file system is in order.
            inside.clear_faults();
            program.unmount("/ffs", false).unwrap();
            support::assert_clean(&inside.bytes());
            program.0.shut_down().unwrap();
        } else {
            // By force it ends all the same, and so does the kernel.
            let ended = program.unmount("/ffs", true);
            assert!(met || ended.is_ok());
            let _ = program.0.shut_down();
        }
        (promised, met)
    });
    (disk, promised, met)
}

#[test]
fn writes_that_fail_from_any_point_on_reach_the_caller() {
    let (mut met, mut runs) = (0, 0);
    for seed in seeds(160) {
        let first = seed / 2 % 80;
        let (disk, promised, struck) = run_failing(seed, Fault::From(Direction::Write, first));
        (met, runs) = (met + u64::from(struck), runs + 1);
        let what = format!("writes fail from {first} on, seed {seed}");
        assert_kept(disk.crash_image(seed), promised, &what);
    }
    assert!(runs < 160 || 2 * met > runs, "only {met} of {runs} runs met their fault");
}

#[test]
fn syncs_that_fail_are_told_and_promise_nothing() {
    for seed in seeds(36) {
        let first = seed / 3 % 12;
        let (disk, promised, _) = run_failing(seed, Fault::SyncFrom(first));
        for crash in 0..4 {
            let what = format!("syncs fail from {first} on, seed {seed}, crash {crash}");
            assert_kept(disk.crash_image(crash), promised.clone(), &what);
        }
    }
}

#[test]
fn now_and_then_failing_transfers_are_told_and_promise_nothing() {
    for seed in seeds(60) {
        let disk = Disk::new(empty_ffs());
        let inside = disk.clone();
        let promised = run(seed, move |world| {
            let program = with_ffs(world, &inside, 2);
            inside.add_fault(Fault::Chance(Direction::Write, 12));
            inside.add_fault(Fault::Chance(Direction::Read, 30));
            let (promised, _) = workload(&program, &mut world.random(1), 8, "file");
            let _ = program.unmount("/ffs", true);
            let _ = program.0.shut_down();
            promised
        });
        assert_kept(disk.crash_image(seed), promised, &format!("seed {seed}"));
    }
}

#[test]
fn reads_that_fail_give_eio_and_recover() {
    for seed in seeds(40) {
        run(seed, move |world| {
            let disk = Disk::new(empty_ffs());
            let program = with_ffs(world, &disk, 2);
            let bytes = world.random(1).bytes(50_000);
            program.write_file("/ffs/file", &bytes).unwrap();
            program.unmount("/ffs", false).unwrap();
            disk.add_fault(Fault::From(Direction::Read, seed % 12));
            // Wherever the fault strikes, mounting or reading: an error, no wrong bytes.
            let read = program.mount_ffs("/ffs", 0).and_then(|()| program.read_file("/ffs/file"));
            match read {
                Ok(found) => assert!(found == bytes),
                Err(error) => assert_eq!(error, Errno::EIO),
            }
            disk.clear_faults();
            if program.read_file("/ffs/file").is_err() {
                program.mount_ffs("/ffs", 0).unwrap();
            }
            assert!(program.read_file("/ffs/file").as_ref() == Ok(&bytes));
            program.unmount("/ffs", false).unwrap();
            support::assert_clean(&disk.bytes());
            program.0.shut_down().unwrap();
        });
    }
}

/// The power fails after some durable writes by several lwps, behind which other bytes come that nobody syncs. Metadata that nobody synced may be inconsistent; what fsync
/// said is stable must be there, bytes and names.
#[test]
fn what_fsync_acknowledged_survives_a_power_failure() {
    for seed in seeds(60) {
        let disk = Disk::new(empty_ffs());
        let inside = disk.clone();
        let (promised, image) = run(seed, move |world| power_fails(world, &inside));
        assert_kept(image, promised, &format!("seed {seed}"));
    }
}

fn power_fails(world: &World, disk: &Disk) -> (Files, Vec<u8>) {
    let program = with_ffs(world, disk, 2);
    let promised = Arc::new(Mutex::new(Files::new()));
    let cut = Arc::new(Mutex::new(None));
    let threads: Vec<_> = (0..2u64)
        .map(|thread| {
            let (inside, promised) = (program.clone(), Arc::clone(&promised));
            let (disk, cut) = (disk.clone(), Arc::clone(&cut));
            let mut random = world.random(thread);
            spawn(world, &program.0, "writer", move || {
                for round in 0..6 {
                    let path = format!("/ffs/t{thread}-{round:0>90}");
                    let length = random.index(20_000);
                    let bytes = random.bytes(length);
                    write_durably(&inside, &path, &bytes).unwrap();
                    let mut promised = promised.lock().unwrap();
                    let mut cut = cut.lock().unwrap();
                    promised.insert(path, bytes);
                    // The moment at which the power fails; both go on, but nobody looks at it any more.
                    if cut.is_none() && random.once_in(5) {
                        *cut = Some((promised.clone(), disk.crash_image(random.draw())));
                    }
                    drop((promised, cut));
                    let older = format!("/ffs/t{thread}-{:0>90}", random.index(round + 1));
                    let more = 1 + random.index(3000);
                    append(&inside, &older, &random.bytes(more)).unwrap();
                    inside.write_file(&format!("/ffs/passing{thread}"), &[5; 3000]).unwrap();
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join();
    }
    let crash = cut.lock().unwrap().take();
    let result = crash.unwrap_or_else(|| (promised.lock().unwrap().clone(), disk.crash_image(world.seed())));
    program.unmount("/ffs", false).unwrap();
    program.0.shut_down().unwrap();
    result
}

/// An image whose log is said to lie behind it, and is empty of anything.
fn image_with_a_log_of_nothing() -> (Vec<u8>, std::ops::Range<u64>) {
    const SUPERBLOCK: usize = 8192;
    const BLOCK: u64 = 512;
    const IN_USE: u32 = 0x100;
    let mut image = empty_ffs();
    let log = image.len() as u64..image.len() as u64 + (64 << 10);
    image.resize(log.end as usize, 0);
    image[SUPERBLOCK + 864..][..2].copy_from_slice(&[1, 1]);
    for (index, number) in
        [log.start / BLOCK, (log.end - log.start) / BLOCK, BLOCK, 0].into_iter().enumerate()
    {
        image[SUPERBLOCK + 872 + 8 * index..][..8].copy_from_slice(&number.to_le_bytes());
    }
    let flags = &mut image[SUPERBLOCK + 1312..][..4];
    let set = u32::from_le_bytes(flags.try_into().unwrap()) | IN_USE;
    flags.copy_from_slice(&set.to_le_bytes());
    (image, log)
}

#[test]
fn force_overlooks_a_log_that_is_none_and_not_one_that_cannot_be_read() {
    const READ_ONLY: u64 = 1;
    const UPDATE: u64 = 0x1_0000;
    const FORCE: u64 = 0x8_0000;
    run(0, |world| {
        let (image, log) = image_with_a_log_of_nothing();
        let disk = Disk::new(image.clone());
        let program = with_disk(world, &disk, 1);
        for flags in [0, READ_ONLY] {
            assert_eq!(program.mount_ffs("/ffs", flags), Err(Errno::EFTYPE));
        }
        disk.add_fault(Fault::Range(Direction::Read, log));
        for flags in [0, READ_ONLY, FORCE, FORCE | READ_ONLY] {
            assert_eq!(program.mount_ffs("/ffs", flags), Err(Errno::EIO), "flags {flags:#x}");
        }
        assert!(disk.bytes() == image);
        disk.clear_faults();
        program.mount_ffs("/ffs", FORCE | READ_ONLY).unwrap();
        assert_eq!(program.mount_ffs("/ffs", UPDATE), Err(Errno::EFTYPE));
        program.mount_ffs("/ffs", UPDATE | FORCE).unwrap();
        program.write_file("/ffs/file", b"without a log").unwrap();
        program.unmount("/ffs", false).unwrap();
        program.mount_ffs("/ffs", 0).unwrap();
        assert_eq!(program.read_file("/ffs/file").unwrap(), b"without a log");
        program.unmount("/ffs", false).unwrap();
        program.0.shut_down().unwrap();
    });
}

/// Who reads while a mount is read anew, from an image that has not changed, notices nothing. A disk that fails then leaves the
/// mount as it was, or loses single files to who has them open.
#[test]
fn reading_anew_beside_readers() {
    const RELOAD: u64 = 0x1_0000 | 0x4_0000 | 1;
    for seed in seeds(40) {
        run(seed, move |world| {
            let disk = Disk::new(empty_ffs());
            let program = with_ffs(world, &disk, 2);
            let files: Arc<Files> = Arc::new(
                (0..6)
                    .map(|number| {
                        let bytes = world.random(number).bytes(1 + 9_000 * number as usize);
                        (format!("/ffs/directory/file{number}"), bytes)
                    })
                    .collect(),
            );
            program.mkdir("/ffs/directory").unwrap();
            for (path, bytes) in &*files {
                program.write_file(path, bytes).unwrap();
            }
            program.mount_ffs("/ffs", 0x1_0001).unwrap();
            let threads: Vec<_> = (0..2)
                .map(|thread| {
                    let (inside, files) = (program.clone(), Arc::clone(&files));
                    let mut random = world.random(10 + thread);
                    spawn(world, &program.0, "reader", move || {
                        for _ in 0..12 {
                            let (path, bytes) = files.iter().nth(random.index(files.len())).unwrap();
                            assert!(inside.read_file(path).as_ref() == Ok(bytes), "{path}");
                            assert_eq!(inside.names("/ffs/directory").unwrap().len(), files.len() + 2);
                        }
                    })
                })
                .collect();
            for _ in 0..6 {
                program.mount_ffs("/ffs", RELOAD).unwrap();
            }
            for thread in threads {
                thread.join();
            }
            disk.add_fault(Fault::From(Direction::Read, seed % 8));
            let reloaded = program.mount_ffs("/ffs", RELOAD);
            assert!(reloaded.is_ok() || reloaded == Err(Errno::EIO), "{reloaded:?}");
            disk.clear_faults();
            for (path, bytes) in &*files {
                assert!(program.read_file(path).as_ref() == Ok(bytes), "{path}");
            }
            program.unmount("/ffs", false).unwrap();
            program.0.shut_down().unwrap();
            support::assert_clean(&disk.bytes());
        });
    }
}

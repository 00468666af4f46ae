//! Ranges of files on FFS: what of one is written when, what is read ahead, and what of it a power failure leaves.

mod support;

use rump::errno::Errno;
use simulator::{Direction, Disk, Fault, Random, World, run, seeds};
use std::sync::{Arc, Mutex};
use support::{CREATE, Program, READ_ONLY, READ_WRITE, empty_ffs, look_at_image, spawn, with_ffs};

const NORMAL: u64 = 0;
const RANDOM: u64 = 1;
const SEQUENTIAL: u64 = 2;
const WILL_NEED: u64 = 3;
const DONT_NEED: u64 = 4;
const CHUNK: u64 = 64 * 1024;
const PATH: &str = "/ffs/file";

/// A file of that many chunks that is on the disk and not in memory, open for reading and writing.
fn cold_file(world: &World, disk: &Disk, chunks: u64) -> (Program, u64, Vec<u8>) {
    let program = with_ffs(world, disk, 2);
    let bytes = world.random(7).bytes((chunks * CHUNK) as usize);
    program.write_file(PATH, &bytes).unwrap();
    program.unmount("/ffs", false).unwrap();
    program.mount_ffs("/ffs", 0).unwrap();
    let file = program.open(PATH, READ_WRITE).unwrap();
    // Its inode and its indirect block are in memory from here on, and nothing of what it holds.
    program.pread(file, 1, chunks * CHUNK - 1).unwrap();
    program.advise(file, 0, 0, DONT_NEED).unwrap();
    (program, file, bytes)
}

/// The disk's reads that something takes.
fn reads(disk: &Disk, something: impl FnOnce()) -> u64 {
    let before = disk.counts().0;
    something();
    disk.counts().0 - before
}

fn end(program: &Program, file: u64) {
    program.close(file).unwrap();
    program.unmount("/ffs", false).unwrap();
    program.0.shut_down().unwrap();
}

#[test]
fn what_will_be_needed_is_read_before() {
    run(1, |world| {
        let disk = Disk::new(empty_ffs());
        let (program, file, bytes) = cold_file(world, &disk, 6);
        assert!(reads(&disk, || program.advise(file, CHUNK + 10, CHUNK, WILL_NEED).unwrap()) > 0);
        let range = (CHUNK + 10) as usize..(2 * CHUNK + 10) as usize;
        assert_eq!(
            reads(&disk, || {
                assert!(program.pread(file, CHUNK as usize, CHUNK + 10).unwrap() == bytes[range]);
            }),
            0
        );
        // What does not lie in it was not read.
        assert!(reads(&disk, || drop(program.pread(file, 1, 3 * CHUNK).unwrap())) > 0);
        // No length means to the end.
        program.advise(file, 4 * CHUNK, 0, WILL_NEED).unwrap();
        assert_eq!(reads(&disk, || drop(program.pread(file, CHUNK as usize, 5 * CHUNK).unwrap())), 0);
        // Past the end there is nothing to read, and it is no error to ask.
        assert_eq!(reads(&disk, || program.advise(file, 60 * CHUNK, CHUNK, WILL_NEED).unwrap()), 0);
        // A disk that fails is told to who reads, not to who advises.
        program.advise(file, 0, 0, DONT_NEED).unwrap();
        disk.add_fault(Fault::From(Direction::Read, 0));
        program.advise(file, 0, CHUNK, WILL_NEED).unwrap();
        assert_eq!(program.pread(file, 10, 0), Err(Errno::EIO));
        disk.clear_faults();
        assert!(program.pread(file, 10, 0).unwrap() == bytes[..10]);
        end(&program, file);
    });
}

#[test]
fn what_is_not_needed_leaves_memory_and_is_not_lost() {
    for seed in seeds(30) {
        run(seed, |world| {
            let disk = Disk::new(empty_ffs());
            let (program, file, mut bytes) = cold_file(world, &disk, 3);
            let mut random = world.random(2);
            for _ in 0..40 {
                let (from, length) = (random.index(bytes.len()), 1 + random.index(40_000));
                let to = (from + length).min(bytes.len());
                match random.index(3) {
                    0 => {
                        let new = random.bytes(to - from);
                        assert_eq!(program.pwrite(file, &new, from as u64).unwrap(), to - from);
                        bytes[from..to].copy_from_slice(&new);
                    }
                    1 => assert!(program.pread(file, to - from, from as u64).unwrap() == bytes[from..to]),
                    _ => program.advise(file, from as u64, length as u64, DONT_NEED).unwrap(),
                }
            }
            // Whole pages have gone: reading one asks the disk. Parts of pages stay.
            program.pread(file, bytes.len(), 0).unwrap();
            program.advise(file, 4095, 4098, DONT_NEED).unwrap();
            assert_eq!(reads(&disk, || drop(program.pread(file, 4096, 0).unwrap())), 0);
            assert_eq!(reads(&disk, || drop(program.pread(file, 4096, 8192).unwrap())), 0);
            assert!(reads(&disk, || drop(program.pread(file, 1, 4096).unwrap())) > 0);
            // What cannot be written stays in memory.
            let mark = [0xa5; 4096];
            program.pwrite(file, &mark, 8192).unwrap();
            bytes[8192..12288].copy_from_slice(&mark);
            disk.add_fault(Fault::From(Direction::Write, 0));
            assert_eq!(program.advise(file, 8192, 4096, DONT_NEED), Err(Errno::EIO));
            disk.clear_faults();
            program.advise(file, 0, 0, DONT_NEED).unwrap();
            assert!(program.pread(file, bytes.len(), 0).unwrap() == bytes);
            end(&program, file);
            support::assert_clean(&disk.bytes());
        });
    }
}

#[test]
fn the_order_of_reads_says_how_far_they_go_ahead() {
    run(1, |world| {
        let disk = Disk::new(empty_ffs());
        let (program, file, _) = cold_file(world, &disk, 6);
        let is_in_memory = |at| reads(&disk, || drop(program.pread(file, 1, at).unwrap())) == 0;
        let forget = || program.advise(file, 0, 0, DONT_NEED).unwrap();
        // For the look itself not to read ahead, another descriptor has the advice.
        let other = program.open(PATH, READ_ONLY).unwrap();
        program.advise(file, 0, 0, RANDOM).unwrap();
        for (advice, page, chunk, chunks) in
            [(NORMAL, true, false, false), (RANDOM, false, false, false), (SEQUENTIAL, true, true, true)]
        {
            forget();
            program.advise(other, 0, 0, advice).unwrap();
            program.pread(other, 1, 0).unwrap();
            assert!(is_in_memory(0));
            assert_eq!(is_in_memory(CHUNK - 1), page, "advice {advice}");
            assert_eq!(is_in_memory(CHUNK), chunk, "advice {advice}");
            assert_eq!(is_in_memory(4 * CHUNK - 1), chunks, "advice {advice}");
            assert!(!is_in_memory(5 * CHUNK), "advice {advice}");
        }
        program.close(other).unwrap();
        end(&program, file);
    });
}

#[test]
fn only_the_range_is_written() {
    run(1, |world| {
        let disk = Disk::new(empty_ffs());
        let (program, file, _) = cold_file(world, &disk, 4);
        let mark = |at: u64, byte: u8| assert_eq!(program.pwrite(file, &[byte; 4096], at).unwrap(), 4096);
        let is_on_disk =
            |byte: u8| disk.bytes().windows(4096).any(|page| page.iter().all(|&found| found == byte));
        let places = [0, 2 * 4096, CHUNK - 4096, CHUNK, 3 * CHUNK];
        for (byte, at) in (0xb0..).zip(places) {
            mark(at, byte);
        }
        // Part of a page brings all of it.
        program.fsync_range(file, 2 * 4096 + 5, 1).unwrap();
        assert_eq!([0xb0, 0xb1, 0xb2, 0xb3, 0xb4].map(is_on_disk), [false, true, false, false, false]);
        // Across the edge of two chunks.
        program.fsync_range(file, CHUNK - 1, 2).unwrap();
        assert_eq!([0xb0, 0xb2, 0xb3, 0xb4].map(is_on_disk), [false, true, true, false]);
        // Nothing is there to write; past the end neither.
        program.fsync_range(file, CHUNK * 2, CHUNK).unwrap();
        program.fsync_range(file, CHUNK * 100, CHUNK).unwrap();
        assert_eq!([0xb0, 0xb4].map(is_on_disk), [false, false]);
        // No length is the whole file, wherever it is said to start.
        program.fsync_range(file, 3 * CHUNK, 0).unwrap();
        assert_eq!([0xb0, 0xb4].map(is_on_disk), [true, true]);
        end(&program, file);
    });
}

/// What a range held when it was made stable is there after the power has failed, in a file that grows and is overwritten
/// elsewhere, too.
#[test]
fn ranges_that_were_acknowledged_survive_a_power_failure() {
    for seed in seeds(80) {
        let disk = Disk::new(empty_ffs());
        let inside = disk.clone();
        let (promised, image) = run(seed, move |world| power_fails(world, &inside));
        let what = format!("seed {seed}");
        look_at_image(image, 0, &what.clone(), move |program| {
            let found = program.read_file(PATH).unwrap();
            for (start, bytes) in &promised {
                let end = start + bytes.len();
                assert!(found.len() >= end, "{what}: {} bytes of {end}", found.len());
                assert!(found[*start..end] == bytes[..], "{what}: other bytes at {start}");
            }
        });
    }
}

/// Writes behind, at and before the end of a file of some pieces, and makes single pieces stable. A piece is not written to
/// any more once it is promised. Gives the promises and what the disk holds at the failure.
fn power_fails(world: &World, disk: &Disk) -> (Vec<(usize, Vec<u8>)>, Vec<u8>) {
    const PIECE: usize = 3000;
    const PIECES: usize = 24;
    let program = with_ffs(world, disk, 2);
    let file = program.open(PATH, READ_WRITE | CREATE).unwrap();
    let mut random = world.random(3);
    let mut promised: Vec<(usize, Vec<u8>)> = Vec::new();
    for _ in 0..2 + random.index(30) {
        let piece = random.index(PIECES);
        if promised.iter().any(|(start, _)| *start == piece * PIECE) {
            continue;
        }
        let bytes = random.bytes(PIECE);
        assert_eq!(program.pwrite(file, &bytes, (piece * PIECE) as u64).unwrap(), PIECE);
        match random.index(4) {
            0 => {
                program.fsync_range(file, (piece * PIECE) as u64, PIECE as u64).unwrap();
                promised.push((piece * PIECE, bytes));
            }
            1 => program.write_file("/ffs/passing", &bytes).unwrap(),
            _ => {}
        }
    }
    let image = disk.crash_image(random.draw());
    if promised.is_empty() {
        // The file need not be there.
        program.fsync_range(file, 0, 1).unwrap();
        let image = disk.crash_image(random.draw());
        end(&program, file);
        return (promised, image);
    }
    end(&program, file);
    (promised, image)
}

#[test]
fn a_range_that_cannot_be_written_is_told_and_stays() {
    for seed in seeds(20) {
        run(seed, move |world| {
            let disk = Disk::new(empty_ffs());
            let (program, file, mut bytes) = cold_file(world, &disk, 2);
            let new = world.random(4).bytes(CHUNK as usize);
            program.pwrite(file, &new, CHUNK / 2).unwrap();
            bytes[CHUNK as usize / 2..][..CHUNK as usize].copy_from_slice(&new);
            disk.add_fault(Fault::From(Direction::Write, seed % 2));
            assert_eq!(program.fsync_range(file, CHUNK / 2, CHUNK), Err(Errno::EIO));
            disk.clear_faults();
            program.fsync_range(file, CHUNK / 2, CHUNK).unwrap();
            let image = disk.crash_image(seed);
            look_at_image(image, 0, &format!("seed {seed}"), move |program| {
                assert!(program.read_file(PATH).unwrap() == bytes);
            });
            end(&program, file);
        });
    }
}

const NEIGHBOURS: usize = 3;
const PARTS: usize = 40;
const PART: usize = 2500;

/// Where part number `part` of that neighbour begins.
fn part_of(neighbour: usize, part: usize) -> usize {
    (part * NEIGHBOURS + neighbour) * PART
}

/// Writes, reads, drops and makes stable parts of the file that are this one's. Gives what it knows to be in the file.
fn be_a_neighbour(program: &Program, neighbour: usize, mut random: Random) -> Vec<u8> {
    let file = program.open(PATH, READ_WRITE).unwrap();
    let mut known = vec![0; PARTS * NEIGHBOURS * PART];
    for _ in 0..14 {
        let start = part_of(neighbour, random.index(PARTS));
        match random.index(5) {
            0 | 1 => {
                let bytes = random.bytes(PART);
                assert_eq!(program.pwrite(file, &bytes, start as u64).unwrap(), PART);
                known[start..start + PART].copy_from_slice(&bytes);
            }
            2 => program.fsync_range(file, start as u64, PART as u64).unwrap(),
            _ => {
                let advice = [DONT_NEED, WILL_NEED, SEQUENTIAL, RANDOM][random.index(4)];
                program.advise(file, start.saturating_sub(5000) as u64, 20_000, advice).unwrap();
            }
        }
        let start = part_of(neighbour, random.index(PARTS));
        let found = program.pread(file, PART, start as u64).unwrap();
        assert!(found == known[start..start + PART], "other bytes at {start}");
    }
    for part in 0..PARTS {
        program.fsync_range(file, part_of(neighbour, part) as u64, PART as u64).unwrap();
    }
    program.close(file).unwrap();
    known
}

/// Several processes work on their own parts of one file, which share pages and chunks. Nobody finds other bytes than it wrote,
/// and what all have made stable survives.
#[test]
fn neighbours_drop_and_write_what_they_share() {
    for seed in seeds(40) {
        let disk = Disk::new(empty_ffs());
        let (promised, image) = run(seed, move |world| {
            let program = with_ffs(world, &disk, 2);
            let whole = Arc::new(Mutex::new(vec![0; PARTS * NEIGHBOURS * PART]));
            program.write_file(PATH, &whole.lock().unwrap()).unwrap();
            program.sync();
            let threads: Vec<_> = (0..NEIGHBOURS)
                .map(|neighbour| {
                    let (inside, whole) = (program.clone(), Arc::clone(&whole));
                    let random = world.random(neighbour as u64);
                    spawn(world, &program.0, "neighbour", move || {
                        let known = be_a_neighbour(&inside, neighbour, random);
                        for part in (0..PARTS).map(|part| part_of(neighbour, part)) {
                            whole.lock().unwrap()[part..part + PART]
                                .copy_from_slice(&known[part..part + PART]);
                        }
                    })
                })
                .collect();
            for thread in threads {
                thread.join();
            }
            let image = disk.crash_image(seed);
            program.unmount("/ffs", false).unwrap();
            program.0.shut_down().unwrap();
            let promised = whole.lock().unwrap().clone();
            (promised, image)
        });
        look_at_image(image, 0, &format!("seed {seed}"), move |program| {
            assert!(program.read_file(PATH).unwrap() == promised, "seed {seed}");
        });
    }
}

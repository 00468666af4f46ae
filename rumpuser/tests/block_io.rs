//! Block I/O through the queue: depth, errors, the ends of files.

mod support;

use core::ffi::{c_int, c_void};
use std::fs::{File, OpenOptions};
use std::os::fd::AsRawFd;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use rumpuser::block_io::*;
use support::{NEW_LWPS, Random, Scratch, enter_kernel, has_cpu, releases};

const EBADF: c_int = 9;
const EINVAL: c_int = 22;
const EFBIG: c_int = 27;
const ENOSPC: c_int = 28;

/// What the callback gets to know.
struct Pending {
    index: usize,
    report: Sender<(usize, usize, c_int)>,
}

unsafe extern "C" fn done(argument: *mut c_void, count: usize, error: c_int) {
    let pending = unsafe { Box::from_raw(argument.cast::<Pending>()) };
    assert!(has_cpu(), "a completion without a CPU");
    pending.report.send((pending.index, count, error)).unwrap();
}

/// Submits a request and remembers its number.
fn submit(
    report: &Sender<(usize, usize, c_int)>,
    index: usize,
    descriptor: c_int,
    operation: c_int,
    data: &mut [u8],
    offset: i64,
) {
    let argument = Box::into_raw(Box::new(Pending { index, report: report.clone() })).cast();
    let (data, length) = (data.as_mut_ptr().cast(), data.len());
    unsafe { rumpuser_bio(descriptor, operation, data, length, offset, done, argument) };
    assert!(has_cpu());
}

fn receive(reports: &Receiver<(usize, usize, c_int)>) -> (usize, usize, c_int) {
    reports.recv_timeout(Duration::from_secs(20)).expect("a request is not completed")
}

/// One request and its end: the bytes transferred and the error.
fn transfer(descriptor: c_int, operation: c_int, data: &mut [u8], offset: i64) -> (usize, c_int) {
    let (report, reports) = channel();
    submit(&report, 0, descriptor, operation, data, offset);
    let (_, count, error) = receive(&reports);
    (count, error)
}

fn scratch_file(scratch: &Scratch, name: &str) -> File {
    OpenOptions::new().read(true).write(true).create_new(true).open(scratch.file(name)).unwrap()
}

#[test]
fn a_thousand_requests_at_once_all_arrive_where_they_belong() {
    const REQUESTS: usize = 1000;
    const BLOCK: usize = 4096;
    enter_kernel();
    let scratch = Scratch::new("bio-depth");
    let file = scratch_file(&scratch, "image");
    let descriptor = file.as_raw_fd();
    let mut random = Random(20_260_101);
    let mut blocks: Vec<Vec<u8>> =
        (0..REQUESTS).map(|_| (0..BLOCK).map(|_| random.next() as u8).collect()).collect();
    let expected = blocks.clone();
    let (report, reports) = channel();
    for (index, block) in blocks.iter_mut().enumerate() {
        let sync = if index % 100 == 0 { RUMPUSER_BIO_SYNC } else { 0 };
        // Backwards, so that the file grows at once and has holes on the way.
        let offset = ((REQUESTS - 1 - index) * BLOCK) as i64;
        submit(&report, index, descriptor, RUMPUSER_BIO_WRITE | sync, block, offset);
    }
    let mut seen = vec![false; REQUESTS];
    for _ in 0..REQUESTS {
        let (index, count, error) = receive(&reports);
        assert_eq!((count, error), (BLOCK, 0));
        assert!(!std::mem::replace(&mut seen[index], true), "completed twice");
    }
    assert_eq!(releases(), REQUESTS);

    let mut read: Vec<Vec<u8>> = vec![vec![0; BLOCK]; REQUESTS];
    for (index, block) in read.iter_mut().enumerate() {
        let offset = ((REQUESTS - 1 - index) * BLOCK) as i64;
        submit(&report, index, descriptor, RUMPUSER_BIO_READ, block, offset);
    }
    for _ in 0..REQUESTS {
        let (_, count, error) = receive(&reports);
        assert_eq!((count, error), (BLOCK, 0));
    }
    assert!(read == expected);
    let threads = NEW_LWPS.load(Ordering::SeqCst);
    assert!((1..=16).contains(&threads), "{threads} threads");
}

#[test]
fn the_end_of_the_file_shortens_a_read() {
    enter_kernel();
    let scratch = Scratch::new("bio-end");
    let file = scratch_file(&scratch, "image");
    file.write_all_at(&[7; 1000], 0).unwrap();
    let mut data = [1; 512];
    assert_eq!(transfer(file.as_raw_fd(), RUMPUSER_BIO_READ, &mut data, 900), (100, 0));
    assert_eq!((data[99], data[100]), (7, 1));
    assert_eq!(transfer(file.as_raw_fd(), RUMPUSER_BIO_READ, &mut data, 1000), (0, 0));
    assert_eq!(transfer(file.as_raw_fd(), RUMPUSER_BIO_READ, &mut data, 1 << 40), (0, 0));
    assert_eq!(transfer(file.as_raw_fd(), RUMPUSER_BIO_READ, &mut [], 0), (0, 0));
}

#[test]
fn errors_reach_the_callback_in_netbsd_numbers() {
    enter_kernel();
    let scratch = Scratch::new("bio-errors");
    let file = scratch_file(&scratch, "image");
    let read_only = File::open(scratch.file("image")).unwrap();
    let write_only = OpenOptions::new().write(true).open(scratch.file("image")).unwrap();
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut data = [0; 64];
    for (descriptor, operation, offset, error) in [
        (9999, RUMPUSER_BIO_READ, 0, EBADF),
        (9999, RUMPUSER_BIO_WRITE, 0, EBADF),
        (9999, RUMPUSER_BIO_WRITE | RUMPUSER_BIO_SYNC, 0, EBADF),
        (read_only.as_raw_fd(), RUMPUSER_BIO_WRITE, 0, EBADF),
        (write_only.as_raw_fd(), RUMPUSER_BIO_READ, 0, EBADF),
        (full.as_raw_fd(), RUMPUSER_BIO_WRITE, 0, ENOSPC),
        (file.as_raw_fd(), RUMPUSER_BIO_READ, -1, EINVAL),
        (file.as_raw_fd(), RUMPUSER_BIO_WRITE, i64::MAX - 8, EFBIG),
    ] {
        let (count, seen) = transfer(descriptor, operation, &mut data, offset);
        // A host may call the last one invalid rather than too big.
        let seen = if error == EFBIG && seen == EINVAL { EFBIG } else { seen };
        assert_eq!((count, seen), (0, error), "operation {operation:#x} at {offset}");
    }
}

#[test]
fn an_error_of_the_synchronisation_is_an_error_of_the_write() {
    enter_kernel();
    let pipe = OpenOptions::new().write(true).open("/dev/null").unwrap();
    // What takes the bytes but cannot be synchronised: EINVAL, and no byte is promised.
    let sync = transfer(pipe.as_raw_fd(), RUMPUSER_BIO_WRITE | RUMPUSER_BIO_SYNC, &mut [1; 8], 0);
    assert_eq!(sync, (0, EINVAL));
    assert_eq!(transfer(pipe.as_raw_fd(), RUMPUSER_BIO_WRITE, &mut [1; 8], 0), (8, 0));
}

struct Chain {
    descriptor: c_int,
    left: AtomicUsize,
    data: [u8; 512],
    end: Sender<()>,
}

unsafe extern "C" fn next_link(argument: *mut c_void, count: usize, error: c_int) {
    assert_eq!((count, error), (512, 0));
    let chain = argument.cast::<Chain>();
    unsafe {
        if (*chain).left.fetch_sub(1, Ordering::SeqCst) == 1 {
            (*chain).end.send(()).unwrap();
        } else {
            let data = (&raw mut (*chain).data).cast();
            rumpuser_bio((*chain).descriptor, RUMPUSER_BIO_READ, data, 512, 0, next_link, argument);
        }
    }
}

#[test]
fn a_completion_may_submit_the_next_request() {
    enter_kernel();
    let scratch = Scratch::new("bio-chain");
    let file = scratch_file(&scratch, "image");
    file.write_all_at(&[3; 512], 0).unwrap();
    let (end, ended) = channel();
    let mut chain =
        Box::new(Chain { descriptor: file.as_raw_fd(), left: AtomicUsize::new(2000), data: [0; 512], end });
    let argument = (&raw mut *chain).cast();
    unsafe { next_link(argument, 512, 0) };
    ended.recv_timeout(Duration::from_secs(20)).expect("the chain breaks");
    assert_eq!(chain.data, [3; 512]);
}

#[test]
fn several_threads_submit_side_by_side() {
    let scratch = Scratch::new("bio-threads");
    let file = Arc::new(scratch_file(&scratch, "image"));
    let threads: Vec<_> = (0..4_u8)
        .map(|number| {
            let file = Arc::clone(&file);
            std::thread::spawn(move || {
                enter_kernel();
                let mut random = Random(u64::from(number) + 1);
                let region = i64::from(number) << 20;
                for round in 0..300 {
                    let length = 1 + random.below(8000) as usize;
                    let offset = region + random.below(1 << 19) as i64;
                    let mut data = vec![number ^ round as u8; length];
                    let descriptor = file.as_raw_fd();
                    assert_eq!(transfer(descriptor, RUMPUSER_BIO_WRITE, &mut data, offset), (length, 0));
                    let mut back = vec![0; length];
                    assert_eq!(transfer(descriptor, RUMPUSER_BIO_READ, &mut back, offset), (length, 0));
                    assert!(data == back);
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}

//! Files, memory, clocks, random numbers, and the translation of errors and signals.

mod support;

use core::ffi::{c_int, c_void};
use core::ptr;
use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::{Duration, Instant};

use rumpuser::clock::*;
use rumpuser::component::*;
use rumpuser::errno_translation::{rumpuser__errtrans, rumpuser_seterrno};
use rumpuser::file::*;
use rumpuser::io_vector::*;
use rumpuser::memory::*;
use rumpuser::random::*;
use rumpuser::signal_translation::rumpuser__sig_rump2host;
use rumpuser::sync_fd::*;
use rumpuser::system_call_proxy::*;
use support::{Scratch, enter_kernel, has_cpu, releases};

const ENOENT: c_int = 2;
const EBADF: c_int = 9;
const EEXIST: c_int = 17;
const EINVAL: c_int = 22;
const ESPIPE: c_int = 29;
const EOPNOTSUPP: c_int = 45;
const ENOSYS: c_int = 78;

fn c_path(path: &Path) -> CString {
    CString::new(path.as_os_str().as_bytes()).unwrap()
}

fn open(path: &Path, flags: c_int) -> Result<c_int, c_int> {
    let mut descriptor = -1;
    match unsafe { rumpuser_open(c_path(path).as_ptr(), flags, &raw mut descriptor) } {
        0 => Ok(descriptor),
        error => Err(error),
    }
}

fn information(path: &str) -> Result<(u64, c_int), c_int> {
    let (mut size, mut kind) = (u64::MAX, -1);
    match unsafe { rumpuser_getfileinfo(c_path(Path::new(path)).as_ptr(), &raw mut size, &raw mut kind) } {
        0 => Ok((size, kind)),
        error => Err(error),
    }
}

#[test]
fn files_open_as_their_flags_say() {
    enter_kernel();
    let scratch = Scratch::new("open");
    let path = scratch.file("file");
    assert_eq!(open(&path, RUMPUSER_OPEN_RDWR), Err(ENOENT));
    assert_eq!(open(&path, RUMPUSER_OPEN_ACCMODE), Err(EINVAL));
    let create = RUMPUSER_OPEN_CREATE | RUMPUSER_OPEN_EXCL;
    let descriptor = open(&path, RUMPUSER_OPEN_RDWR | create | RUMPUSER_OPEN_BIO).unwrap();
    assert_eq!(unsafe { libc::fcntl(descriptor, libc::F_GETFD) }, libc::FD_CLOEXEC);
    assert_eq!(open(&path, RUMPUSER_OPEN_RDWR | create), Err(EEXIST));
    assert_eq!(rumpuser_close(descriptor), 0);
    assert_eq!(rumpuser_close(descriptor), EBADF);
    let read_only = open(&path, RUMPUSER_OPEN_RDONLY).unwrap();
    assert_eq!(unsafe { libc::fcntl(read_only, libc::F_GETFL) } & libc::O_ACCMODE, libc::O_RDONLY);
    assert_eq!(rumpuser_close(read_only), 0);
    let null = open(Path::new("/dev/null"), RUMPUSER_OPEN_WRONLY).unwrap();
    assert_eq!(rumpuser_close(null), 0, "a device without a cache closes without an error");
    assert!(has_cpu());
    assert_eq!(releases(), 9, "all but the invalid one may block");
}

#[test]
fn file_information_tells_kinds_and_sizes() {
    enter_kernel();
    let scratch = Scratch::new("information");
    let path = scratch.file("file");
    std::fs::write(&path, [0; 12_345]).unwrap();
    assert_eq!(information(path.to_str().unwrap()), Ok((12_345, RUMPUSER_FT_REG)));
    assert_eq!(information(scratch.path().to_str().unwrap()).unwrap().1, RUMPUSER_FT_DIR);
    assert_eq!(information("/nonexistent/file"), Err(ENOENT));
    let fifo = scratch.file("fifo");
    assert_eq!(unsafe { libc::mkfifo(c_path(&fifo).as_ptr(), 0o600) }, 0);
    assert_eq!(information(fifo.to_str().unwrap()).unwrap().1, RUMPUSER_FT_OTHER);

    // A character device has no size; its kind is known without one.
    assert_eq!(information("/dev/null"), Err(EOPNOTSUPP));
    let mut kind = -1;
    let answer = unsafe { rumpuser_getfileinfo(c"/dev/null".as_ptr(), ptr::null_mut(), &raw mut kind) };
    assert_eq!((answer, kind), (0, RUMPUSER_FT_CHR));
    assert_eq!(unsafe { rumpuser_getfileinfo(c"/".as_ptr(), ptr::null_mut(), ptr::null_mut()) }, 0);
}

fn pieces(buffers: &mut [Vec<u8>]) -> Vec<libc::iovec> {
    buffers.iter_mut().map(|b| libc::iovec { iov_base: b.as_mut_ptr().cast(), iov_len: b.len() }).collect()
}

fn read(descriptor: c_int, buffers: &mut [Vec<u8>], offset: i64) -> Result<usize, c_int> {
    let (mut list, mut count) = (pieces(buffers), usize::MAX);
    let (list, length) = (list.as_mut_ptr(), list.len());
    match unsafe { rumpuser_iovread(descriptor, list, length, offset, &raw mut count) } {
        0 => Ok(count),
        error => Err(error),
    }
}

fn write(descriptor: c_int, buffers: &mut [Vec<u8>], offset: i64) -> Result<usize, c_int> {
    let (list, mut count) = (pieces(buffers), usize::MAX);
    match unsafe { rumpuser_iovwrite(descriptor, list.as_ptr(), list.len(), offset, &raw mut count) } {
        0 => Ok(count),
        error => Err(error),
    }
}

#[test]
fn vectors_go_to_an_offset_or_on_from_the_last_one() {
    enter_kernel();
    let scratch = Scratch::new("vectors");
    let descriptor = open(&scratch.file("file"), RUMPUSER_OPEN_RDWR | RUMPUSER_OPEN_CREATE).unwrap();
    let mut text = [b"ab".to_vec(), Vec::new(), b"cdef".to_vec()];
    assert_eq!(write(descriptor, &mut text, 10), Ok(6));
    assert_eq!(write(descriptor, &mut [b"01".to_vec()], RUMPUSER_IOV_NOSEEK), Ok(2));
    assert_eq!(write(descriptor, &mut [b"23".to_vec()], RUMPUSER_IOV_NOSEEK), Ok(2));
    let mut back = [vec![0; 3], vec![0; 20]];
    assert_eq!(read(descriptor, &mut back, 11), Ok(5), "up to the end");
    assert_eq!((&back[0][..], &back[1][..2]), (&b"bcd"[..], &b"ef"[..]));
    assert_eq!(read(descriptor, &mut [vec![0; 6]], RUMPUSER_IOV_NOSEEK), Ok(6), "on from 4");
    let mut start = [vec![0; 4]];
    assert_eq!(read(descriptor, &mut start, 0), Ok(4));
    assert_eq!(start[0], b"0123");
    assert_eq!(read(descriptor, &mut start, 1000), Ok(0));
    assert_eq!(read(descriptor, &mut start, -2), Err(EINVAL));
    assert_eq!(read(descriptor, &mut [], 0), Ok(0));
    assert_eq!(rumpuser_close(descriptor), 0);
    assert_eq!(read(descriptor, &mut start, 0), Err(EBADF));

    let mut ends = [0; 2];
    assert_eq!(unsafe { libc::pipe(ends.as_mut_ptr()) }, 0);
    assert_eq!(write(ends[1], &mut [b"x".to_vec()], 0), Err(ESPIPE));
    assert_eq!(write(ends[1], &mut [b"xyz".to_vec()], RUMPUSER_IOV_NOSEEK), Ok(3));
    assert_eq!(read(ends[0], &mut [vec![0; 10]], RUMPUSER_IOV_NOSEEK), Ok(3));
    assert_eq!((rumpuser_close(ends[0]), rumpuser_close(ends[1])), (0, 0));
    assert!(has_cpu());
}

#[test]
fn more_pieces_than_the_host_takes_at_once() {
    enter_kernel();
    let scratch = Scratch::new("pieces");
    let descriptor = open(&scratch.file("file"), RUMPUSER_OPEN_RDWR | RUMPUSER_OPEN_CREATE).unwrap();
    let mut many: Vec<Vec<u8>> = (0..3000_usize).map(|index| vec![index as u8; index % 7]).collect();
    let total: usize = many.iter().map(Vec::len).sum();
    assert_eq!(write(descriptor, &mut many, 5), Ok(total));
    let mut back: Vec<Vec<u8>> = many.iter().map(|piece| vec![0; piece.len()]).collect();
    assert_eq!(read(descriptor, &mut back, 5), Ok(total));
    assert_eq!(back, many);
    assert_eq!(rumpuser_close(descriptor), 0);
}

#[test]
fn synchronising_asks_for_a_direction_and_reports_errors() {
    enter_kernel();
    let scratch = Scratch::new("sync");
    let descriptor = open(&scratch.file("file"), RUMPUSER_OPEN_RDWR | RUMPUSER_OPEN_CREATE).unwrap();
    assert_eq!(rumpuser_syncfd(descriptor, 0, 0, 0), EINVAL);
    assert_eq!(rumpuser_syncfd(descriptor, RUMPUSER_SYNCFD_BARRIER | RUMPUSER_SYNCFD_SYNC, 0, 0), EINVAL);
    assert_eq!(rumpuser_syncfd(descriptor, RUMPUSER_SYNCFD_READ, 0, 0), 0);
    assert_eq!(rumpuser_syncfd(descriptor, RUMPUSER_SYNCFD_BOTH | RUMPUSER_SYNCFD_SYNC, 0, 4096), 0);
    assert_eq!(rumpuser_close(descriptor), 0);
    assert_eq!(rumpuser_syncfd(descriptor, RUMPUSER_SYNCFD_WRITE, 0, 0), EBADF);
    assert!(has_cpu());
}

#[test]
fn memory_is_aligned_as_asked() {
    for alignment in [0, 1, 2, 8, 16, 32, 64, 4096, 1 << 20] {
        for length in [0, 1, 100, 65_536] {
            let mut memory: *mut c_void = ptr::null_mut();
            assert_eq!(unsafe { rumpuser_malloc(length, alignment, &raw mut memory) }, 0);
            assert!(!memory.is_null() && memory.addr().is_multiple_of(alignment.max(8) as usize));
            unsafe {
                memory.cast::<u8>().write_bytes(0xa5, length);
                rumpuser_free(memory, length);
            }
        }
    }
    let mut memory: *mut c_void = ptr::null_mut();
    for alignment in [-1, 3, 24, 4097] {
        assert_eq!(unsafe { rumpuser_malloc(8, alignment, &raw mut memory) }, EINVAL);
    }
    for alignment in [8, 4096] {
        assert_eq!(unsafe { rumpuser_malloc(usize::MAX / 2, alignment, &raw mut memory) }, 12);
    }
}

#[test]
fn pages_are_zero_aligned_and_executable_if_asked() {
    let map = |preferred, length, bits, executable| {
        let mut memory: *mut c_void = ptr::null_mut();
        match unsafe { rumpuser_anonmmap(preferred, length, bits, executable, &raw mut memory) } {
            0 => Ok(memory.cast::<u8>()),
            error => Err(error),
        }
    };
    for bits in [0, 12, 16, 21, 25] {
        for length in [1, 4096, 3 * 4096 + 5, 1 << 22] {
            let memory = map(ptr::null_mut(), length, bits, 0).unwrap();
            assert!(memory.addr().is_multiple_of(1 << bits.max(12)));
            unsafe {
                assert!(core::slice::from_raw_parts(memory, length).iter().all(|&byte| byte == 0));
                memory.write_bytes(1, length);
                rumpuser_unmap(memory.cast(), length);
            }
        }
    }
    let code = map(ptr::null_mut(), 4096, 0, 1).unwrap();
    // mov eax, 42; ret
    let answer: extern "C" fn() -> c_int = unsafe {
        code.copy_from_nonoverlapping([0xb8, 42, 0, 0, 0, 0xc3].as_ptr(), 6);
        core::mem::transmute(code)
    };
    assert_eq!(answer(), 42);
    unsafe { rumpuser_unmap(code.cast(), 4096) };
    assert_eq!(map(ptr::null_mut(), 0, 0, 0), Err(EINVAL));
    assert_eq!(map(ptr::null_mut(), 4096, 63, 0), Err(EINVAL));
    assert_eq!(map(ptr::null_mut(), 4096, -1, 0), Err(EINVAL));
    assert_eq!(map(ptr::null_mut(), usize::MAX - 4096, 21, 0), Err(12));
}

#[test]
fn clocks_run_and_sleeping_takes_its_time() {
    enter_kernel();
    let now = |clock| {
        let (mut seconds, mut nanoseconds) = (0, 0);
        assert_eq!(unsafe { rumpuser_clock_gettime(clock, &raw mut seconds, &raw mut nanoseconds) }, 0);
        assert!((0..1_000_000_000).contains(&nanoseconds));
        Duration::new(seconds as u64, nanoseconds as u32)
    };
    let wall = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    assert!(now(RUMPUSER_CLOCK_RELWALL).abs_diff(wall) < Duration::from_secs(5));
    let (mut seconds, mut nanoseconds) = (0, 0);
    assert_eq!(unsafe { rumpuser_clock_gettime(2, &raw mut seconds, &raw mut nanoseconds) }, EINVAL);

    let start = Instant::now();
    assert_eq!(rumpuser_clock_sleep(RUMPUSER_CLOCK_RELWALL, 0, 30_000_000), 0);
    assert!(start.elapsed() >= Duration::from_millis(30));

    let begin = now(RUMPUSER_CLOCK_ABSMONO);
    let end = begin + Duration::from_millis(40);
    assert_eq!(
        rumpuser_clock_sleep(RUMPUSER_CLOCK_ABSMONO, end.as_secs() as i64, end.subsec_nanos().into()),
        0
    );
    assert!(now(RUMPUSER_CLOCK_ABSMONO) >= end);

    let start = Instant::now();
    assert_eq!(rumpuser_clock_sleep(RUMPUSER_CLOCK_ABSMONO, 0, 1), 0, "long past");
    assert!(start.elapsed() < Duration::from_secs(5));
    assert_eq!(rumpuser_clock_sleep(RUMPUSER_CLOCK_RELWALL, 0, 1_000_000_000), EINVAL);
    assert_eq!(rumpuser_clock_sleep(RUMPUSER_CLOCK_RELWALL, -1, 0), EINVAL);
    assert_eq!(rumpuser_clock_sleep(9, 0, 0), EINVAL);
    assert!(has_cpu());
    assert_eq!(releases(), 5);
}

#[test]
fn random_numbers_fill_the_buffer_and_differ() {
    let fill = |length, flags| {
        let (mut buffer, mut stored) = (vec![0_u8; length], usize::MAX);
        let error = unsafe { rumpuser_getrandom(buffer.as_mut_ptr().cast(), length, flags, &raw mut stored) };
        assert_eq!((error, stored), (0, length));
        buffer
    };
    for flags in
        [0, RUMPUSER_RANDOM_HARD, RUMPUSER_RANDOM_NOWAIT, RUMPUSER_RANDOM_HARD | RUMPUSER_RANDOM_NOWAIT]
    {
        let (first, second) = (fill(1000, flags), fill(1000, flags));
        assert_ne!(first, second);
        assert!(first[900..].iter().any(|&byte| byte != 0), "the end of the buffer is filled");
        fill(0, flags);
    }
}

/// NetBSD's errno(2), by the names that Linux has as well.
const SHARED_ERRORS: [(c_int, c_int); 87] = [
    (libc::EPERM, 1),
    (libc::ENOENT, 2),
    (libc::ESRCH, 3),
    (libc::EINTR, 4),
    (libc::EIO, 5),
    (libc::ENXIO, 6),
    (libc::E2BIG, 7),
    (libc::ENOEXEC, 8),
    (libc::EBADF, 9),
    (libc::ECHILD, 10),
    (libc::EDEADLK, 11),
    (libc::ENOMEM, 12),
    (libc::EACCES, 13),
    (libc::EFAULT, 14),
    (libc::ENOTBLK, 15),
    (libc::EBUSY, 16),
    (libc::EEXIST, 17),
    (libc::EXDEV, 18),
    (libc::ENODEV, 19),
    (libc::ENOTDIR, 20),
    (libc::EISDIR, 21),
    (libc::EINVAL, 22),
    (libc::ENFILE, 23),
    (libc::EMFILE, 24),
    (libc::ENOTTY, 25),
    (libc::ETXTBSY, 26),
    (libc::EFBIG, 27),
    (libc::ENOSPC, 28),
    (libc::ESPIPE, 29),
    (libc::EROFS, 30),
    (libc::EMLINK, 31),
    (libc::EPIPE, 32),
    (libc::EDOM, 33),
    (libc::ERANGE, 34),
    (libc::EAGAIN, 35),
    (libc::EWOULDBLOCK, 35),
    (libc::EINPROGRESS, 36),
    (libc::EALREADY, 37),
    (libc::ENOTSOCK, 38),
    (libc::EDESTADDRREQ, 39),
    (libc::EMSGSIZE, 40),
    (libc::EPROTOTYPE, 41),
    (libc::ENOPROTOOPT, 42),
    (libc::EPROTONOSUPPORT, 43),
    (libc::ESOCKTNOSUPPORT, 44),
    (libc::EOPNOTSUPP, 45),
    (libc::EPFNOSUPPORT, 46),
    (libc::EAFNOSUPPORT, 47),
    (libc::EADDRINUSE, 48),
    (libc::EADDRNOTAVAIL, 49),
    (libc::ENETDOWN, 50),
    (libc::ENETUNREACH, 51),
    (libc::ENETRESET, 52),
    (libc::ECONNABORTED, 53),
    (libc::ECONNRESET, 54),
    (libc::ENOBUFS, 55),
    (libc::EISCONN, 56),
    (libc::ENOTCONN, 57),
    (libc::ESHUTDOWN, 58),
    (libc::ETOOMANYREFS, 59),
    (libc::ETIMEDOUT, 60),
    (libc::ECONNREFUSED, 61),
    (libc::ELOOP, 62),
    (libc::ENAMETOOLONG, 63),
    (libc::EHOSTDOWN, 64),
    (libc::EHOSTUNREACH, 65),
    (libc::ENOTEMPTY, 66),
    (libc::EUSERS, 68),
    (libc::EDQUOT, 69),
    (libc::ESTALE, 70),
    (libc::EREMOTE, 71),
    (libc::ENOLCK, 77),
    (libc::ENOSYS, 78),
    (libc::EIDRM, 82),
    (libc::ENOMSG, 83),
    (libc::EOVERFLOW, 84),
    (libc::EILSEQ, 85),
    (libc::ENOTSUP, 45),
    (libc::ECANCELED, 87),
    (libc::EBADMSG, 88),
    (libc::ENODATA, 89),
    (libc::ENOSR, 90),
    (libc::ENOSTR, 91),
    (libc::ETIME, 92),
    (libc::EMULTIHOP, 94),
    (libc::ENOLINK, 95),
    (libc::EPROTO, 96),
];

#[test]
fn every_error_of_the_host_has_its_netbsd_number() {
    let devices = [(libc::EREMOTEIO, 5), (libc::EUCLEAN, 5), (libc::ENOMEDIUM, 6), (libc::EMEDIUMTYPE, 6)];
    for host in 1..=200 {
        let expected = SHARED_ERRORS.iter().chain(&devices).find(|entry| entry.0 == host);
        let expected = expected.map_or(EINVAL, |entry| entry.1);
        assert_eq!(rumpuser__errtrans(host), expected, "host errno {host}");
        assert_eq!(rumpuser_component_errtrans(host), expected, "host errno {host}");
    }
    assert_eq!((rumpuser__errtrans(0), rumpuser__errtrans(-1)), (0, EINVAL));
    // Two host errors may share a number of NetBSD only where the host has two names for one thing.
    let mut numbers: Vec<c_int> =
        (1..=200).map(|host| rumpuser__errtrans(host)).filter(|&number| number > 6).collect();
    numbers.retain(|&number| number != EINVAL);
    let count = numbers.len();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), count);
}

#[test]
fn the_errno_of_the_application_is_set_as_it_is() {
    for number in [0, 1, 35, 96, -3] {
        rumpuser_seterrno(number);
        assert_eq!(std::io::Error::last_os_error().raw_os_error(), Some(number));
    }
}

#[test]
fn signals_have_the_numbers_of_the_host() {
    let shared = [
        (1, libc::SIGHUP),
        (6, libc::SIGABRT),
        (10, libc::SIGBUS),
        (11, libc::SIGSEGV),
        (12, libc::SIGSYS),
        (16, libc::SIGURG),
        (17, libc::SIGSTOP),
        (19, libc::SIGCONT),
        (20, libc::SIGCHLD),
        (23, libc::SIGIO),
        (28, libc::SIGWINCH),
        (30, libc::SIGUSR1),
        (31, libc::SIGUSR2),
        (32, libc::SIGPWR),
        (0, 0),
    ];
    for (netbsd, host) in shared {
        assert_eq!(rumpuser__sig_rump2host(netbsd), host);
    }
    for missing in [-1, 7, 29, 33, 64, i32::MAX] {
        assert_eq!(rumpuser__sig_rump2host(missing), -1);
    }
    let mut hosts: Vec<c_int> =
        (1..=32).map(|signal| rumpuser__sig_rump2host(signal)).filter(|&host| host > 0).collect();
    assert_eq!(hosts.len(), 30);
    hosts.sort_unstable();
    hosts.dedup();
    assert_eq!(hosts.len(), 30, "one host signal for each");
}

#[test]
fn components_leave_and_enter_the_kernel() {
    enter_kernel();
    let cookie = rumpuser_component_unschedule();
    assert!(!has_cpu());
    rumpuser_component_schedule(cookie);
    assert!(has_cpu());
    std::thread::spawn(|| {
        rumpuser_component_kthread();
        assert!(!has_cpu());
        assert!(rumpuser_component_curlwp().is_null());
        unsafe { rumpuser_component_switchlwp(ptr::null_mut()) };
        rumpuser_component_kthread_release();
        assert!(!has_cpu());
    })
    .join()
    .unwrap();
}

#[test]
fn the_proxy_says_that_it_is_not_there() {
    let (mut length, mut address) = (0, ptr::null_mut());
    let (name, null) = (c"unix://socket".as_ptr(), ptr::null_mut());
    assert_eq!(rumpuser_sp_init(name, name, name, name), ENOSYS);
    assert_eq!(rumpuser_sp_copyin(null, null, null, 1), ENOSYS);
    assert_eq!(rumpuser_sp_copyout(null, null, null, 1), ENOSYS);
    assert_eq!(rumpuser_sp_copyinstr(null, null, null, &raw mut length), ENOSYS);
    assert_eq!(rumpuser_sp_copyoutstr(null, null, null, &raw mut length), ENOSYS);
    assert_eq!(rumpuser_sp_anonmmap(null, 1, &raw mut address), ENOSYS);
    assert_eq!(rumpuser_sp_raise(null, 1), ENOSYS);
    rumpuser_sp_fini(null);
}

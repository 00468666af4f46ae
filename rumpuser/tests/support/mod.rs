//! A kernel that only keeps books: which host threads hold a virtual CPU, and what it was told.

#![allow(dead_code)]

use core::cell::Cell;
use core::ffi::{c_char, c_int, c_void};
use core::ptr;
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rumpuser::current_lwp::{Lwp, RUMPUSER_LWP_CLEAR, RUMPUSER_LWP_SET, rumpuser_curlwp, rumpuser_curlwpop};
use rumpuser::hypervisor::{RUMPUSER_VERSION, RumpuserHyperup, rumpuser_init};
use rumpuser::mutex::{Mutex, rumpuser_mutex_enter_nowrap, rumpuser_mutex_exit};

/// What the fake kernel says is the number of kernel locks it has dropped.
const DROPPED_LOCKS: c_int = 3;

thread_local! {
    static HAS_CPU: Cell<bool> = const { Cell::new(false) };
    static RELEASES: Cell<usize> = const { Cell::new(0) };
}

/// Contexts made for host threads.
pub static NEW_LWPS: AtomicUsize = AtomicUsize::new(0);
/// The mutex that the fake kernel takes as it gives a CPU back, like the scheduler's.
pub static SCHEDULER_MUTEX: AtomicPtr<Mutex> = AtomicPtr::new(ptr::null_mut());

fn is_scheduler_mutex(interlock: *mut c_void) -> bool {
    !interlock.is_null() && interlock == SCHEDULER_MUTEX.load(Ordering::SeqCst).cast()
}

unsafe extern "C" fn schedule() {
    assert!(!HAS_CPU.replace(true), "a thread takes a second CPU");
}

unsafe extern "C" fn unschedule() {
    assert!(HAS_CPU.replace(false), "a thread gives back a CPU it does not have");
}

unsafe extern "C" fn backend_unschedule(_level: c_int, locks: *mut c_int, interlock: *mut c_void) {
    assert!(HAS_CPU.get(), "a thread gives back a CPU it does not have");
    if is_scheduler_mutex(interlock) {
        unsafe { rumpuser_mutex_enter_nowrap(interlock.cast()) };
    }
    HAS_CPU.set(false);
    RELEASES.set(RELEASES.get() + 1);
    unsafe { *locks = DROPPED_LOCKS };
}

unsafe extern "C" fn backend_schedule(locks: c_int, interlock: *mut c_void) {
    assert!(locks == DROPPED_LOCKS || locks == 0, "{locks} kernel locks were never dropped");
    assert!(!HAS_CPU.replace(true), "a thread takes a second CPU");
    if is_scheduler_mutex(interlock) {
        unsafe { rumpuser_mutex_exit(interlock.cast()) };
    }
}

unsafe extern "C" fn new_lwp(process: libc::pid_t) -> c_int {
    assert!(HAS_CPU.get());
    assert_eq!(process, 0);
    NEW_LWPS.fetch_add(1, Ordering::SeqCst);
    0
}

unsafe extern "C" fn switch(_lwp: *mut Lwp) {}
unsafe extern "C" fn release() {}
unsafe extern "C" fn fork(_vmspace: *mut c_void, _flags: c_int, _name: *const c_char) -> c_int {
    0
}

/// The upcalls of the fake kernel.
pub fn upcalls() -> RumpuserHyperup {
    RumpuserHyperup {
        hyp_schedule: Some(schedule),
        hyp_unschedule: Some(unschedule),
        hyp_backend_unschedule: Some(backend_unschedule),
        hyp_backend_schedule: Some(backend_schedule),
        hyp_lwproc_switch: Some(switch),
        hyp_lwproc_release: Some(release),
        hyp_lwproc_rfork: Some(fork),
        hyp_lwproc_newlwp: Some(new_lwp),
        hyp_lwproc_curlwp: None,
        hyp_syscall: None,
        hyp_lwpexit: None,
        hyp_execnotify: None,
        hyp_getpid: None,
        hyp_extra: [ptr::null_mut(); 8],
    }
}

/// Starts the fake kernel once per process and gives the calling thread a CPU, whatever an earlier test on this
/// thread has left.
pub fn enter_kernel() {
    static START: Once = Once::new();
    START.call_once(|| {
        let upcalls = upcalls();
        assert_eq!(unsafe { rumpuser_init(RUMPUSER_VERSION, &raw const upcalls) }, 0);
    });
    rumpuser_curlwpop(RUMPUSER_LWP_CLEAR, rumpuser_curlwp());
    HAS_CPU.set(true);
    RELEASES.set(0);
}

/// Gives the calling thread a context with this number, and a CPU.
pub fn enter_kernel_as(number: usize) -> *mut Lwp {
    enter_kernel();
    let lwp = ptr::without_provenance_mut(number * 64);
    rumpuser_curlwpop(RUMPUSER_LWP_SET, lwp);
    lwp
}

/// Whether the calling thread holds a CPU.
pub fn has_cpu() -> bool {
    HAS_CPU.get()
}

/// How often the calling thread has given its CPU back in order to wait.
pub fn releases() -> usize {
    RELEASES.get()
}

/// A directory that goes away with this value.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("rumpuser-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A small generator of pseudo-random numbers (xorshift64), so that a seed reproduces a run.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

/// Waits until something has happened, for 20 seconds at most.
pub fn until(what: &str, condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(20), "{what} does not happen");
        thread::yield_now();
    }
}

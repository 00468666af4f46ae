//! What the uncontended paths cost: `cargo run --release -p rumpuser --example uncontended`.
//!
//! The functions are called through the C ABI of the shared library named by the argument (any
//! librumpuser.so.0), so that implementations can be compared in one run.

use core::ffi::{CStr, c_char, c_int, c_void};
use std::ffi::CString;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

const ROUNDS: u32 = 5_000_000;
const ATTEMPTS: usize = 5;
const READER: c_int = 0;
const WRITER: c_int = 1;
const KERNEL_MUTEX: c_int = 2;

type Object = *mut c_void;
type Init = unsafe extern "C" fn(*mut Object);
type InitWithFlags = unsafe extern "C" fn(*mut Object, c_int);
type Act = unsafe extern "C" fn(Object);
type ActByKind = unsafe extern "C" fn(c_int, Object);
type Current = unsafe extern "C" fn() -> Object;
type CurrentOperation = unsafe extern "C" fn(c_int, Object);
type Allocate = unsafe extern "C" fn(usize, c_int, *mut Object) -> c_int;
type Free = unsafe extern "C" fn(Object, usize);

struct Library(Object);

impl Library {
    fn open(path: &str) -> Self {
        let path = CString::new(path).expect("a path has no NUL");
        let library = unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_NOW) };
        assert!(!library.is_null(), "{}", unsafe { CStr::from_ptr(libc::dlerror()) }.to_string_lossy());
        Self(library)
    }

    fn function<T: Copy>(&self, name: &CStr) -> T {
        let address = unsafe { libc::dlsym(self.0, name.as_ptr().cast::<c_char>()) };
        assert!(!address.is_null(), "{} is missing", name.to_string_lossy());
        assert_eq!(size_of::<T>(), size_of::<Object>());
        unsafe { core::mem::transmute_copy(&address) }
    }
}

/// Prints the best of several attempts.
fn measure(name: &str, mut action: impl FnMut()) {
    let nanoseconds = (0..ATTEMPTS)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..ROUNDS {
                action();
            }
            start.elapsed().as_nanos() as f64 / f64::from(ROUNDS)
        })
        .fold(f64::INFINITY, f64::min);
    println!("{name:<28} {nanoseconds:6.2} ns");
}

fn main() {
    // The C library leaves out atomic operations while there is one thread, which no kernel has.
    std::thread::spawn(std::thread::park);
    let word = AtomicU32::new(0);
    measure("the processor: CAS + swap", || {
        let taken = word.compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed);
        core::hint::black_box((taken.is_ok(), word.swap(0, Ordering::Release)));
    });
    let path = std::env::args().nth(1).unwrap_or_else(|| "librumpuser.so.0".into());
    let library = Library::open(&path);
    unsafe {
        library.function::<unsafe extern "C" fn()>(c"rumpuser__thrinit")();
        library.function::<CurrentOperation>(c"rumpuser_curlwpop")(2, 64 as Object);
    }
    let current = library.function::<Current>(c"rumpuser_curlwp");
    measure("curlwp", || {
        core::hint::black_box(unsafe { current() });
    });

    let mut object: Object = core::ptr::null_mut();
    unsafe { library.function::<InitWithFlags>(c"rumpuser_mutex_init")(&raw mut object, KERNEL_MUTEX) };
    let enter = library.function::<Act>(c"rumpuser_mutex_enter");
    let exit = library.function::<Act>(c"rumpuser_mutex_exit");
    measure("mutex enter + exit", || unsafe {
        enter(object);
        exit(object);
    });

    unsafe { library.function::<Init>(c"rumpuser_rw_init")(&raw mut object) };
    let enter = library.function::<ActByKind>(c"rumpuser_rw_enter");
    let exit = library.function::<Act>(c"rumpuser_rw_exit");
    for (name, kind) in [("rwlock read + exit", READER), ("rwlock write + exit", WRITER)] {
        measure(name, || unsafe {
            enter(kind, object);
            exit(object);
        });
    }

    unsafe { library.function::<Init>(c"rumpuser_cv_init")(&raw mut object) };
    let signal = library.function::<Act>(c"rumpuser_cv_signal");
    let broadcast = library.function::<Act>(c"rumpuser_cv_broadcast");
    measure("cv signal, nobody waits", || unsafe { signal(object) });
    measure("cv broadcast, nobody waits", || unsafe { broadcast(object) });

    let allocate = library.function::<Allocate>(c"rumpuser_malloc");
    let free = library.function::<Free>(c"rumpuser_free");
    for (name, length, alignment) in [("malloc 64 + free", 64, 8), ("malloc page + free", 4096, 4096)] {
        measure(name, || unsafe {
            let mut memory = core::ptr::null_mut();
            allocate(length, alignment, &raw mut memory);
            free(memory, length);
        });
    }
}

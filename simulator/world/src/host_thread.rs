//! UNSAFE inside. Host threads whose stacks lie at telling addresses.
//!
//! The kernel spreads threads over its virtual CPUs by the address of their stacks, in MiB. A host's addresses differ from
//! run to run, so threads get stacks here that are the same modulo [`ALIGNMENT`], whatever their number in the world.

use core::ffi::{CStr, c_int, c_void};
use core::{mem, ptr};
use std::sync::OnceLock;

/// Stacks lie in windows of this size and alignment.
const ALIGNMENT: usize = 64 << 20;
/// Bytes of a stack. Frames stay within its last MiB unless something recurses.
const STACK: usize = 8 << 20;
const MEBIBYTE: usize = 1 << 20;

/// A running host thread.
pub struct HostThread {
    thread: libc::pthread_t,
    window: *mut c_void,
}

// SAFETY: a thread's handle and its stack's address may be used from any thread.
unsafe impl Send for HostThread {}

/// What a thread does.
type Body = Box<dyn FnOnce() + Send>;

extern "C" fn entry(argument: *mut c_void) -> *mut c_void {
    // SAFETY: the box that `start` gave up for this thread.
    let body = unsafe { Box::from_raw(argument.cast::<Body>()) };
    body();
    ptr::null_mut()
}

/// A function of the C library, although a library that is loaded before it may have one of the same name, for programs.
///
/// # Panics
/// When there is none of this name.
#[must_use]
pub fn host_function(name: &CStr) -> *mut c_void {
    try_host_function(name).unwrap_or_else(|| panic!("the C library has no {name:?}"))
}

/// As [`host_function`], if there is one of this name.
#[must_use]
pub fn try_host_function(name: &CStr) -> Option<*mut c_void> {
    // SAFETY: a C string.
    let found = unsafe { libc::dlsym(libc::RTLD_NEXT, name.as_ptr()) };
    (!found.is_null()).then_some(found)
}

type Create = unsafe extern "C" fn(
    *mut libc::pthread_t,
    *const libc::pthread_attr_t,
    extern "C" fn(*mut c_void) -> *mut c_void,
    *mut c_void,
) -> c_int;
type Join = unsafe extern "C" fn(libc::pthread_t, *mut *mut c_void) -> c_int;

fn host_threads() -> (Create, Join) {
    static FUNCTIONS: OnceLock<(Create, Join)> = OnceLock::new();
    // SAFETY: the types are those of pthread_create(3) and pthread_join(3).
    *FUNCTIONS.get_or_init(|| unsafe {
        let create = mem::transmute::<*mut c_void, Create>(host_function(c"pthread_create"));
        (create, mem::transmute::<*mut c_void, Join>(host_function(c"pthread_join")))
    })
}

/// Maps `length` bytes without memory behind them, aligned to `alignment`.
#[must_use]
pub fn map_aligned(length: usize, alignment: usize, protection: i32) -> Option<*mut c_void> {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
    let room = length.checked_add(alignment)?;
    // SAFETY: a fresh mapping, cut to the aligned part.
    unsafe {
        let start = libc::mmap(ptr::null_mut(), room, protection, flags, -1, 0);
        if start == libc::MAP_FAILED {
            return None;
        }
        let before = start.addr().next_multiple_of(alignment) - start.addr();
        if before > 0 {
            libc::munmap(start, before);
        }
        let end = start.byte_add(before + length);
        if room > before + length {
            libc::munmap(end, room - before - length);
        }
        Some(start.byte_add(before))
    }
}

impl HostThread {
    /// Starts a thread; `number` chooses where its stack lies.
    ///
    /// # Panics
    /// When the host has no thread or no address space left: a simulation cannot go on then.
    pub fn start(number: usize, body: Body) -> Self {
        let window = map_aligned(ALIGNMENT, ALIGNMENT, libc::PROT_NONE).expect("address space for a stack");
        let offset = (number % 32) * MEBIBYTE;
        let argument = Box::into_raw(Box::new(body));
        // SAFETY: the stack is inside the window, which stays until the thread has been joined; the attributes are
        // initialised before use.
        unsafe {
            let stack = window.byte_add(offset);
            let protection = libc::PROT_READ | libc::PROT_WRITE;
            assert_eq!(libc::mprotect(stack, STACK, protection), 0, "memory for a stack");
            let mut attributes: libc::pthread_attr_t = core::mem::zeroed();
            assert_eq!(libc::pthread_attr_init(&raw mut attributes), 0, "thread attributes");
            assert_eq!(libc::pthread_attr_setstack(&raw mut attributes, stack, STACK), 0, "a stack");
            let mut thread = 0;
            let error = host_threads().0(&raw mut thread, &raw const attributes, entry, argument.cast());
            libc::pthread_attr_destroy(&raw mut attributes);
            assert_eq!(error, 0, "a host thread");
            Self { thread, window }
        }
    }

    /// The host's name for it.
    #[must_use]
    pub fn handle(&self) -> libc::pthread_t {
        self.thread
    }

    /// Waits until it has ended.
    pub fn join(self) {
        // SAFETY: joined once, as `self` is used up; then nothing runs on the stack any more.
        unsafe {
            host_threads().1(self.thread, ptr::null_mut());
            libc::munmap(self.window, ALIGNMENT);
        }
    }
}

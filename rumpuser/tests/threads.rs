//! Threads: their names, their ends, and many at once.

mod support;

use core::ffi::c_void;
use core::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};

use rumpuser::arch::rumpuser_thread_exit;
use rumpuser::thread::{rumpuser_thread_create, rumpuser_thread_join};
use support::{enter_kernel, has_cpu, releases, until};

extern "C" fn record(argument: *mut c_void) -> *mut c_void {
    let name = thread_name();
    unsafe { (*argument.cast::<AtomicUsize>()).store(name.len(), Ordering::SeqCst) };
    leave_from_the_depth(10)
}

fn thread_name() -> Vec<u8> {
    let mut name = [0_u8; 16];
    unsafe { libc::prctl(libc::PR_GET_NAME, name.as_mut_ptr()) };
    name.iter().copied().take_while(|&byte| byte != 0).collect()
}

#[inline(never)]
fn leave_from_the_depth(depth: usize) -> *mut c_void {
    let padding = core::hint::black_box([depth; 32]);
    if padding[31] == 0 {
        unsafe { rumpuser_thread_exit() }
    }
    leave_from_the_depth(padding[0] - 1)
}

#[test]
fn threads_have_names_end_from_any_depth_and_can_be_joined() {
    enter_kernel();
    for (joinable, name, expected) in
        [(1, c"short", 5), (1, c"a name of more than 15 bytes", 15), (0, c"d", 1)]
    {
        let length = Box::leak(Box::new(AtomicUsize::new(0)));
        let mut cookie = ptr::null_mut();
        let error = unsafe {
            rumpuser_thread_create(
                record,
                ptr::from_mut(length).cast(),
                name.as_ptr(),
                joinable,
                0,
                -1,
                &raw mut cookie,
            )
        };
        assert_eq!(error, 0);
        if joinable != 0 {
            assert_eq!(unsafe { rumpuser_thread_join(cookie) }, 0);
            assert!(has_cpu());
        } else {
            assert!(cookie.is_null());
        }
        until("the thread's run", || length.load(Ordering::SeqCst) == expected);
    }
    assert_eq!(releases(), 2);
}

extern "C" fn wait_at_barrier(argument: *mut c_void) -> *mut c_void {
    let barrier = unsafe { Arc::from_raw(argument.cast::<Barrier>().cast_const()) };
    barrier.wait();
    ptr::null_mut()
}

#[test]
fn many_threads_run_at_the_same_time() {
    enter_kernel();
    let barrier = Arc::new(Barrier::new(101));
    let cookies: Vec<_> = (0..100)
        .map(|_| {
            let mut cookie = ptr::null_mut();
            let argument = Arc::into_raw(Arc::clone(&barrier)).cast_mut().cast();
            let error = unsafe {
                rumpuser_thread_create(wait_at_barrier, argument, ptr::null(), 1, 0, 0, &raw mut cookie)
            };
            assert_eq!(error, 0);
            cookie
        })
        .collect();
    barrier.wait();
    for cookie in cookies {
        assert_eq!(unsafe { rumpuser_thread_join(cookie) }, 0);
    }
}

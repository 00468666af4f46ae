//! Kernels side by side in one process.

use rump::abi::system_call::table::number;
use rump::errno::{Errno, Result};
use rump::init;
use rump::kernel::{Configuration, Kernel};
use rump::sched;
use rump::syscall;
use rumpuser as _;
use std::ffi::CString;
use std::sync::{Arc, Once};
use std::thread;

fn boot() -> Arc<Kernel> {
    static LOAD: Once = Once::new();
    LOAD.call_once(|| {
        rump::syscalls::load();
        (vfs::COMPONENT.load)();
    });
    let configuration = Configuration { prefault: true, vnodes: 1024, ..Configuration::small(2) };
    init::boot(configuration, &[&fs_tmpfs::COMPONENT, &vfs::COMPONENT]).expect("a kernel boots")
}

fn call(kernel: &Arc<Kernel>, number: usize, slots: &[u64]) -> Result<i64> {
    let inside = sched::enter(|| Some(kernel)).ok_or(Errno::ENXIO)?;
    syscall::dispatch(inside.lwp(), number, slots).map(|value| value.0)
}

fn with_path(kernel: &Arc<Kernel>, number: usize, path: &str, rest: &[u64]) -> Result<i64> {
    let path = CString::new(path).expect("no NUL in test paths");
    let mut slots = vec![path.as_ptr() as u64];
    slots.extend_from_slice(rest);
    call(kernel, number, &slots)
}

fn mkdir(kernel: &Arc<Kernel>, path: &str) -> Result<i64> {
    with_path(kernel, number::MKDIR, path, &[0o755])
}

#[test]
fn two_kernels_know_nothing_of_each_other() {
    let (first, second) = (boot(), boot());
    mkdir(&first, "/only-here").unwrap();
    assert_eq!(with_path(&second, number::CHDIR, "/only-here", &[]), Err(Errno::ENOENT));
    with_path(&first, number::CHDIR, "/only-here", &[]).unwrap();
    mkdir(&second, "/only-here").unwrap();
    let descriptor = with_path(&first, number::OPEN, "/dev/null", &[2]).unwrap();
    assert_eq!(call(&second, number::CLOSE, &[descriptor as u64]), Err(Errno::EBADF));
    call(&first, number::CLOSE, &[descriptor as u64]).unwrap();
    first.shut_down().unwrap();
    assert_eq!(mkdir(&first, "/too-late"), Err(Errno::ENXIO));
    mkdir(&second, "/still-there").unwrap();
    second.shut_down().unwrap();
}

#[test]
fn a_kernel_that_was_shut_down_is_gone() {
    let kernel = boot();
    mkdir(&kernel, "/a").unwrap();
    let trace = Arc::downgrade(&kernel);
    kernel.shut_down().unwrap();
    drop(kernel);
    assert!(trace.upgrade().is_none(), "something still refers to the kernel");
}

#[test]
fn kernels_run_in_parallel() {
    let threads: Vec<_> = (0..8)
        .map(|_| {
            thread::spawn(|| {
                for _ in 0..20 {
                    let kernel = boot();
                    for index in 0..50 {
                        mkdir(&kernel, &format!("/directory{index}")).unwrap();
                    }
                    kernel.shut_down().unwrap();
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn components_wait_for_what_is_missing() {
    let configuration = Configuration { prefault: true, ..Configuration::small(1) };
    let kernel = init::boot(configuration, &[&fs_tmpfs::COMPONENT]).expect("the rest of it boots");
    assert!(!kernel.slots.has_started("fs_tmpfs"));
    assert!(kernel.slots.is_waiting(&fs_tmpfs::COMPONENT));
    kernel.shut_down().unwrap();
}

#[test]
fn components_that_come_twice_are_there_once() {
    let configuration = Configuration { prefault: true, ..Configuration::small(1) };
    let components = [&vfs::COMPONENT, &fs_tmpfs::COMPONENT, &vfs::COMPONENT, &fs_tmpfs::COMPONENT];
    let kernel = init::boot(configuration, &components).expect("the second ones have no effect");
    assert_eq!(kernel.modules.all().len(), 2);
    kernel.shut_down().unwrap();
}

//! Disks of several kernels in one process, and what is left of them when a kernel ends.

use rump::errno::Errno;
use rump::kernel::{Configuration, Kernel};
use rump::sched;
use rump::uio::Uio;
use rump::user_memory::UserAddress;
use rumpuser as _;
use std::sync::Arc;
use vfs::device_switch::device_number;
use vfs::{BlockDevice, FileSystems, IoFlags, NewFile, VnodeKind};

const VND: u32 = 14;
const RAW: u32 = 3;
const SIZE: usize = 1 << 20;
const SET: u64 = 0xc028_4600;
const CLEAR: u64 = 0x8028_4601;

fn kernel() -> Arc<Kernel> {
    let configuration = Configuration::small(2);
    let kernel = Kernel::new(configuration);
    for component in [&vfs::COMPONENT, &dev::COMPONENT, &dev_disk::COMPONENT, &dev_vnd::COMPONENT] {
        (component.start)(&kernel).unwrap();
    }
    kernel
}

/// Makes `/file`, and vnd0 of it; gives the raw disk.
fn configure(kernel: &Arc<Kernel>) -> Arc<dyn BlockDevice> {
    let state = FileSystems::of(kernel).unwrap();
    let new = NewFile { kind: VnodeKind::Regular, permissions: 0o644, user: 0, device: 0 };
    let file = state.root().unwrap().create(b"file", &new).unwrap();
    let zeroes = vec![0; SIZE];
    file.operations().write(&mut Uio::from_kernel(&zeroes, 0), IoFlags::empty()).unwrap();
    let disk = state.block_device(device_number(VND, RAW)).unwrap();
    let path = *b"/file\0";
    let mut request = [0u8; 40];
    request[..8].copy_from_slice(&(path.as_ptr() as u64).to_ne_bytes());
    control(kernel, &*disk, SET, &mut request).unwrap();
    disk
}

fn control(
    kernel: &Arc<Kernel>,
    disk: &dyn BlockDevice,
    command: u64,
    request: &mut [u8; 40],
) -> Result<i64, Errno> {
    let data = UserAddress::new(request.as_mut_ptr() as u64);
    let _inside = sched::enter(|| Some(kernel)).unwrap();
    sched::with_current(|lwp| disk.control(lwp.unwrap(), command, data))
}

#[test]
fn kernels_have_disks_of_their_own() {
    let (one, other) = (kernel(), kernel());
    let (first, second) = (configure(&one), configure(&other));
    let (written, mut found) = ([7; 4096], [1; 4096]);
    first.write(8192, &written).unwrap();
    second.read(8192, &mut found).unwrap();
    assert_eq!(found, [0; 4096]);
    first.read(8192, &mut found).unwrap();
    assert_eq!(found, written);
    control(&one, &*first, CLEAR, &mut [0; 40]).unwrap();
    assert_eq!(first.read(8192, &mut found), Err(Errno::ENXIO));
    second.read(8192, &mut found).unwrap();
    drop((first, second));
    one.shut_down().unwrap();
    other.shut_down().unwrap();
}

#[test]
fn a_configured_disk_does_not_keep_its_kernel() {
    let kernel = kernel();
    drop(configure(&kernel));
    let left = Arc::downgrade(&kernel);
    kernel.shut_down().unwrap();
    drop(kernel);
    assert!(left.upgrade().is_none());
}

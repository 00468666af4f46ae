//! What the tests share: kernels in worlds, and the system calls that they make.

#![allow(dead_code, reason = "each test file uses its own part")]

pub mod waiting;

use rump::abi::system_call::table::number;
use rump::component::Component;
use rump::errno::{Errno, Result};
use rump::init;
use rump::kernel::{Configuration, HostFileKey, Kernel};
use rump::process::DescriptorInheritance;
use rump::sched;
use rump::syscall::{self, ReturnValue};
use simulator::{Disk, Thread, World, run};
use std::ffi::CString;
use std::process::Command;
use std::sync::{Arc, Once, OnceLock};

/// Boots a kernel with all components.
pub fn boot(cpus: usize) -> Arc<Kernel> {
    boot_with(cpus, &[&vfs::COMPONENT, &fs_tmpfs::COMPONENT, &fs_ffs::COMPONENT])
}

/// Boots a kernel.
pub fn boot_with(cpus: usize, components: &[&'static Component]) -> Arc<Kernel> {
    static LOAD: Once = Once::new();
    LOAD.call_once(|| {
        rump::syscalls::load();
        (vfs::COMPONENT.load)();
    });
    let configuration = Configuration::small(cpus);
    init::boot(configuration, components).expect("a kernel boots")
}

/// A core without components.
pub fn core(cpus: usize) -> Arc<Kernel> {
    boot_with(cpus, &[])
}

/// Runs `inside` in the kernel, on the thread's own lwp or a borrowed one.
pub fn within<R>(kernel: &Arc<Kernel>, inside: impl FnOnce() -> R) -> R {
    let _stay = sched::enter(|| Some(kernel)).expect("the kernel lives");
    inside()
}

/// Runs `body` on an lwp of a new process.
pub fn in_process<R>(kernel: &Arc<Kernel>, body: impl FnOnce() -> R) -> R {
    let lwp = within(kernel, || {
        let init = kernel.processes.init().unwrap();
        init.fork(DescriptorInheritance::Clear).unwrap().new_lwp().unwrap()
    });
    sched::bind(Some(&lwp));
    let result = body();
    sched::bind(None);
    lwp.process.remove_lwp(&lwp);
    result
}

/// A thread of the world on an lwp of its own process.
pub fn spawn(
    world: &World,
    kernel: &Arc<Kernel>,
    name: &str,
    body: impl FnOnce() + Send + 'static,
) -> Thread {
    let kernel = Arc::clone(kernel);
    world.spawn(name, move || in_process(&kernel, body))
}

/// A program that makes system calls.
#[derive(Clone)]
pub struct Program(pub Arc<Kernel>);

/// `MNT_RDONLY`.
const MOUNT_READ_ONLY: u64 = 1;

pub const READ_ONLY: u64 = 0;
pub const READ_WRITE: u64 = 2;
pub const APPEND: u64 = 0x8;
pub const CREATE: u64 = 0x200;
pub const TRUNCATE: u64 = 0x400;
pub const DIRECTORY: u64 = 0x20_0000;

impl Program {
    pub fn call2(&self, number: usize, slots: &[u64]) -> Result<ReturnValue> {
        let inside = sched::enter(|| Some(&self.0)).ok_or(Errno::ENXIO)?;
        syscall::dispatch(inside.lwp(), number, slots)
    }

    pub fn call(&self, number: usize, slots: &[u64]) -> Result<i64> {
        self.call2(number, slots).map(|value| value.0)
    }

    fn paths(&self, number: usize, path: &str, rest: &[u64]) -> Result<i64> {
        let path = CString::new(path).expect("no NUL in test paths");
        let mut slots = vec![path.as_ptr() as u64];
        slots.extend_from_slice(rest);
        self.call(number, &slots)
    }

    fn two_paths(&self, number: usize, from: &str, to: &str) -> Result<()> {
        let (from, to) = (CString::new(from).unwrap(), CString::new(to).unwrap());
        self.call(number, &[from.as_ptr() as u64, to.as_ptr() as u64]).map(drop)
    }

    pub fn open(&self, path: &str, flags: u64) -> Result<u64> {
        self.paths(number::OPEN, path, &[flags, 0o644]).map(|descriptor| descriptor as u64)
    }

    pub fn close(&self, descriptor: u64) -> Result<()> {
        self.call(number::CLOSE, &[descriptor]).map(drop)
    }

    pub fn fsync(&self, descriptor: u64) -> Result<()> {
        self.call(number::FSYNC, &[descriptor]).map(drop)
    }

    /// fsync_range(2) with `FFILESYNC`.
    pub fn fsync_range(&self, descriptor: u64, start: u64, length: u64) -> Result<()> {
        const FILE: u64 = 0x20;
        self.call(number::FSYNC_RANGE, &[descriptor, FILE, start, length]).map(drop)
    }

    pub fn advise(&self, descriptor: u64, start: u64, length: u64, advice: u64) -> Result<()> {
        self.call(number::POSIX_FADVISE50, &[descriptor, 0, start, length, advice]).map(drop)
    }

    pub fn sync(&self) {
        self.call(number::SYNC, &[]).unwrap();
    }

    pub fn read(&self, descriptor: u64, length: usize) -> Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        let count = self.call(number::READ, &[descriptor, bytes.as_mut_ptr() as u64, length as u64])?;
        bytes.truncate(count as usize);
        Ok(bytes)
    }

    /// Writes once; says how much.
    pub fn write(&self, descriptor: u64, bytes: &[u8]) -> Result<usize> {
        let slots = [descriptor, bytes.as_ptr() as u64, bytes.len() as u64];
        self.call(number::WRITE, &slots).map(|count| count as usize)
    }

    pub fn pwrite(&self, descriptor: u64, bytes: &[u8], offset: u64) -> Result<usize> {
        let slots = [descriptor, bytes.as_ptr() as u64, bytes.len() as u64, 0, offset];
        self.call(number::PWRITE, &slots).map(|count| count as usize)
    }

    pub fn pread(&self, descriptor: u64, length: usize, offset: u64) -> Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        let slots = [descriptor, bytes.as_mut_ptr() as u64, length as u64, 0, offset];
        let count = self.call(number::PREAD, &slots)?;
        bytes.truncate(count as usize);
        Ok(bytes)
    }

    pub fn pipe(&self) -> (u64, u64) {
        let ends = self.call2(number::PIPE, &[]).unwrap();
        (ends.0 as u64, ends.1 as u64)
    }

    pub fn mkdir(&self, path: &str) -> Result<()> {
        self.paths(number::MKDIR, path, &[0o755]).map(drop)
    }

    pub fn rmdir(&self, path: &str) -> Result<()> {
        self.paths(number::RMDIR, path, &[]).map(drop)
    }

    pub fn discard(&self, descriptor: u64, offset: u64, length: u64) -> Result<()> {
        self.call(number::FDISCARD, &[descriptor, 0, offset, length]).map(drop)
    }

    pub fn change_directory(&self, path: &str) -> Result<()> {
        self.paths(number::CHDIR, path, &[]).map(drop)
    }

    pub fn unlink(&self, path: &str) -> Result<()> {
        self.paths(number::UNLINK, path, &[]).map(drop)
    }

    pub fn truncate(&self, path: &str, length: u64) -> Result<()> {
        self.paths(number::TRUNCATE, path, &[0, length]).map(drop)
    }

    pub fn rename(&self, from: &str, to: &str) -> Result<()> {
        self.two_paths(number::RENAME, from, to)
    }

    pub fn link(&self, from: &str, to: &str) -> Result<()> {
        self.two_paths(number::LINK, from, to)
    }

    pub fn symlink(&self, target: &str, path: &str) -> Result<()> {
        self.two_paths(number::SYMLINK, target, path)
    }

    pub fn write_file(&self, path: &str, bytes: &[u8]) -> Result<()> {
        let descriptor = self.open(path, READ_WRITE | CREATE | TRUNCATE)?;
        let written = self.write_all(descriptor, bytes);
        written.and(self.close(descriptor))
    }

    pub fn write_all(&self, descriptor: u64, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() {
            let count = self.write(descriptor, bytes)?;
            assert!(count > 0, "a write of nothing");
            bytes = &bytes[count..];
        }
        Ok(())
    }

    pub fn read_file(&self, path: &str) -> Result<Vec<u8>> {
        let descriptor = self.open(path, READ_ONLY)?;
        let mut all = Vec::new();
        let result = loop {
            match self.read(descriptor, 70_000) {
                Ok(piece) if piece.is_empty() => break Ok(()),
                Ok(piece) => all.extend(piece),
                Err(error) => break Err(error),
            }
        };
        result.and(self.close(descriptor)).map(|()| all)
    }

    /// The names in a directory.
    pub fn names(&self, path: &str) -> Result<Vec<Vec<u8>>> {
        let descriptor = self.open(path, READ_ONLY | DIRECTORY)?;
        let mut names = Vec::new();
        let mut buffer = vec![0u8; 4096];
        let result = loop {
            let slots = [descriptor, buffer.as_mut_ptr() as u64, buffer.len() as u64];
            match self.call(number::GETDENTS30, &slots) {
                Ok(0) => break Ok(()),
                Ok(count) => collect_names(&buffer[..count as usize], &mut names),
                Err(error) => break Err(error),
            }
        };
        result.and(self.close(descriptor)).map(|()| names)
    }

    /// Makes a disk of the host the block device `/disk`.
    pub fn attach(&self, host_path: &str) -> Result<()> {
        let key =
            HostFileKey { name: b"/disk", host_path: host_path.as_bytes(), kind: 1, begin: 0, size: None };
        within(&self.0, || self.0.host_file_keys()?.register(&key))
    }

    pub fn mount_ffs(&self, place: &str, flags: u64) -> Result<()> {
        let device = CString::new("/disk").unwrap();
        self.mount("ffs", place, flags, &(device.as_ptr() as u64).to_ne_bytes())
    }

    pub fn mount_tmpfs(&self, place: &str) -> Result<()> {
        let mut arguments = [0u8; 40];
        arguments[0] = 1;
        arguments[32..36].copy_from_slice(&0o755u32.to_ne_bytes());
        self.mount("tmpfs", place, 0, &arguments)
    }

    fn mount(&self, kind: &str, place: &str, flags: u64, arguments: &[u8]) -> Result<()> {
        let (kind, place) = (CString::new(kind).unwrap(), CString::new(place).unwrap());
        let slots = [
            kind.as_ptr() as u64,
            place.as_ptr() as u64,
            flags,
            arguments.as_ptr() as u64,
            arguments.len() as u64,
        ];
        self.call(number::MOUNT50, &slots).map(drop)
    }

    pub fn unmount(&self, place: &str, force: bool) -> Result<()> {
        const FORCE: u64 = 0x8_0000;
        self.paths(number::UNMOUNT, place, &[if force { FORCE } else { 0 }]).map(drop)
    }
}

fn collect_names(mut entries: &[u8], names: &mut Vec<Vec<u8>>) {
    while entries.len() >= 13 {
        let length = u16::from_ne_bytes([entries[8], entries[9]]) as usize;
        let name = u16::from_ne_bytes([entries[10], entries[11]]) as usize;
        names.push(entries[13..13 + name].to_vec());
        entries = &entries[length..];
    }
}

/// An empty FFS image of 2 MiB with small blocks.
pub fn empty_ffs() -> Vec<u8> {
    static IMAGE: OnceLock<Vec<u8>> = OnceLock::new();
    IMAGE.get_or_init(|| make_empty_ffs(2)).clone()
}

/// The same in UFS1.
pub fn empty_ufs1() -> Vec<u8> {
    static IMAGE: OnceLock<Vec<u8>> = OnceLock::new();
    IMAGE.get_or_init(|| make_empty_ffs(1)).clone()
}

fn make_empty_ffs(version: u32) -> Vec<u8> {
    let scratch = std::env::temp_dir().join(format!("simulator-{}-{version}", std::process::id()));
    let tree = scratch.join("tree");
    std::fs::create_dir_all(&tree).unwrap();
    let image = scratch.join("image");
    let output = Command::new("makefs")
        .args(["-t", "ffs", "-s", "2m", "-f", "500"])
        .args(["-o", &format!("version={version},bsize=4096,fsize=512")])
        .arg(&image)
        .arg(&tree)
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .output()
        .expect("makefs is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let bytes = std::fs::read(image).unwrap();
    std::fs::remove_dir_all(scratch).unwrap();
    bytes
}

/// A kernel that has `disk`, and a directory `/ffs` to mount it at.
pub fn with_disk(world: &World, disk: &Disk, cpus: usize) -> Program {
    world.add_disk("disk.img", disk);
    let program = Program(boot(cpus));
    program.attach("disk.img").unwrap();
    program.mkdir("/ffs").unwrap();
    program
}

/// A kernel with an FFS on `disk` mounted at `/ffs`.
pub fn with_ffs(world: &World, disk: &Disk, cpus: usize) -> Program {
    let program = with_disk(world, disk, cpus);
    program.mount_ffs("/ffs", 0).unwrap();
    program
}

/// Mounts an image for reading at `/ffs`, in a world of its own and with further mount `flags`, for `look` to read what is to be
/// there. `what` says in failures which image it is.
#[track_caller]
pub fn look_at_image(image: Vec<u8>, flags: u64, what: &str, look: impl FnOnce(&Program) + Send + 'static) {
    let what = what.to_owned();
    run(0, move |world| {
        let program = with_disk(world, &Disk::new(image), 1);
        let mounted = program.mount_ffs("/ffs", MOUNT_READ_ONLY | flags);
        mounted.unwrap_or_else(|error| panic!("{what}: mount: {error}"));
        look(&program);
        program.unmount("/ffs", false).unwrap();
        program.0.shut_down().unwrap();
    });
}

/// Fails unless the image is an FFS in perfect order.
#[track_caller]
pub fn assert_clean(image: &[u8]) {
    let options = fsck_ffs::Options { require_clean: true, ..fsck_ffs::Options::default() };
    let report = fsck_ffs::check(&image.to_vec(), &options).expect("an FFS");
    let first: Vec<_> = report.findings.iter().take(10).collect();
    assert!(report.errors == 0 && report.warnings == 0, "{} errors: {first:#?}", report.errors);
}

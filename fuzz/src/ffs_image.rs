//! A damaged FFS image: mounted, walked, read, changed, unmounted.

use crate::calls::Program;
use crate::image::{IMAGES, mutate, unpack};
use crate::input::Input;
use crate::session::Session;
use rump::abi::system_call::table::number;
use simulator::{Direction, Disk, Fault};
use std::ffi::CString;

const MOST_MUTATIONS: u8 = 24;
const MOST_CALLS: usize = 60;
/// Names that are looked at in one image at most, and how deep.
const MOST_NAMES: usize = 80;
const DEEPEST: usize = 6;

/// In an input's flags, beside how it is mounted: what else is wrong with the disk.
const FAILING_READS: u8 = 4;
const FAILING_WRITES: u8 = 8;
/// And that its extended attributes are started.
const ATTRIBUTES: u8 = 16;

const READ_ONLY: u64 = 1;
const FORCE: u64 = 0x8_0000;
const START_ATTRIBUTES: u64 = 0x100_0000;
const NONBLOCK: u64 = 4;
const MODE_DIRECTORY: u64 = 0x20_0000;

/// Runs an input: a base image, how it is mounted, mutations, and calls.
///
/// # Panics
/// When the kernel misbehaves.
pub fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let mut base = unpack(IMAGES[usize::from(input.byte()) % IMAGES.len()]);
    let flags = input.byte();
    let mutations = input.byte() % MOST_MUTATIONS;
    for _ in 0..mutations {
        mutate(&mut base, &mut input);
    }
    // The checker must survive what the kernel must survive.
    let _ = fsck_ffs::check(&base.bytes, &fsck_ffs::Options::default());
    let calls = input.bytes(usize::MAX).to_vec();
    let disk = Disk::new(base.bytes);
    if flags & FAILING_READS != 0 {
        disk.add_fault(Fault::Chance(Direction::Read, 20));
    }
    if flags & FAILING_WRITES != 0 {
        disk.add_fault(Fault::From(Direction::Write, u64::from(flags >> 4)));
    }
    let inside = disk.clone();
    let ended_well = simulator::run(0, move |world| {
        world.add_disk("image", &inside);
        take_apart(flags, &calls)
    });
    if mutations == 0 && ended_well {
        let options = fsck_ffs::Options { require_clean: true, ..fsck_ffs::Options::default() };
        let report = fsck_ffs::check(&disk.bytes(), &options).expect("still an FFS");
        assert!(report.errors == 0, "a sound image was damaged: {:#?}", report.findings);
    }
}

/// Mounts, walks, makes the calls, unmounts. Says whether the file system was unmounted in order.
fn take_apart(flags: u8, calls: &[u8]) -> bool {
    let session = Session::boot();
    session.attach(b"image");
    let place = c"/mnt".as_ptr() as u64;
    session.call(number::MKDIR, &[place, 0o755]).expect("a directory to mount on");
    let device = c"/disk".as_ptr() as u64;
    let wanted = [(1, READ_ONLY), (2, FORCE), (ATTRIBUTES, START_ATTRIBUTES)];
    let options = wanted.iter().filter(|(bit, _)| flags & bit != 0).fold(0, |all, (_, option)| all | option);
    let arguments = &raw const device as u64;
    let mounted = session.call(number::MOUNT50, &[c"ffs".as_ptr() as u64, place, options, arguments, 8]);
    let mut ended_well = false;
    if mounted.is_ok() {
        let mut walk = Walk { session: &session, left: MOST_NAMES, buffer: vec![0; 8192] };
        walk.directory("/mnt", 0);
        let _ = session.call(number::CHDIR, &[place]);
        let mut program = Program::default();
        let mut input = Input::new(calls);
        for _ in 0..MOST_CALLS {
            if input.is_empty() {
                break;
            }
            let _ = program.step(&session, &mut input);
        }
        let _ = session.call(number::SYNC, &[]);
        walk.left = MOST_NAMES / 4;
        walk.directory("/mnt", 0);
        let _ = session.call(number::CHDIR, &[c"/".as_ptr() as u64]);
        for descriptor in 0..64 {
            let _ = session.call(number::CLOSE, &[descriptor]);
        }
        ended_well = session.call(number::UNMOUNT, &[place, 0]).is_ok();
        if !ended_well {
            let _ = session.call(number::UNMOUNT, &[place, FORCE]);
        }
    }
    session.end();
    ended_well
}

/// Looks at everything, as far as there is an end to it.
struct Walk<'a> {
    session: &'a Session,
    left: usize,
    buffer: Vec<u8>,
}

impl Walk<'_> {
    fn directory(&mut self, path: &str, depth: usize) {
        let Ok(descriptor) = self.open(path, MODE_DIRECTORY) else { return };
        let mut names = Vec::new();
        for _ in 0..20 {
            let slots = [descriptor, self.buffer.as_mut_ptr() as u64, self.buffer.len() as u64];
            match self.session.call(number::GETDENTS30, &slots) {
                Ok(count) if count > 0 => self.collect(count as usize, &mut names),
                _ => break,
            }
        }
        self.close(descriptor);
        for name in names {
            if self.left == 0 {
                return;
            }
            self.left -= 1;
            let path = format!("{path}/{name}");
            self.look_at(&path);
            if depth < DEEPEST && name != "." && name != ".." {
                self.directory(&path, depth + 1);
            }
        }
    }

    /// The names in the buffer, as far as they are text: others are looked up by the calls.
    fn collect(&self, count: usize, names: &mut Vec<String>) {
        let mut at = 0;
        while at < count {
            let entry = &self.buffer[at..count];
            let length = usize::from(u16::from_ne_bytes([entry[8], entry[9]]));
            let name = usize::from(u16::from_ne_bytes([entry[10], entry[11]]));
            assert!(length >= 13 + name && length <= entry.len(), "getdents gives a torn entry");
            names.extend(String::from_utf8(entry[13..13 + name].to_vec()));
            at += length;
        }
    }

    fn open(&self, path: &str, flags: u64) -> rump::errno::Result<u64> {
        let path = CString::new(path).map_err(|_| rump::errno::Errno::EINVAL)?;
        let slots = [path.as_ptr() as u64, flags | NONBLOCK];
        self.session.call(number::OPEN, &slots).map(|descriptor| descriptor as u64)
    }

    fn close(&self, descriptor: u64) {
        let _ = self.session.call(number::CLOSE, &[descriptor]);
    }

    fn look_at(&mut self, path: &str) {
        let Ok(c_path) = CString::new(path) else { return };
        let (name, memory) = (c_path.as_ptr() as u64, self.buffer.as_mut_ptr() as u64);
        let length = self.buffer.len() as u64;
        if let Ok(count) = self.session.call(number::READLINK, &[name, memory, length]) {
            assert!(count as u64 <= length, "readlink gives more than asked");
        }
        let _ = self.session.call(number::LSTAT50, &[name, memory]);
        for space in [1, 2] {
            let attribute = [c"a", c"b"][space as usize - 1].as_ptr() as u64;
            let slots = [name, space, attribute, memory, length];
            if let Ok(count) = self.session.call(number::EXTATTR_GET_LINK, &slots) {
                assert!(count as u64 <= length, "a value is longer than asked");
            }
            let _ = self.session.call(number::EXTATTR_LIST_LINK, &[name, space, memory, length]);
        }
        let Ok(descriptor) = self.open(path, 0) else { return };
        for _ in 0..24 {
            match self.session.call(number::READ, &[descriptor, memory, length]) {
                Ok(count) if count > 0 => {}
                _ => break,
            }
        }
        for offset in [1u64 << 20, 1 << 32, 1 << 44] {
            let _ = self.session.call(number::PREAD, &[descriptor, memory, 512, 0, offset]);
        }
        self.close(descriptor);
    }
}

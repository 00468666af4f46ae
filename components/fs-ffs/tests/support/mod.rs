//! What the tests share: a disk in memory, images made by makefs, trees of files, and a consistency check.

#![allow(dead_code, reason = "each test file uses its own part")]

use rump::errno::{Errno, Result};
use rump::time::Timespec;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use vfs::block_device::BlockDevice;

pub mod image;
pub mod session;

/// A disk in memory.
pub struct MemoryDisk {
    bytes: RwLock<Vec<u8>>,
    pub read_only: bool,
    /// Whether writing fails, as on a broken disk.
    pub fail_writes: AtomicBool,
}

impl MemoryDisk {
    pub fn new(bytes: Vec<u8>) -> Arc<Self> {
        Arc::new(Self { bytes: RwLock::new(bytes), read_only: false, fail_writes: AtomicBool::new(false) })
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.bytes.read().unwrap().clone()
    }
}

impl BlockDevice for MemoryDisk {
    fn size(&self) -> u64 {
        self.bytes.read().unwrap().len() as u64
    }
    fn sector_size(&self) -> u32 {
        512
    }
    fn is_read_only(&self) -> bool {
        self.read_only
    }
    fn read(&self, offset: u64, into: &mut [u8]) -> Result<()> {
        assert!(offset.is_multiple_of(512) && into.len().is_multiple_of(512), "whole sectors only");
        let bytes = self.bytes.read().unwrap();
        let start = usize::try_from(offset).map_err(|_| Errno::EINVAL)?;
        let end = start.checked_add(into.len()).ok_or(Errno::EINVAL)?;
        into.copy_from_slice(bytes.get(start..end).ok_or(Errno::EINVAL)?);
        Ok(())
    }
    fn write(&self, offset: u64, from: &[u8]) -> Result<()> {
        assert!(offset.is_multiple_of(512) && from.len().is_multiple_of(512), "whole sectors only");
        if self.fail_writes.load(Ordering::Relaxed) {
            return Err(Errno::EIO);
        }
        let mut bytes = self.bytes.write().unwrap();
        let start = usize::try_from(offset).map_err(|_| Errno::EINVAL)?;
        let end = start.checked_add(from.len()).ok_or(Errno::EINVAL)?;
        bytes.get_mut(start..end).ok_or(Errno::EINVAL)?.copy_from_slice(from);
        Ok(())
    }
    fn flush(&self) -> Result<()> {
        Ok(())
    }
}

/// A format to make.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    pub version: u32,
    pub big_endian: bool,
    pub bsize: u32,
    pub fsize: u32,
}

impl Format {
    pub const fn new(version: u32, big_endian: bool, bsize: u32, fsize: u32) -> Self {
        Self { version, big_endian, bsize, fsize }
    }

    /// Both versions in both byte orders, with the usual sizes.
    pub fn all() -> [Self; 4] {
        [(1, false), (1, true), (2, false), (2, true)]
            .map(|(version, big)| Self::new(version, big, 8192, 1024))
    }
}

/// A directory that is removed with everything in it.
pub struct Scratch(pub PathBuf);

impl Scratch {
    pub fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("fs-ffs-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// An image of `size` bytes with a copy of the tree at `tree`.
pub fn make_image(format: Format, size: u64, tree: &Path, extra: &str) -> Vec<u8> {
    let scratch = Scratch::new();
    let image = scratch.0.join("image");
    let mut options = format!("version={},bsize={},fsize={}", format.version, format.bsize, format.fsize);
    if !extra.is_empty() {
        options = format!("{options},{extra}");
    }
    let output = Command::new("makefs")
        .args(["-t", "ffs", "-s", &size.to_string()])
        .args(["-B", if format.big_endian { "be" } else { "le" }])
        .args(["-o", &options])
        .arg(&image)
        .arg(tree)
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .output()
        .expect("makefs is installed");
    assert!(output.status.success(), "{format:?}: {}", String::from_utf8_lossy(&output.stderr));
    std::fs::read(image).unwrap()
}

/// An image with nothing in it.
pub fn empty_image(format: Format, size: u64, extra: &str) -> Vec<u8> {
    let scratch = Scratch::new();
    make_image(format, size, &scratch.0, extra)
}

/// What a tree holds: paths with contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    Directory,
    File(Vec<u8>),
    Link(Vec<u8>),
}

pub type Tree = BTreeMap<Vec<u8>, Content>;

/// A repeatable source of numbers (xorshift64*).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
    pub fn below(&mut self, limit: u64) -> u64 {
        (self.next() >> 11) % limit.max(1)
    }
    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next() as u8).collect()
    }
}

/// The seed of this run: from the environment, else from the clock. It is printed, so that a failure can be repeated.
pub fn seed(test: &str) -> u64 {
    let seed = std::env::var("FFS_TEST_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or_else(|| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        u64::from(now.subsec_nanos()) ^ now.as_secs()
    });
    println!("{test}: FFS_TEST_SEED={seed}");
    seed
}

/// A clock that stands.
pub fn clock() -> fs_ffs::volume::Clock {
    Box::new(|| Timespec { seconds: 1_700_000_000, nanoseconds: 5 })
}

/// Writes some files of telling sizes to a host directory, and says what they are.
pub fn sample_tree(at: &Path, random: &mut Random) -> Tree {
    let mut tree = Tree::new();
    let mut add = |path: &str, content: Content| {
        let full = at.join(path);
        match &content {
            Content::Directory => std::fs::create_dir(&full).unwrap(),
            Content::File(bytes) => std::fs::write(&full, bytes).unwrap(),
            Content::Link(target) => {
                std::os::unix::fs::symlink(String::from_utf8(target.clone()).unwrap(), &full).unwrap();
            }
        }
        tree.insert(path.as_bytes().to_vec(), content);
    };
    add("empty", Content::File(Vec::new()));
    add("directory", Content::Directory);
    add("directory/nested", Content::Directory);
    for size in [1usize, 511, 512, 513, 4095, 4096, 4097, 8191, 8192, 8193, 98304, 98305, 300_000, 1_500_000]
    {
        add(&format!("directory/file-{size}"), Content::File(random.bytes(size)));
    }
    for number in 0..300 {
        let name = format!("directory/nested/entry-{number}-{}", "x".repeat(number % 60));
        add(&name, Content::File(random.bytes(number)));
    }
    for length in [1usize, 59, 60, 61, 119, 120, 121, 500] {
        add(&format!("link-{length}"), Content::Link(vec![b'l'; length]));
    }
    tree
}

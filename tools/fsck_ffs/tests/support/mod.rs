//! Images made by makefs(8), and the means to look at and damage them.

#![allow(dead_code, reason = "each test file uses a part")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use fsck_ffs::directory::{Record, records};
use fsck_ffs::image::ByteOrder;
use fsck_ffs::inode::{Inode, Volume};
use fsck_ffs::superblock::{RawSuperblock, Superblock, Version};
use fsck_ffs::{Kind, Options, ReadAt, Report, Severity, check, listing};

/// Parameters of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Format {
    /// 1 or 2.
    pub version: u32,
    /// Most significant byte first.
    pub big: bool,
    /// Bytes.
    pub block: u32,
    /// Bytes.
    pub fragment: u32,
    /// Megabytes.
    pub size: u32,
    /// Bytes for each inode.
    pub density: u32,
}

/// The four formats with many small cylinder groups.
pub const FORMATS: [Format; 4] = [
    Format { version: 1, big: false, block: 4096, fragment: 512, size: 32, density: 4096 },
    Format { version: 1, big: true, block: 4096, fragment: 512, size: 32, density: 4096 },
    Format { version: 2, big: false, block: 4096, fragment: 512, size: 32, density: 4096 },
    Format { version: 2, big: true, block: 4096, fragment: 512, size: 32, density: 4096 },
];

/// Bytes that are not all the same, without chance.
fn content(length: usize) -> Vec<u8> {
    (0..length).map(|index| (index % 251) as u8).collect()
}

/// A tree with every kind of file that makefs can make without privileges.
pub fn populate(root: &Path) {
    let deep = root.join("d1/d2/d3/d4/d5/d6");
    fs::create_dir_all(&deep).unwrap();
    fs::create_dir(root.join("many")).unwrap();
    fs::create_dir(root.join("empty_directory")).unwrap();
    for number in 0..700 {
        fs::write(root.join(format!("many/name_of_a_file_{number:04}")), content(number % 40)).unwrap();
    }
    fs::write(root.join("empty"), "").unwrap();
    fs::write(root.join("fragments"), content(3000)).unwrap();
    fs::write(root.join("one_level"), content(300_000)).unwrap();
    fs::write(root.join("two_levels"), content(6_000_000)).unwrap();
    fs::write(root.join("quota"), vec![0; 4096]).unwrap();
    let sparse = fs::File::create(root.join("sparse")).unwrap();
    sparse.set_len(900_000).unwrap();
    for length in [1, 59, 60, 61, 119, 120, 121, 1000] {
        symlink("t".repeat(length), root.join(format!("symlink_{length}"))).unwrap();
    }
    fs::hard_link(root.join("fragments"), root.join("d1/hard")).unwrap();
    fs::hard_link(root.join("fragments"), deep.join("hard")).unwrap();
    let made =
        Command::new("mkfifo").arg(root.join("fifo")).status().expect("mkfifo(1) is needed for these tests");
    assert!(made.success());
}

/// Makes an image of the tree below `root`.
pub fn makefs(format: Format, root: &Path) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image");
    let Format { version, big, block, fragment, size, density } = format;
    let options = format!("version={version},bsize={block},fsize={fragment},density={density}");
    let mut command = Command::new("makefs");
    command.args([
        "-t",
        "ffs",
        "-B",
        if big { "be" } else { "le" },
        "-s",
        &format!("{size}m"),
        "-o",
        &options,
    ]);
    let output = command.arg(&image).arg(root).output();
    let output = output.expect("makefs(8) is needed for these tests: install the package \"makefs\"");
    assert!(output.status.success(), "makefs {options}: {}", String::from_utf8_lossy(&output.stderr));
    fs::read(&image).unwrap()
}

/// The populated image of a format of `FORMATS`, made once.
pub fn populated(format: Format) -> Target {
    static IMAGES: OnceLock<BTreeMap<Format, Vec<u8>>> = OnceLock::new();
    let images = IMAGES.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        populate(folder.path());
        FORMATS.iter().map(|format| (*format, makefs(*format, folder.path()))).collect()
    });
    Target::new(images[&format].clone())
}

/// The kinds of the errors and warnings.
pub fn kinds(report: &Report) -> BTreeSet<Kind> {
    report.findings.iter().filter(|found| found.severity != Severity::Note).map(|found| found.kind).collect()
}

/// The findings as text, for messages.
pub fn text(report: &Report) -> String {
    report.findings.iter().take(20).map(|finding| format!("{finding}\n")).collect()
}

/// Checks and requires the image to be clean without any finding.
pub fn assert_clean(image: &dyn ReadAt, about: &str) {
    let report = check(image, &Options { require_clean: true, ..Options::default() }).expect(about);
    assert!(report.is_clean() && !report.stopped, "{about}:\n{}", text(&report));
    assert!(report.directories > 0, "{about}: nothing was looked at");
}

/// An image in memory that is to be damaged.
#[derive(Clone)]
pub struct Target {
    /// The image.
    pub bytes: Vec<u8>,
    /// Its superblock before the damage.
    pub superblock: Superblock,
}

impl Target {
    /// Reads the superblock, which must be good.
    pub fn new(bytes: Vec<u8>) -> Self {
        let mut report = Report::new(10);
        let raw = RawSuperblock::find(&bytes).expect("a superblock");
        let superblock = Superblock::validate(raw, bytes.len() as u64, false, &mut report);
        Self { bytes, superblock: superblock.unwrap_or_else(|| panic!("{}", text(&report))) }
    }

    pub fn old(&self) -> bool {
        self.superblock.raw.version == Version::Ufs1
    }

    fn order(&self) -> ByteOrder {
        self.superblock.raw.order
    }

    pub fn check(&self) -> Report {
        check(&self.bytes, &Options::default()).expect("a superblock")
    }

    pub fn get16(&self, at: u64) -> u16 {
        self.order().u16(&self.bytes, at as usize)
    }

    pub fn get32(&self, at: u64) -> u32 {
        self.order().u32(&self.bytes, at as usize)
    }

    pub fn get64(&self, at: u64) -> u64 {
        self.order().u64(&self.bytes, at as usize)
    }

    fn put(&mut self, at: u64, little: &[u8]) {
        let mut bytes = little.to_vec();
        if self.order() == ByteOrder::Big {
            bytes.reverse();
        }
        self.bytes[at as usize..at as usize + bytes.len()].copy_from_slice(&bytes);
    }

    pub fn put16(&mut self, at: u64, value: u16) {
        self.put(at, &value.to_le_bytes());
    }

    pub fn put32(&mut self, at: u64, value: u32) {
        self.put(at, &value.to_le_bytes());
    }

    pub fn put64(&mut self, at: u64, value: u64) {
        self.put(at, &value.to_le_bytes());
    }

    pub fn add32(&mut self, at: u64, difference: u32) {
        self.put32(at, self.get32(at).wrapping_add(difference));
    }

    pub fn flip(&mut self, at: u64, bit: u64) {
        self.bytes[(at + bit / 8) as usize] ^= 1 << (bit % 8);
    }

    pub fn bit(&self, at: u64, bit: u64) -> bool {
        self.bytes[(at + bit / 8) as usize] & (1 << (bit % 8)) != 0
    }

    /// The offset of a superblock field.
    pub fn field(&self, offset: u64) -> u64 {
        self.superblock.raw.location + offset
    }

    /// The offset of a cylinder group field.
    pub fn group(&self, group: u32, offset: u64) -> u64 {
        self.superblock.byte_offset(self.superblock.group_block(group)) + offset
    }

    /// The offset of the part of a group whose own offset is in the field `offset`.
    pub fn map(&self, group: u32, offset: u64) -> u64 {
        self.group(group, u64::from(self.get32(self.group(group, offset))))
    }

    /// The inode of a path, by the listing.
    pub fn inode(&self, path: &str) -> u32 {
        let mut output = Vec::new();
        listing::list(&self.bytes, &Options::default(), &mut output).unwrap().unwrap();
        let output = String::from_utf8(output).unwrap();
        let line = output.lines().find_map(|line| line.strip_prefix(path)?.strip_prefix(" inode "));
        line.expect(path).split(' ').next().unwrap().parse().unwrap()
    }

    /// The offset of an inode's field, in UFS1 or UFS2.
    pub fn inode_field(&self, inode: u32, ufs1: u64, ufs2: u64) -> u64 {
        self.superblock.inode_byte(inode) + if self.old() { ufs1 } else { ufs2 }
    }

    /// The offset of the block pointer `index`; 12 to 14 are the indirect ones.
    pub fn pointer(&self, inode: u32, index: u64) -> u64 {
        self.inode_field(inode, 40 + index * 4, 112 + index * 8)
    }

    pub fn get_pointer(&self, at: u64) -> u64 {
        if self.old() { u64::from(self.get32(at)) } else { self.get64(at) }
    }

    pub fn put_pointer(&mut self, at: u64, value: i64) {
        if self.old() { self.put32(at, value as u32) } else { self.put64(at, value as u64) }
    }

    pub fn parsed(&self, inode: u32) -> Inode {
        Volume { image: &self.bytes, superblock: &self.superblock }.inode(inode).unwrap()
    }

    /// The offset of an entry of a directory.
    pub fn entry(&self, directory: u32, name: &str) -> u64 {
        let block = self.superblock.block_size as usize;
        for pointer in self.parsed(directory).direct.into_iter().filter(|pointer| *pointer != 0) {
            let start = self.superblock.byte_offset(pointer as u64) as usize;
            for (offset, record) in records(&self.superblock, &self.bytes[start..start + block]) {
                if let Record::Entry(entry) = record
                    && entry.name == name.as_bytes()
                {
                    return (start + offset) as u64;
                }
            }
        }
        panic!("no entry {name} in inode {directory}");
    }

    /// The first fragment of a whole free block in the last group.
    pub fn free_block(&self) -> u64 {
        let group = self.superblock.groups - 1;
        let map = self.map(group, 96);
        let whole = |block: &u64| (0..8).all(|bit| self.bit(map, block * 8 + bit));
        let blocks = self.superblock.group_fragments(group) / 8;
        let block = (0..blocks).find(whole).expect("a free block");
        self.superblock.group_base(group) + block * 8
    }

    /// An initialized inode of group 0 that is free.
    pub fn free_inode(&self) -> u32 {
        let map = self.map(0, 92);
        let initialized =
            if self.old() { self.superblock.inodes_per_group } else { self.get32(self.group(0, 120)) };
        (2..initialized).find(|inode| !self.bit(map, u64::from(*inode))).expect("a free inode")
    }
}

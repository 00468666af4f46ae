//! A read-only checker of FFS images: UFS1 and UFS2, both byte orders, with what fsck_ffs(8) of NetBSD checks.
//!
//! [`check`] goes through an image in passes: the superblock, the inodes and their blocks ([`inventory`]), the
//! directories and link counts ([`tree`]), the maps and counts of the cylinder groups ([`accounting`]), quotas
//! ([`quota`]). A journal that is in use is replayed in memory first ([`journal`]). It reads only metadata, never
//! writes, and is safe on hostile images: every offset is checked, and work and memory are bounded by the size of the
//! image.

#![forbid(unsafe_code)]

pub mod accounting;
pub mod bitmap;
pub mod cylinder_group;
pub mod directory;
pub mod free_space;
mod geometry;
pub mod image;
pub mod inode;
pub mod inventory;
pub mod journal;
pub mod listing;
pub mod quota;
mod raw_superblock;
pub mod report;
pub mod superblock;
pub mod tree;

use std::fmt;

pub use image::{FileImage, ReadAt};
pub use report::{Finding, Kind, Place, Report, Severity};

use inode::Volume;
use superblock::{RawSuperblock, Superblock};

/// What to check.
#[derive(Clone, Debug)]
pub struct Options {
    /// Make a clear clean flag an error instead of a note.
    pub require_clean: bool,
    /// Use the superblock at this offset, in bytes, instead of looking for one.
    pub superblock: Option<u64>,
    /// How many findings to keep; the rest is only counted.
    pub limit: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { require_clean: false, superblock: None, limit: 10_000 }
    }
}

/// The image has no superblock where one could be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotFfs;

impl fmt::Display for NotFfs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no FFS superblock found")
    }
}

impl std::error::Error for NotFfs {}

/// Checks an image.
pub fn check(image: &dyn ReadAt, options: &Options) -> Result<Report, NotFfs> {
    let mut report = Report::new(options.limit);
    let Some(first) = open(image, options, &mut report)? else {
        report.stopped = true;
        return Ok(report);
    };
    let replayed = journal::replay(image, &first, &mut report);
    let Some(replayed) = replayed else {
        check_volume(Volume { image, superblock: &first }, &[], options, &mut report);
        return Ok(report);
    };
    // The journal may hold a newer superblock.
    let mut again = Report::new(options.limit);
    match open(&replayed, options, &mut again)? {
        Some(superblock) => {
            // A mount would free these after the replay.
            let unlinked: Vec<u32> = replayed.unlinked.iter().copied().collect();
            check_volume(
                Volume { image: &replayed, superblock: &superblock },
                &unlinked,
                options,
                &mut report,
            );
        }
        None => {
            again.findings.into_iter().for_each(|finding| report.add(finding));
            report.stopped = true;
        }
    }
    Ok(report)
}

/// Finds and validates the superblock; `None`, with findings, when it does not hold together.
pub(crate) fn open(
    image: &dyn ReadAt,
    options: &Options,
    report: &mut Report,
) -> Result<Option<Superblock>, NotFfs> {
    let raw = match options.superblock {
        Some(location) => RawSuperblock::read(image, location),
        None => RawSuperblock::find(image),
    };
    let raw = raw.ok_or(NotFfs)?;
    Ok(Superblock::validate(raw, image.length(), is_apple(image), report))
}

/// Apple's variant has a label before the superblock.
fn is_apple(image: &dyn ReadAt) -> bool {
    let mut magic = [0; 4];
    image.read_exact_at(7168, &mut magic).is_ok() && &magic == b"LABL"
}

fn check_volume(volume: Volume<'_>, unlinked: &[u32], options: &Options, report: &mut Report) {
    let superblock = volume.superblock;
    if !superblock.is_clean() {
        let finding = if options.require_clean { Finding::error } else { Finding::note };
        let place = finding(Kind::NotClean).field("fs_clean").byte(superblock.raw.location + 209);
        report.add(place.values(superblock.raw.u8(209), 1));
    }
    let mut inventory = inventory::take(volume, report);
    let nameless = [&quota::inodes(superblock), unlinked].concat();
    tree::check(volume, &mut inventory, &nameless, report);
    accounting::check(volume, &inventory, report);
    quota::check(volume, &inventory, report);
}

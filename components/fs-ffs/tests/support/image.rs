//! What tests ask of the bytes of an image.

use fs_ffs::format::numbers::GroupNumber;
use fs_ffs::format::superblock::{SBLOCKSEARCH, SBLOCKSIZE, Superblock};
use fsck_ffs::{Kind, Options, Report};

pub fn superblock(image: &[u8]) -> Superblock {
    let found = SBLOCKSEARCH.into_iter().find_map(|location| {
        let bytes = image.get(location as usize..location as usize + SBLOCKSIZE)?;
        Superblock::parse(bytes, location, image.len() as u64).ok()
    });
    found.expect("a superblock")
}

/// Fills all free fragments with what is not zero.
pub fn scribble(image: &mut [u8]) {
    let geometry = superblock(image).geometry;
    for group in (0..geometry.fs_ncg).map(GroupNumber) {
        let block = geometry.group_block_offset(group) as usize;
        let map = block + geometry.order.u32(&image[block..], 96) as usize;
        for place in 0..geometry.group_fragments(group) as usize {
            if image[map + place / 8] >> (place % 8) & 1 == 1 {
                let start = (geometry.group_base(group).0 as usize + place) << geometry.fs_fshift;
                image[start..start + geometry.fs_fsize as usize].fill(0xab);
            }
        }
    }
}

/// What the checker says; that the file system was not unmounted is an error too.
pub fn check(image: &[u8]) -> Report {
    fsck_ffs::check(&image.to_vec(), &Options { require_clean: true, ..Options::default() })
        .expect("a file system")
}

/// Fails with what is wrong with an image, if anything is.
#[track_caller]
pub fn assert_clean(image: &[u8], what: &str) {
    let report = check(image);
    assert!(report.is_clean(), "{what}: {}", listed(&report));
}

/// Fails unless a file system in use is in order but for that.
#[track_caller]
pub fn assert_in_use(image: &[u8]) {
    let report = check(image);
    assert_eq!(report.errors, 1, "{}", listed(&report));
    assert_eq!(report.warnings, 0, "{}", listed(&report));
    assert!(report.findings.iter().any(|finding| finding.kind == Kind::NotClean));
}

fn listed(report: &Report) -> String {
    let lines: Vec<String> = report.findings.iter().take(20).map(ToString::to_string).collect();
    format!("{} errors, {} warnings:\n{}", report.errors, report.warnings, lines.join("\n"))
}

//! Images of makefs(8) are clean, whatever the format.

mod support;

use fsck_ffs::{Options, check};
use support::{FORMATS, Format, assert_clean, makefs, populate, populated};

const SIZES: [(u32, u32); 8] = [
    (4096, 512),
    (4096, 1024),
    (4096, 4096),
    (8192, 1024),
    (16384, 2048),
    (16384, 16384),
    (32768, 4096),
    (65536, 8192),
];

#[test]
fn populated_images_are_clean() {
    let folder = tempfile::tempdir().unwrap();
    populate(folder.path());
    for (block, fragment) in SIZES {
        for version in [1, 2] {
            for big in [false, true] {
                let format = Format { version, big, block, fragment, size: 48, density: 4096 };
                assert_clean(&makefs(format, folder.path()), &format!("{format:?}"));
            }
        }
    }
}

#[test]
fn empty_images_are_clean() {
    let folder = tempfile::tempdir().unwrap();
    for (block, fragment) in SIZES {
        for version in [1, 2] {
            for big in [false, true] {
                let format = Format { version, big, block, fragment, size: 8, density: 4096 };
                let image = makefs(format, folder.path());
                assert_clean(&image, &format!("{format:?}"));
                let report = check(&image, &Options::default()).unwrap();
                assert_eq!((report.files, report.directories), (0, 1), "{format:?}");
            }
        }
    }
}

#[test]
fn the_counts_are_those_of_the_tree() {
    for format in FORMATS {
        let report = populated(format).check();
        // The root, d1 to d6, the one with many files and the empty one.
        assert_eq!(report.directories, 9, "{format:?}");
        // 700 small files, 6 others, 8 symbolic links and a fifo.
        assert_eq!(report.files, 715, "{format:?}");
    }
}

#[test]
fn a_large_image_is_checked_quickly() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..100 {
        let directory = folder.path().join(format!("directory_{number}"));
        std::fs::create_dir(&directory).unwrap();
        for number in 0..100 {
            std::fs::write(directory.join(format!("file_{number}")), "content").unwrap();
        }
    }
    let image = makefs(
        Format { version: 1, big: false, block: 8192, fragment: 1024, size: 256, density: 4096 },
        folder.path(),
    );
    let start = std::time::Instant::now();
    let report = check(&image, &Options::default()).unwrap();
    assert!(report.is_clean());
    assert_eq!(report.files, 10_000);
    // An optimized build takes a fiftieth of this.
    assert!(start.elapsed().as_secs() < 10, "took {:?}", start.elapsed());
}

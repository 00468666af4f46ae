#![no_main]
//! Damaged FFS images.

libfuzzer_sys::fuzz_target!(|data: &[u8]| rump_fuzz::memory::without_leaks(|| rump_fuzz::ffs_image::run(
    data
)));

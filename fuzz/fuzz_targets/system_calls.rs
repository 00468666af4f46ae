#![no_main]
//! Arbitrary system calls.

libfuzzer_sys::fuzz_target!(|data: &[u8]| rump_fuzz::memory::without_leaks(|| rump_fuzz::system_calls::run(
    data
)));

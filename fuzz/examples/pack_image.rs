//! Packs an image from standard input for `fuzz/images`.

use std::io::{Read as _, Write as _, stdin, stdout};

fn main() -> std::io::Result<()> {
    let mut image = Vec::new();
    stdin().read_to_end(&mut image)?;
    let packed = rump_fuzz::image::pack(&image);
    assert!(rump_fuzz::image::unpack(&packed).bytes == image, "packing loses something");
    stdout().write_all(&packed)
}

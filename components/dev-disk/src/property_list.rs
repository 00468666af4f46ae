//! What a disk is, as a property list (`DIOCGDISKINFO`, disk(9), proplib(3)).

use crate::disk::Geometry;
use crate::request::{Request, put};
use alloc::format;
use alloc::string::String;
use rump::errno::Result;

/// `struct plistref`: where the text is, and its bytes with the NUL.
const SIZE: usize = 16;
const TEXT: usize = 0;
const LENGTH: usize = 8;

/// Answers with the dictionary of a disk, in fresh memory that the program unmaps.
///
/// # Errors
/// `EFAULT`; `ENOMEM`.
pub(crate) fn answer(request: &Request<'_>, geometry: &Geometry) -> Result<()> {
    // An answer that cannot be given is found before there is memory that nobody would hear of.
    request.answer(&[0; SIZE])?;
    let mut text = disk_information(geometry).into_bytes();
    text.push(0);
    let place = request.lwp.process.space.map_filled(&text)?;
    let mut bytes = [0; SIZE];
    put(&mut bytes, TEXT, &place.value().to_ne_bytes());
    put(&mut bytes, LENGTH, &text.len().to_ne_bytes());
    request.answer(&bytes)
}

/// The dictionary, as proplib writes it: keys in order, one element a line, unsigned numbers in hexadecimal.
fn disk_information(geometry: &Geometry) -> String {
    const HEAD: &str = concat!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
        "<!DOCTYPE plist PUBLIC \"-//Apple Computer//DTD PLIST 1.0//EN\" ",
        "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n",
        "<plist version=\"1.0\">\n",
    );
    let numbers = [
        ("cylinders-per-unit", geometry.cylinders),
        ("sector-size", geometry.sector_size.into()),
        ("sectors-per-track", geometry.sectors_per_track.into()),
        ("sectors-per-unit", geometry.sectors),
        ("tracks-per-cylinder", geometry.tracks.into()),
    ];
    let mut text = String::from(HEAD);
    text.push_str("<dict>\n\t<key>geometry</key>\n\t<dict>\n");
    // A number that is not known, zero, is left out.
    for (key, number) in numbers.into_iter().filter(|&(_, number)| number != 0) {
        text.push_str(&format!("\t\t<key>{key}</key>\n\t\t<integer>{number:#x}</integer>\n"));
    }
    text.push_str("\t</dict>\n</dict>\n</plist>\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_geometry_is_a_dictionary_in_a_dictionary() {
        let text = disk_information(&Geometry::of_size(4096, 512));
        let (head, body) = text.split_once("<dict>\n").unwrap();
        assert!(head.starts_with("<?xml") && head.ends_with("<plist version=\"1.0\">\n"));
        let expected = "\t<key>geometry</key>\n\t<dict>\n\
            \t\t<key>cylinders-per-unit</key>\n\t\t<integer>0x2</integer>\n\
            \t\t<key>sector-size</key>\n\t\t<integer>0x200</integer>\n\
            \t\t<key>sectors-per-track</key>\n\t\t<integer>0x20</integer>\n\
            \t\t<key>sectors-per-unit</key>\n\t\t<integer>0x1000</integer>\n\
            \t\t<key>tracks-per-cylinder</key>\n\t\t<integer>0x40</integer>\n\
            \t</dict>\n</dict>\n</plist>\n";
        assert_eq!(body, expected);
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let geometry = Geometry { cylinders: 0, ..Geometry::of_size(10, 512) };
        assert!(!disk_information(&geometry).contains("cylinders"));
    }
}

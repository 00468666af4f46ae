//! Major numbers, as NetBSD/amd64 assigns them (MAKEDEV(8), driver(9)).

/// The major numbers of a driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Majors {
    pub block: u32,
    pub character: u32,
}

/// Drivers whose numbers are fixed: name, block, character.
const ASSIGNED: [(&str, u32, u32); 5] =
    [("vnd", 14, 41), ("md", 17, 24), ("cgd", 21, 93), ("rnd", 46, 46), ("dk", 168, 168)];

/// Others get numbers from here on, the same for both kinds.
const FIRST_FREE: u32 = 400;
/// Major numbers have twelve bits.
const END: u32 = 4096;

impl Majors {
    /// Whether they have a number in common.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.block == other.block || self.character == other.character
    }

    /// The numbers that a driver may have, the best first.
    pub(crate) fn candidates(name: &str) -> impl Iterator<Item = Self> {
        let assigned = ASSIGNED.iter().find(|(known, ..)| *known == name);
        let assigned = assigned.map(|&(_, block, character)| Self { block, character });
        let free = (FIRST_FREE..END).map(|major| Self { block: major, character: major });
        assigned.into_iter().chain(free)
    }
}

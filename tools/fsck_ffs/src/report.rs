//! What a check says: findings, each with its place, what was found and what was expected.

use std::fmt;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; does not make the image unclean.
    Note,
    /// Wrong, and derivable from the rest without loss (counts, maps, leaked space).
    Warning,
    /// Data or structure is damaged.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// The kinds of findings, with the words they are printed with.
macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// What a finding is about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind { $($(#[$doc])* $name,)* }
        impl fmt::Display for Kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$name => $text,)* })
            }
        }
    };
}

kinds! {
    /// A field of the superblock holds an impossible value.
    SuperblockField = "superblock field is wrong",
    /// The image ends before the last block.
    ImageTooShort = "image is shorter than the file system",
    /// A static field of a copy differs from the primary superblock.
    AlternateSuperblock = "alternate superblock disagrees",
    /// The file system was not unmounted, or not checked since.
    NotClean = "clean flag is not set",
    /// The image ends or fails there.
    SummaryUnreadable = "summary area cannot be read",
    /// A cylinder group's counts in the summary area.
    SummaryCounts = "count in the summary area is wrong",
    /// The counts of the whole file system.
    TotalCounts = "total in the superblock is wrong",
    /// The image ends or fails there.
    GroupUnreadable = "cylinder group cannot be read",
    /// The block holds no cylinder group.
    GroupMagic = "cylinder group has a wrong magic number",
    /// A field that follows from the superblock, or a reserved one that is not zero.
    GroupField = "cylinder group field is wrong",
    /// The position of the last block, fragment or inode used.
    GroupRotor = "cylinder group rotor is out of range",
    /// UFS2's cg_initediblk.
    GroupInitializedInodes = "count of initialized inodes is wrong",
    /// Directories, free blocks, inodes or fragments.
    GroupCounts = "cylinder group count is wrong",
    /// The number of free runs of one length inside blocks.
    FragmentSums = "fragment summary is wrong",
    /// The number of free runs of blocks of one length.
    ClusterSums = "cluster summary is wrong",
    /// The map of free blocks.
    ClusterMap = "cluster map is wrong",
    /// Only in layouts before UFS2.
    CylinderTotals = "block total of a cylinder is wrong",
    /// Only in layouts before UFS2.
    CylinderPositions = "rotational position count is wrong",
    /// The block map would hand them out again.
    UsedMarkedFree = "fragments in use are marked free",
    /// Leaked space.
    LostFragments = "fragments marked in use belong to nothing",
    /// Bits after the last fragment of the group.
    MapPastEnd = "block map has free fragments past the end",
    /// The inode map would hand it out again.
    InodeMarkedFree = "inode in use is marked free",
    /// The inode has no mode, or is not initialized.
    InodeMarkedUsed = "free inode is marked in use",
    /// The image ends or fails there.
    InodesUnreadable = "inodes cannot be read",
    /// A half-freed inode.
    PartlyAllocatedInode = "inode without a mode has a size or blocks",
    /// None of the seven types.
    InodeMode = "inode has an unknown file type",
    /// Over the limit of the file system or of a directory.
    InodeSize = "inode size is impossible",
    /// Also behind a short symbolic link or a device number.
    BlockPastEnd = "block pointer past the end of the file",
    /// Before the first or after the last fragment.
    BlockOutOfRange = "block pointer out of range",
    /// Fragments of one block must lie in one block.
    BlockMisaligned = "block pointer crosses a block boundary",
    /// Superblocks, cylinder groups, inodes or the summary area.
    BlockInMetadata = "block pointer into metadata",
    /// Claimed by two inodes, or twice by one.
    DuplicateBlock = "fragments belong to two owners",
    /// The image ends or fails there.
    IndirectUnreadable = "indirect block cannot be read",
    /// di_blocks, in units of 512 bytes.
    BlockCount = "inode's count of blocks is wrong",
    /// UFS2's di_extsize.
    ExtendedAttributeSize = "size of the extended attributes is impossible",
    /// di_nlink against the directory entries found.
    LinkCount = "link count is wrong",
    /// A file that no name leads to.
    UnreferencedInode = "inode is in no directory",
    /// Inode 2.
    RootInode = "root inode is not a directory",
    /// Empty, too short, or no multiple of the directory block.
    DirectorySize = "directory size is wrong",
    /// A block of a directory is missing.
    DirectoryHole = "directory has a hole",
    /// The image ends or fails there.
    DirectoryUnreadable = "directory block cannot be read",
    /// Bounds the work on images that share blocks.
    DirectoryShared = "directory block shared with others is not read",
    /// Zero, no multiple of 4, past its directory block or too small for its name.
    RecordLength = "directory record has a bad length",
    /// Empty, with a NUL or a slash, or not ended by a NUL.
    EntryName = "directory entry has a bad name",
    /// The type byte against the inode's mode.
    EntryType = "directory entry has the wrong type",
    /// Greater than the last inode.
    EntryInode = "directory entry names an inode out of range",
    /// The name leads to nothing.
    EntryUnallocated = "directory entry names a free inode",
    /// Type 14 and inode 1 go together.
    Whiteout = "whiteout entry is wrong",
    /// The first record is another one.
    MissingDot = "directory has no \".\" as its first entry",
    /// It must name its own directory.
    WrongDot = "\".\" names another inode",
    /// Only the first record may be one.
    ExtraDot = "directory has a second \".\"",
    /// The second record is another one.
    MissingDotDot = "directory has no \"..\" as its second entry",
    /// It must name the directory that has the entry.
    WrongDotDot = "\"..\" names another directory than the parent",
    /// Only the second record may be one.
    ExtraDotDot = "directory has a second \"..\"",
    /// Lookups would find only one of them.
    DuplicateName = "name is twice in a directory",
    /// Directories have no hard links.
    DirectoryLinkedTwice = "directory has a second name",
    /// A directory that no name leads to.
    UnreferencedDirectory = "directory is in no directory",
    /// Cut off from the root.
    DirectoryCycle = "directories contain each other in a cycle",
    /// The description in the superblock, or the log itself.
    Journal = "journal is wrong",
    /// The check saw the file system as after a replay.
    JournalReplayed = "journal was replayed in memory",
    /// Quota inodes, their lists, or their counts.
    Quota = "quota is wrong",
    /// The image ends or fails there.
    QuotaUnreadable = "quota file cannot be read",
    /// Bounds the memory.
    TooManyNames = "directory is too large to look for names that occur twice",
}

/// Where a finding is; every part may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Cylinder group.
    pub group: Option<u32>,
    /// Inode number.
    pub inode: Option<u32>,
    /// Fragment number, as the image has it.
    pub fragment: Option<i64>,
    /// Offset in the image, in bytes.
    pub byte: Option<u64>,
    /// The name of a field.
    pub field: Option<String>,
    /// The name of a directory entry.
    pub name: Option<Vec<u8>>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name.as_ref().map(|name| format!("entry \"{}\"", name.escape_ascii()));
        let parts = [
            self.group.map(|group| format!("cg {group}")),
            self.inode.map(|inode| format!("inode {inode}")),
            self.field.clone(),
            name,
            self.fragment.map(|fragment| format!("fragment {fragment}")),
            self.byte.map(|byte| format!("byte {byte}")),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        f.write_str(&parts.join(" "))
    }
}

/// One thing that is wrong, or worth a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What it is about.
    pub kind: Kind,
    /// Where it is.
    pub place: Place,
    /// What the image has.
    pub found: String,
    /// What it should have.
    pub expected: String,
}

impl Finding {
    fn new(severity: Severity, kind: Kind) -> Self {
        Self { severity, kind, place: Place::default(), found: String::new(), expected: String::new() }
    }

    /// A finding about damage.
    pub fn error(kind: Kind) -> Self {
        Self::new(Severity::Error, kind)
    }

    /// A finding about something derivable.
    pub fn warning(kind: Kind) -> Self {
        Self::new(Severity::Warning, kind)
    }

    /// A note.
    pub fn note(kind: Kind) -> Self {
        Self::new(Severity::Note, kind)
    }

    /// Sets the cylinder group.
    pub fn group(mut self, group: u32) -> Self {
        self.place.group = Some(group);
        self
    }

    /// Sets the inode number.
    pub fn inode(mut self, inode: u32) -> Self {
        self.place.inode = Some(inode);
        self
    }

    /// Sets the fragment number.
    pub fn fragment(mut self, fragment: i64) -> Self {
        self.place.fragment = Some(fragment);
        self
    }

    /// Sets the byte offset in the image.
    pub fn byte(mut self, byte: u64) -> Self {
        self.place.byte = Some(byte);
        self
    }

    /// Sets the name of the field.
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.place.field = Some(field.into());
        self
    }

    /// Sets the name of the directory entry.
    pub fn name(mut self, name: &[u8]) -> Self {
        self.place.name = Some(name.to_vec());
        self
    }

    /// Sets what was found and what was expected.
    pub fn values(mut self, found: impl fmt::Display, expected: impl fmt::Display) -> Self {
        self.found = found.to_string();
        self.expected = expected.to_string();
        self
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.severity, self.kind)?;
        let place = self.place.to_string();
        if !place.is_empty() {
            write!(f, ", {place}")?;
        }
        write!(f, ", found {}, expected {}", self.found, self.expected)
    }
}

/// The outcome of a check.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The findings in the order in which they were made, up to the limit.
    pub findings: Vec<Finding>,
    /// How many errors there were, also beyond the limit.
    pub errors: u64,
    /// How many warnings there were, also beyond the limit.
    pub warnings: u64,
    /// How many notes there were, also beyond the limit.
    pub notes: u64,
    /// Whether the superblock was so wrong that the rest could not be looked at.
    pub stopped: bool,
    /// Allocated inodes that are not directories.
    pub files: u64,
    /// Allocated directories.
    pub directories: u64,
    /// Fragments that files hold.
    pub fragments_used: u64,
    limit: usize,
}

impl Report {
    /// An empty report that keeps up to `limit` findings and counts the rest.
    pub fn new(limit: usize) -> Self {
        Self { limit, ..Self::default() }
    }

    /// Takes a finding.
    pub fn add(&mut self, finding: Finding) {
        match finding.severity {
            Severity::Error => self.errors += 1,
            Severity::Warning => self.warnings += 1,
            Severity::Note => self.notes += 1,
        }
        if self.findings.len() < self.limit {
            self.findings.push(finding);
        }
    }

    /// Whether there is nothing but notes.
    pub fn is_clean(&self) -> bool {
        self.errors == 0 && self.warnings == 0
    }

    /// How many findings were counted but not kept.
    pub fn omitted(&self) -> u64 {
        (self.errors + self.warnings + self.notes).saturating_sub(self.findings.len() as u64)
    }
}

//! What syscalls.master says.

use crate::{CType, Condition};

/// The definitions under which the kernel of this project reads the table: a 64-bit machine, no kernel
/// configuration file. With these, each number has exactly one row.
pub const KERNEL_DEFINITIONS: &[&str] = &["_LP64"];

/// The whole table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Master {
    /// The arguments of the `#include` lines before `%%`, with their quotes or brackets.
    pub includes: Vec<String>,
    /// All rows in the order of the file, of every branch of every condition.
    pub rows: Vec<Row>,
}

impl Master {
    /// The rows whose conditions hold when exactly the names in `defined` are defined, in ascending order.
    pub fn rows_under(&self, defined: &[&str]) -> Vec<&Row> {
        self.rows.iter().filter(|row| row.branches.iter().all(|branch| branch.holds(defined))).collect()
    }

    /// The rows of this project's kernel: one for each number, in ascending order.
    pub fn kernel_rows(&self) -> Vec<&Row> {
        self.rows_under(KERNEL_DEFINITIONS)
    }
}

/// One side of an `#if` in which a row stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// What the `#if` asks.
    pub condition: Condition,
    /// Whether the row stands behind `#else`.
    pub otherwise: bool,
}

impl Branch {
    fn holds(&self, defined: &[&str]) -> bool {
        self.condition.holds(defined) != self.otherwise
    }
}

/// One system call number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The number that user programs pass.
    pub number: usize,
    /// What becomes of it.
    pub kind: Kind,
    /// The module to load when the call is missing (`MODULAR`).
    pub module: Option<String>,
    /// Whether applications get an entry point (`RUMP`).
    pub rump: bool,
    /// The conditions around the row, outermost first.
    pub branches: Vec<Branch>,
    /// Its prototype or comment.
    pub body: Body,
    /// The line where the row starts, from 1.
    pub line: usize,
}

/// The last field of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// A C prototype.
    Prototype(Prototype),
    /// What the number was or is for; may be empty.
    Comment(String),
}

/// The second field of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `STD`
    Standard,
    /// `NOERR`: returns a plain value and leaves errno alone.
    NoError,
    /// `INDIR`: passes on to another call.
    Indirect,
    /// `NODEF`: no number is defined for it.
    NoDefinition,
    /// `NOARGS`: no argument structure is defined for it.
    NoArguments,
    /// `EXTERN`: a module of others provides it.
    External,
    /// `COMPAT_nn`: as release n.n knew it; 43 is 4.3BSD.
    Compat(u8),
    /// `EXCL`: left out of this system.
    Excluded,
    /// `IGNORED`: succeeds and does nothing.
    Ignored,
    /// `OBSOL`: gone.
    Obsolete,
    /// `UNIMPL`: never was.
    Unimplemented,
}

impl Kind {
    /// The kind that a word of the second field names.
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "STD" => Self::Standard,
            "NOERR" => Self::NoError,
            "INDIR" => Self::Indirect,
            "NODEF" => Self::NoDefinition,
            "NOARGS" => Self::NoArguments,
            "EXTERN" => Self::External,
            "EXCL" => Self::Excluded,
            "IGNORED" => Self::Ignored,
            "OBSOL" => Self::Obsolete,
            "UNIMPL" => Self::Unimplemented,
            _ => {
                let digits = word.strip_prefix("COMPAT_")?;
                let plain = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
                Self::Compat(if plain { digits.parse().ok()? } else { return None })
            }
        })
    }

    /// The word of the second field.
    pub fn word(self) -> String {
        match self {
            Self::Standard => "STD".to_owned(),
            Self::NoError => "NOERR".to_owned(),
            Self::Indirect => "INDIR".to_owned(),
            Self::NoDefinition => "NODEF".to_owned(),
            Self::NoArguments => "NOARGS".to_owned(),
            Self::External => "EXTERN".to_owned(),
            Self::Compat(release) => format!("COMPAT_{release:02}"),
            Self::Excluded => "EXCL".to_owned(),
            Self::Ignored => "IGNORED".to_owned(),
            Self::Obsolete => "OBSOL".to_owned(),
            Self::Unimplemented => "UNIMPL".to_owned(),
        }
    }

    /// Whether rows of this kind end in a prototype (rather than a comment).
    pub fn has_prototype(self) -> bool {
        !matches!(self, Self::Excluded | Self::Ignored | Self::Obsolete | Self::Unimplemented)
    }
}

/// `{ returns|prefix|version|name(arguments); } alias`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prototype {
    /// What the call returns.
    pub returns: CType,
    /// The prefix of the kernel's function, `sys`.
    pub prefix: String,
    /// The release that changed the call last, without its point (`50`); empty for calls that never changed.
    pub version: String,
    /// The name without version.
    pub name: String,
    /// The arguments in slot order, padding included.
    pub arguments: Vec<Argument>,
    /// A name that takes the place of `name` outside the kernel.
    pub alias: Option<String>,
}

/// One argument of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    /// Its C type.
    pub c_type: CType,
    /// Its name.
    pub name: String,
    /// Whether C callers may leave it out (`...` stands before it).
    pub variadic: bool,
    /// The bound of an array of further slots: `args[SYS_MAXSYSARGS]`.
    pub array: Option<String>,
}

impl Argument {
    /// Whether the slot only aligns the next one and C callers do not see it.
    pub fn is_padding(&self) -> bool {
        self.name == "PAD"
    }
}

impl Row {
    /// The prototype, if the row has one.
    pub fn prototype(&self) -> Option<&Prototype> {
        match &self.body {
            Body::Prototype(prototype) => Some(prototype),
            Body::Comment(_) => None,
        }
    }

    /// NetBSD's name of the call, the one after `SYS_`: `open`, `__stat50`, `compat_43_olseek`.
    pub fn system_call_name(&self) -> Option<String> {
        let name = self.prototype()?.versioned_name();
        Some(match self.kind {
            Kind::Compat(release) => format!("compat_{release:02}_{name}"),
            _ => name,
        })
    }

    /// The symbol of the application's entry point; `None` for rows without `RUMP`.
    pub fn symbol(&self) -> Option<String> {
        let prototype = self.prototype().filter(|_| self.rump)?;
        Some(if prototype.has_two_results() {
            format!("rump_sys_{}", prototype.name)
        } else {
            format!("rump___sysimpl_{}{}", prototype.external_name(), prototype.version)
        })
    }
}

impl Prototype {
    /// The name that applications see, without version.
    pub fn external_name(&self) -> &str {
        self.alias.as_deref().unwrap_or(&self.name)
    }

    /// Whether the call hands two descriptors back in registers; `pipe` is the only one.
    pub fn has_two_results(&self) -> bool {
        self.name == "pipe" && self.arguments.is_empty()
    }

    /// Whether C callers may leave out the last arguments.
    pub fn is_variadic(&self) -> bool {
        self.arguments.iter().any(|argument| argument.variadic)
    }

    fn versioned_name(&self) -> String {
        match (&self.alias, self.version.as_str()) {
            (Some(alias), _) => alias.clone(),
            (None, "") => self.name.clone(),
            (None, version) => format!("__{}{version}", self.name),
        }
    }
}

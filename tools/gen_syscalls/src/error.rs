//! What a parser says about a text that it cannot read.

use std::fmt;

/// The first place where a table departs from its format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// Name of the file, as the caller gave it.
    pub file: String,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1; a tab is one character.
    pub column: usize,
    /// What the format asks for at this place.
    pub expected: String,
    /// What stands there instead.
    pub found: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, expected, found } = self;
        write!(formatter, "{file}:{line}:{column}: expected {expected}, found {found}")
    }
}

impl std::error::Error for ParseError {}

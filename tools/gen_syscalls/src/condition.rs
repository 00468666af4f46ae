//! The conditions of `#if` lines: `defined(NAME)`, `!`, `&&` and `||`.

use std::fmt;

use crate::ParseError;
use crate::cursor::Cursor;

/// A condition over names that are defined or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// `defined(NAME)`
    Defined(String),
    /// `!condition`
    Not(Box<Condition>),
    /// `one && another && …`
    All(Vec<Condition>),
    /// `one || another || …`
    Any(Vec<Condition>),
}

impl Condition {
    /// Whether the condition holds when exactly the names in `defined` are defined.
    pub fn holds(&self, defined: &[&str]) -> bool {
        match self {
            Self::Defined(name) => defined.contains(&name.as_str()),
            Self::Not(inner) => !inner.holds(defined),
            Self::All(parts) => parts.iter().all(|part| part.holds(defined)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(defined)),
        }
    }

    /// Reads a condition up to what cannot belong to it.
    pub(crate) fn read(cursor: &mut Cursor<'_>) -> Result<Self, ParseError> {
        Self::read_list(cursor, "||", Self::Any, Self::read_conjunction)
    }

    fn read_conjunction(cursor: &mut Cursor<'_>) -> Result<Self, ParseError> {
        Self::read_list(cursor, "&&", Self::All, Self::read_term)
    }

    /// Reads one part, or several with `operator` between them.
    fn read_list(
        cursor: &mut Cursor<'_>,
        operator: &str,
        join: fn(Vec<Self>) -> Self,
        part: fn(&mut Cursor<'_>) -> Result<Self, ParseError>,
    ) -> Result<Self, ParseError> {
        let first = part(cursor)?;
        let mut others = Vec::new();
        loop {
            cursor.skip_blanks();
            if !cursor.accept(operator) {
                break;
            }
            others.push(part(cursor)?);
        }
        if others.is_empty() {
            return Ok(first);
        }
        others.insert(0, first);
        Ok(join(others))
    }

    fn read_term(cursor: &mut Cursor<'_>) -> Result<Self, ParseError> {
        // A run of `!` is counted, not recursed into: the input decides its length.
        let mut negations = 0_usize;
        cursor.skip_blanks();
        while cursor.accept("!") {
            negations += 1;
            cursor.skip_blanks();
        }
        let term = match cursor.peek_word() {
            "defined" => {
                cursor.word();
                cursor.skip_blanks();
                let parenthesised = cursor.accept("(");
                let name = Self::read_name(cursor)?;
                if parenthesised {
                    cursor.skip_blanks();
                    cursor.expect(")")?;
                }
                Self::Defined(name)
            }
            _ => return Err(cursor.error("`defined`")),
        };
        Ok(if negations % 2 == 1 { Self::Not(Box::new(term)) } else { term })
    }

    /// Reads the name of an `#ifdef`.
    pub(crate) fn read_name(cursor: &mut Cursor<'_>) -> Result<String, ParseError> {
        cursor.skip_blanks();
        match cursor.word() {
            "" => Err(cursor.error("the name of a definition")),
            name => Ok(name.to_owned()),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parts, operator) = match self {
            Self::Defined(name) => return write!(formatter, "defined({name})"),
            Self::Not(inner) => return write!(formatter, "!{inner}"),
            Self::All(parts) => (parts, " && "),
            Self::Any(parts) => (parts, " || "),
        };
        for (index, part) in parts.iter().enumerate() {
            let operator = if index == 0 { "" } else { operator };
            write!(formatter, "{operator}{part}")?;
        }
        Ok(())
    }
}

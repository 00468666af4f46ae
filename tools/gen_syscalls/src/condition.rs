//! The conditions of `#if` lines: `defined(NAME)`, `!`, `&&` and `||`.

use crate::ParseError;
use crate::cursor::Cursor;

/// A condition over names that are defined or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// `defined(NAME)`
    Defined(String),
    /// `!condition`
    Not(Box<Condition>),
    /// `left && right`
    And(Box<Condition>, Box<Condition>),
    /// `left || right`
    Or(Box<Condition>, Box<Condition>),
}

impl Condition {
    /// Whether the condition holds when exactly the names in `defined` are defined.
    pub fn holds(&self, defined: &[&str]) -> bool {
        match self {
            Self::Defined(name) => defined.contains(&name.as_str()),
            Self::Not(inner) => !inner.holds(defined),
            Self::And(left, right) => left.holds(defined) && right.holds(defined),
            Self::Or(left, right) => left.holds(defined) || right.holds(defined),
        }
    }

    /// Reads a condition up to what cannot belong to it.
    pub(crate) fn read(cursor: &mut Cursor<'_>) -> Result<Self, ParseError> {
        let mut left = Self::read_conjunction(cursor)?;
        loop {
            cursor.skip_blanks();
            if !cursor.accept("||") {
                return Ok(left);
            }
            left = Self::Or(Box::new(left), Box::new(Self::read_conjunction(cursor)?));
        }
    }

    fn read_conjunction(cursor: &mut Cursor<'_>) -> Result<Self, ParseError> {
        let mut left = Self::read_term(cursor)?;
        loop {
            cursor.skip_blanks();
            if !cursor.accept("&&") {
                return Ok(left);
            }
            left = Self::And(Box::new(left), Box::new(Self::read_term(cursor)?));
        }
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

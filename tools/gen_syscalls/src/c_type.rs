//! The C types of both tables, as NetBSD on amd64 represents them.

use std::fmt;

use crate::ParseError;
use crate::cursor::{Cursor, Position};

/// How a C type is passed in a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Representation {
    /// No value.
    Void,
    /// C's `bool`, of which only pointers occur so far.
    Bool,
    /// Signed, 32 bits; sign-extended into its slot.
    Signed32,
    /// Unsigned, 32 bits; zero-extended into its slot.
    Unsigned32,
    /// Signed, 64 bits.
    Signed64,
    /// Unsigned, 64 bits.
    Unsigned64,
    /// `ssize_t` and `intptr_t`.
    SignedSize,
    /// `size_t` and `uintptr_t`.
    UnsignedSize,
    /// An address.
    Pointer {
        /// Whether it points straight to `char`.
        to_character: bool,
        /// Whether what it points to is `const`.
        to_constant: bool,
    },
}

/// A C type with the blanks of its spelling normalised: `const char *`, `char *const *`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CType {
    spelling: String,
    representation: Representation,
}

impl CType {
    /// The type that these tokens (words and `*`) spell; `None` if its size is not known here.
    pub fn from_tokens(tokens: &[&str]) -> Option<Self> {
        let representation = represent(tokens)?;
        let mut spelling = String::new();
        let mut previous = "*";
        for token in tokens {
            if !spelling.is_empty() && previous != "*" {
                spelling.push(' ');
            }
            spelling.push_str(token);
            previous = token;
        }
        Some(Self { spelling, representation })
    }

    /// How a value of this type travels.
    pub fn representation(&self) -> Representation {
        self.representation
    }

    /// The type's C spelling.
    pub fn as_str(&self) -> &str {
        &self.spelling
    }

    /// The name of the structure or union that this type points to, as `struct stat`.
    pub fn aggregate(&self) -> Option<String> {
        let mut words = self.spelling.split([' ', '*']).filter(|word| *word != "const");
        let keyword = words.next().filter(|word| matches!(*word, "struct" | "union"))?;
        Some(format!("{keyword} {}", words.next()?))
    }
}

impl fmt::Display for CType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.spelling)
    }
}

fn represent(tokens: &[&str]) -> Option<Representation> {
    let constant = tokens.first() == Some(&"const");
    let named = if constant { &tokens[1..] } else { tokens };
    let base_length = named.iter().position(|token| *token == "*").unwrap_or(named.len());
    let (base, stars) = named.split_at(base_length);
    if base.is_empty() || stars.iter().any(|token| !matches!(*token, "*" | "const")) {
        return None;
    }
    if !stars.is_empty() {
        let to_character = base == ["char"] && stars == ["*"];
        return Some(Representation::Pointer { to_character, to_constant: constant && stars == ["*"] });
    }
    represent_by_value(base)
}

/// Sizes from sys/types.h and machine/types.h of NetBSD/amd64.
fn represent_by_value(base: &[&str]) -> Option<Representation> {
    Some(match base {
        ["void"] => Representation::Void,
        ["bool"] => Representation::Bool,
        [
            "int" | "int32_t" | "pid_t" | "lwpid_t" | "clockid_t" | "timer_t" | "idtype_t" | "mqd_t"
            | "psetid_t" | "vm_prot_t",
        ] => Representation::Signed32,
        [
            "unsigned" | "u_int" | "uint32_t" | "mode_t" | "uid_t" | "gid_t" | "id_t" | "socklen_t"
            | "nfds_t",
        ]
        | ["unsigned", "int"] => Representation::Unsigned32,
        [
            "long" | "int64_t" | "quad_t" | "off_t" | "voff_t" | "daddr_t" | "time_t" | "key_t"
            | "register_t",
        ] => Representation::Signed64,
        ["u_long" | "uint64_t" | "dev_t" | "cpuid_t"] | ["unsigned", "long"] => Representation::Unsigned64,
        ["ssize_t" | "intptr_t"] => Representation::SignedSize,
        ["size_t" | "uintptr_t"] => Representation::UnsignedSize,
        // An opaque handle: `struct kauth_cred *`.
        ["kauth_cred_t"] => Representation::Pointer { to_character: false, to_constant: false },
        _ => return None,
    })
}

/// The words and stars of a declaration, each with its place.
pub(crate) struct Tokens<'text> {
    start: Position,
    tokens: Vec<&'text str>,
}

impl<'text> Tokens<'text> {
    /// Reads words and stars up to anything else.
    pub fn read(cursor: &mut Cursor<'text>) -> Self {
        cursor.skip_blanks();
        let start = cursor.position();
        let mut tokens = Vec::new();
        loop {
            cursor.skip_blanks();
            if cursor.accept("*") {
                tokens.push("*");
                continue;
            }
            match cursor.word() {
                "" => return Self { start, tokens },
                word => tokens.push(word),
            }
        }
    }

    /// Whether the declaration is the lone word `word`.
    pub fn is_only(&self, word: &str) -> bool {
        self.tokens == [word]
    }

    /// The tokens as a type.
    pub fn into_type(self, cursor: &Cursor<'_>) -> Result<CType, ParseError> {
        if self.tokens.is_empty() {
            return Err(cursor.error("a C type"));
        }
        CType::from_tokens(&self.tokens).ok_or_else(|| self.unknown_type(cursor, &self.tokens))
    }

    /// The tokens as a type and the name that it declares.
    pub fn into_declaration(mut self, cursor: &Cursor<'_>) -> Result<(CType, String), ParseError> {
        let name = match self.tokens.pop() {
            None => return Err(cursor.error("an argument")),
            Some("*") => return Err(cursor.error("the argument's name")),
            Some(name) => name.to_owned(),
        };
        if self.tokens.is_empty() {
            return Err(cursor.error("the argument's name"));
        }
        let c_type =
            CType::from_tokens(&self.tokens).ok_or_else(|| self.unknown_type(cursor, &self.tokens))?;
        if c_type.representation() == Representation::Void {
            return Err(cursor.error_at(self.start, "a type that has a value", "`void`"));
        }
        Ok((c_type, name))
    }

    fn unknown_type(&self, cursor: &Cursor<'_>, tokens: &[&str]) -> ParseError {
        cursor.error_at(self.start, "a C type of known size", &format!("`{}`", tokens.join(" ")))
    }
}

//! The parser of vnode_if.src.
//!
//! ```text
//! file      = { comment | lock | lookup | operation }
//! comment   = "#" … | blank line
//! lock      = "#%" operation argument before success error
//! lookup    = "#!" operation argument flags
//! operation = "vop_" name "{" [ "VERSION" number ] argument … "}" ";"
//! argument  = ("IN" | "OUT" | "INOUT") [ "LOCKED=" ("YES" | "NO") ] [ "WILL…" ] type name ";"
//! ```
//! `#%` and `#!` lines stand before the operation that they are about.

use crate::c_type::Tokens;
use crate::cursor::{Cursor, Position};
use crate::{
    Direction, Disposition, LockRule, LockState, LookupRule, ParseError, VnodeArgument, VnodeInterface,
    VnodeOperation,
};

/// Reads a vnode interface; `name` is the file's name for errors.
///
/// # Errors
/// The first departure from the format, a rule about another operation or an argument that does not exist, a
/// `LOCKED=` that contradicts the rule of its argument, and a C type whose size is unknown.
pub fn parse_vnode_if(name: &str, text: &str) -> Result<VnodeInterface, ParseError> {
    let mut parser = Parser {
        cursor: Cursor::new(name, text),
        locks: Vec::new(),
        lookups: Vec::new(),
        operations: Vec::new(),
    };
    parser.file()?;
    Ok(VnodeInterface { operations: parser.operations })
}

/// A `#%` or `#!` line that waits for its operation.
struct Pending<Rule> {
    position: Position,
    operation: String,
    argument: String,
    rule: Rule,
}

struct Parser<'text> {
    cursor: Cursor<'text>,
    locks: Vec<Pending<LockRule>>,
    lookups: Vec<Pending<LookupRule>>,
    operations: Vec<VnodeOperation>,
}

impl Parser<'_> {
    fn file(&mut self) -> Result<(), ParseError> {
        loop {
            self.skip_space();
            if self.cursor.at_end() {
                break;
            } else if self.cursor.accept("#%") {
                self.lock()?;
            } else if self.cursor.accept("#!") {
                self.lookup()?;
            } else if self.cursor.starts_with("#") {
                self.cursor.rest_of_line();
            } else if self.cursor.peek_word().starts_with("vop_") {
                self.operation()?;
            } else {
                return Err(self.cursor.error("a comment or `vop_` and the name of an operation"));
            }
        }
        let waiting =
            self.locks.iter().map(|lock| lock.position).chain(self.lookups.iter().map(|l| l.position));
        match waiting.min_by_key(|position| position.line) {
            None => Ok(()),
            Some(position) => Err(self.cursor.error_at(position, "an operation after its rules", "none")),
        }
    }

    fn skip_space(&mut self) {
        self.cursor.take_while(char::is_whitespace);
    }

    fn required_word(&mut self, expected: &str) -> Result<String, ParseError> {
        self.cursor.skip_blanks();
        match self.cursor.word() {
            "" => Err(self.cursor.error(expected)),
            word => Ok(word.to_owned()),
        }
    }

    fn lock(&mut self) -> Result<(), ParseError> {
        let position = self.cursor.position();
        let operation = self.required_word("the name of an operation")?;
        let argument = self.required_word("the name of an argument")?;
        let before = self.lock_state("the lock on entry: L, U, -, = or X")?;
        let after_success = self.lock_state("the lock after success: L, U, -, = or X")?;
        let after_error = self.lock_state("the lock after an error: L, U, -, = or X")?;
        self.cursor.end_of_line()?;
        let rule = LockRule { argument: argument.clone(), before, after_success, after_error };
        self.locks.push(Pending { position, operation, argument, rule });
        Ok(())
    }

    fn lock_state(&mut self, expected: &str) -> Result<LockState, ParseError> {
        self.cursor.skip_blanks();
        let position = self.cursor.position();
        let letter = self.cursor.take_while(|character| !character.is_whitespace());
        match LockState::from_letter(letter) {
            Some(state) => Ok(state),
            None if letter.is_empty() => Err(self.cursor.error(expected)),
            None => Err(self.cursor.error_at(position, expected, &format!("`{letter}`"))),
        }
    }

    fn lookup(&mut self) -> Result<(), ParseError> {
        let position = self.cursor.position();
        let operation = self.required_word("the name of an operation")?;
        let argument = self.required_word("the name of an argument")?;
        self.cursor.skip_blanks();
        if matches!(self.cursor.peek(), None | Some('\n')) {
            return Err(self.cursor.error("the flags of the lookup"));
        }
        let flags = self.cursor.rest_of_line().to_owned();
        let rule = LookupRule { argument: argument.clone(), flags };
        self.lookups.push(Pending { position, operation, argument, rule });
        Ok(())
    }

    fn operation(&mut self) -> Result<(), ParseError> {
        let position = self.cursor.position();
        let word = self.cursor.word();
        let name = word.trim_start_matches("vop_").to_owned();
        if name.is_empty() || self.operations.iter().any(|operation| operation.name == name) {
            return Err(self.cursor.error_at(position, "a new operation", &format!("`{word}`")));
        }
        self.skip_space();
        self.cursor.expect("{")?;
        self.skip_space();
        let version = if self.cursor.peek_word() == "VERSION" { self.version()? } else { 1 };
        let mut arguments = Vec::new();
        loop {
            self.skip_space();
            if self.cursor.accept("}") {
                break;
            }
            arguments.push(self.argument()?);
        }
        self.cursor.skip_blanks();
        self.cursor.expect(";")?;
        self.cursor.end_of_line()?;
        let mut locks = Vec::new();
        for pending in std::mem::take(&mut self.locks) {
            self.check(&pending, &name, &arguments)?;
            self.check_assertion(&pending, &arguments)?;
            locks.push(pending.rule);
        }
        let mut lookups = Vec::new();
        for pending in std::mem::take(&mut self.lookups) {
            self.check(&pending, &name, &arguments)?;
            lookups.push(pending.rule);
        }
        self.operations.push(VnodeOperation {
            name,
            version,
            locks,
            lookups,
            arguments,
            line: position.line,
        });
        Ok(())
    }

    fn version(&mut self) -> Result<u32, ParseError> {
        self.cursor.word();
        self.cursor.skip_blanks();
        let position = self.cursor.position();
        let digits = self.cursor.word();
        let version = digits
            .parse()
            .map_err(|_| self.cursor.error_at(position, "a version number", &format!("`{digits}`")))?;
        self.cursor.end_of_line()?;
        Ok(version)
    }

    fn argument(&mut self) -> Result<VnodeArgument, ParseError> {
        let direction = match self.cursor.peek_word() {
            "IN" => Direction::In,
            "OUT" => Direction::Out,
            "INOUT" => Direction::InOut,
            _ => return Err(self.cursor.error("`IN`, `OUT`, `INOUT` or `}`")),
        };
        self.cursor.word();
        self.cursor.skip_blanks();
        let locked = if self.cursor.accept("LOCKED=") { Some(self.yes_or_no()?) } else { None };
        self.cursor.skip_blanks();
        let mut disposition = Disposition::Kept;
        if self.cursor.starts_with("WILL") {
            let Some(found) = Disposition::from_word(self.cursor.peek_word()) else {
                return Err(self.cursor.error("`WILLRELE`, `WILLPUT`, `WILLUNLOCK` or `WILLMAKE`"));
            };
            disposition = found;
            self.cursor.word();
        }
        let (c_type, name) = Tokens::read(&mut self.cursor).into_declaration(&self.cursor)?;
        self.cursor.expect(";")?;
        self.cursor.end_of_line()?;
        Ok(VnodeArgument { direction, locked, disposition, c_type, name })
    }

    fn yes_or_no(&mut self) -> Result<bool, ParseError> {
        let answer = match self.cursor.peek_word() {
            "YES" => true,
            "NO" => false,
            _ => return Err(self.cursor.error("`YES` or `NO`")),
        };
        self.cursor.word();
        Ok(answer)
    }

    /// A rule must be about the operation that follows it and name an argument of it.
    fn check<Rule>(
        &self,
        pending: &Pending<Rule>,
        operation: &str,
        arguments: &[VnodeArgument],
    ) -> Result<(), ParseError> {
        if pending.operation != operation {
            let expected = format!("a rule about `{operation}`, which follows");
            let found = format!("`{}`", pending.operation);
            return Err(self.cursor.error_at(pending.position, &expected, &found));
        }
        if !arguments.iter().any(|argument| argument.name == pending.argument) {
            let expected = format!("an argument of `{operation}`");
            let found = format!("`{}`", pending.argument);
            return Err(self.cursor.error_at(pending.position, &expected, &found));
        }
        Ok(())
    }

    /// What `LOCKED=` asserts must be what the rule says.
    fn check_assertion(
        &self,
        pending: &Pending<LockRule>,
        arguments: &[VnodeArgument],
    ) -> Result<(), ParseError> {
        let asserted =
            arguments.iter().find(|argument| argument.name == pending.argument).and_then(|a| a.locked);
        let (expected, agrees) = match asserted {
            Some(true) => ("`L` on entry, as LOCKED=YES says", pending.rule.before == LockState::Locked),
            Some(false) => ("`U` on entry, as LOCKED=NO says", pending.rule.before == LockState::Unlocked),
            None => return Ok(()),
        };
        let found = format!("{:?}", pending.rule.before);
        if agrees { Ok(()) } else { Err(self.cursor.error_at(pending.position, expected, &found)) }
    }
}

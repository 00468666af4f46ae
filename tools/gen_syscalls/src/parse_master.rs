//! The parser of syscalls.master.
//!
//! ```text
//! file      = identification? { comment | "#include" … } "%%" { comment | directive | row }
//! comment   = ";" … | blank line
//! directive = "#if" condition | "#ifdef" name | "#ifndef" name | "#else" | "#endif" | "#include" …
//! row       = number kind ( text | [ "MODULAR" name ] [ "RUMP" ] prototype [ alias ] )
//! prototype = "{" type "|" prefix "|" [ version ] "|" name "(" arguments ")" ";" "}"
//! ```
//! A backslash before the line end continues a row.

use crate::c_type::Tokens;
use crate::cursor::{Cursor, Position};
use crate::{Argument, Body, Branch, Condition, Kind, Master, ParseError, Prototype, Row};

/// Reads a system call table; `name` is the file's name for errors.
///
/// # Errors
/// The first departure from the format, a number out of order, and a C type whose size is unknown.
pub fn parse_master(name: &str, text: &str) -> Result<Master, ParseError> {
    let mut parser = Parser {
        cursor: Cursor::new(name, text),
        master: Master { includes: Vec::new(), rows: Vec::new() },
        open: Vec::new(),
        next_number: 0,
    };
    parser.preamble()?;
    parser.table()?;
    Ok(parser.master)
}

struct Parser<'text> {
    cursor: Cursor<'text>,
    master: Master,
    open: Vec<OpenCondition>,
    next_number: usize,
}

/// An `#if` whose `#endif` has not come yet.
struct OpenCondition {
    branch: Branch,
    position: Position,
    /// Both sides start counting here.
    first_number: usize,
}

impl Parser<'_> {
    fn preamble(&mut self) -> Result<(), ParseError> {
        // NetBSD's own file starts with a line that identifies its revision.
        if matches!(self.cursor.peek(), Some('$' | '\t')) {
            self.cursor.rest_of_line();
        }
        loop {
            if self.skip_comment() {
                continue;
            }
            if self.cursor.accept("%%") {
                return self.cursor.end_of_line();
            }
            if !self.cursor.accept("#include") {
                return Err(self.cursor.error("a comment, `#include` or `%%`"));
            }
            self.include()?;
        }
    }

    fn table(&mut self) -> Result<(), ParseError> {
        loop {
            if self.skip_comment() {
                continue;
            }
            match self.cursor.peek() {
                None => break,
                Some('#') => self.directive()?,
                Some(digit) if digit.is_ascii_digit() => self.row()?,
                Some(_) => return Err(self.cursor.error("a system call number, a comment or a directive")),
            }
        }
        match self.open.last() {
            None => Ok(()),
            Some(open) => {
                let opening = format!("#if {}", open.branch.condition);
                Err(self.cursor.error(&format!("`#endif` for `{opening}` of line {}", open.position.line)))
            }
        }
    }

    fn skip_comment(&mut self) -> bool {
        let comment = match self.cursor.peek() {
            Some(';' | '\n') => true,
            Some(' ' | '\t' | '\r') => {
                self.cursor.skip_blanks();
                matches!(self.cursor.peek(), Some(';' | '\n'))
            }
            _ => false,
        };
        if comment {
            self.cursor.rest_of_line();
        }
        comment
    }

    fn include(&mut self) -> Result<(), ParseError> {
        self.cursor.skip_blanks();
        if !matches!(self.cursor.peek(), Some('"' | '<')) {
            return Err(self.cursor.error("the name of a header in quotes or angle brackets"));
        }
        let header = self.cursor.rest_of_line().to_owned();
        self.master.includes.push(header);
        Ok(())
    }

    fn directive(&mut self) -> Result<(), ParseError> {
        let position = self.cursor.position();
        self.cursor.advance();
        match self.cursor.word() {
            "if" => {
                let condition = Condition::read(&mut self.cursor)?;
                self.open_condition(position, condition)
            }
            "ifdef" => {
                let condition = Condition::Defined(Condition::read_name(&mut self.cursor)?);
                self.open_condition(position, condition)
            }
            "ifndef" => {
                let defined = Condition::Defined(Condition::read_name(&mut self.cursor)?);
                self.open_condition(position, Condition::Not(Box::new(defined)))
            }
            "else" => {
                match self.open.last_mut() {
                    Some(open) if !open.branch.otherwise => {
                        open.branch.otherwise = true;
                        self.next_number = open.first_number;
                    }
                    _ => return Err(self.cursor.error_at(position, "an open `#if` before it", "`#else`")),
                }
                self.cursor.end_of_line()
            }
            "endif" => match self.open.pop() {
                Some(_) => self.cursor.end_of_line(),
                None => Err(self.cursor.error_at(position, "an open `#if` before it", "`#endif`")),
            },
            "include" => self.include(),
            other => {
                let expected = "#if, #ifdef, #ifndef, #else, #endif or #include";
                Err(self.cursor.error_at(position, expected, &format!("`#{other}`")))
            }
        }
    }

    fn open_condition(&mut self, position: Position, condition: Condition) -> Result<(), ParseError> {
        self.open.push(OpenCondition {
            branch: Branch { condition, otherwise: false },
            position,
            first_number: self.next_number,
        });
        self.cursor.end_of_line()
    }

    fn row(&mut self) -> Result<(), ParseError> {
        let position = self.cursor.position();
        let number = self.number(position)?;
        self.cursor.skip_blanks();
        let Some(kind) = Kind::from_word(self.cursor.peek_word()) else {
            return Err(self.cursor.error("the kind of the system call, as STD or OBSOL"));
        };
        self.cursor.word();
        self.cursor.skip_blanks();
        let (module, rump, body) = if kind.has_prototype() {
            let module = self.module()?;
            let rump = self.keyword("RUMP");
            (module, rump, Body::Prototype(self.prototype()?))
        } else {
            (None, false, Body::Comment(self.cursor.rest_of_line().to_owned()))
        };
        let branches = self.open.iter().map(|open| open.branch.clone()).collect();
        self.master.rows.push(Row { number, kind, module, rump, branches, body, line: position.line });
        self.next_number = number + 1;
        Ok(())
    }

    /// The number, which must follow that of the row before.
    fn number(&mut self, position: Position) -> Result<usize, ParseError> {
        let digits = self.cursor.word();
        match digits.parse::<usize>() {
            Ok(number) if number == self.next_number && number < usize::MAX => Ok(number),
            _ => {
                let expected = format!("system call number {}", self.next_number);
                Err(self.cursor.error_at(position, &expected, &format!("`{digits}`")))
            }
        }
    }

    fn module(&mut self) -> Result<Option<String>, ParseError> {
        if !self.keyword("MODULAR") {
            return Ok(None);
        }
        match self.cursor.word() {
            "" => Err(self.cursor.error("the name of a module")),
            name => {
                let name = name.to_owned();
                self.cursor.skip_blanks();
                Ok(Some(name))
            }
        }
    }

    /// Moves past `word` and the blanks behind it, if it stands here.
    fn keyword(&mut self, word: &str) -> bool {
        let found = self.cursor.peek_word() == word;
        if found {
            self.cursor.word();
            self.cursor.skip_blanks();
        }
        found
    }

    fn prototype(&mut self) -> Result<Prototype, ParseError> {
        self.cursor.expect("{")?;
        let returns = Tokens::read(&mut self.cursor).into_type(&self.cursor)?;
        self.cursor.expect("|")?;
        let prefix = self.cursor.word().to_owned();
        self.cursor.expect("|")?;
        let version = self.cursor.take_while(|character| character.is_ascii_digit()).to_owned();
        self.cursor.expect("|")?;
        let name = match self.cursor.word() {
            "" => return Err(self.cursor.error("the name of the system call")),
            name => name.to_owned(),
        };
        self.cursor.skip_blanks();
        self.cursor.expect("(")?;
        let arguments = self.arguments()?;
        self.cursor.skip_blanks();
        self.cursor.expect(";")?;
        self.cursor.skip_blanks();
        self.cursor.expect("}")?;
        self.cursor.skip_blanks();
        let alias = Some(self.cursor.word().to_owned()).filter(|alias| !alias.is_empty());
        self.cursor.end_of_line()?;
        Ok(Prototype { returns, prefix, version, name, arguments, alias })
    }

    /// The arguments up to and with the closing parenthesis.
    fn arguments(&mut self) -> Result<Vec<Argument>, ParseError> {
        let mut arguments = Vec::new();
        loop {
            self.cursor.skip_blanks();
            let variadic = self.cursor.accept("...");
            let tokens = Tokens::read(&mut self.cursor);
            if tokens.is_only("void") && arguments.is_empty() && !variadic && self.cursor.accept(")") {
                return Ok(arguments);
            }
            let (c_type, name) = tokens.into_declaration(&self.cursor)?;
            let array = if self.cursor.accept("[") {
                let bound = self.cursor.word().to_owned();
                self.cursor.expect("]")?;
                Some(bound)
            } else {
                None
            };
            arguments.push(Argument { c_type, name, variadic, array });
            self.cursor.skip_blanks();
            if self.cursor.accept(")") {
                return Ok(arguments);
            }
            if !self.cursor.accept(",") {
                return Err(self.cursor.error("`,` or `)`"));
            }
        }
    }
}

//! A reading position in a text that knows its line and column.

use crate::ParseError;

/// A place in the text, for errors about something already read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Position {
    pub line: usize,
    pub column: usize,
}

pub(crate) struct Cursor<'text> {
    file: &'text str,
    rest: &'text str,
    position: Position,
}

impl<'text> Cursor<'text> {
    pub fn new(file: &'text str, text: &'text str) -> Self {
        Self { file, rest: text, position: Position { line: 1, column: 1 } }
    }

    pub fn position(&self) -> Position {
        self.position
    }

    pub fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    pub fn starts_with(&self, prefix: &str) -> bool {
        self.rest.starts_with(prefix)
    }

    pub fn at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// Moves past one character.
    pub fn advance(&mut self) {
        let mut characters = self.rest.chars();
        match characters.next() {
            Some('\n') => self.position = Position { line: self.position.line + 1, column: 1 },
            Some(_) => self.position.column += 1,
            None => {}
        }
        self.rest = characters.as_str();
    }

    /// Moves past `text` if it stands here.
    pub fn accept(&mut self, text: &str) -> bool {
        let found = self.starts_with(text);
        if found {
            text.chars().for_each(|_| self.advance());
        }
        found
    }

    /// Moves past `text`, which must stand here.
    pub fn expect(&mut self, text: &str) -> Result<(), ParseError> {
        if self.accept(text) { Ok(()) } else { Err(self.error(&format!("`{text}`"))) }
    }

    /// Moves past blanks and past line ends that a backslash continues.
    pub fn skip_blanks(&mut self) {
        loop {
            match self.peek() {
                Some(' ' | '\t' | '\r') => self.advance(),
                Some('\\') if self.starts_with("\\\n") || self.starts_with("\\\r\n") => {
                    while self.peek() != Some('\n') {
                        self.advance();
                    }
                    self.advance();
                }
                _ => return,
            }
        }
    }

    /// Takes the characters up to the first that `belongs` refuses.
    pub fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> &'text str {
        let start = self.rest;
        while self.peek().is_some_and(&belongs) {
            self.advance();
        }
        &start[..start.len() - self.rest.len()]
    }

    /// Takes a word of letters, digits and underscores; empty if none stands here.
    pub fn word(&mut self) -> &'text str {
        self.take_while(is_word)
    }

    /// The word that stands here, without moving.
    pub fn peek_word(&self) -> &'text str {
        let end = self.rest.find(|character| !is_word(character)).unwrap_or(self.rest.len());
        &self.rest[..end]
    }

    /// Takes the rest of the line without blanks at its ends, and moves to the next line.
    pub fn rest_of_line(&mut self) -> &'text str {
        let line = self.take_while(|character| character != '\n');
        self.advance();
        line.trim()
    }

    /// Moves to the next line; only blanks may stand before it.
    pub fn end_of_line(&mut self) -> Result<(), ParseError> {
        self.skip_blanks();
        match self.peek() {
            None => Ok(()),
            Some('\n') => {
                self.advance();
                Ok(())
            }
            Some(_) => Err(self.error("the end of the line")),
        }
    }

    /// An error at the current place.
    pub fn error(&self, expected: &str) -> ParseError {
        let found = match self.peek() {
            None => "the end of the file".to_owned(),
            Some('\n') => "the end of the line".to_owned(),
            Some(character) if is_word(character) => format!("`{}`", self.peek_word()),
            Some(character) => format!("`{}`", character.escape_default()),
        };
        self.error_at(self.position, expected, &found)
    }

    /// An error about something that was read from `position` on.
    pub fn error_at(&self, position: Position, expected: &str, found: &str) -> ParseError {
        ParseError {
            file: self.file.to_owned(),
            line: position.line,
            column: position.column,
            expected: expected.to_owned(),
            found: found.to_owned(),
        }
    }
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

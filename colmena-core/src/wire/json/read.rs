//! The reader: one pass over the text, strict but for what Python adds.
//!
//! What Python takes and this does not: a lone surrogate in a string, which no text can have here, and deeper nesting.

use crate::wire::tree::{Id, Node, Text, Tree};
use crate::wire::{DEPTH_LIMIT, WireError};

/// Reads a text that is one value.
pub(in crate::wire) fn parse(text: &str) -> Result<(Tree<'_>, Id), WireError> {
    let mut reader = Reader::new(text);
    let id = reader.value()?;
    reader.end()?;
    Ok((reader.tree, id))
}

/// Reads a text that is one value into a tree that has others.
#[cfg(feature = "redis")]
pub(in crate::wire) fn parse_into<'a>(tree: &mut Tree<'a>, text: &'a str) -> Result<Id, WireError> {
    let mut reader = Reader { tree: std::mem::take(tree), ..Reader::new(text) };
    let id = reader.value();
    let id = id.and_then(|id| reader.end().map(|()| id));
    *tree = reader.tree;
    id
}

/// A member of an object: its key, its value, and the text of its value.
#[derive(Debug)]
pub(in crate::wire) struct Member<'a> {
    pub(in crate::wire) key: Text<'a>,
    pub(in crate::wire) id: Id,
    pub(in crate::wire) raw: &'a str,
}

/// Reads a text that is one object.
pub(in crate::wire) fn members(text: &str) -> Result<(Tree<'_>, Vec<Member<'_>>), WireError> {
    let mut reader = Reader::new(text);
    let mut members = Vec::new();
    reader.expect(b'{', "an object is expected")?;
    reader.depth += 1;
    reader.comma_separated(b'}', |reader| {
        let key = reader.key()?;
        let start = reader.at;
        let id = reader.value()?;
        members.push(Member { key, id, raw: &text[start..reader.at] });
        Ok(())
    })?;
    reader.end()?;
    Ok((reader.tree, members))
}

/// The texts of the items of a text that is one list.
pub(in crate::wire) fn elements(text: &str) -> Result<Vec<&str>, WireError> {
    let mut reader = Reader::new(text);
    let mut elements = Vec::new();
    reader.expect(b'[', "a list is expected")?;
    reader.depth += 1;
    reader.comma_separated(b']', |reader| {
        reader.peek_token();
        let start = reader.at;
        reader.value()?;
        elements.push(&text[start..reader.at]);
        Ok(())
    })?;
    reader.end()?;
    Ok(elements)
}

/// What stands for this many bytes in a string that has been read.
pub(in crate::wire) fn unescape(raw: &str, len: usize) -> String {
    let mut whole = String::with_capacity(len);
    let mut reader = Reader::new(raw);
    loop {
        let start = reader.at;
        reader.at += super::plain_bytes(&raw.as_bytes()[start..]);
        whole.push_str(&raw[start..reader.at]);
        if reader.at == raw.len() {
            return whole;
        }
        reader.at += 1; // the backslash
        whole.push(reader.escape().unwrap_or(char::REPLACEMENT_CHARACTER));
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    tree: Tree<'a>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, at: 0, depth: 0, tree: Tree::of(text.len()) }
    }

    fn wrong<T>(&self, wrong: &'static str) -> Result<T, WireError> {
        Err(WireError::Json { wrong, at: self.at })
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is no white space.
    fn peek_token(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = self.peek() {
            self.at += 1;
        }
        self.peek()
    }

    fn take(&mut self, token: &str) -> bool {
        let found = self.text.as_bytes()[self.at..].starts_with(token.as_bytes());
        self.at += if found { token.len() } else { 0 };
        found
    }

    fn expect(&mut self, byte: u8, wrong: &'static str) -> Result<(), WireError> {
        if self.peek_token() != Some(byte) {
            return self.wrong(wrong);
        }
        self.at += 1;
        Ok(())
    }

    fn end(&mut self) -> Result<(), WireError> {
        if self.peek_token().is_some() { self.wrong("something follows the value") } else { Ok(()) }
    }

    fn value(&mut self) -> Result<Id, WireError> {
        let node = match self.peek_token() {
            None => return self.wrong("the text ends"),
            Some(b'"') => Node::Text(self.string()?),
            Some(b'[') => self.nested(Self::list)?,
            Some(b'{') => self.nested(Self::map)?,
            Some(b'0'..=b'9' | b'-') if !self.text[self.at..].starts_with("-I") => self.number()?,
            Some(_) => self.word()?,
        };
        Ok(self.tree.add(node))
    }

    fn word(&mut self) -> Result<Node<'a>, WireError> {
        let (word, node) = match self.peek() {
            Some(b'n') => ("null", Node::Null),
            Some(b't') => ("true", Node::Bool(true)),
            Some(b'f') => ("false", Node::Bool(false)),
            Some(b'N') => ("NaN", Node::Float(f64::NAN)),
            Some(b'-') => ("-Infinity", Node::Float(f64::NEG_INFINITY)),
            _ => ("Infinity", Node::Float(f64::INFINITY)),
        };
        if self.take(word) { Ok(node) } else { self.wrong("no value") }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Node<'a>, WireError>) -> Result<Node<'a>, WireError> {
        if self.depth == DEPTH_LIMIT {
            return Err(WireError::TooDeep);
        }
        self.at += 1;
        self.depth += 1;
        let node = read(self);
        self.depth -= 1;
        node
    }

    fn list(&mut self) -> Result<Node<'a>, WireError> {
        let mut items = Vec::new();
        self.comma_separated(b']', |reader| {
            items.push(reader.value()?);
            Ok(())
        })?;
        Ok(Node::List(items))
    }

    fn map(&mut self) -> Result<Node<'a>, WireError> {
        let mut parts = Vec::new();
        self.comma_separated(b'}', |reader| {
            let key = Node::Text(reader.key()?);
            parts.push(reader.tree.add(key));
            parts.push(reader.value()?);
            Ok(())
        })?;
        Ok(Node::Map(parts))
    }

    /// Items up to `close`, which is read, too.
    fn comma_separated(
        &mut self,
        close: u8,
        mut item: impl FnMut(&mut Self) -> Result<(), WireError>,
    ) -> Result<(), WireError> {
        if self.peek_token() != Some(close) {
            item(self)?;
            while self.peek_token() == Some(b',') {
                self.at += 1;
                item(self)?;
            }
        }
        self.expect(close, "a comma or the end of a list or an object is expected")
    }

    /// A key and its colon, up to the first byte of the value.
    fn key(&mut self) -> Result<Text<'a>, WireError> {
        if self.peek_token() != Some(b'"') {
            return self.wrong("a key is expected");
        }
        let key = self.string()?;
        self.expect(b':', "a colon is expected")?;
        self.peek_token();
        Ok(key)
    }

    fn number(&mut self) -> Result<Node<'a>, WireError> {
        let start = self.at;
        self.take("-");
        if !self.take("0") {
            self.digits()?;
        }
        let mut is_int = true;
        if self.take(".") {
            is_int = false;
            self.digits()?;
        }
        if self.take("e") || self.take("E") {
            is_int = false;
            let _ = self.take("+") || self.take("-");
            self.digits()?;
        }
        Ok(number(&self.text[start..self.at], is_int))
    }

    /// At least one digit.
    fn digits(&mut self) -> Result<(), WireError> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at == start { self.wrong("a digit is expected") } else { Ok(()) }
    }

    fn string(&mut self) -> Result<Text<'a>, WireError> {
        self.at += 1;
        let start = self.at;
        let mut spared = 0;
        self.plain()?;
        while self.peek() == Some(b'\\') {
            let escape = self.at;
            self.at += 1;
            let character = self.escape()?;
            spared += self.at - escape - character.len_utf8();
            self.plain()?;
        }
        let raw = &self.text[start..self.at];
        self.at += 1; // the quote
        Ok(Text::escaped(raw, raw.len() - spared))
    }

    /// Passes what a string has up to its end or its next escape.
    fn plain(&mut self) -> Result<(), WireError> {
        self.at += super::plain_bytes(&self.text.as_bytes()[self.at..]);
        match self.peek() {
            None => self.wrong("a string without an end"),
            Some(..0x20) => self.wrong("a control character in a string"),
            Some(_) => Ok(()),
        }
    }

    fn escape(&mut self) -> Result<char, WireError> {
        let escaped = self.peek();
        self.at += 1;
        Ok(match escaped {
            Some(byte @ (b'"' | b'\\' | b'/')) => byte.into(),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(),
            _ => {
                self.at -= 1;
                return self.wrong("an unknown escape in a string");
            }
        })
    }

    /// Four hexadecimal digits, or two such escapes that make one character.
    fn unicode_escape(&mut self) -> Result<char, WireError> {
        let mut units = vec![self.hex()?];
        if (0xD800..0xDC00).contains(&units[0]) && self.take("\\u") {
            units.push(self.hex()?);
        }
        let mut characters = char::decode_utf16(units);
        match (characters.next(), characters.next()) {
            (Some(Ok(character)), None) => Ok(character),
            _ => self.wrong("a lone surrogate in a string, which is no character"),
        }
    }

    fn hex(&mut self) -> Result<u16, WireError> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4).filter(|all| all.iter().all(u8::is_ascii_hexdigit));
        let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()) {
            None => self.wrong("four hexadecimal digits are expected"),
            Some(unit) => {
                self.at += 4;
                Ok(unit)
            }
        }
    }
}

/// An integer that does not fit 128 bits is taken as a float, and a float that is too large as an infinity, which is how
/// Python reads it.
fn number(token: &str, is_int: bool) -> Node<'_> {
    let wide = || token.parse::<i128>().map(|wide| Node::Wide(Box::new(wide)));
    let int = is_int.then(|| token.parse().map(Node::Int).or_else(|_| wide()).ok()).flatten();
    int.unwrap_or_else(|| Node::Float(token.parse().unwrap_or(f64::NAN)))
}

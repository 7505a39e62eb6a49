//! The reader: a stack machine that knows the instructions that make plain data, and none that calls anything.

use std::collections::BTreeMap;

use crate::wire::WireError;
use crate::wire::tree::{Id, Node, Text, Tree};

/// Reads a pickle.
pub(in crate::wire) fn parse(pickle: &[u8]) -> Result<(Tree<'_>, Id), WireError> {
    let mut machine = Machine { pickle, tree: Tree::of(pickle.len()), ..Machine::default() };
    let id = machine.run()?;
    Ok((machine.tree, id))
}

/// Reads a pickle into a tree that has other values.
#[cfg(feature = "redis")]
pub(in crate::wire) fn parse_into<'a>(tree: &mut Tree<'a>, pickle: &'a [u8]) -> Result<Id, WireError> {
    let mut machine = Machine { pickle, tree: std::mem::take(tree), ..Machine::default() };
    let id = machine.run();
    *tree = machine.tree;
    id
}

#[derive(Default)]
struct Machine<'a> {
    pickle: &'a [u8],
    at: usize,
    tree: Tree<'a>,
    stack: Vec<Id>,
    /// Where on the stack the lists begin whose items are being collected.
    marks: Vec<usize>,
    /// What may be referred to.
    memo: BTreeMap<u32, Id>,
}

impl<'a> Machine<'a> {
    fn run(&mut self) -> Result<Id, WireError> {
        loop {
            match self.byte()? {
                b'.' => return self.end(),
                instruction => self.step(instruction)?,
            }
        }
    }

    fn end(&mut self) -> Result<Id, WireError> {
        let value = self.pop()?;
        if !self.stack.is_empty() || !self.marks.is_empty() {
            return self.wrong("something is left at the end");
        }
        if self.at != self.pickle.len() {
            return self.wrong("something follows the end");
        }
        Ok(value)
    }

    /// The names of the instructions are those of Python's `pickletools`.
    fn step(&mut self, instruction: u8) -> Result<(), WireError> {
        match instruction {
            0x80 => self.protocol(),                                 // PROTO
            0x95 => self.take(8).map(drop),                          // FRAME
            b'N' => self.push(Node::Null),                           // NONE
            0x88 => self.push(Node::Bool(true)),                     // NEWTRUE
            0x89 => self.push(Node::Bool(false)),                    // NEWFALSE
            b'K' => self.small_int(1),                               // BININT1
            b'M' => self.small_int(2),                               // BININT2
            b'J' => self.int(4),                                     // BININT
            0x8a => self.sized(1, Self::int),                        // LONG1
            0x8b => self.sized(4, Self::int),                        // LONG4
            b'G' => self.float(),                                    // BINFLOAT
            0x8c => self.sized(1, Self::text),                       // SHORT_BINUNICODE
            b'X' => self.sized(4, Self::text),                       // BINUNICODE
            0x8d => self.sized(8, Self::text),                       // BINUNICODE8
            b'C' => self.sized(1, Self::bytes),                      // SHORT_BINBYTES
            b'B' => self.sized(4, Self::bytes),                      // BINBYTES
            0x8e | 0x96 => self.sized(8, Self::bytes),               // BINBYTES8, BYTEARRAY8
            b']' | b')' | 0x8f => self.push(Node::List(Vec::new())), // EMPTY_LIST, EMPTY_TUPLE, EMPTY_SET
            b'}' => self.push(Node::Map(Vec::new())),                // EMPTY_DICT
            b'(' => self.mark(),
            b'l' | b't' | 0x91 => self.marked().and_then(|items| self.push(Node::List(items))), // LIST, TUPLE, FROZENSET
            b'd' => self.marked().and_then(|parts| self.map(parts)),                            // DICT
            0x85..=0x87 => self.tuple(usize::from(instruction - 0x84)),                         // TUPLE1 to TUPLE3
            b'a' => self.last(1).and_then(|items| self.extend_list(items)),                     // APPEND
            b'e' | 0x90 => self.marked().and_then(|items| self.extend_list(items)),             // APPENDS, ADDITEMS
            b's' => self.last(2).and_then(|parts| self.extend_map(parts)),                      // SETITEM
            b'u' => self.marked().and_then(|parts| self.extend_map(parts)),                     // SETITEMS
            0x94 => self.memoize(self.memo.len() as u32),                                       // MEMOIZE
            b'q' => self.number(1).and_then(|slot| self.memoize(slot as u32)),                  // BINPUT
            b'r' => self.number(4).and_then(|slot| self.memoize(slot as u32)),                  // LONG_BINPUT
            b'h' => self.number(1).and_then(|slot| self.recall(slot as u32)),                   // BINGET
            b'j' => self.number(4).and_then(|slot| self.recall(slot as u32)),                   // LONG_BINGET
            b'c' => self.global(),                                                              // GLOBAL
            0x93 => self.stacked_global(),                                                      // STACK_GLOBAL
            other => self.wrong(format!("the instruction {:?}", char::from(other))),
        }
    }

    fn wrong<T>(&self, wrong: impl Into<String>) -> Result<T, WireError> {
        Err(WireError::Pickle { wrong: wrong.into(), at: self.at })
    }

    fn take(&mut self, n: usize) -> Result<&'a [u8], WireError> {
        let Some((taken, _)) = self.pickle[self.at..].split_at_checked(n) else {
            return self.wrong("it is cut short");
        };
        self.at += n;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, WireError> {
        self.take(1).map(|byte| byte[0])
    }

    /// A number of up to eight bytes without a sign.
    fn number(&mut self, bytes: usize) -> Result<u64, WireError> {
        let bytes = self.take(bytes)?;
        Ok(bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte)))
    }

    fn protocol(&mut self) -> Result<(), WireError> {
        match self.byte()? {
            2..=5 => Ok(()),
            other => self.wrong(format!("protocol {other}, where 2 to 5 are known,")),
        }
    }

    fn push(&mut self, node: Node<'a>) -> Result<(), WireError> {
        let id = self.tree.add(node);
        self.stack.push(id);
        Ok(())
    }

    /// Values are taken only from above the last mark.
    fn pop(&mut self) -> Result<Id, WireError> {
        match self.stack.pop() {
            Some(id) if self.marks.last().is_none_or(|&mark| mark <= self.stack.len()) => Ok(id),
            _ => self.wrong("a value is missing"),
        }
    }

    fn mark(&mut self) -> Result<(), WireError> {
        self.marks.push(self.stack.len());
        Ok(())
    }

    /// All values above the last mark.
    fn marked(&mut self) -> Result<Vec<Id>, WireError> {
        match self.marks.pop() {
            Some(mark) => Ok(self.stack.split_off(mark)),
            None => self.wrong("a mark is missing"),
        }
    }

    fn last(&mut self, n: usize) -> Result<Vec<Id>, WireError> {
        let mut last = (0..n).map(|_| self.pop()).collect::<Result<Vec<_>, _>>()?;
        last.reverse();
        Ok(last)
    }

    fn tuple(&mut self, n: usize) -> Result<(), WireError> {
        let items = self.last(n)?;
        self.push(Node::List(items))
    }

    fn map(&mut self, parts: Vec<Id>) -> Result<(), WireError> {
        self.push(Node::Map(Vec::new()))?;
        self.extend_map(parts)
    }

    fn extend_list(&mut self, items: Vec<Id>) -> Result<(), WireError> {
        let list = self.top()?;
        match self.tree.node_mut(list) {
            Node::List(list) => list.extend(items),
            _ => return self.wrong("items for what is no list"),
        }
        Ok(())
    }

    fn extend_map(&mut self, parts: Vec<Id>) -> Result<(), WireError> {
        let map = self.top()?;
        match self.tree.node_mut(map) {
            Node::Map(map) if parts.len().is_multiple_of(2) => map.extend(parts),
            _ => return self.wrong("entries for what is no map, or a key without a value,"),
        }
        Ok(())
    }

    /// The value on top of the stack, which stays there.
    fn top(&mut self) -> Result<Id, WireError> {
        let top = self.pop()?;
        self.stack.push(top);
        Ok(top)
    }

    fn memoize(&mut self, slot: u32) -> Result<(), WireError> {
        let top = self.top()?;
        self.memo.insert(slot, top);
        Ok(())
    }

    fn recall(&mut self, slot: u32) -> Result<(), WireError> {
        match self.memo.get(&slot) {
            Some(&id) => self.stack.push(id),
            None => return self.wrong("a reference to nothing"),
        }
        Ok(())
    }

    /// Calls `read` with the size that stands here, in so many bytes.
    fn sized(&mut self, bytes: usize, read: fn(&mut Self, usize) -> Result<(), WireError>) -> Result<(), WireError> {
        let size = self.number(bytes)?;
        read(self, usize::try_from(size).unwrap_or(usize::MAX))
    }

    fn small_int(&mut self, bytes: usize) -> Result<(), WireError> {
        let value = self.number(bytes)?;
        self.push(Node::Int(value as i64))
    }

    /// An integer in two's complement, the lowest byte first.
    fn int(&mut self, size: usize) -> Result<(), WireError> {
        let bytes = self.take(size)?;
        if size > size_of::<i128>() {
            return self.wrong("an integer of more than 128 bits");
        }
        let is_negative = bytes.last().is_some_and(|&byte| byte >= 0x80);
        let start = if is_negative { -1 } else { 0 };
        let value: i128 = bytes.iter().rev().fold(start, |value, &byte| value << 8 | i128::from(byte));
        self.push(i64::try_from(value).map_or_else(|_| Node::Wide(Box::new(value)), Node::Int))
    }

    fn float(&mut self) -> Result<(), WireError> {
        let bits = self.take(8)?.iter().fold(0, |bits, &byte| bits << 8 | u64::from(byte));
        self.push(Node::Float(f64::from_bits(bits)))
    }

    fn text(&mut self, size: usize) -> Result<(), WireError> {
        let bytes = self.take(size)?;
        match std::str::from_utf8(bytes) {
            Ok(text) => self.push(Node::Text(Text::plain(text))),
            Err(_) => self.wrong("a text that is no UTF-8 (a lone surrogate?)"),
        }
    }

    fn bytes(&mut self, size: usize) -> Result<(), WireError> {
        let bytes = self.take(size)?;
        self.push(Node::Bytes(bytes))
    }

    /// A class or a function, by the two lines that name it.
    fn global(&mut self) -> Result<(), WireError> {
        let (module, name) = (self.line()?, self.line()?);
        Err(refused(&module, &name))
    }

    /// The same, by the two topmost values.
    fn stacked_global(&mut self) -> Result<(), WireError> {
        let names = self.last(2)?;
        let mut texts = names.iter().map(|&id| match self.tree.node(id) {
            Node::Text(text) => text.read(),
            _ => "?".into(),
        });
        let mut next = || texts.next().unwrap_or_default();
        Err(refused(&next(), &next()))
    }

    fn line(&mut self) -> Result<String, WireError> {
        let rest = &self.pickle[self.at..];
        match rest.iter().position(|&byte| byte == b'\n') {
            Some(end) => {
                self.at += end + 1;
                Ok(String::from_utf8_lossy(&rest[..end]).into_owned())
            }
            None => self.wrong("it is cut short"),
        }
    }
}

fn refused(module: &str, name: &str) -> WireError {
    let class = format!("{module}.{name}");
    let is_proxy = module == "proxystore" || module.starts_with("proxystore.");
    if is_proxy { WireError::Proxy { class } } else { WireError::Class { class } }
}

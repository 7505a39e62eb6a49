//! What has been read, from JSON or from a pickle: values that refer to each other by number, and their way into serde.
//!
//! Being numbers in one list, values that contain each other a thousand times, or themselves, cost nothing to keep and
//! nothing to drop; whoever walks them counts its steps and its depth.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};

use serde::de::value::MapAccessDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::{DEPTH_LIMIT, EXPANSION_LIMIT, WireError, json};

/// A value's number.
pub(super) type Id = u32;

#[derive(Debug, PartialEq)]
pub(super) enum Node<'a> {
    Null,
    Bool(bool),
    Int(i64),
    /// An integer that is no `i64`.
    Wide(Box<i128>),
    Float(f64),
    Text(Text<'a>),
    /// A text that whoever reads it takes over.
    #[cfg(feature = "redis")]
    Own(&'a RefCell<String>),
    Bytes(&'a [u8]),
    /// A list, a tuple or a set.
    List(Vec<Id>),
    /// Keys and values in turn.
    Map(Vec<Id>),
}

/// A text as it stands in what was read: in JSON, with escapes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Text<'a> {
    raw: &'a str,
    /// How many bytes it has without: fewer than `raw`, since each escape is longer than what it stands for.
    len: usize,
}

impl<'a> Text<'a> {
    pub(super) fn plain(text: &'a str) -> Self {
        Self { raw: text, len: text.len() }
    }

    pub(super) fn escaped(raw: &'a str, len: usize) -> Self {
        Self { raw, len }
    }

    pub(super) fn raw(self) -> &'a str {
        self.raw
    }

    pub(super) fn len(self) -> usize {
        self.len
    }

    pub(super) fn read(self) -> Cow<'a, str> {
        let is_plain = self.raw.len() == self.len;
        if is_plain { Cow::Borrowed(self.raw) } else { Cow::Owned(json::unescape(self.raw, self.len)) }
    }

    pub(super) fn is(self, other: &str) -> bool {
        self.len == other.len() && self.read() == other
    }

    /// What is in the string that this text is, if that is all that is escaped.
    #[cfg(feature = "redis")]
    pub(super) fn content(self) -> Option<&'a str> {
        let content = self.raw.strip_prefix("\\\"").and_then(|rest| rest.strip_suffix("\\\""));
        content.filter(|content| content.len() + 2 == self.len)
    }
}

#[derive(Debug, Default)]
pub(super) struct Tree<'a> {
    nodes: Vec<Node<'a>>,
    /// The bytes of what it was read from: as many values it may have without saying one twice.
    size: usize,
}

impl<'a> Tree<'a> {
    pub(super) fn of(size: usize) -> Self {
        /// A message without much in it has some 60; growing costs more than that.
        const USUAL: usize = 64;
        Self { nodes: Vec::with_capacity(size.min(USUAL)), size }
    }

    /// At most 2^32: there is a node for a byte at most, of a message that is smaller.
    pub(super) fn add(&mut self, node: Node<'a>) -> Id {
        self.nodes.push(node);
        (self.nodes.len() - 1) as Id
    }

    pub(super) fn node(&self, id: Id) -> &Node<'a> {
        &self.nodes[id as usize]
    }

    /// Whether it is this text.
    pub(super) fn is_text(&self, id: Id, text: &str) -> bool {
        matches!(self.node(id), Node::Text(found) if found.is(text))
    }

    pub(super) fn node_mut(&mut self, id: Id) -> &mut Node<'a> {
        &mut self.nodes[id as usize]
    }

    /// The maps of one entry, `mark`, that is a text.
    #[cfg(feature = "redis")]
    pub(super) fn references(&self, mark: &str) -> Vec<(Id, String)> {
        let text = |id: Id| if let Node::Text(text) = self.node(id) { Some(text.read()) } else { None };
        let key = |parts: &[Id]| match *parts {
            [key, value] if text(key)? == mark => text(value).map(Cow::into_owned),
            _ => None,
        };
        let maps = self.nodes.iter().enumerate().filter_map(|(id, node)| match node {
            Node::Map(parts) => Some((id as Id, key(parts)?)),
            _ => None,
        });
        maps.collect()
    }

    /// Reads the value `id` as a `T`. An error says where in the value it is.
    pub(super) fn read<T: DeserializeOwned>(&self, id: Id) -> Result<T, WireError> {
        self.walk(id, |place| T::deserialize(place))
    }

    /// Hands the value `id` to `read`.
    pub(super) fn walk<T>(
        &self,
        id: Id,
        read: impl FnOnce(Place<'_, '_>) -> Result<T, WireError>,
    ) -> Result<T, WireError> {
        let walk = Walk { tree: self, left: Cell::new(EXPANSION_LIMIT.max(self.size)), path: RefCell::default() };
        let read = read(Place { walk: &walk, id, depth: 0, is_key: false });
        read.map_err(|error| error.at(walk.path.into_inner().into_iter().rev().collect()))
    }
}

/// What all places of one walk share.
#[derive(Debug)]
struct Walk<'t, 'a> {
    tree: &'t Tree<'a>,
    left: Cell<usize>,
    /// Of an error: where it is, the innermost first. Kept here since serde's errors do not carry it.
    path: RefCell<Vec<String>>,
}

/// A value, to be read by serde.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'w, 'a> {
    walk: &'w Walk<'w, 'a>,
    id: Id,
    depth: usize,
    /// Keys of JSON are text, whatever they were.
    is_key: bool,
}

impl<'w, 'a> Place<'w, 'a> {
    fn node(self) -> &'w Node<'a> {
        self.walk.tree.node(self.id)
    }

    /// As deep as this, nothing is opened: as in texts that are read, and in what is written.
    fn is_too_deep(self) -> bool {
        self.depth == DEPTH_LIMIT && matches!(self.node(), Node::List(_) | Node::Map(_))
    }

    /// A part of this value.
    fn part(self, id: Id, is_key: bool) -> Result<Self, WireError> {
        let left = self.walk.left.get().checked_sub(1).ok_or(WireError::TooManyValues)?;
        self.walk.left.set(left);
        Ok(Self { id, depth: self.depth + 1, is_key, ..self })
    }

    /// Notes where an error came from; forgets the place of one that somebody got over.
    fn note<T>(self, read: Result<T, WireError>, place: impl FnOnce() -> String) -> Result<T, WireError> {
        let mut path = self.walk.path.borrow_mut();
        match read {
            Ok(_) => path.clear(),
            Err(_) => path.push(place()),
        }
        read
    }

    /// The text of a key that is to be read as something else.
    fn key(self) -> Option<Cow<'a, str>> {
        match self.node() {
            Node::Text(text) if self.is_key => Some(text.read()),
            _ => None,
        }
    }
}

/// Numbers and truth values, which may be keys.
macro_rules! scalar {
    ($($method:ident $visit:ident $type:ty;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WireError> {
            match self.key().and_then(|text| text.parse::<$type>().ok()) {
                Some(value) => visitor.$visit(value),
                None => self.deserialize_any(visitor),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Place<'_, '_> {
    type Error = WireError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WireError> {
        match self.node() {
            _ if self.is_too_deep() => Err(WireError::TooDeep),
            Node::Null => visitor.visit_unit(),
            Node::Bool(value) => visitor.visit_bool(*value),
            Node::Int(value) => match u64::try_from(*value) {
                Ok(value) => visitor.visit_u64(value),
                Err(_) => visitor.visit_i64(*value),
            },
            Node::Wide(value) => match u64::try_from(**value) {
                Ok(value) => visitor.visit_u64(value),
                Err(_) => visitor.visit_f64(**value as f64),
            },
            Node::Float(value) => visitor.visit_f64(*value),
            Node::Text(text) => match text.read() {
                Cow::Borrowed(text) => visitor.visit_str(text),
                Cow::Owned(text) => visitor.visit_string(text),
            },
            #[cfg(feature = "redis")]
            Node::Own(text) => visitor.visit_string(text.take()),
            Node::Bytes(bytes) => visitor.visit_bytes(bytes),
            Node::List(items) => visitor.visit_seq(Items { of: self, items: items.iter(), next: 0 }),
            Node::Map(parts) => visitor.visit_map(Parts { of: self, parts: parts.iter(), key: 0 }),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WireError> {
        if *self.node() == Node::Null { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, WireError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, WireError> {
        match self.node() {
            _ if self.is_too_deep() => Err(WireError::TooDeep),
            Node::Text(name) => visitor.visit_enum(name.read().into_deserializer()),
            #[cfg(feature = "redis")]
            Node::Own(name) => visitor.visit_enum(name.take().into_deserializer()),
            Node::Map(parts) if parts.len() == 2 => {
                let parts = Parts { of: self, parts: parts.iter(), key: 0 };
                visitor.visit_enum(MapAccessDeserializer::new(parts))
            }
            _ => Err(WireError::custom("a variant is its name, or a map of one entry: its name and what is in it")),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WireError> {
        visitor.visit_unit()
    }

    fn deserialize_i128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WireError> {
        let wide = match self.node() {
            Node::Wide(value) => Some(**value),
            _ => self.key().and_then(|text| text.parse().ok()),
        };
        match wide {
            Some(value) => visitor.visit_i128(value),
            None => self.deserialize_any(visitor),
        }
    }

    fn deserialize_u128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WireError> {
        let wide = match self.node() {
            Node::Wide(value) => u128::try_from(**value).ok(),
            _ => self.key().and_then(|text| text.parse().ok()),
        };
        match wide {
            Some(value) => visitor.visit_u128(value),
            None => self.deserialize_any(visitor),
        }
    }

    scalar! {
        deserialize_bool visit_bool bool;
        deserialize_i8 visit_i8 i8;
        deserialize_i16 visit_i16 i16;
        deserialize_i32 visit_i32 i32;
        deserialize_i64 visit_i64 i64;
        deserialize_u8 visit_u8 u8;
        deserialize_u16 visit_u16 u16;
        deserialize_u32 visit_u32 u32;
        deserialize_u64 visit_u64 u64;
        deserialize_f32 visit_f32 f32;
        deserialize_f64 visit_f64 f64;
    }

    forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier
    }
}

struct Items<'w, 'a> {
    of: Place<'w, 'a>,
    items: std::slice::Iter<'w, Id>,
    next: usize,
}

impl<'de> SeqAccess<'de> for Items<'_, '_> {
    type Error = WireError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, WireError> {
        let Some(&id) = self.items.next() else { return Ok(None) };
        self.next += 1;
        let read = self.of.part(id, false).and_then(|place| seed.deserialize(place));
        self.of.note(read, || format!("[{}]", self.next - 1)).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

struct Parts<'w, 'a> {
    of: Place<'w, 'a>,
    parts: std::slice::Iter<'w, Id>,
    key: Id,
}

impl<'de> MapAccess<'de> for Parts<'_, '_> {
    type Error = WireError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, WireError> {
        let Some(&key) = self.parts.next() else { return Ok(None) };
        self.key = key;
        seed.deserialize(self.of.part(key, true)?).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, WireError> {
        let id = *self.parts.next().ok_or_else(|| WireError::custom("a key without a value"))?;
        let read = self.of.part(id, false).and_then(|place| seed.deserialize(place));
        self.of.note(read, || match self.of.walk.tree.node(self.key) {
            Node::Text(key) => format!(".{}", key.read()),
            Node::Int(key) => format!("[{key}]"),
            _ => "[..]".to_owned(),
        })
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.parts.len() / 2)
    }
}

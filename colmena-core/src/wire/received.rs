//! A message that has come over Redis. Its inputs and its value may be large: they are read from where they stand in it, and a
//! text that is nearly all of it takes over its memory.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;

use super::contents::{Contents, Source};
use super::direct::BESIDE;
use super::error::Unreadable;
use super::tree::{Id, Node, Place, Text, Tree};
use super::write::Object;
use super::{Message, Serialization, WireError, json, pickle, read};

/// The only key of a map that stands for a shared value; what it has is the key of that on the broker.
pub(crate) const MARK: &str = "colmena.shared";

/// A shared value that inputs refer to: under which number it is known here, and its text if it is not yet.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) key: String,
    pub(crate) number: u64,
    pub(crate) text: Option<String>,
}

/// A message that has come.
#[derive(Debug)]
pub(crate) struct Received {
    /// All but inputs and value.
    pub(crate) message: Message,
    body: String,
    contents: Contents<Span>,
}

/// Where an input or a value stands in a body: a string of so many bytes, or else JSON.
#[derive(Clone, Copy, Debug, Default)]
struct Span {
    start: usize,
    end: usize,
    len: Option<usize>,
}

impl Span {
    fn of(source: Source<'_>, body: &str) -> Self {
        let (raw, len) = match source {
            Source::Text(text) => (text.raw(), Some(text.len())),
            Source::Bare(json) => (json, None),
        };
        let start = raw.as_ptr().addr() - body.as_ptr().addr();
        Self { start, end: start + raw.len(), len }
    }

    fn source(self, body: &str) -> Source<'_> {
        let raw = &body[self.start..self.end];
        self.len.map_or(Source::Bare(raw), |len| Source::Text(Text::escaped(raw, len)))
    }
}

/// What an input or a value is read from.
enum Piece<'a> {
    /// JSON, or a pickle in hexadecimal.
    Text(Cow<'a, str>),
    /// What is in a string, which is the whole of it.
    Content(&'a str),
    /// The same, to be taken over.
    Own(RefCell<String>),
}

impl Received {
    /// Reads what is on a result list.
    pub(crate) fn result(body: Vec<u8>) -> Result<Self, Unreadable> {
        let body = String::from_utf8(body)
            .map_err(|error| read::no_text(error.as_bytes(), error.utf8_error().valid_up_to()))?;
        let (message, contents) = read::parts(&body, false)?;
        let contents = contents.map(|source| Span::of(source, &body));
        Ok(Self { message, body, contents })
    }

    /// Reads what is on a request list; `None` ends the server. Of what cannot be read, also the topic.
    pub(crate) fn request(body: Vec<u8>) -> Result<Option<Self>, (Unreadable, Option<String>)> {
        if read::is_kill(&body) {
            return Ok(None);
        }
        let body = String::from_utf8(body)
            .map_err(|error| (read::no_text_of_request(error.as_bytes(), error.utf8_error().valid_up_to()), None))?;
        let topic = || body.split_once('{').map(|(topic, _)| topic.to_owned());
        let (message, contents) = read::request(&body).map_err(|unreadable| (unreadable, topic()))?;
        let contents = contents.map(|source| Span::of(source, &body));
        Ok(Some(Self { message, body, contents }))
    }

    /// One that stands for a message that cannot be read.
    pub(crate) fn without_inputs(message: Message) -> Self {
        Self { message, body: String::new(), contents: Contents::default() }
    }

    fn source(&self, span: Span) -> Source<'_> {
        span.source(&self.body)
    }

    /// The sizes of all inputs, as the original counts.
    pub(crate) fn inputs_size(&self) -> usize {
        self.contents.inputs().map(|span| self.source(span).len() + BESIDE).sum()
    }

    /// How many inputs there are by position, and the names of the others.
    pub(super) fn inputs(&self) -> (usize, impl Iterator<Item = &str>) {
        (self.contents.args.len(), self.contents.kwargs.iter().map(|(name, _)| &**name))
    }

    /// Adds the inputs, as they have come.
    pub(super) fn write_inputs(&self, object: &mut Object) {
        object.write_inputs(&self.contents.map(|span| self.source(span)), false);
    }

    /// How many bytes they have there, at most.
    pub(super) fn inputs_room(&self) -> usize {
        self.contents.inputs().map(|span| span.end - span.start).sum()
    }

    /// The keys of the shared values that the inputs refer to, each once.
    pub(crate) fn references(&self) -> Result<Vec<String>, WireError> {
        let way = self.message.serialization;
        let mark = way.mark();
        let mut keys = Vec::new();
        for source in self.contents.inputs().map(|span| self.source(span)) {
            if content(way, source).is_none() && source.may_have(&mark) {
                keys.extend(way.references(&source.text())?);
            }
        }
        keys.sort();
        keys.dedup();
        Ok(keys)
    }

    /// Reads the inputs, as a map from their names: those by position have these. Where one refers to a shared value, stands
    /// what the reader of [`Shared`](crate::Shared) takes: its number, and itself if it is new. Unless the inputs are to
    /// come back, they are gone afterwards.
    pub(super) fn inputs_by<T>(
        &mut self,
        parameters: &[&str],
        shared: &[Kept],
        read: impl FnOnce(Place<'_, '_>) -> Result<T, WireError>,
    ) -> Result<T, WireError> {
        let (mut body, contents) = (std::mem::take(&mut self.body), std::mem::take(&mut self.contents));
        let (way, spans) = (self.message.serialization, contents.inputs().collect::<Vec<_>>());
        let pieces = match self.message.keep_inputs {
            true => spans.iter().map(|span| piece(way, span.source(&body))).collect(),
            false => pieces(way, &spans, &mut body),
        };
        let names = parameters.iter().copied().take(contents.args.len());
        let names: Vec<&str> = names.chain(contents.kwargs.iter().map(|(name, _)| &**name)).collect();
        let read = way.read_fields(&names, &pieces, shared, read);
        drop(pieces);
        if self.message.keep_inputs {
            (self.body, self.contents) = (body, contents);
        }
        read
    }

    /// Reads the value, which is gone afterwards; that of nothing, if there is none.
    pub(super) fn value_by<T>(
        &mut self,
        read: impl FnOnce(Place<'_, '_>) -> Result<T, WireError>,
    ) -> Result<T, WireError> {
        let (mut body, way) = (std::mem::take(&mut self.body), self.message.serialization);
        match std::mem::take(&mut self.contents).value {
            None => Serialization::Json.decode_by("null", read),
            Some(span) => way.read_piece(&pieces(way, &[span], &mut body)[0], read),
        }
    }
}

/// What is in the string that the text of an input is; of JSON that is simply that.
fn content(way: Serialization, source: Source<'_>) -> Option<&str> {
    match source {
        Source::Text(text) if way == Serialization::Json => text.content(),
        _ => None,
    }
}

fn piece(way: Serialization, source: Source<'_>) -> Piece<'_> {
    content(way, source).map_or_else(|| Piece::Text(source.text()), Piece::Content)
}

/// What is read of each; of a large one, it may be its own.
fn pieces<'b>(way: Serialization, spans: &[Span], body: &'b mut String) -> Vec<Piece<'b>> {
    /// Smaller ones are copied in no time.
    const LARGE: usize = 1 << 12;
    let is_most = |content: &str| content.len() >= LARGE && content.len() >= body.len() / 8 * 7;
    let most = spans.iter().position(|span| content(way, span.source(body)).is_some_and(is_most));
    let Some(most) = most else { return spans.iter().map(|span| piece(way, span.source(body))).collect() };
    let own = |span: &Span| Piece::Text(Cow::Owned(span.source(body).text().into_owned()));
    let (before, after) = (&spans[..most], &spans[most + 1..]);
    let (mut pieces, after): (Vec<_>, Vec<_>) = (before.iter().map(own).collect(), after.iter().map(own).collect());
    pieces.push(Piece::Own(RefCell::new(take_content(body, spans[most]))));
    pieces.extend(after);
    pieces
}

/// The part of a body between the escaped quotes at both ends of a span, in the memory of the whole.
fn take_content(body: &mut String, span: Span) -> String {
    const QUOTE: usize = "\\\"".len();
    let Range { start, end } = span.start + QUOTE..span.end - QUOTE;
    let mut content = std::mem::take(body);
    content.truncate(end);
    content.drain(..start);
    content
}

impl Serialization {
    /// As it stands in the text of an input.
    fn mark(self) -> Cow<'static, str> {
        match self {
            Self::Json => MARK.into(),
            Self::Pickle => pickle::to_hex(MARK.as_bytes()).into(),
        }
    }

    fn references(self, text: &str) -> Result<Vec<String>, WireError> {
        let keys = |tree: &Tree<'_>| tree.references(MARK).into_iter().map(|(_, key)| key).collect();
        match self {
            Self::Json => Ok(keys(&json::parse(text)?.0)),
            Self::Pickle => Ok(keys(&pickle::parse(&pickle::from_hex(text)?)?.0)),
        }
    }

    fn read_piece<T>(
        self,
        piece: &Piece<'_>,
        read: impl FnOnce(Place<'_, '_>) -> Result<T, WireError>,
    ) -> Result<T, WireError> {
        if let Piece::Text(text) = piece {
            return self.decode_by(text, read);
        }
        let mut tree = Tree::default();
        let id = self.add(&mut tree, piece, &[])?;
        tree.walk(id, read)
    }

    /// Adds what a piece has to a tree; of a pickle, which is no more hexadecimal.
    fn add<'p>(self, tree: &mut Tree<'p>, piece: &'p Piece<'_>, pickle: &'p [u8]) -> Result<Id, WireError> {
        match (piece, self) {
            (Piece::Content(content), _) => Ok(tree.add(Node::Text(Text::plain(content)))),
            (Piece::Own(own), _) => Ok(tree.add(Node::Own(own))),
            (Piece::Text(text), Self::Json) => json::parse_into(tree, text),
            (Piece::Text(_), Self::Pickle) => pickle::parse_into(tree, pickle),
        }
    }

    /// Reads several pieces as a map from their names.
    fn read_fields<T>(
        self,
        names: &[&str],
        pieces: &[Piece<'_>],
        shared: &[Kept],
        read: impl FnOnce(Place<'_, '_>) -> Result<T, WireError>,
    ) -> Result<T, WireError> {
        let new: Vec<Piece<'_>> =
            shared.iter().filter_map(|kept| kept.text.as_deref()).map(|text| Piece::Text(text.into())).collect();
        let all = || pieces.iter().chain(&new);
        let pickles = all().map(|piece| match piece {
            Piece::Text(text) if self == Self::Pickle => pickle::from_hex(text),
            _ => Ok(Vec::new()),
        });
        let pickles = pickles.collect::<Result<Vec<_>, _>>()?;
        let mut tree = Tree::of(all().map(Piece::len).sum());
        let values = all().zip(&pickles).map(|(piece, pickle)| self.add(&mut tree, piece, pickle));
        let mut values = values.collect::<Result<Vec<_>, _>>()?;
        let new = values.split_off(pieces.len());
        replace_references(&mut tree, shared, new);
        let names = names.iter().map(|name| Node::Text(Text::plain(name)));
        let parts = names.zip(values).flat_map(|(name, value)| [tree.add(name), value]).collect();
        let map = tree.add(Node::Map(parts));
        tree.walk(map, read)
    }
}

impl Piece<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Content(_) | Self::Own(_) => 1,
        }
    }
}

/// Puts a number, and a value that is new, in the place of each reference to it.
fn replace_references(tree: &mut Tree<'_>, shared: &[Kept], new: Vec<Id>) {
    let mut new = new.into_iter();
    let references = if shared.is_empty() { Vec::new() } else { tree.references(MARK) };
    for kept in shared {
        let value = kept.text.as_ref().and_then(|_| new.next());
        let parts = [tree.add(Node::Int(kept.number as i64)), value.unwrap_or_else(|| tree.add(Node::Null))];
        for (id, _) in references.iter().filter(|(_, key)| *key == kept.key) {
            *tree.node_mut(*id) = Node::List(parts.to_vec());
        }
    }
}

//! The way of a value out of serde, into JSON or into a pickle.

use serde::ser::{
    Error as _, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use super::{DEPTH_LIMIT, WireError};

/// What is made of several values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    List,
    Tuple,
    Map,
}

/// Where values are written to.
pub(super) trait Sink {
    fn null(&mut self);
    fn bool(&mut self, value: bool);
    fn int(&mut self, value: i128);
    fn float(&mut self, value: f64);
    fn short_float(&mut self, value: f32);
    fn text(&mut self, value: &str);
    fn bytes(&mut self, value: &[u8]);
    fn open(&mut self, kind: Kind);
    /// Before each item of a list or tuple and each entry of a map.
    fn item(&mut self, first: bool);
    /// Before a key; what it returns is for `after_key`.
    fn before_key(&mut self) -> usize;
    fn after_key(&mut self, start: usize) -> Result<(), WireError>;
    fn close(&mut self, kind: Kind);
    /// Whether nothing more is wanted.
    fn is_full(&self) -> bool {
        false
    }
}

/// Writes a value into a sink, at this depth.
pub(super) struct Writer<'s, S> {
    sink: &'s mut S,
    depth: usize,
}

impl<'s, S: Sink> Writer<'s, S> {
    pub(super) fn new(sink: &'s mut S) -> Self {
        Self { sink, depth: 0 }
    }

    fn open(self, kind: Kind) -> Result<Several<'s, S>, WireError> {
        if self.depth == DEPTH_LIMIT {
            return Err(WireError::TooDeep);
        }
        self.sink.open(kind);
        Ok(Several { sink: self.sink, depth: self.depth + 1, kind, first: true, key: 0, in_variant: false })
    }

    /// A map of one entry: the variant's name, and what is in it.
    fn open_variant(self, name: &'static str, kind: Kind) -> Result<Several<'s, S>, WireError> {
        let mut outer = self.open(Kind::Map)?;
        outer.key(name)?;
        let mut inner = Writer { sink: outer.sink, depth: outer.depth }.open(kind)?;
        inner.in_variant = true;
        Ok(inner)
    }
}

/// The items of a list or tuple or the entries of a map.
pub(super) struct Several<'s, S> {
    sink: &'s mut S,
    depth: usize,
    kind: Kind,
    first: bool,
    key: usize,
    /// Within the map that is an enum's variant.
    in_variant: bool,
}

impl<S: Sink> Several<'_, S> {
    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), WireError> {
        value.serialize(Writer { sink: &mut *self.sink, depth: self.depth })
    }

    fn item<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), WireError> {
        self.begin()?;
        self.value(item)
    }

    fn begin(&mut self) -> Result<(), WireError> {
        if self.sink.is_full() {
            return Err(WireError::custom("that is enough"));
        }
        self.sink.item(std::mem::take(&mut self.first));
        Ok(())
    }

    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), WireError> {
        self.begin()?;
        self.key = self.sink.before_key();
        self.value(key)?;
        self.sink.after_key(self.key)
    }

    fn field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), WireError> {
        self.key(name)?;
        self.value(value).map_err(|error| error.at(format!(".{name}")))
    }

    fn close(self) -> Result<(), WireError> {
        self.sink.close(self.kind);
        if self.in_variant {
            self.sink.close(Kind::Map);
        }
        Ok(())
    }
}

/// Values that need one call.
macro_rules! scalar {
    ($($method:ident($type:ty) => |$sink:ident, $value:ident| $write:expr;)*) => {$(
        fn $method(self, $value: $type) -> Result<(), WireError> {
            let $sink = self.sink;
            $write;
            Ok(())
        }
    )*};
}

impl<'s, S: Sink> Serializer for Writer<'s, S> {
    type Ok = ();
    type Error = WireError;
    type SerializeSeq = Several<'s, S>;
    type SerializeTuple = Several<'s, S>;
    type SerializeTupleStruct = Several<'s, S>;
    type SerializeTupleVariant = Several<'s, S>;
    type SerializeMap = Several<'s, S>;
    type SerializeStruct = Several<'s, S>;
    type SerializeStructVariant = Several<'s, S>;

    scalar! {
        serialize_bool(bool) => |sink, value| sink.bool(value);
        serialize_i8(i8) => |sink, value| sink.int(value.into());
        serialize_i16(i16) => |sink, value| sink.int(value.into());
        serialize_i32(i32) => |sink, value| sink.int(value.into());
        serialize_i64(i64) => |sink, value| sink.int(value.into());
        serialize_i128(i128) => |sink, value| sink.int(value);
        serialize_u8(u8) => |sink, value| sink.int(value.into());
        serialize_u16(u16) => |sink, value| sink.int(value.into());
        serialize_u32(u32) => |sink, value| sink.int(value.into());
        serialize_u64(u64) => |sink, value| sink.int(value.into());
        serialize_f32(f32) => |sink, value| sink.short_float(value);
        serialize_f64(f64) => |sink, value| sink.float(value);
        serialize_char(char) => |sink, value| sink.text(value.encode_utf8(&mut [0; 4]));
        serialize_str(&str) => |sink, value| sink.text(value);
        serialize_bytes(&[u8]) => |sink, value| sink.bytes(value);
        serialize_unit_struct(&'static str) => |sink, _name| sink.null();
    }

    fn serialize_u128(self, value: u128) -> Result<(), WireError> {
        match i128::try_from(value) {
            Ok(value) => self.serialize_i128(value),
            Err(_) => Err(WireError::custom("an integer of more than 127 bits")),
        }
    }

    fn serialize_unit(self) -> Result<(), WireError> {
        self.sink.null();
        Ok(())
    }

    fn serialize_none(self) -> Result<(), WireError> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), WireError> {
        value.serialize(self)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), WireError> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), WireError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), WireError> {
        let mut map = self.open(Kind::Map)?;
        map.field(variant, value)?;
        map.close()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Several<'s, S>, WireError> {
        self.open(Kind::List)
    }

    fn serialize_tuple(self, _: usize) -> Result<Several<'s, S>, WireError> {
        self.open(Kind::Tuple)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Several<'s, S>, WireError> {
        self.open(Kind::Tuple)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Several<'s, S>, WireError> {
        self.open_variant(variant, Kind::Tuple)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Several<'s, S>, WireError> {
        self.open(Kind::Map)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Several<'s, S>, WireError> {
        self.open(Kind::Map)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Several<'s, S>, WireError> {
        self.open_variant(variant, Kind::Map)
    }
}

/// Lists and tuples, which differ in the names of their traits alone.
macro_rules! items {
    ($($trait:ident $method:ident;)*) => {$(
        impl<S: Sink> $trait for Several<'_, S> {
            type Ok = ();
            type Error = WireError;

            fn $method<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), WireError> {
                self.item(item)
            }

            fn end(self) -> Result<(), WireError> {
                self.close()
            }
        }
    )*};
}

items! {
    SerializeSeq serialize_element;
    SerializeTuple serialize_element;
    SerializeTupleStruct serialize_field;
    SerializeTupleVariant serialize_field;
}

/// The same for structs.
macro_rules! fields {
    ($($trait:ident;)*) => {$(
        impl<S: Sink> $trait for Several<'_, S> {
            type Ok = ();
            type Error = WireError;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), WireError> {
                self.field(name, value)
            }

            fn end(self) -> Result<(), WireError> {
                self.close()
            }
        }
    )*};
}

fields! {
    SerializeStruct;
    SerializeStructVariant;
}

impl<S: Sink> SerializeMap for Several<'_, S> {
    type Ok = ();
    type Error = WireError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), WireError> {
        self.key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), WireError> {
        self.value(value)
    }

    fn end(self) -> Result<(), WireError> {
        self.close()
    }
}

//! Writing.

use super::Error;
use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};
use zeroize::Zeroizing;

/// Appends a value.
pub(crate) fn to_bytes<T: Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) -> Result<(), Error> {
    value.serialize(&mut Writer { out, bytes: 0 })
}

struct Writer<'a> {
    out: &'a mut Vec<u8>,
    /// Grows by one with each value of one byte, and by more with all that holds values.
    bytes: usize,
}

impl Writer<'_> {
    /// A sign, and a number of so many bytes behind it.
    fn long(&mut self, sign: u8, number: u64, len: usize) {
        self.out.push(sign);
        let bytes = number.to_be_bytes();
        self.out.extend_from_slice(bytes.get(bytes.len() - len..).unwrap_or_default());
    }

    fn unsigned(&mut self, number: u64) {
        match number {
            0..=0x7f => self.out.push(number as u8),
            0x80..=0xff => self.long(0xcc, number, 1),
            0x100..=0xffff => self.long(0xcd, number, 2),
            0x1_0000..=0xffff_ffff => self.long(0xce, number, 4),
            _ => self.long(0xcf, number, 8),
        }
    }

    fn negative(&mut self, number: i64) {
        let bits = number.cast_unsigned();
        match number {
            -32.. => self.out.push(bits as u8),
            -0x80..=-33 => self.long(0xd0, bits, 1),
            -0x8000..=-0x81 => self.long(0xd1, bits, 2),
            -0x8000_0000..=-0x8001 => self.long(0xd2, bits, 4),
            _ => self.long(0xd3, bits, 8),
        }
    }

    /// The head of an array or a map.
    fn head(&mut self, len: usize, small: u8, long: u8) -> Result<(), Error> {
        match u32::try_from(len).map_err(|_| Error)? {
            len @ ..=15 => self.out.push(small | len as u8),
            len @ ..=0xffff => self.long(long, len.into(), 2),
            len => self.long(long + 1, len.into(), 4),
        }
        Ok(())
    }

    fn array(&mut self, len: usize) -> Result<(), Error> {
        self.head(len, 0x90, 0xdc)
    }

    fn map(&mut self, len: usize) -> Result<(), Error> {
        self.head(len, 0x80, 0xde)
    }

    fn text(&mut self, text: &str) -> Result<(), Error> {
        match u32::try_from(text.len()).map_err(|_| Error)? {
            len @ ..=31 => self.out.push(0xa0 | len as u8),
            len @ ..=0xff => self.long(0xd9, len.into(), 1),
            len @ ..=0xffff => self.long(0xda, len.into(), 2),
            len => self.long(0xdb, len.into(), 4),
        }
        self.out.extend_from_slice(text.as_bytes());
        Ok(())
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<(), Error> {
        match u32::try_from(bytes.len()).map_err(|_| Error)? {
            len @ ..=0xff => self.long(0xc4, len.into(), 1),
            len @ ..=0xffff => self.long(0xc5, len.into(), 2),
            len => self.long(0xc6, len.into(), 4),
        }
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    /// Writes an array anew as bytes, whose items are bytes and which begins at `start`.
    fn pack(&mut self, start: usize, len: usize) -> Result<(), Error> {
        let head = match len {
            0..=15 => 1,
            16..=0xffff => 3,
            _ => 5,
        };
        let mut items = self.out.get(start + head..).ok_or(Error)?.iter();
        let mut plain = Zeroizing::new(Vec::with_capacity(len));
        while let Some(first) = items.next() {
            // A byte over 127 has a sign before it.
            plain.push(if *first > 0x7f { *items.next().ok_or(Error)? } else { *first });
        }
        self.out.truncate(start);
        self.bytes(&plain)
    }
}

/// An array or a map, whose items come.
struct Items<'a, 'w> {
    writer: &'a mut Writer<'w>,
    start: usize,
    len: usize,
    /// The writer's count before the items, while all of them are bytes; nothing where they are no sequence.
    bytes: Option<usize>,
}

impl Items<'_, '_> {
    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let (from, bytes) = (self.writer.out.len(), self.writer.bytes);
        value.serialize(&mut *self.writer)?;
        let is_byte = self.writer.bytes == bytes + 1 && self.writer.out.len() <= from + 2;
        if !is_byte {
            self.bytes = None;
        }
        Ok(())
    }

    fn done(self) -> Result<(), Error> {
        let long = self.len > 15 || self.writer.out.len() > self.start + 1 + self.len;
        match self.bytes {
            Some(before) if long && self.writer.bytes == before + self.len => {
                self.writer.pack(self.start, self.len)
            }
            _ => Ok(()),
        }
    }
}

impl<'a, 'w> Writer<'w> {
    fn items(&'a mut self, start: usize, len: usize, sequence: bool) -> Items<'a, 'w> {
        self.bytes += 2;
        let bytes = sequence.then_some(self.bytes);
        Items { writer: self, start, len, bytes }
    }

    fn fields(&'a mut self, len: usize) -> Result<Items<'a, 'w>, Error> {
        let start = self.out.len();
        self.map(len)?;
        Ok(self.items(start, len, false))
    }

    fn sequence(&'a mut self, len: usize) -> Result<Items<'a, 'w>, Error> {
        let start = self.out.len();
        self.array(len)?;
        Ok(self.items(start, len, true))
    }
}

macro_rules! unsigned {
    ($($method:ident $kind:ty),*) => {
        $(fn $method(self, number: $kind) -> Result<(), Error> {
            self.unsigned(number.into());
            Ok(())
        })*
    };
}

macro_rules! signed {
    ($($method:ident $kind:ty),*) => {
        $(fn $method(self, number: $kind) -> Result<(), Error> {
            let number = i64::from(number);
            match u64::try_from(number) {
                Ok(number) => self.unsigned(number),
                Err(_) => self.negative(number),
            }
            Ok(())
        })*
    };
}

impl<'a, 'w> Serializer for &'a mut Writer<'w> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Items<'a, 'w>;
    type SerializeTuple = Items<'a, 'w>;
    type SerializeTupleStruct = Items<'a, 'w>;
    type SerializeTupleVariant = Items<'a, 'w>;
    type SerializeMap = Items<'a, 'w>;
    type SerializeStruct = Items<'a, 'w>;
    type SerializeStructVariant = Items<'a, 'w>;

    fn is_human_readable(&self) -> bool {
        false
    }

    unsigned!(serialize_u16 u16, serialize_u32 u32, serialize_u64 u64);
    signed!(serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64);

    fn serialize_u8(self, byte: u8) -> Result<(), Error> {
        self.bytes += 1;
        self.unsigned(byte.into());
        Ok(())
    }

    fn serialize_bool(self, is: bool) -> Result<(), Error> {
        self.out.push(if is { 0xc3 } else { 0xc2 });
        Ok(())
    }

    fn serialize_f32(self, _: f32) -> Result<(), Error> {
        Err(Error)
    }

    fn serialize_f64(self, _: f64) -> Result<(), Error> {
        Err(Error)
    }

    fn serialize_char(self, c: char) -> Result<(), Error> {
        self.text(c.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Result<(), Error> {
        self.text(text)
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), Error> {
        self.bytes(bytes)
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        // Not a plain byte, although it looks like one.
        self.bytes += 1;
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.out.push(0xc0);
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.array(0)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
    ) -> Result<(), Error> {
        self.text(name)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.map(1)?;
        self.text(name)?;
        value.serialize(self)
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Items<'a, 'w>, Error> {
        self.sequence(len.ok_or(Error)?)
    }

    fn serialize_tuple(self, len: usize) -> Result<Items<'a, 'w>, Error> {
        self.sequence(len)
    }

    fn serialize_tuple_struct(self, _: &'static str, len: usize) -> Result<Items<'a, 'w>, Error> {
        self.sequence(len)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        len: usize,
    ) -> Result<Items<'a, 'w>, Error> {
        self.map(1)?;
        self.text(name)?;
        self.sequence(len)
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Items<'a, 'w>, Error> {
        self.fields(len.ok_or(Error)?)
    }

    fn serialize_struct(self, _: &'static str, len: usize) -> Result<Items<'a, 'w>, Error> {
        self.fields(len)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        len: usize,
    ) -> Result<Items<'a, 'w>, Error> {
        self.map(1)?;
        self.text(name)?;
        self.fields(len)
    }
}

macro_rules! sequence {
    ($($of:ident $item:ident),*) => {
        $(impl $of for Items<'_, '_> {
            type Ok = ();
            type Error = Error;

            fn $item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
                self.item(value)
            }

            fn end(self) -> Result<(), Error> {
                self.done()
            }
        })*
    };
}

sequence!(SerializeSeq serialize_element, SerializeTuple serialize_element);
sequence!(SerializeTupleStruct serialize_field, SerializeTupleVariant serialize_field);

macro_rules! fields {
    ($($of:ident),*) => {
        $(impl $of for Items<'_, '_> {
            type Ok = ();
            type Error = Error;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), Error> {
                self.writer.text(name)?;
                value.serialize(&mut *self.writer)
            }

            fn end(self) -> Result<(), Error> {
                Ok(())
            }
        })*
    };
}

fields!(SerializeStruct, SerializeStructVariant);

impl SerializeMap for Items<'_, '_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        key.serialize(&mut *self.writer)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        value.serialize(&mut *self.writer)
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

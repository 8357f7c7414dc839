//! Reading. What lies next is told by code that knows no types; for each type there is only what takes it.
//!
//! Invariants: lengths that the bytes do not hold are an error before anything is made of them; nothing is left
//! over at the end.

use super::Error;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

/// Reads a value that fills all of the bytes.
pub(crate) fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    let mut reader = Reader { rest: bytes, packed: false };
    let value = T::deserialize(&mut reader)?;
    if reader.rest.is_empty() { Ok(value) } else { Err(Error) }
}

/// A value, or the head of one.
#[derive(Clone, Copy)]
enum Next<'de> {
    Nil,
    Bool(bool),
    Unsigned(u64),
    Negative(i64),
    Text(&'de str),
    Bytes(&'de [u8]),
    Array(u32),
    Map(u32),
}

struct Reader<'de> {
    rest: &'de [u8],
    /// The next value is one plain byte out of many.
    packed: bool,
}

impl<'de> Reader<'de> {
    fn take(&mut self, len: usize) -> Result<&'de [u8], Error> {
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(Error)?;
        self.rest = rest;
        Ok(taken)
    }

    /// A number of so many bytes, the most significant first.
    fn number(&mut self, len: usize) -> Result<u64, Error> {
        Ok(self.take(len)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn length(&mut self, len: usize) -> Result<u32, Error> {
        u32::try_from(self.number(len)?).map_err(|_| Error)
    }

    fn text(&mut self, len: u32) -> Result<Next<'de>, Error> {
        std::str::from_utf8(self.take(len as usize)?).map(Next::Text).map_err(|_| Error)
    }

    fn bytes(&mut self, len: u32) -> Result<Next<'de>, Error> {
        Ok(Next::Bytes(self.take(len as usize)?))
    }

    /// A number below zero or not, of so many bytes.
    fn signed(&mut self, len: usize) -> Result<Next<'de>, Error> {
        let unused = 64 - 8 * len as u32;
        let number = (self.number(len)? << unused).cast_signed() >> unused;
        Ok(u64::try_from(number).map_or(Next::Negative(number), Next::Unsigned))
    }

    #[inline(never)]
    fn next(&mut self) -> Result<Next<'de>, Error> {
        let packed = std::mem::take(&mut self.packed);
        let (head, rest) = self.rest.split_first().ok_or(Error)?;
        self.rest = rest;
        if packed {
            return Ok(Next::Unsigned((*head).into()));
        }
        Ok(match *head {
            small @ ..=0x7f => Next::Unsigned(small.into()),
            head @ 0x80..=0x8f => Next::Map((head & 15).into()),
            head @ 0x90..=0x9f => Next::Array((head & 15).into()),
            head @ 0xa0..=0xbf => self.text((head & 31).into())?,
            0xc0 => Next::Nil,
            0xc2 => Next::Bool(false),
            0xc3 => Next::Bool(true),
            head @ 0xc4..=0xc6 => {
                let len = self.length(1 << (head - 0xc4))?;
                self.bytes(len)?
            }
            head @ 0xcc..=0xcf => Next::Unsigned(self.number(1 << (head - 0xcc))?),
            head @ 0xd0..=0xd3 => self.signed(1 << (head - 0xd0))?,
            head @ 0xd9..=0xdb => {
                let len = self.length(1 << (head - 0xd9))?;
                self.text(len)?
            }
            head @ 0xdc..=0xdd => Next::Array(self.length(2 << (head - 0xdc))?),
            head @ 0xde..=0xdf => Next::Map(self.length(2 << (head - 0xde))?),
            small @ 0xe0.. => Next::Negative(small.cast_signed().into()),
            // Floats and extensions; nobody wrote one.
            0xc1 | 0xc7..=0xcb | 0xd4..=0xd8 => return Err(Error),
        })
    }

    /// Passes over a value, with all that is in it.
    fn skip(&mut self) -> Result<(), Error> {
        let mut left = 1_u64;
        while left > 0 {
            left -= 1;
            match self.next()? {
                Next::Array(len) => left += u64::from(len),
                Next::Map(len) => left += 2 * u64::from(len),
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether a nil lies next; it is taken.
    fn nil(&mut self) -> bool {
        let is_nil = !self.packed && self.rest.first() == Some(&0xc0);
        if is_nil {
            self.rest = self.rest.get(1..).unwrap_or_default();
        }
        is_nil
    }

    fn items<V: Visitor<'de>>(&mut self, len: u32, visitor: V) -> Result<V::Value, Error> {
        let mut items = Items { reader: self, left: len, packed: false };
        let value = visitor.visit_seq(&mut items)?;
        if items.left == 0 { Ok(value) } else { Err(Error) }
    }

    /// Bytes, one by one.
    fn packed<V: Visitor<'de>>(&mut self, bytes: &'de [u8], visitor: V) -> Result<V::Value, Error> {
        let len = u32::try_from(bytes.len()).map_err(|_| Error)?;
        let mut own = Reader { rest: bytes, packed: false };
        let mut items = Items { reader: &mut own, left: len, packed: true };
        let value = visitor.visit_seq(&mut items)?;
        if items.left == 0 { Ok(value) } else { Err(Error) }
    }

    fn pairs<V: Visitor<'de>>(&mut self, len: u32, visitor: V) -> Result<V::Value, Error> {
        let mut items = Items { reader: self, left: len, packed: false };
        let value = visitor.visit_map(&mut items)?;
        if items.left == 0 { Ok(value) } else { Err(Error) }
    }

    fn scalar<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Error> {
        match self.next()? {
            Next::Bool(is) => visitor.visit_bool(is),
            Next::Unsigned(number) => visitor.visit_u64(number),
            Next::Negative(number) => visitor.visit_i64(number),
            _ => Err(Error),
        }
    }

    fn word<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Error> {
        match self.next()? {
            Next::Text(text) => visitor.visit_borrowed_str(text),
            _ => Err(Error),
        }
    }

    fn sequence<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Error> {
        match self.next()? {
            Next::Array(len) => self.items(len, visitor),
            Next::Bytes(bytes) => self.packed(bytes, visitor),
            _ => Err(Error),
        }
    }

    fn mapping<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Error> {
        match self.next()? {
            Next::Map(len) => self.pairs(len, visitor),
            _ => Err(Error),
        }
    }
}

macro_rules! takes {
    ($($method:ident)* => $how:ident) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.$how(visitor)
        })*
    };
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Error;

    fn is_human_readable(&self) -> bool {
        false
    }

    takes!(deserialize_bool deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 => scalar);
    takes!(deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 => scalar);
    takes!(deserialize_f32 deserialize_f64 => scalar);
    takes!(deserialize_char deserialize_str deserialize_string deserialize_identifier => word);
    takes!(deserialize_seq => sequence);
    takes!(deserialize_map => mapping);

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.next()? {
            Next::Nil => visitor.visit_unit(),
            Next::Bool(is) => visitor.visit_bool(is),
            Next::Unsigned(number) => visitor.visit_u64(number),
            Next::Negative(number) => visitor.visit_i64(number),
            Next::Text(text) => visitor.visit_borrowed_str(text),
            Next::Bytes(bytes) => visitor.visit_borrowed_bytes(bytes),
            Next::Array(len) => self.items(len, visitor),
            Next::Map(len) => self.pairs(len, visitor),
        }
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.next()? {
            Next::Bytes(bytes) => visitor.visit_borrowed_bytes(bytes),
            Next::Array(len) => self.items(len, visitor),
            _ => Err(Error),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.nil() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.nil() { visitor.visit_unit() } else { Err(Error) }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.next()? {
            Next::Nil | Next::Array(0) => visitor.visit_unit(),
            _ => Err(Error),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.sequence(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.sequence(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.mapping(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        // A name alone is left for the variant to read.
        let has_content = !self.packed && self.rest.first() == Some(&0x81);
        if has_content {
            self.next()?;
        }
        visitor.visit_enum(Variant { reader: self, has_content })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.skip()?;
        visitor.visit_unit()
    }
}

/// What is left of an array or a map.
struct Items<'a, 'de> {
    reader: &'a mut Reader<'de>,
    left: u32,
    packed: bool,
}

impl<'de> SeqAccess<'de> for &mut Items<'_, 'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        self.reader.packed = self.packed;
        seed.deserialize(&mut *self.reader).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        // A head may promise more than there is.
        Some((self.left as usize).min(self.reader.rest.len()))
    }
}

impl<'de> MapAccess<'de> for &mut Items<'_, 'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        seed.deserialize(&mut *self.reader).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(&mut *self.reader)
    }

    fn size_hint(&self) -> Option<usize> {
        Some((self.left as usize).min(self.reader.rest.len()))
    }
}

/// The name of a variant, and what it holds.
struct Variant<'a, 'de> {
    reader: &'a mut Reader<'de>,
    has_content: bool,
}

impl<'de> EnumAccess<'de> for Variant<'_, 'de> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let name = seed.deserialize(&mut *self.reader)?;
        Ok((name, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, 'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        if self.has_content && !self.reader.nil() { Err(Error) } else { Ok(()) }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        if self.has_content { seed.deserialize(self.reader) } else { Err(Error) }
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        if self.has_content { self.reader.sequence(visitor) } else { Err(Error) }
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        if self.has_content { self.reader.mapping(visitor) } else { Err(Error) }
    }
}

//! Reading JSON as what it should be: a small part of what `serde_json::from_value` can do, with errors that name the
//! place. Structs are objects and enums are texts, nothing else; what serde could read besides (structs as lists) is not
//! compiled then, which halves what readers of models take in the web app.

use serde::de::value::StringDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, Expected, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Value};
use std::fmt::{self, Display};

/// Reads a value as a `T`.
pub fn read<T: DeserializeOwned>(value: Value) -> Result<T, Wrong> {
    T::deserialize(Reader(value))
}

/// Reads a text as a `T`; nothing if it is none.
pub fn parse<T: DeserializeOwned>(text: &str) -> Option<T> {
    read(serde_json::from_str(text).ok()?).ok()
}

/// Why a value is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong(Box<About>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct About {
    place: String,
    problem: String,
}

impl Wrong {
    fn new(problem: String) -> Self {
        Self(Box::new(About { place: String::new(), problem }))
    }

    /// A field of the whole that is unknown or missing.
    fn field(name: &str, problem: String) -> Self {
        Self(Box::new(About { place: name.to_string(), problem }))
    }

    /// The same, seen from what holds it under this name.
    fn within(mut self, name: &str) -> Self {
        let dot = if self.0.place.is_empty() || self.0.place.starts_with('[') { "" } else { "." };
        self.0.place = format!("{name}{dot}{}", self.0.place);
        self
    }

    /// Where it is: `mentions[0].user`; empty for the whole.
    pub fn place(&self) -> &str {
        &self.0.place
    }

    /// What is wrong there.
    pub fn problem(&self) -> &str {
        &self.0.problem
    }
}

impl Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.problem())
    }
}

impl std::error::Error for Wrong {}

impl Error for Wrong {
    fn custom<T: Display>(problem: T) -> Self {
        Self::new(problem.to_string())
    }

    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self::new("it is of the wrong type".into())
    }

    fn invalid_value(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self::new("it is out of range".into())
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Self::new("it is of the wrong length".into())
    }

    fn unknown_variant(_: &str, known: &'static [&'static str]) -> Self {
        Self::new(format!("it has to be one of {}", known.join(", ")))
    }

    fn unknown_field(name: &str, _: &'static [&'static str]) -> Self {
        Self::field(name, format!("unknown field `{name}`"))
    }

    fn missing_field(name: &'static str) -> Self {
        Self::field(name, format!("missing field `{name}`"))
    }

    fn duplicate_field(name: &'static str) -> Self {
        Self::field(name, format!("duplicate field `{name}`"))
    }
}

struct Reader(Value);

/// That something else was expected.
fn not(what: &str) -> Wrong {
    Wrong::new(format!("it has to be {what}"))
}

impl Reader {
    fn number<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let Value::Number(number) = self.0 else { return Err(not("a number")) };
        match (number.as_u64(), number.as_i64(), number.as_f64()) {
            (Some(number), ..) => visitor.visit_u64(number),
            (_, Some(number), _) => visitor.visit_i64(number),
            (.., Some(number)) => visitor.visit_f64(number),
            _ => Err(not("a number")),
        }
    }

    fn text<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.0 {
            Value::String(text) => visitor.visit_string(text),
            _ => Err(not("a text")),
        }
    }
}

macro_rules! numbers {
    ($($name:ident)*) => { $(
        fn $name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
            self.number(visitor)
        }
    )* };
}

impl<'de> Deserializer<'de> for Reader {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(is) => visitor.visit_bool(is),
            Value::Number(_) => self.number(visitor),
            Value::String(text) => visitor.visit_string(text),
            Value::Array(items) => visitor.visit_seq(Items { items: items.into_iter(), at: 0 }),
            Value::Object(fields) => visitor.visit_map(Fields::new(fields)),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.0 {
            Value::Bool(is) => visitor.visit_bool(is),
            _ => Err(not("true or false")),
        }
    }

    numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8 deserialize_u16
        deserialize_u32 deserialize_u64 deserialize_f32 deserialize_f64
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.text(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.text(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.0 {
            Value::Array(items) => visitor.visit_seq(Items { items: items.into_iter(), at: 0 }),
            _ => Err(not("a list")),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.0 {
            Value::Object(fields) => visitor.visit_map(Fields::new(fields)),
            _ => Err(not("an object")),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        match self.0 {
            Value::String(name) => {
                let name: StringDeserializer<Wrong> = name.into_deserializer();
                visitor.visit_enum(name)
            }
            _ => Err(not("a text")),
        }
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.text(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i128 u128 char bytes byte_buf unit unit_struct tuple tuple_struct
    }
}

/// The items of a list.
struct Items {
    items: std::vec::IntoIter<Value>,
    at: usize,
}

impl<'de> SeqAccess<'de> for Items {
    type Error = Wrong;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Wrong> {
        let Some(item) = self.items.next() else { return Ok(None) };
        let read = seed.deserialize(Reader(item));
        self.at += 1;
        read.map(Some).map_err(|wrong| wrong.within(&format!("[{}]", self.at - 1)))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

/// The fields of an object.
struct Fields {
    fields: serde_json::map::IntoIter,
    name: String,
    value: Value,
}

impl Fields {
    fn new(fields: Map<String, Value>) -> Self {
        Self { fields: fields.into_iter(), name: String::new(), value: Value::Null }
    }
}

impl<'de> MapAccess<'de> for Fields {
    type Error = Wrong;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Wrong> {
        let Some((name, value)) = self.fields.next() else { return Ok(None) };
        (self.name, self.value) = (name, value);
        seed.deserialize(Name(&self.name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Wrong> {
        seed.deserialize(Reader(self.value.take())).map_err(|wrong| wrong.within(&self.name))
    }
}

/// The name of a field.
struct Name<'a>(&'a str);

impl<'de> Deserializer<'de> for Name<'_> {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_str(self.0)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde::Deserialize;
    use serde_json::json;
    use std::collections::BTreeMap;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        One,
        TheOther,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        number: u8,
        part: f64,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Outer {
        name: String,
        kind: Option<Kind>,
        #[serde(default)]
        all: Vec<Inner>,
        #[serde(default)]
        named: BTreeMap<String, Inner>,
        any: Option<Value>,
    }

    fn wrong(value: Value) -> (String, String) {
        let wrong = read::<Outer>(value).unwrap_err();
        (wrong.place().into(), wrong.problem().into())
    }

    #[test]
    fn models() {
        let value = json!({
            "name": "n", "kind": "the_other", "all": [{"number": 3, "part": 1}], "other": [{}],
            "named": {"a": {"number": 0, "part": -0.5}}, "any": [1, {"x": null}],
        });
        let read = read::<Outer>(value.clone()).unwrap();
        assert_eq!(read, serde_json::from_value(value).unwrap());
        assert_eq!(read.kind, Some(Kind::TheOther));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (value, place) in [
            (json!({}), "name"),
            (json!({"name": 1}), "name"),
            (json!({"name": "n", "kind": "two"}), "kind"),
            (json!({"name": "n", "kind": {"one": null}}), "kind"),
            (
                json!({"name": "n", "all": [{"number": 1, "part": 1}, {"number": 256, "part": 1}]}),
                "all[1].number",
            ),
            (json!({"name": "n", "all": [{"number": -1}]}), "all[0].number"),
            (json!({"name": "n", "all": [{"number": 1}]}), "all[0].part"),
            (json!({"name": "n", "all": [[1, 1]]}), "all[0]"),
            (json!({"name": "n", "named": {"a": {"number": 1, "part": 1, "x": 1}}}), "named.a.x"),
            (json!(["n"]), ""),
            (Value::Null, ""),
        ] {
            assert_eq!(wrong(value.clone()).0, place, "{value}");
        }
        assert_eq!(
            wrong(json!({"name": "n", "kind": "two"})).1,
            "it has to be one of one, the_other"
        );
        assert_eq!(wrong(json!({"name": true})).1, "it has to be a text");
    }
}

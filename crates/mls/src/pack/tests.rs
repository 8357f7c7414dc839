//! Against a general library, in both directions: what databases hold was written by it.
#![allow(clippy::unwrap_used)]

use super::{Error, from_bytes, to_bytes};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use rmp_serde::config::BytesMode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Debug;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Whole {
    truth: bool,
    byte: u8,
    numbers: (u16, u32, u64),
    signed: (i8, i16, i32, i64),
    text: String,
    bytes: Vec<u8>,
    lists: Vec<Vec<u8>>,
    array: [u8; 32],
    pairs: Vec<(u8, u8)>,
    maybe: Vec<Option<u8>>,
    kinds: Vec<Kind>,
    map: BTreeMap<u32, Wrapped>,
    units: ((), Unit),
    nested: Option<Box<Whole>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Wrapped(Vec<u8>);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Byte(u8);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Unit;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Kind {
    Plain,
    Byte(Byte),
    Three(u8, u8, u8),
    Named { a: u8, b: Option<String> },
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        Just(Kind::Plain),
        any::<u8>().prop_map(|byte| Kind::Byte(Byte(byte))),
        any::<(u8, u8, u8)>().prop_map(|(a, b, c)| Kind::Three(a, b, c)),
        any::<(u8, Option<String>)>().prop_map(|(a, b)| Kind::Named { a, b }),
    ]
}

fn flat() -> impl Strategy<Value = Whole> {
    let bytes = || vec(any::<u8>(), 0..300);
    let simple = (any::<bool>(), any::<u8>(), any::<(u16, u32, u64)>(), any::<String>());
    let lists =
        (vec(vec(any::<u8>(), 0..4), 0..40), any::<[u8; 32]>(), vec(any::<(u8, u8)>(), 0..40));
    let others = (vec(any::<Option<u8>>(), 0..40), vec(kind(), 0..20));
    let map = btree_map(any::<u32>(), bytes().prop_map(Wrapped), 0..20);
    (simple, any::<(i8, i16, i32, i64)>(), bytes(), lists, others, map).prop_map(
        |((truth, byte, numbers, text), signed, bytes, lists, others, map)| {
            let ((lists, array, pairs), (maybe, kinds)) = (lists, others);
            let units = ((), Unit);
            let nested = None;
            Whole {
                truth,
                byte,
                numbers,
                signed,
                text,
                bytes,
                lists,
                array,
                pairs,
                maybe,
                kinds,
                map,
                units,
                nested,
            }
        },
    )
}

fn whole() -> impl Strategy<Value = Whole> {
    (flat(), proptest::option::of(flat()))
        .prop_map(|(outer, inner)| Whole { nested: inner.map(Box::new), ..outer })
}

fn ours<T: Serialize>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    to_bytes(value, &mut bytes).unwrap();
    bytes
}

fn theirs<T: Serialize>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer =
        rmp_serde::Serializer::new(&mut bytes).with_struct_map().with_bytes(BytesMode::ForceAll);
    value.serialize(&mut writer).unwrap();
    bytes
}

proptest! {
    #[test]
    fn both_read_what_either_wrote(value in whole()) {
        let (own, other) = (ours(&value), theirs(&value));
        prop_assert_eq!(&from_bytes::<Whole>(&own).unwrap(), &value);
        prop_assert_eq!(&from_bytes::<Whole>(&other).unwrap(), &value);
        prop_assert_eq!(&rmp_serde::from_slice::<Whole>(&own).unwrap(), &value);
        prop_assert!(own.len() <= other.len());
    }

    #[test]
    fn damage_is_an_error_or_another_value(value in whole(), at in any::<prop::sample::Index>(), byte: u8) {
        let mut bytes = ours(&value);
        prop_assert_eq!(from_bytes::<Whole>(&[&bytes[..], &[0]].concat()), Err(Error));
        let at = at.index(bytes.len());
        prop_assert_eq!(from_bytes::<Whole>(&bytes[..at]), Err(Error));
        bytes[at] = byte;
        // Whatever it is, reading it ends.
        let _ = from_bytes::<Whole>(&bytes);
    }

    #[test]
    fn anything_is_read_or_refused(bytes in vec(any::<u8>(), 0..200)) {
        let _ = from_bytes::<Whole>(&bytes);
        let _ = from_bytes::<serde::de::IgnoredAny>(&bytes);
    }
}

fn holds<T: Serialize + for<'de> Deserialize<'de> + PartialEq + Debug>(value: &T, form: &[u8]) {
    assert_eq!(ours(value), form);
    assert_eq!(&from_bytes::<T>(form).unwrap(), value);
}

#[test]
fn forms() {
    holds(&vec![1u8, 2], &[0x92, 1, 2]);
    holds(&vec![1u8, 200], &[0xc4, 2, 1, 200]);
    holds(&vec![vec![1u8]; 2], &[0x92, 0x91, 1, 0x91, 1]);
    let many = [[0xc4, 16].as_slice(), &[7; 16]].concat();
    holds(&vec![7u8; 16], &many);
    holds(&vec![Byte(7); 16], &many);
    holds(&Kind::Plain, b"\xa5Plain");
    holds(&Kind::Byte(Byte(9)), b"\x81\xa4Byte\x09");
    holds(&Some(-33i64), &[0xd0, 0xdf]);
    holds(&None::<u8>, &[0xc0]);
    holds(&vec![Vec::<u8>::new(); 3], &[0x93, 0x90, 0x90, 0x90]);
}

#[test]
fn a_head_that_promises_too_much_is_refused() {
    for head in [[0xdd, 0xff, 0xff, 0xff, 0xff], [0xc6, 0xff, 0xff, 0xff, 0xff]] {
        assert_eq!(from_bytes::<Vec<u64>>(&head), Err(Error));
        assert!(from_bytes::<serde::de::IgnoredAny>(&head).is_err());
    }
}

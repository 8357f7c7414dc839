//! What is found, in which order, with which highlights; and that the index is right whatever happens.

#![allow(clippy::unwrap_used)]
use super::*;
use crate::Store;
use crate::holds::Held;
use crate::messages::{Kind, State};
use parlor_wire::MessageId;
use proptest::prelude::*;

const DAY: u64 = 24 * 3600 * 1000;
const NOW: u64 = 1_000 * DAY;

fn row(number: u8, text: &str) -> MessageRow {
    MessageRow {
        message_id: MessageId([number; 16]),
        chat_id: MessageId([number % 2; 16]),
        position: u64::from(number),
        sender: UserId([number % 3; 32]),
        mine: false,
        kind: Kind::Text,
        sent_at: NOW - 200 * DAY + u64::from(number) * DAY,
        received_at: None,
        text: text.to_string(),
        body: Vec::new(),
        reply_to: None,
        edited_at: None,
        state: State::Received,
        hidden: false,
        starred: false,
    }
}

fn store(texts: &[&str]) -> Store {
    let mut store = Store::in_memory().unwrap();
    let tx = store.begin().unwrap();
    for (number, text) in (1..).zip(texts) {
        tx.set_message(&row(number, text)).unwrap();
    }
    tx.commit().unwrap();
    store
}

fn query(text: &str) -> Query {
    Query { text: text.into(), now: NOW, limit: 50, ..Query::default() }
}

/// The numbers of the messages found, the best first.
fn found(store: &mut Store, query: &Query) -> Vec<u8> {
    let tx = store.begin().unwrap();
    let found = tx.search(query).unwrap();
    found.iter().map(|found| found.message.message_id.0[0]).collect()
}

#[test]
fn words_beginnings_and_parts_of_every_script_are_found() {
    let mut store = store(&[
        "The heron sleeps at Wexbury",
        "Crème brûlée für Ömer",
        "明日の会議は三時です",
        "Встреча в пятницу",
        "회의는 내일입니다",
        "اجتماعنا غدا",
        "ประชุมพรุ่งนี้",
        "नमस्ते दुनिया",
    ]);
    for (text, expected) in [
        ("heron", vec![1]),
        ("HER", vec![1]),
        ("he", vec![1]),
        ("h", vec![1]),
        ("xbur", vec![1]),
        ("wexbury heron", vec![1]),
        ("heron marmalade", vec![]),
        ("ron", vec![1]),
        ("ro", vec![]),
        ("creme BRULEE omer", vec![2]),
        ("会議", vec![3]),
        ("議", vec![3]),
        ("三時です", vec![3]),
        ("会三", vec![]),
        ("ПЯТНИЦУ встреч", vec![4]),
        ("회의", vec![5]),
        ("내일", vec![5]),
        ("اجتماع", vec![6]),
        ("พรุ่งนี้", vec![7]),
        ("नमस्ते", vec![8]),
    ] {
        assert_eq!(found(&mut store, &query(text)), expected, "{text:?}");
    }
}

#[test]
fn the_index_follows_the_message() {
    let mut store = store(&["first heron", "second heron", "third heron", "fourth heron"]);
    let tx = store.begin().unwrap();
    let edited = MessageRow { text: "a crane".into(), ..row(1, "") };
    tx.set_message(&edited).unwrap();
    tx.set_message(&MessageRow { kind: Kind::Deleted, text: String::new(), ..row(2, "") }).unwrap();
    tx.set_message(&MessageRow { hidden: true, ..row(3, "third heron") }).unwrap();
    tx.commit().unwrap();
    assert_eq!(found(&mut store, &query("heron")), [4]);
    assert_eq!(found(&mut store, &query("crane")), [1]);
    let tx = store.begin().unwrap();
    tx.move_message(&MessageId([4; 16]), 9, State::Read).unwrap();
    tx.set_message(&row(3, "third heron")).unwrap();
    tx.commit().unwrap();
    assert_eq!(found(&mut store, &query("heron")), [4, 3]);
    let tx = store.begin().unwrap();
    tx.delete_message(&MessageId([3; 16])).unwrap();
    tx.delete_chat(&MessageId([0; 16])).unwrap();
    assert!(tx.search(&query("heron")).unwrap().is_empty());
    // A transaction that is given up leaves the index as it was.
    drop(tx);
    assert_eq!(found(&mut store, &query("heron")), [4, 3]);
}

#[test]
fn a_deleted_text_leaves_nothing_in_the_index() {
    let mut store = store(&["zzyzx", "another"]);
    let holds = |store: &mut Store| {
        let bytes = store.snapshot().unwrap();
        bytes.windows(3).any(|part| part == b"zyz")
    };
    assert!(holds(&mut store));
    let tx = store.begin().unwrap();
    tx.delete_message(&MessageId([1; 16])).unwrap();
    tx.commit().unwrap();
    assert!(!holds(&mut store));
}

#[test]
fn filters_narrow_and_limits_hold() {
    let mut store = store(&["heron"; 40]);
    let all = query("heron");
    assert_eq!(found(&mut store, &Query { limit: 7, ..all.clone() }).len(), 7);
    assert!(found(&mut store, &Query { limit: 0, ..all.clone() }).is_empty());
    let chat = Query { chat: Some(MessageId([1; 16])), ..all.clone() };
    assert!(found(&mut store, &chat).iter().all(|number| number % 2 == 1));
    let both = Query { sender: Some(UserId([2; 32])), ..chat };
    let numbers = found(&mut store, &both);
    assert_eq!(numbers.len(), 6);
    assert!(numbers.iter().all(|number| number % 2 == 1 && number % 3 == 2));
    let (from, to) = (row(10, "").sent_at, row(20, "").sent_at);
    let range = Query { after: Some(from), before: Some(to), ..all.clone() };
    let mut numbers = found(&mut store, &range);
    numbers.sort_unstable();
    assert_eq!(numbers, (10..20).collect::<Vec<u8>>());
    assert!(found(&mut store, &Query { holds: Some(Held::Link.bit()), ..all }).is_empty());
}

#[test]
fn what_a_chat_holds_is_listed_by_time() {
    let link = "heron at https://a.example";
    let mut store = store(&[link, link, link, "heron", link, link, link, link, link]);
    let tx = store.begin().unwrap();
    // At the same time as number 5; and one that is deleted, one that is hidden.
    tx.set_message(&MessageRow { sent_at: row(5, "").sent_at, ..row(3, link) }).unwrap();
    tx.set_message(&MessageRow { kind: Kind::Deleted, ..row(9, link) }).unwrap();
    tx.set_message(&MessageRow { hidden: true, ..row(7, link) }).unwrap();
    tx.set_message(&row(11, link)).unwrap();
    tx.commit().unwrap();
    let chat = Query { chat: Some(MessageId([1; 16])), ..query("") };
    let links = Query { holds: Some(Held::Link.bit() | Held::Image.bit()), ..chat.clone() };
    assert_eq!(found(&mut store, &links), [11, 5, 3, 1]);
    // The second and the third were sent at the same time.
    assert_eq!(found(&mut store, &Query { limit: 2, ..links.clone() }), [11, 5, 3]);
    let before = Some(row(5, "").sent_at);
    assert_eq!(found(&mut store, &Query { before, ..links.clone() }), [1]);
    assert_eq!(found(&mut store, &Query { after: before, ..links.clone() }), [11, 5, 3]);
    let sender = Some(UserId([2; 32]));
    assert_eq!(found(&mut store, &Query { sender, ..links.clone() }), [11, 5]);
    let words = Query { text: "heron".into(), ..links.clone() };
    assert_eq!(found(&mut store, &words).len(), 4);
    assert!(found(&mut store, &Query { chat: None, limit: 0, ..links.clone() }).is_empty());
    let everywhere = Query { chat: None, limit: 3, ..links.clone() };
    assert_eq!(found(&mut store, &everywhere), [11, 8, 6]);
    assert!(found(&mut store, &Query { holds: Some(Held::Poll.bit()), ..links }).is_empty());
    assert!(found(&mut store, &chat).is_empty());
}

#[test]
fn whole_words_together_and_new_come_first() {
    let mut store = store(&[
        "the sheron inside",
        "heronry begins",
        "a heron",
        "heron heron heron",
        "a heron",
        "sleeps and then the heron",
        "heron sleeps",
    ]);
    let all = found(&mut store, &query("heron"));
    assert_eq!(all.first(), Some(&4));
    assert_eq!(all.get(all.len() - 2..), Some([2, 1].as_slice()));
    let place = |number| all.iter().position(|other| *other == number).unwrap();
    assert!(place(5) < place(3));
    assert_eq!(found(&mut store, &query("heron sleeps")), [7, 6]);
}

#[test]
fn highlights_are_characters_of_the_text() {
    let mut store = store(&["🦤 Ein HÉRON, heronry; ﬁn du héro"]);
    let tx = store.begin().unwrap();
    let found = tx.search(&query("hero fin")).unwrap();
    let Found { message, highlights } = found.first().unwrap();
    let text: Vec<char> = message.text.chars().collect();
    let shown: Vec<String> = highlights
        .iter()
        .map(|(start, length)| text.iter().skip(*start as usize).take(*length as usize).collect())
        .collect();
    assert_eq!(shown, ["HÉRO", "hero", "ﬁn", "héro"]);
}

#[test]
fn no_query_is_an_error() {
    let mut store = store(&["heron AND NOT \"quoted\" pieces:x NEAR(a b)"]);
    let long = "heron ".repeat(10_000);
    let one = "h".repeat(100_000);
    for text in [
        "",
        " ",
        "\"",
        "'",
        "*",
        "\0",
        "heron\0",
        "AND",
        "NOT heron",
        "NEAR(a b)",
        "pieces:x",
        "-heron",
        "heron*",
        "^heron",
        "(heron",
        "\u{b7}he",
        "\u{a2}00",
        "{}[]",
        "%_",
        &long,
        &one,
    ] {
        let tx = store.begin().unwrap();
        tx.search(&query(text)).unwrap();
    }
    assert_eq!(found(&mut store, &query("heron* AND \"quot")), [1]);
    assert_eq!(found(&mut store, &query(&long)), [1]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// What the index finds is what looking at every text finds.
    #[test]
    fn the_index_finds_what_reading_everything_finds(
        texts in prop::collection::vec("[a-cAÄ ]{0,12}|[会議日a ]{0,6}|\\PC{0,12}", 1..12),
        wanted in "[a-cÄ ]{0,5}|[会議日]{0,3}|\\PC{0,5}",
        removed in 0..12_u8,
    ) {
        let borrowed: Vec<&str> = texts.iter().map(String::as_str).collect();
        let mut store = store(&borrowed);
        let tx = store.begin().unwrap();
        tx.delete_message(&MessageId([removed; 16])).unwrap();
        tx.commit().unwrap();
        let query = query(&wanted);
        let terms = query.terms();
        let mut expected: Vec<u8> = (1..)
            .zip(&texts)
            .filter(|(number, text)| {
                *number != removed && !terms.is_empty()
                    && relevance(&terms, &words::words(text)).is_some()
            })
            .map(|(number, _)| number)
            .collect();
        let mut actual = found(&mut store, &query);
        actual.sort_unstable();
        expected.sort_unstable();
        prop_assert_eq!(actual, expected);
    }
}

#[test]
fn old_messages_are_found_behind_any_number_of_newer_ones() {
    let mut store = store(&["heron"; 3]);
    let tx = store.begin().unwrap();
    for number in 0..MOST_LOOKED_AT as u64 {
        let id = (u128::from(number) << 64).to_be_bytes();
        let newer = MessageRow { message_id: MessageId(id), sent_at: NOW, ..row(0, "heron") };
        tx.set_message(&newer).unwrap();
    }
    tx.commit().unwrap();
    let old = Query { before: Some(NOW), ..query("heron") };
    assert_eq!(found(&mut store, &old), [3, 2, 1]);
    let between = Query { after: Some(row(2, "").sent_at), ..old };
    assert_eq!(found(&mut store, &between), [3, 2]);
}

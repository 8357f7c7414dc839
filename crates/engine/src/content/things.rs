//! What a text carries besides words and files: a place, a person, a poll, what its sender saw of a page.
//!
//! Invariant: the text of a message with a thing is the one that [`plain`] makes, whatever its sender wrote there,
//! so that what is searched, quoted and answered is what is shown.

use parlor_store::messages::{Kind, MessageRow};
use parlor_wire::content::{Contact, Location, Poll, Preview, Text, text::Thing};
use parlor_wire::limits::{
    MAX_AVATAR_BYTES, MAX_CAPTION_BYTES, MAX_LATITUDE, MAX_LONGITUDE, MAX_NAME_BYTES, MAX_OPTION,
    MAX_OPTIONS, MAX_PAGE_DESCRIPTION_BYTES, MAX_PAGE_TITLE_BYTES, MAX_QUESTION,
    MAX_THUMBNAIL_BYTES, MAX_URL_BYTES, MIN_OPTIONS,
};
use parlor_wire::{Message, UserId};
use std::collections::BTreeSet;

/// Whether what a text carries is what it may be.
pub fn things_fit(text: &Text) -> bool {
    let alone = text.attachments.is_empty() && text.entities.is_empty() && text.preview.is_none();
    let thing = text.thing.as_ref().is_none_or(|thing| alone && thing_fits(thing));
    let preview = text
        .preview
        .as_ref()
        .is_none_or(|preview| text.attachments.is_empty() && preview_fits(preview, &text.text));
    thing && preview
}

fn thing_fits(thing: &Thing) -> bool {
    match thing {
        Thing::Location(location) => location_fits(location),
        Thing::Contact(contact) => contact_fits(contact),
        Thing::Poll(poll) => poll_fits(poll),
    }
}

fn location_fits(location: &Location) -> bool {
    location.latitude.unsigned_abs() <= MAX_LATITUDE.unsigned_abs()
        && location.longitude.unsigned_abs() <= MAX_LONGITUDE.unsigned_abs()
        && location.name.len() <= MAX_NAME_BYTES
}

fn contact_fits(contact: &Contact) -> bool {
    contact.user_id.len() == UserId::LEN
        && contact.username.len() <= MAX_NAME_BYTES
        && contact.display_name.len() <= MAX_NAME_BYTES
        && contact.avatar.len() <= MAX_AVATAR_BYTES
}

fn poll_fits(poll: &Poll) -> bool {
    let fits = |text: &String, most| !text.trim().is_empty() && text.chars().count() <= most;
    let different: BTreeSet<&str> = poll.options.iter().map(|option| option.trim()).collect();
    (MIN_OPTIONS..=MAX_OPTIONS).contains(&poll.options.len())
        && different.len() == poll.options.len()
        && fits(&poll.question, MAX_QUESTION)
        && poll.options.iter().all(|option| fits(option, MAX_OPTION))
}

fn preview_fits(preview: &Preview, text: &str) -> bool {
    let scheme = |scheme: &str| {
        let begins = preview.url.get(..scheme.len());
        begins.is_some_and(|begins| begins.eq_ignore_ascii_case(scheme))
    };
    let odd = |char: char| char.is_control() || char.is_whitespace();
    (scheme("https://") || scheme("http://"))
        && preview.url.len() <= MAX_URL_BYTES
        && !preview.url.chars().any(odd)
        && !preview.title.trim().is_empty()
        && preview.title.len() <= MAX_PAGE_TITLE_BYTES
        && preview.description.len() <= MAX_PAGE_DESCRIPTION_BYTES
        && preview.thumbnail.len() <= MAX_THUMBNAIL_BYTES
        && text.len() <= MAX_CAPTION_BYTES
        && text.contains(&preview.url)
}

/// A thing as words, for search, quotes and versions that do not know it.
pub fn plain(thing: &Thing) -> String {
    let lines = match thing {
        Thing::Location(location) => {
            let place =
                format!("{:.6}, {:.6}", degrees(location.latitude), degrees(location.longitude));
            vec![location.name.clone(), place]
        }
        Thing::Contact(contact) => vec![contact.display_name.clone(), address(contact)],
        Thing::Poll(poll) => {
            let options = (1..).zip(&poll.options);
            let options = options.map(|(number, option)| format!("{number}. {option}"));
            std::iter::once(poll.question.clone()).chain(options).collect()
        }
    };
    let lines: Vec<String> = lines.into_iter().filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

/// An angle as people write it.
pub fn degrees(parts: i32) -> f64 {
    f64::from(parts) / 1e6
}

/// What somebody types to find a person, as the card says.
pub fn address(contact: &Contact) -> String {
    match UserId::try_from(&contact.user_id) {
        Ok(user) if contact.username.is_empty() => user.text(),
        _ => contact.username.clone(),
    }
}

/// The text of a message in place of the one that came, where a thing decides it; and no preview of a page that
/// the text does not name.
pub fn settled(mut text: Text) -> Text {
    if let Some(thing) = &text.thing {
        text.text = plain(thing);
    }
    text.preview = text.preview.take().filter(|preview| text.text.contains(&preview.url));
    text
}

/// The thing of a message.
pub fn thing_of(row: &MessageRow) -> Option<Thing> {
    match row.kind {
        Kind::Text => Text::decode(row.body.as_slice()).ok()?.thing,
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parlor_wire::content::{Attachment, Entity};
    use proptest::prelude::*;

    fn poll(question: &str, options: &[&str]) -> Text {
        let options = options.iter().map(ToString::to_string).collect();
        let poll = Poll { question: question.into(), options, multiple: false };
        Text { thing: Some(Thing::Poll(poll)), ..Text::default() }
    }

    fn location(latitude: i32, longitude: i32) -> Text {
        let location = Location { latitude, longitude, accuracy: 3, name: "Wexbury".into() };
        Text { thing: Some(Thing::Location(location)), ..Text::default() }
    }

    fn contact(id: usize, avatar: usize) -> Text {
        let contact = Contact {
            user_id: vec![1; id],
            username: "ann".into(),
            display_name: "Ann".into(),
            avatar: vec![0; avatar],
        };
        Text { thing: Some(Thing::Contact(contact)), ..Text::default() }
    }

    fn preview(url: &str, text: &str) -> Text {
        let title = "A page".into();
        let preview = Preview { url: url.into(), title, ..Preview::default() };
        Text { text: text.into(), preview: Some(preview), ..Text::default() }
    }

    #[test]
    fn what_fits_and_what_does_not() {
        let long = "x".repeat(101);
        let many: Vec<String> = (0..13).map(|number| number.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let url = "https://a.example/x";
        for (number, (text, fits)) in [
            (poll("Which?", &["one", "two"]), true),
            (poll("Which?", &many[..12]), true),
            (poll("Which?", &many), false),
            (poll("Which?", &["one"]), false),
            (poll("Which?", &["one", " one "]), false),
            (poll("Which?", &["one", " "]), false),
            (poll("Which?", &["one", &long]), false),
            (poll(" ", &["one", "two"]), false),
            (poll(&"?".repeat(301), &["one", "two"]), false),
            (location(90_000_000, -180_000_000), true),
            (location(90_000_001, 0), false),
            (location(i32::MIN, 0), false),
            (location(0, 180_000_001), false),
            (contact(32, 8192), true),
            (contact(31, 0), false),
            (contact(32, 8193), false),
            (preview(url, "see https://a.example/x."), true),
            (preview(url, "see https://b.example"), false),
            (preview("ftp://a.example", "ftp://a.example"), false),
            (preview("https://a b", "https://a b"), false),
            (Text { attachments: vec![Attachment::default()], ..preview(url, url) }, false),
            (Text { attachments: vec![Attachment::default()], ..location(0, 0) }, false),
            (Text { entities: vec![Entity::default()], ..location(0, 0) }, false),
            (Text { thing: location(0, 0).thing, ..preview(url, url) }, false),
        ]
        .into_iter()
        .enumerate()
        {
            assert_eq!(things_fit(&text), fits, "{number}");
        }
    }

    #[test]
    fn things_are_words_for_others() {
        for (text, words) in [
            (poll("Which?", &["one", "two"]), "Which?\n1. one\n2. two"),
            (location(-48_137_154, 5), "Wexbury\n-48.137154, 0.000005"),
            (contact(32, 0), "Ann\nann"),
        ] {
            let said = Text { text: "something else".into(), ..text };
            assert_eq!(settled(said).text, words);
        }
        let gone = Text { text: "no page".into(), ..preview("https://a.example", "") };
        assert_eq!(settled(gone).preview, None);
    }

    fn any_thing() -> impl Strategy<Value = Thing> {
        let location = (any::<i32>(), any::<i32>(), any::<u32>(), ".{0,300}");
        let location = location.prop_map(|(latitude, longitude, accuracy, name)| {
            Thing::Location(Location { latitude, longitude, accuracy, name })
        });
        let contact = (prop::collection::vec(any::<u8>(), 30..34), ".{0,90}", ".{0,90}");
        let contact = contact.prop_map(|(user_id, username, display_name)| {
            Thing::Contact(Contact { user_id, username, display_name, avatar: vec![1; 3] })
        });
        let poll = (".{0,310}", prop::collection::vec(".{0,110}", 0..14), any::<bool>());
        let poll = poll.prop_map(|(question, options, multiple)| {
            Thing::Poll(Poll { question, options, multiple })
        });
        prop_oneof![location, contact, poll]
    }

    proptest! {
        #[test]
        fn things_travel_whole_and_stay_what_they_are(thing in any_thing(), words in ".{0,40}") {
            let text = Text { text: words, thing: Some(thing), ..Text::default() };
            let came = Text::decode(text.encode_to_vec().as_slice());
            prop_assert_eq!(came.as_ref(), Ok(&text));
            let shown = settled(text.clone());
            prop_assert_eq!(settled(shown.clone()), shown.clone());
            prop_assert_eq!(things_fit(&shown), things_fit(&text));
            if things_fit(&shown) {
                prop_assert!(shown.text.len() <= parlor_wire::limits::MAX_TEXT_BYTES);
            }
        }

        #[test]
        fn damaged_things_are_never_more_than_refused(
            thing in any_thing(), at: prop::sample::Index, byte: u8,
        ) {
            let text = Text { thing: Some(thing), ..Text::default() };
            let mut bytes = text.encode_to_vec();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            if let Ok(text) = Text::decode(bytes.as_slice()) {
                let fits = things_fit(&text);
                prop_assert_eq!(things_fit(&settled(text)), fits);
            }
        }
    }
}

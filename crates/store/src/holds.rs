//! What a message holds besides words: what its attachments are, a place, a person, a poll, an address of the web, a star.
//!
//! Invariant: the column `holds` of a message says what [`of_row`] says; it is written with the text and body.

use crate::messages::{Kind, MessageRow};
use parlor_wire::Message;
use parlor_wire::content::{Attachment, AttachmentUse, EntityKind, Text, text::Thing};
use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};

/// Something that a message may hold. One message may hold several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
#[allow(missing_docs)]
pub enum Held {
    Image = 1,
    Video = 2,
    Voice = 4,
    Audio = 8,
    File = 16,
    Sticker = 32,
    Location = 64,
    Contact = 128,
    Poll = 256,
    Link = 512,
    Star = 1024,
}

const NAMES: [(Held, &str); 11] = [
    (Held::Image, "image"),
    (Held::Video, "video"),
    (Held::Voice, "voice"),
    (Held::Audio, "audio"),
    (Held::File, "file"),
    (Held::Sticker, "sticker"),
    (Held::Location, "location"),
    (Held::Contact, "contact"),
    (Held::Poll, "poll"),
    (Held::Link, "link"),
    (Held::Star, "starred"),
];

impl Held {
    /// Its name.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(held, _)| *held == self).map_or("file", |(_, name)| *name)
    }

    /// The one of a name.
    pub fn of_name(name: &str) -> Option<Self> {
        NAMES.iter().find(|(_, of)| *of == name).map(|(held, _)| *held)
    }

    /// As a bit of the column.
    pub fn bit(self) -> u32 {
        self as u32
    }
}

/// What an attachment is shown as: what its sender says, if its content can be that.
pub fn of_attachment(one: &Attachment) -> Held {
    let (kind, sub) = one.mime.split_once('/').unwrap_or_default();
    match (one.r#use(), kind) {
        (AttachmentUse::Voice, "audio") => Held::Voice,
        (AttachmentUse::Sticker, "image") => Held::Sticker,
        (AttachmentUse::File, _) => Held::File,
        (AttachmentUse::Unspecified, "audio") if matches!(sub, "ogg" | "opus") => Held::Voice,
        (_, "image") => Held::Image,
        (_, "video") => Held::Video,
        (_, "audio") => Held::Audio,
        _ => Held::File,
    }
}

/// The bits of a row.
pub(crate) fn of_row(row: &MessageRow) -> u32 {
    let star = if row.starred && row.kind == Kind::Text { Held::Star.bit() } else { 0 };
    star | of_message(row.kind, &row.text, &row.body)
}

/// The bits of what a message says.
pub(crate) fn of_message(kind: Kind, text: &str, body: &[u8]) -> u32 {
    if kind != Kind::Text {
        return 0;
    }
    let body = Text::decode(body).unwrap_or_default();
    let mut bits = body.attachments.iter().fold(0, |bits, one| bits | of_attachment(one).bit());
    bits |= match &body.thing {
        Some(Thing::Location(_)) => Held::Location.bit(),
        Some(Thing::Contact(_)) => Held::Contact.bit(),
        Some(Thing::Poll(_)) => Held::Poll.bit(),
        None => 0,
    };
    let linked = body.entities.iter().any(|one| one.kind() == EntityKind::Link);
    if body.thing.is_none() && (linked || body.preview.is_some() || names_page(text)) {
        bits |= Held::Link.bit();
    }
    bits
}

/// Whether a text names an address of the web.
fn names_page(text: &str) -> bool {
    ["https://", "http://", "www."].iter().any(|prefix| {
        text.match_indices(prefix).any(|(at, _)| {
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            let behind = text.get(at + prefix.len()..).and_then(|rest| rest.chars().next());
            !before.is_some_and(char::is_alphanumeric) && behind.is_some_and(char::is_alphanumeric)
        })
    })
}

/// Makes the function that a migration calls for the messages there are.
pub(crate) fn register(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function("message_holds", 3, flags, |context: &Context<'_>| {
        let kind = Kind::from_number(context.get(0)?);
        Ok(of_message(kind, context.get_raw(1).as_str()?, context.get_raw(2).as_blob()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use parlor_wire::content::Poll;

    #[test]
    fn attachments_are_what_their_sender_says_if_they_can_be() {
        for (mime, said, held) in [
            ("audio/ogg", AttachmentUse::Unspecified, Held::Voice),
            ("audio/ogg", AttachmentUse::Content, Held::Audio),
            ("audio/webm", AttachmentUse::Voice, Held::Voice),
            ("text/plain", AttachmentUse::Voice, Held::File),
            ("image/png", AttachmentUse::Voice, Held::Image),
            ("image/png", AttachmentUse::Sticker, Held::Sticker),
            ("video/mp4", AttachmentUse::Sticker, Held::Video),
            ("image/png", AttachmentUse::File, Held::File),
            ("", AttachmentUse::Content, Held::File),
        ] {
            let one = Attachment { mime: mime.into(), r#use: said as i32, ..Attachment::default() };
            assert_eq!(of_attachment(&one), held, "{mime}");
        }
    }

    #[test]
    fn links_and_things_are_seen() {
        for (text, named) in [
            ("see https://a.example", true),
            ("(www.a.example)", true),
            ("xhttps://a.example", false),
            ("http:// nothing", false),
            ("no page", false),
        ] {
            assert_eq!(of_message(Kind::Text, text, b"") == Held::Link.bit(), named, "{text}");
        }
        let thing = Some(Thing::Poll(Poll::default()));
        let body = Text { thing, ..Text::default() }.encode_to_vec();
        assert_eq!(of_message(Kind::Text, "https://a.example", &body), Held::Poll.bit());
        assert_eq!(of_message(Kind::Unknown, "https://a.example", &body), 0);
    }
}

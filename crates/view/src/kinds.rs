//! Kinds of messages besides texts and files: what is asked for, and how they are shown.

use serde::{Deserialize, Serialize};

/// How the attachment of a message is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SendAs {
    /// A voice note.
    Voice,
    /// A picture that is a message by itself.
    Sticker,
    /// A file, whatever is in it.
    File,
}

/// An angle, in degrees as it is written, in 1e-6 degree as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "f64")]
pub struct Degrees(pub i32);

impl TryFrom<f64> for Degrees {
    type Error = &'static str;

    fn try_from(degrees: f64) -> Result<Self, Self::Error> {
        match (degrees * 1e6).round() {
            parts if parts.abs() <= 180e6 => Ok(Self(parts as i32)),
            _ => Err("an angle lies between -180 and 180 degrees"),
        }
    }
}

/// A length in metres, kept in whole ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "f64")]
pub struct Metres(pub u32);

impl TryFrom<f64> for Metres {
    type Error = &'static str;

    fn try_from(metres: f64) -> Result<Self, Self::Error> {
        match metres.ceil() {
            whole if (0.0..=1e9).contains(&whole) => Ok(Self(whole as u32)),
            _ => Err("an accuracy lies between 0 and 1e9 metres"),
        }
    }
}

/// A place to send.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct NewLocation {
    pub latitude: Degrees,
    pub longitude: Degrees,
    pub accuracy: Option<Metres>,
    pub name: Option<String>,
}

/// A person whose card to send.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct NewContact {
    pub user: String,
}

/// A poll to send.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct NewPoll {
    pub question: String,
    pub options: Vec<String>,
    pub multiple: Option<bool>,
}

/// What the sender saw of a page that the text names.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct NewPreview {
    pub url: String,
    pub title: String,
    pub description: Option<String>,
    pub thumbnail_path: Option<String>,
}

/// A place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct LocationView {
    pub latitude: f64,
    pub longitude: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accuracy: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A person, as whoever sent the card knows them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct CardView {
    pub user_id: String,
    pub address: String,
    pub display_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
}

/// A poll, with the votes that count.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct PollView {
    pub question: String,
    pub multiple: bool,
    pub closed: bool,
    pub voters: u32,
    pub mine: Vec<u32>,
    pub options: Vec<PollOptionView>,
}

/// An answer to choose, and who chose it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct PollOptionView {
    pub text: String,
    pub voters: Vec<String>,
}

/// A page that a text names, as the sender saw it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct PreviewView {
    pub url: String,
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thumbnail: Option<String>,
}

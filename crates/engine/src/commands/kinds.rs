//! What a message is besides text and files, as it is asked for.

use super::files::caption_problem;
use super::messages::text_problem;
use super::refused;
use crate::Result;
use crate::content::{settled, things_fit};
use crate::media::NewFile;
use crate::step::Step;
use parlor_view::{Code, Failure, MessagesSend, NewLocation, NewPoll, SendAs};
use parlor_wire::UserId;
use parlor_wire::content::{
    Attachment, AttachmentUse, Contact, Entity, Location, Poll, Preview, Text, text::Thing,
};
use parlor_wire::limits::{MAX_LOUDNESS, MAX_WAVEFORM};

/// How the attachments of a message are meant.
pub(super) struct Meant {
    how: AttachmentUse,
    waveform: Vec<u8>,
    duration: Option<u32>,
}

impl Meant {
    pub fn mark(&self, one: &mut Attachment) {
        one.r#use = self.how as i32;
        one.waveform.clone_from(&self.waveform);
        one.duration_ms = self.duration.unwrap_or(one.duration_ms);
    }
}

impl Step<'_, '_> {
    /// What is to be said, but for the files and the answer; or what is wrong with it.
    pub(super) fn text_of(
        &self,
        wish: &MessagesSend,
        entities: Vec<Entity>,
        files: &[NewFile],
        thumbnail: Option<Vec<u8>>,
    ) -> Result<Result<Text, Failure>> {
        let thing = match self.thing_wished(wish)? {
            Ok(thing) => thing,
            Err(problem) => return Ok(Err(problem)),
        };
        let text = wish.text.clone().unwrap_or_default();
        let problem = match (&thing, files.is_empty()) {
            (Some(_), true) if text.is_empty() && entities.is_empty() => None,
            (Some(_), _) => Some(refused("A place, a person or a poll is a message by itself.")),
            (None, true) => text_problem(&text, &entities),
            (None, false) => caption_problem(&text, &entities),
        };
        if let Some(problem) = problem {
            return Ok(Err(problem));
        }
        let preview = wish.preview.as_ref().map(|page| Preview {
            url: page.url.clone(),
            title: page.title.clone(),
            description: page.description.clone().unwrap_or_default(),
            thumbnail: thumbnail.unwrap_or_default(),
        });
        let silent = wish.silent == Some(true);
        let said = Text { text, entities, thing, preview, silent, ..Text::default() };
        if !things_fit(&said) || (said.preview.is_some() && !files.is_empty()) {
            return Ok(Err(problem_with(&said)));
        }
        Ok(Ok(settled(said)))
    }

    fn thing_wished(&self, wish: &MessagesSend) -> Result<Result<Option<Thing>, Failure>> {
        Ok(match (&wish.location, &wish.contact, &wish.poll) {
            (None, None, None) => Ok(None),
            (Some(place), None, None) => Ok(Some(Thing::Location(location(place)))),
            (None, None, Some(poll)) => Ok(Some(Thing::Poll(new_poll(poll)))),
            (None, Some(contact), None) => match self.find(&contact.user)? {
                crate::contacts::Found::User(user) => {
                    Ok(Some(Thing::Contact(self.card_of(&user)?)))
                }
                _ => Err(Failure::new(Code::NotFound, "Nobody here has that address.")),
            },
            _ => Err(refused("A place, a person or a poll is a message by itself.")),
        })
    }

    /// A person as this profile knows them.
    fn card_of(&self, user: &UserId) -> Result<Contact> {
        let person = self.tx.person(user)?;
        let display_name = person.name().to_owned();
        Ok(Contact {
            user_id: UserId::to_vec(*user),
            username: person.username.unwrap_or_default(),
            display_name,
            avatar: person.avatar.unwrap_or_default(),
        })
    }
}

fn location(place: &NewLocation) -> Location {
    Location {
        latitude: place.latitude.0,
        longitude: place.longitude.0,
        accuracy: place.accuracy.map_or(0, |metres| metres.0),
        name: place.name.clone().unwrap_or_default().trim().to_owned(),
    }
}

fn new_poll(poll: &NewPoll) -> Poll {
    Poll {
        question: poll.question.trim().to_owned(),
        options: poll.options.iter().map(|option| option.trim().to_owned()).collect(),
        multiple: poll.multiple == Some(true),
    }
}

fn problem_with(said: &Text) -> Failure {
    match &said.thing {
        Some(Thing::Location(_)) => refused("There is no such place, or its name is too long."),
        Some(Thing::Poll(_)) => refused(
            "A poll has a question of up to 300 characters and 2 to 12 different answers of up to 100.",
        ),
        Some(Thing::Contact(_)) => refused("This person cannot be sent as a card."),
        None => refused(
            "A preview has a title and the address of a page that the text names, and no other files.",
        ),
    }
}

/// How the files of a message are meant; or what is wrong with that.
pub(super) fn meant(wish: &MessagesSend, files: &[NewFile]) -> Result<Meant, Failure> {
    let one = match files {
        [one] => Some(one.mime.split('/').next().unwrap_or_default()),
        _ => None,
    };
    let how = match wish.send_as {
        None => AttachmentUse::Content,
        Some(SendAs::File) if !files.is_empty() => AttachmentUse::File,
        Some(SendAs::Voice) if one == Some("audio") => AttachmentUse::Voice,
        Some(SendAs::Sticker) if one == Some("image") && wish.text.is_none() => {
            AttachmentUse::Sticker
        }
        Some(SendAs::File) => return Err(refused("There is no file to send.")),
        Some(SendAs::Voice) => return Err(refused("A voice note is one sound.")),
        Some(SendAs::Sticker) => return Err(refused("A sticker is one picture without a text.")),
    };
    let waveform = wish.waveform.clone().unwrap_or_default();
    let told = wish.waveform.is_some() || wish.duration_ms.is_some();
    if told && how != AttachmentUse::Voice {
        return Err(refused("Only a voice note has a waveform and a length."));
    }
    if waveform.len() > MAX_WAVEFORM || waveform.iter().any(|bar| *bar > MAX_LOUDNESS) {
        return Err(refused("A waveform has 100 bars of 0 to 31 at most."));
    }
    Ok(Meant { how, waveform, duration: wish.duration_ms })
}

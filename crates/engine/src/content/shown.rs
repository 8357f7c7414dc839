//! What texts carry besides words and files, as it is shown.

use super::poll::Tally;
use super::things::{address, degrees};
use crate::Result;
use crate::project::picture;
use crate::step::Step;
use parlor_store::messages::MessageRow;
use parlor_view::{CardView, LocationView, MessageView, PollOptionView, PollView, PreviewView};
use parlor_wire::UserId;
use parlor_wire::content::{Contact, Location, Poll, Preview, Text, text::Thing};

impl Step<'_, '_> {
    /// Adds to the view of a message what its text carries.
    pub fn show_things(&self, row: &MessageRow, text: Text, view: &mut MessageView) -> Result<()> {
        match text.thing {
            Some(Thing::Location(location)) => {
                view.kind = "location".into();
                view.location = Some(location_view(location));
            }
            Some(Thing::Contact(contact)) => {
                view.kind = "contact".into();
                view.contact = self.card_view(&contact)?;
            }
            Some(Thing::Poll(poll)) => {
                view.kind = "poll".into();
                let tally = self.tally(&row.message_id)?;
                view.poll = Some(poll_view(poll, &tally, &self.me()?));
            }
            None => {}
        }
        view.preview = text.preview.map(preview_view);
        Ok(())
    }

    /// A card. What the relay vouches for is better than what a sender says.
    fn card_view(&self, contact: &Contact) -> Result<Option<CardView>> {
        let Ok(user) = UserId::try_from(&contact.user_id) else { return Ok(None) };
        let known = self.tx.person(&user)?;
        let address = match known.username {
            Some(_) => known.address(),
            None => address(contact),
        };
        let display_name = match contact.display_name.is_empty() {
            true => address.clone(),
            false => contact.display_name.clone(),
        };
        let avatar = Some(contact.avatar.as_slice()).filter(|avatar| !avatar.is_empty());
        let avatar = picture(avatar);
        Ok(Some(CardView { user_id: user.text(), address, display_name, avatar }))
    }
}

fn some(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

fn location_view(location: Location) -> LocationView {
    LocationView {
        latitude: degrees(location.latitude),
        longitude: degrees(location.longitude),
        accuracy: Some(location.accuracy).filter(|metres| *metres > 0),
        name: some(location.name),
    }
}

fn poll_view(poll: Poll, tally: &Tally, me: &UserId) -> PollView {
    let options = (0_u8..).zip(poll.options).map(|(number, text)| {
        let chosen = tally.chosen.iter().filter(|(_, options)| options.contains(&number));
        PollOptionView { text, voters: chosen.map(|(user, _)| user.text()).collect() }
    });
    let mine = tally.chosen.get(me).into_iter().flatten();
    PollView {
        question: poll.question,
        multiple: poll.multiple,
        closed: tally.end.is_some(),
        voters: u32::try_from(tally.chosen.len()).unwrap_or(u32::MAX),
        mine: mine.copied().map(u32::from).collect(),
        options: options.collect(),
    }
}

fn preview_view(preview: Preview) -> PreviewView {
    let thumbnail = Some(preview.thumbnail.as_slice()).filter(|bytes| !bytes.is_empty());
    PreviewView {
        thumbnail: picture(thumbnail),
        url: preview.url,
        title: preview.title,
        description: some(preview.description),
    }
}

/// A message of a list of chats: without pictures.
pub fn without_pictures(view: &mut MessageView) {
    for one in &mut view.attachments {
        one.thumbnail = None;
        one.waveform = Vec::new();
    }
    if let Some(card) = &mut view.contact {
        card.avatar = None;
    }
    if let Some(preview) = &mut view.preview {
        preview.thumbnail = None;
    }
}

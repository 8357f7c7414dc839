//! What a message says in one line: in rows of the list, in quotes, in notifications, to those who listen.

use crate::parts::icon::{self, Icon};
use crate::t;
use parlor_view::MessageView;

/// The icon before the line, for what is no text.
pub fn symbol(message: &MessageView) -> Option<Icon> {
    Some(match &*message.kind {
        "image" => icon::IMAGE,
        "video" => icon::VIDEO_CAMERA,
        "voice" => icon::MICROPHONE,
        "audio" => icon::MUSIC_NOTE,
        "file" => icon::FILE,
        "sticker" => icon::STICKER,
        "location" => icon::MAP_PIN,
        "contact" => icon::USER,
        "poll" => icon::LIST_CHECKS,
        "deleted" => icon::PROHIBIT,
        _ => return None,
    })
}

/// The line. The text of a message, its caption, or what kind of thing it is.
pub fn plain(message: &MessageView) -> String {
    let text = message.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
    if message.kind == "deleted" {
        return if message.mine { t!("deleted-by-you") } else { t!("deleted") };
    }
    if let Some(thing) = thing(message) {
        return thing;
    }
    if let Some(text) = text {
        return text.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    let first = message.attachments.first();
    match &*message.kind {
        "image" => t!("kind-image", count = message.attachments.len()),
        "video" => t!("kind-video"),
        "voice" => {
            let time = first
                .and_then(|voice| voice.duration_ms)
                .map(|length| crate::locale::duration(length.into()));
            time.map_or_else(|| t!("kind-voice"), |time| format!("{} · {time}", t!("kind-voice")))
        }
        "audio" => first.map_or_else(|| t!("kind-audio"), |file| file.name.clone()),
        "file" => first.map_or_else(|| t!("kind-file"), |file| file.name.clone()),
        "sticker" => t!("kind-sticker"),
        "text" | "notice" => String::new(),
        _ => t!("kind-unknown"),
    }
}

/// The line of what is a message by itself.
fn thing(message: &MessageView) -> Option<String> {
    if let Some(location) = &message.location {
        return Some(match &location.name {
            Some(name) => t!("location-line", name = name),
            None => t!("kind-location"),
        });
    }
    if let Some(card) = &message.contact {
        return Some(t!("contact-line", name = &card.display_name));
    }
    let poll = message.poll.as_ref()?;
    Some(t!("poll-line", question = &poll.question))
}

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
        "text" | "notice" => String::new(),
        _ => t!("kind-unknown"),
    }
}

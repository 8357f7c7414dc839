//! Chats and messages as lines for a terminal. Invariant: nothing that somebody else wrote can move the
//! cursor or change colours.

use parlor_view::{AttachmentView, ChatView, MessageView};

const DAY_MS: u64 = 24 * 3600 * 1000;

/// Whether a message counts as one to be read.
pub fn counts(message: &MessageView) -> bool {
    !message.mine && message.kind != "notice" && message.kind != "deleted"
}

/// A text without control characters; further lines are indented.
pub fn plain(text: &str) -> String {
    let lines = text.trim_end().lines();
    let lines = lines.map(|line| line.chars().map(harmless).collect::<String>());
    lines.collect::<Vec<_>>().join("\n    ")
}

fn harmless(character: char) -> char {
    // The second range turns the direction of writing round.
    let turns = matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if character.is_control() || turns { '\u{fffd}' } else { character }
}

/// One line.
fn name(text: &str) -> String {
    plain(&text.replace(['\n', '\r'], " "))
}

/// `time  who  text`; with the title of a group behind the name.
pub fn message(message: &MessageView, group: Option<&str>) -> String {
    let who = name(&message.sender.display_name);
    let group = group.map(|title| format!(" ({})", name(title))).unwrap_or_default();
    let mut said = Vec::new();
    match (&message.text, message.kind.as_ref()) {
        (Some(text), "text" | "notice") => said.push(plain(text)),
        (text, _) if !message.attachments.is_empty() => {
            let file = |one: &AttachmentView| format!("[{}, {} bytes]", name(&one.name), one.size);
            said.extend(text.as_deref().map(plain));
            said.extend(message.attachments.iter().map(file));
        }
        _ => said.push("[needs an update of Parlor]".into()),
    }
    let text = said.join(" ");
    format!("{}  {who}{group}  {text}", time(message.sent_at))
}

/// Somebody wants to talk.
pub fn request(chat: &ChatView) -> String {
    format!("{} wants to talk; --accept lets them", name(&chat.title))
}

/// Unix milliseconds as date and time in UTC. A clock of somebody else may say anything.
fn time(at: u64) -> String {
    let (days, rest) = (at / DAY_MS, at % DAY_MS / 60_000);
    // Counted in eras of 400 years from a 1 March, so that the leap day ends a year.
    let shifted = days + 719_468;
    let (era, day) = (shifted / 146_097, shifted % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (year, month) = match month {
        0..=9 => (era * 400 + year, month + 3),
        _ => (era * 400 + year + 1, month - 9),
    };
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}Z", rest / 60, rest % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        for (at, shown) in [
            (0, "1970-01-01 00:00Z"),
            (951_782_399_999, "2000-02-28 23:59Z"),
            (951_782_400_000, "2000-02-29 00:00Z"),
            (1_709_251_199_000, "2024-02-29 23:59Z"),
            (4_107_542_400_000, "2100-03-01 00:00Z"),
        ] {
            assert_eq!(time(at), shown);
        }
        assert!(!time(u64::MAX).is_empty());
    }

    #[test]
    fn texts_cannot_steer_the_terminal() {
        assert_eq!(plain("a\x1b[2Jb\nc\u{202e}d\n"), "a\u{fffd}[2Jb\n    c\u{fffd}d");
        assert_eq!(name("two\nlines"), "two lines");
    }
}

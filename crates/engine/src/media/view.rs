//! Attachments as they are shown.

use crate::Result;
use crate::step::Step;
use parlor_store::files::{FileRow, Problem, Remote};
use parlor_store::holds::{Held, of_attachment};
use parlor_store::messages::{MessageRow, State};
use parlor_view::{AttachmentView, Code};
use parlor_wire::Message;
use parlor_wire::content::{Attachment, Text};
use parlor_wire::letters::BASE64;

impl Step<'_, '_> {
    /// The attachments of a message.
    pub fn attachment_views(&self, row: &MessageRow) -> Result<Vec<AttachmentView>> {
        let Ok(text) = Text::decode(row.body.as_slice()) else { return Ok(Vec::new()) };
        if text.attachments.is_empty() {
            return Ok(Vec::new());
        }
        let files = self.tx.files_of(&row.message_id)?;
        let views = (0..).zip(&text.attachments).map(|(index, one)| {
            let file = files.iter().find(|(number, _)| *number == index).map(|(_, file)| file);
            let state = file.map_or("failed", |file| self.attachment_state(row, file));
            let known = |number: u32| (number > 0).then_some(number);
            let base64 = |bytes: &[u8]| (!bytes.is_empty()).then(|| BASE64.encode(bytes));
            AttachmentView {
                index,
                kind: held(row, &text, one).name().into(),
                name: plain_name(&one.name),
                mime: mime(one),
                size: one.size,
                width: known(one.width),
                height: known(one.height),
                duration_ms: known(one.duration_ms),
                thumbnail: base64(&one.thumbnail),
                preview: preview(one),
                waveform: one.waveform.clone(),
                state: state.into(),
                error: file
                    .filter(|_| state == "failed")
                    .and_then(|file| error(file.problem))
                    .map(Into::into),
            }
        });
        Ok(views.collect())
    }

    fn attachment_state(&self, row: &MessageRow, file: &FileRow) -> &'static str {
        match (file.here, file.remote) {
            (true, Remote::Wanted | Remote::Renewing) if row.state == State::Queued => "waiting",
            (true, Remote::Uploading) if row.state == State::Queued => "uploading",
            (true, Remote::Failed) if row.state == State::Failed => "failed",
            (true, _) => "ready",
            (false, Remote::Expired) => "expired",
            (false, Remote::Failed) => "failed",
            (false, _) if file.wanted => "downloading",
            (false, _) => "remote",
        }
    }
}

fn error(problem: Problem) -> Option<&'static str> {
    let code = match problem {
        Problem::None => return None,
        Problem::TooLarge => Code::TooLarge,
        Problem::Quota => Code::Quota,
        Problem::Refused => Code::Refused,
        Problem::Damaged => Code::VerificationFailed,
        Problem::Lost => Code::NotFound,
    };
    Some(code.text())
}

/// What an attachment is shown as. A sticker with anything beside it is a picture.
fn held(row: &MessageRow, text: &Text, one: &Attachment) -> Held {
    match of_attachment(one) {
        Held::Sticker if text.attachments.len() > 1 || !row.text.is_empty() => Held::Image,
        held => held,
    }
}

fn mime(one: &Attachment) -> String {
    let token = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&byte))
    };
    match one.mime.split_once('/') {
        Some((kind, sub)) if token(kind) && token(sub) => one.mime.clone(),
        _ => "application/octet-stream".into(),
    }
}

fn preview(one: &Attachment) -> Option<String> {
    let plain = !one.preview.is_empty() && one.preview.bytes().all(|byte| byte.is_ascii_graphic());
    plain.then(|| one.preview.clone())
}

/// A name that can stand for a file and nothing else, whatever a sender wrote.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|char| !hides(*char)).collect();
    match plain.trim() {
        "" | "." | ".." => "file".into(),
        plain => plain.to_owned(),
    }
}

/// Control characters, and those that change the direction of text, so that `exe.jpg` reads as something else.
fn hides(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_types_of_strangers() {
        for (name, plain) in [
            ("photo.jpg", "photo.jpg"),
            ("../../etc/passwd", "passwd"),
            ("C:\\x\\y.txt", "y.txt"),
            ("..", "file"),
            ("a/", "file"),
            ("a\u{202e}gpj.exe\n", "agpj.exe"),
        ] {
            assert_eq!(plain_name(name), plain);
        }
        for (text, shown) in [
            ("image/png", "image/png"),
            ("image/<b>", "application/octet-stream"),
            ("none", "application/octet-stream"),
        ] {
            let one = Attachment { mime: text.into(), ..Attachment::default() };
            assert_eq!(mime(&one).as_str(), shown);
        }
    }
}

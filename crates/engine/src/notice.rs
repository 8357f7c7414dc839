//! Notices: what happened in a chat, shown between its messages. Their ids follow from group and epoch, so
//! that they are the same on every device.

use crate::Result;
use crate::contacts::short_hash;
use crate::step::{Step, Touch};
use parlor_store::chats::ChatId;
use parlor_store::messages::{Kind, MessageRow, State};
use parlor_wire::{GroupId, Message, UserId};

/// Stored as the body of a message of kind notice.
#[derive(Clone, PartialEq, Message)]
pub struct Notice {
    /// Stable name of what happened.
    #[prost(string, tag = "1")]
    pub code: String,
    /// Who did it.
    #[prost(bytes = "vec", tag = "2")]
    pub by: Vec<u8>,
    /// To whom.
    #[prost(bytes = "vec", optional, tag = "3")]
    pub subject: Option<Vec<u8>>,
    /// A new title or role.
    #[prost(string, tag = "4")]
    pub text: String,
}

impl Notice {
    pub fn new(code: &str, by: UserId, subject: Option<UserId>, text: &str) -> Self {
        Self {
            code: code.to_string(),
            by: by.to_vec(),
            subject: subject.map(UserId::to_vec),
            text: text.to_string(),
        }
    }
}

impl Step<'_, '_> {
    pub fn add_notice(
        &mut self,
        chat: &ChatId,
        group: &GroupId,
        epoch: u64,
        position: u64,
        notice: Notice,
    ) -> Result<()> {
        let subject = notice.subject.clone().unwrap_or_default();
        let parts: [&[u8]; 5] =
            [b"parlor-notice-v1", &group.0, &epoch.to_be_bytes(), notice.code.as_bytes(), &subject];
        let message_id = short_hash(&parts);
        if self.tx.message(&message_id)?.is_some() {
            return Ok(());
        }
        let sender = UserId::try_from(&notice.by)?;
        self.tx.set_message(&MessageRow {
            message_id,
            chat_id: *chat,
            position,
            sender,
            mine: sender == self.me()?,
            kind: Kind::Notice,
            sent_at: position,
            received_at: Some(self.now),
            text: String::new(),
            body: notice.encode_to_vec(),
            reply_to: None,
            edited_at: None,
            state: State::Received,
            hidden: false,
            starred: false,
        })?;
        self.touch_message(message_id, Touch::Received);
        Ok(())
    }

    /// The notice as a sentence in English.
    pub fn notice_text(&self, notice: &Notice) -> Result<String> {
        let me = self.me()?;
        let name = |id: &[u8], first: bool| -> Result<String> {
            let Ok(user) = UserId::try_from(id) else { return Ok("Somebody".to_string()) };
            if user == me {
                return Ok(if first { "You" } else { "you" }.to_string());
            }
            let person = self.tx.person(&user)?;
            Ok(if person.name().is_empty() {
                "Somebody".to_string()
            } else {
                person.name().to_string()
            })
        };
        let by = name(&notice.by, true)?;
        let subject =
            notice.subject.as_deref().map(|id| name(id, false)).transpose()?.unwrap_or_default();
        Ok(match notice.code.as_str() {
            "created" => format!("{by} created the group \u{201c}{}\u{201d}", notice.text),
            "added" => format!("{by} added {subject}"),
            "removed" => format!("{by} removed {subject}"),
            "left" => match notice.subject.as_deref() {
                Some(id) => format!("{} left", name(id, true)?),
                None => format!("{by} left"),
            },
            "title" => format!("{by} changed the title to \u{201c}{}\u{201d}", notice.text),
            "description" => format!("{by} changed the description"),
            "policy" => format!("{by} changed who may do what"),
            "role" => format!("{by} made {subject} {}", notice.text),
            "device_added" => format!("{by} uses a new device"),
            "restored" => format!("{by} restored the account on a new device"),
            "restored_here" => format!(
                "You restored this chat from the backup of {}; messages between then and now may be missing",
                notice.text
            ),
            "gap" => "Some messages could not be received on this device".to_string(),
            "parted" => "The server kept this device apart from the others in this chat; they are \
                         together again"
                .to_string(),
            "refused" => format!("{by} tried a change that is not allowed; it was refused"),
            _ => "Something happened that this version does not know".to_string(),
        })
    }
}

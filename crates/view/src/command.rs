//! What can be asked of a device. Method and parameter names are those of `docs/rpc.md`.

use crate::json;
use crate::kinds::{NewContact, NewLocation, NewPoll, NewPreview, SendAs};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

/// A request that is none.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidCommand {
    /// There is no such method.
    #[error("there is no method of this name")]
    UnknownMethod,
    /// A parameter is unknown, missing or of the wrong type.
    #[error("parameter `{param}`: {problem}")]
    Param {
        /// Its name; empty when the parameters are no object.
        param: String,
        /// What is wrong with it.
        problem: String,
    },
}

/// A recovery code as it was typed. Its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WrittenCode(String);

impl WrittenCode {
    /// A code as somebody has it.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// What was typed.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for WrittenCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a recovery code")
    }
}

macro_rules! params {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty),* $(,)? })*) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
        #[serde(deny_unknown_fields)]
        #[allow(missing_docs)]
        pub struct $name { $(pub $field: $type),* }
    )* };
}

params! {
    /// Makes an account on a server.
    AccountCreate { server: String, display_name: String, username: Option<String>,
        device_name: Option<String>, invite: Option<String> }
    /// Changes the own profile.
    AccountUpdate { display_name: Option<String>, about: Option<String>, avatar_path: Option<String> }
    /// Switches.
    SettingsChange { read_receipts: Option<bool>, delivered_receipts: Option<bool>, typing: Option<bool> }
    /// This account's marks on a chat.
    ChatFlags { chat_id: String, pinned: Option<bool>, archived: Option<bool>, muted_until: Option<u64>,
        unread: Option<bool> }
    /// A new title or description.
    ChatTitle { chat_id: String, title: Option<String>, description: Option<String> }
    /// A new role.
    ChatRole { chat_id: String, user: String, role: String }
    /// New rules.
    ChatPolicy { chat_id: String, add_members: Option<String>, edit_info: Option<String>,
        send_messages: Option<String> }
    /// A mention of a person, in Unicode scalar values of the text.
    Mention { user: String, start: u32, length: u32 }
    /// Formatting of a stretch of the text, in Unicode scalar values.
    Format { kind: String, start: u32, length: u32, value: Option<String> }
    /// A new message.
    #[derive(Default)]
    MessagesSend { chat_id: String, text: Option<String>, reply_to: Option<String>,
        mentions: Option<Vec<Mention>>, entities: Option<Vec<Format>>, attachments: Option<Vec<String>>,
        view_once: Option<bool>, send_as: Option<SendAs>, waveform: Option<Vec<u8>>, duration_ms: Option<u32>,
        location: Option<NewLocation>, contact: Option<NewContact>, poll: Option<NewPoll>,
        preview: Option<NewPreview>, silent: Option<bool>, client_id: Option<String> }
    MessageVote { message_id: String, options: Vec<u32> }
    Empty {}
    /// Takes an account up again whose devices are lost.
    AccountRestore { server: String, code: WrittenCode, device_name: Option<String> }
    RecoveryCode { code: WrittenCode }
    /// A recovery code in place of the present one, which is needed where the device has forgotten it.
    NewCode { code: Option<WrittenCode> }
    Uri { uri: String }
    /// A device without an account that wants to be linked to one.
    LinkStart { server: String, device_name: String }
    Device { device_id: String }
    User { user: String }
    Block { user: String, blocked: Option<bool> }
    Address { address: String }
    ChatRef { chat_id: String }
    ChatCreate { title: String, members: Vec<String> }
    /// An invite link of a group.
    GroupLink { chat_id: String, approve: Option<bool> }
    /// Whether somebody has to agree to those who come with the link.
    LinkRule { chat_id: String, approve: bool }
    /// What becomes of somebody who asked to join.
    JoinAnswer { chat_id: String, user: String, accept: bool }
    ChatPage { limit: Option<u32>, after: Option<String> }
    ChatMembers { chat_id: String, members: Vec<String> }
    Draft { chat_id: String, text: String }
    TypingSet { chat_id: String, typing: bool }
    /// A stretch of a chat; one of the three places at most.
    HistoryPage { chat_id: String, before: Option<String>, after: Option<String>, around: Option<String>,
        limit: Option<u32> }
    MessageRefs { message_ids: Vec<String> }
    MessageRef { message_id: String }
    /// A new text in place of an own one.
    MessageEdit { message_id: String, text: String, mentions: Option<Vec<Mention>>,
        entities: Option<Vec<Format>> }
    MessageDelete { message_id: String, for_everyone: bool }
    MessageReact { message_id: String, emoji: String }
    MessageStar { message_id: String, starred: Option<bool> }
    MarkRead { chat_id: String, up_to: String }
    /// An attachment as a file; nothing is overwritten.
    SaveAttachment { message_id: String, index: u32, path: String }
    /// An attachment that is on its way and shall not be.
    StopAttachment { message_id: String, index: u32 }
    /// A part of an attachment as a file; nothing is overwritten.
    ReadAttachment { message_id: String, index: u32, offset: u64, length: u64, path: String }
    /// Messages to say again in another chat.
    MessagesForward { message_ids: Vec<String>, chat_id: String }
    /// What to look for; times are Unix milliseconds, from `after` on and up to `before`.
    MessagesSearch { query: String, chat_id: Option<String>, sender: Option<String>, kind: Option<String>,
        after: Option<u64>, before: Option<u64>, limit: Option<u32> }
}

/// Where a stretch of a chat lies: which message it is told from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum HistoryFrom {
    Before(String),
    After(String),
    Around(String),
}

/// Everything that can be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Command {
    Version,
    Sync,
    SettingsGet,
    SettingsSet(SettingsChange),
    AccountCreate(AccountCreate),
    AccountInfo,
    AccountUpdate(AccountUpdate),
    AccountRecord,
    AccountDelete,
    AccountRestore(AccountRestore),
    BackupStatus,
    BackupEnable,
    BackupCode,
    BackupConfirm(RecoveryCode),
    BackupNewCode(NewCode),
    DevicesList,
    DevicesRemove { device_id: String },
    LinkStart(LinkStart),
    LinkApprove { uri: String },
    LinkConfirm,
    ContactsList,
    InviteLink,
    OpenLink { uri: String },
    Safety { user: String },
    Verify { user: String },
    Block { user: String, blocked: bool },
    Direct { address: String },
    SelfChat,
    Accept { chat_id: String },
    Decline { chat_id: String },
    CreateGroup { title: String, members: Vec<String> },
    ChatsList { limit: u32, after: Option<String> },
    ChatInfo { chat_id: String },
    AddMembers { chat_id: String, members: Vec<String> },
    RemoveMembers { chat_id: String, members: Vec<String> },
    Leave { chat_id: String },
    CreateLink { chat_id: String, approve: bool },
    SetLink { chat_id: String, approve: bool },
    RevokeLink { chat_id: String },
    Join { uri: String },
    AnswerJoin(JoinAnswer),
    SetTitle(ChatTitle),
    SetRole(ChatRole),
    SetPolicy(ChatPolicy),
    SetFlags(ChatFlags),
    SetDraft { chat_id: String, text: String },
    Typing { chat_id: String, typing: bool },
    Send(Box<MessagesSend>),
    History { chat_id: String, from: Option<HistoryFrom>, limit: u32 },
    Messages { message_ids: Vec<String> },
    Retry { message_id: String },
    Versions { message_id: String },
    Receipts { message_id: String },
    Edit(MessageEdit),
    Delete { message_id: String, for_everyone: bool },
    React { message_id: String, emoji: String },
    Star { message_id: String, starred: bool },
    Vote { message_id: String, options: Vec<u32> },
    ClosePoll { message_id: String },
    MarkRead { chat_id: String, up_to: String },
    Search(MessagesSearch),
    Forward(MessagesForward),
    SaveAttachment(SaveAttachment),
    StopAttachment(StopAttachment),
    ReadAttachment(ReadAttachment),
}

const PAGE: u32 = 50;
const MAX_PAGE: u32 = 200;

impl Command {
    /// Reads a method and its parameters.
    pub fn parse(method: &str, params: Value) -> Result<Self, InvalidCommand> {
        let params = if params.is_null() { Value::Object(Default::default()) } else { params };
        Ok(match method {
            "version" => none(params, Self::Version)?,
            "sync" => none(params, Self::Sync)?,
            "settings.get" => none(params, Self::SettingsGet)?,
            "settings.set" => Self::SettingsSet(read(params)?),
            "account.create" => Self::AccountCreate(read(params)?),
            "account.info" => none(params, Self::AccountInfo)?,
            "account.update" => Self::AccountUpdate(read(params)?),
            "account.record" => none(params, Self::AccountRecord)?,
            "account.delete" => none(params, Self::AccountDelete)?,
            "account.restore" => Self::AccountRestore(read(params)?),
            "backup.status" => none(params, Self::BackupStatus)?,
            "backup.enable" => none(params, Self::BackupEnable)?,
            "backup.code" => none(params, Self::BackupCode)?,
            "backup.confirm" => Self::BackupConfirm(read(params)?),
            "backup.new_code" => Self::BackupNewCode(read(params)?),
            "devices.list" => none(params, Self::DevicesList)?,
            "devices.remove" => {
                read::<Device>(params).map(|p| Self::DevicesRemove { device_id: p.device_id })?
            }
            "link.start" => Self::LinkStart(read(params)?),
            "link.approve" => read::<Uri>(params).map(|p| Self::LinkApprove { uri: p.uri })?,
            "link.confirm" => none(params, Self::LinkConfirm)?,
            "contacts.list" => none(params, Self::ContactsList)?,
            "contacts.invite_link" => none(params, Self::InviteLink)?,
            "contacts.open_link" => read::<Uri>(params).map(|p| Self::OpenLink { uri: p.uri })?,
            "contacts.safety" => read::<User>(params).map(|p| Self::Safety { user: p.user })?,
            "contacts.verify" => read::<User>(params).map(|p| Self::Verify { user: p.user })?,
            "contacts.block" => read::<Block>(params)
                .map(|p| Self::Block { user: p.user, blocked: p.blocked.unwrap_or(true) })?,
            "messages.search" => read::<MessagesSearch>(params)
                .map(|p| Self::Search(MessagesSearch { limit: Some(page(p.limit)), ..p }))?,
            "messages.save_attachment" => Self::SaveAttachment(read(params)?),
            "messages.stop_attachment" => Self::StopAttachment(read(params)?),
            "messages.read_attachment" => Self::ReadAttachment(read(params)?),
            "messages.forward" => Self::Forward(read(params)?),
            "messages.send" => Self::Send(Box::new(read(params)?)),
            "messages.history" => Self::history(read(params)?)?,
            "messages.get" => read::<MessageRefs>(params)
                .map(|p| Self::Messages { message_ids: p.message_ids })?,
            "messages.retry" => {
                read::<MessageRef>(params).map(|p| Self::Retry { message_id: p.message_id })?
            }
            "messages.receipts" => {
                read::<MessageRef>(params).map(|p| Self::Receipts { message_id: p.message_id })?
            }
            "messages.versions" => {
                read::<MessageRef>(params).map(|p| Self::Versions { message_id: p.message_id })?
            }
            "messages.edit" => Self::Edit(read(params)?),
            "messages.delete" => read::<MessageDelete>(params)
                .map(|p| Self::Delete { message_id: p.message_id, for_everyone: p.for_everyone })?,
            "messages.react" => read::<MessageReact>(params)
                .map(|p| Self::React { message_id: p.message_id, emoji: p.emoji })?,
            "messages.star" => read::<MessageStar>(params).map(|p| Self::Star {
                message_id: p.message_id,
                starred: p.starred.unwrap_or(true),
            })?,
            "messages.vote" => read::<MessageVote>(params)
                .map(|p| Self::Vote { message_id: p.message_id, options: p.options })?,
            "messages.close_poll" => {
                read::<MessageRef>(params).map(|p| Self::ClosePoll { message_id: p.message_id })?
            }
            "messages.mark_read" => read::<MarkRead>(params)
                .map(|p| Self::MarkRead { chat_id: p.chat_id, up_to: p.up_to })?,
            "typing.set" => read::<TypingSet>(params)
                .map(|p| Self::Typing { chat_id: p.chat_id, typing: p.typing })?,
            "chats.list" => read::<ChatPage>(params)
                .map(|p| Self::ChatsList { limit: page(p.limit), after: p.after })?,
            chats => Self::parse_chats(chats, params)?,
        })
    }

    fn history(wish: HistoryPage) -> Result<Self, InvalidCommand> {
        let mut places = [
            wish.before.map(HistoryFrom::Before),
            wish.after.map(HistoryFrom::After),
            wish.around.map(HistoryFrom::Around),
        ]
        .into_iter()
        .flatten();
        let from = places.next();
        if places.next().is_some() {
            let problem = "only one of `before`, `after` and `around`".to_string();
            return Err(InvalidCommand::Param { param: "around".to_string(), problem });
        }
        Ok(Self::History { chat_id: wish.chat_id, from, limit: page(wish.limit) })
    }

    fn parse_chats(method: &str, params: Value) -> Result<Self, InvalidCommand> {
        Ok(match method {
            "chats.direct" => {
                read::<Address>(params).map(|p| Self::Direct { address: p.address })?
            }
            "chats.self" => none(params, Self::SelfChat)?,
            "chats.accept" => {
                read::<ChatRef>(params).map(|p| Self::Accept { chat_id: p.chat_id })?
            }
            "chats.decline" => {
                read::<ChatRef>(params).map(|p| Self::Decline { chat_id: p.chat_id })?
            }
            "chats.create_group" => read::<ChatCreate>(params)
                .map(|p| Self::CreateGroup { title: p.title, members: p.members })?,
            "chats.info" => {
                read::<ChatRef>(params).map(|p| Self::ChatInfo { chat_id: p.chat_id })?
            }
            "chats.add_members" => read::<ChatMembers>(params)
                .map(|p| Self::AddMembers { chat_id: p.chat_id, members: p.members })?,
            "chats.remove_members" => read::<ChatMembers>(params)
                .map(|p| Self::RemoveMembers { chat_id: p.chat_id, members: p.members })?,
            "chats.leave" => read::<ChatRef>(params).map(|p| Self::Leave { chat_id: p.chat_id })?,
            "chats.create_link" => read::<GroupLink>(params).map(|p| Self::CreateLink {
                chat_id: p.chat_id,
                approve: p.approve.unwrap_or(true),
            })?,
            "chats.set_link" => read::<LinkRule>(params)
                .map(|p| Self::SetLink { chat_id: p.chat_id, approve: p.approve })?,
            "chats.revoke_link" => {
                read::<ChatRef>(params).map(|p| Self::RevokeLink { chat_id: p.chat_id })?
            }
            "chats.join" => read::<Uri>(params).map(|p| Self::Join { uri: p.uri })?,
            "chats.answer_join" => Self::AnswerJoin(read(params)?),
            "chats.set_title" => Self::SetTitle(read(params)?),
            "chats.set_role" => Self::SetRole(read(params)?),
            "chats.set_policy" => Self::SetPolicy(read(params)?),
            "chats.set_flags" => Self::SetFlags(read(params)?),
            "chats.set_draft" => read::<Draft>(params)
                .map(|p| Self::SetDraft { chat_id: p.chat_id, text: p.text })?,
            _ => return Err(InvalidCommand::UnknownMethod),
        })
    }
}

fn page(limit: Option<u32>) -> u32 {
    limit.unwrap_or(PAGE).min(MAX_PAGE)
}

fn none(params: Value, command: Command) -> Result<Command, InvalidCommand> {
    read::<Empty>(params).map(|_| command)
}

fn read<T: DeserializeOwned>(params: Value) -> Result<T, InvalidCommand> {
    if !params.is_object() {
        let problem = "params has to be an object".to_string();
        return Err(InvalidCommand::Param { param: String::new(), problem });
    }
    json::read(params).map_err(|wrong| InvalidCommand::Param {
        param: wrong.place().to_string(),
        problem: wrong.problem().to_string(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use serde_json::json;

    #[test]
    fn wrong_params_are_named() {
        for (method, params, name) in [
            ("chats.direct", json!({"address": "a", "extra": 1}), "extra"),
            ("chats.direct", json!({}), "address"),
            ("chats.direct", json!({"address": 5}), "address"),
            ("sync", json!({"x": 1}), "x"),
            (
                "messages.send",
                json!({"chat_id": "c", "mentions": [{"user": 1}]}),
                "mentions[0].user",
            ),
            ("messages.history", json!({"chat_id": "c", "limit": -1}), "limit"),
            ("messages.history", json!({"chat_id": "c", "before": "a", "after": "b"}), "around"),
            ("messages.send", json!({"chat_id": "c", "send_as": "gif"}), "send_as"),
            (
                "messages.send",
                json!({"chat_id": "c", "location": {"latitude": 181, "longitude": 0}}),
                "location.latitude",
            ),
            ("messages.vote", json!({"message_id": "m"}), "options"),
            ("link.start", json!({"server": "s"}), "device_name"),
        ] {
            match Command::parse(method, params) {
                Err(InvalidCommand::Param { param, .. }) => assert_eq!(param, name, "{method}"),
                other => panic!("{method}: {other:?}"),
            }
        }
        assert_eq!(Command::parse("no.such", json!({})), Err(InvalidCommand::UnknownMethod));
        assert_eq!(Command::parse("sync", Value::Null), Ok(Command::Sync));
    }
}

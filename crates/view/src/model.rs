//! What is shown: answers, view models, events. Field names are those of `docs/rpc.md`; what is empty and
//! optional is left out.

use crate::command::WrittenCode;
use crate::kinds::{CardView, LocationView, PollView, PreviewView};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::borrow::Cow;

/// A word of a fixed vocabulary, as `docs/rpc.md` lists them.
pub type Word = Cow<'static, str>;

/// The own account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct AccountView {
    pub user_id: String,
    pub address: String,
    pub display_name: String,
    pub about: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
    pub device_id: String,
    pub server: String,
    pub connected: bool,
}

/// A device of the own account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct DeviceView {
    pub device_id: String,
    pub name: String,
    pub added_at: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen_day: Option<String>,
    pub current: bool,
}

/// Somebody this profile shares a chat with or has blocked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct ContactView {
    pub user_id: String,
    pub address: String,
    pub display_name: String,
    pub verified: bool,
    pub blocked: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chat_id: Option<String>,
}

/// What two people compare.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct SafetyView {
    pub number: String,
    pub words: String,
    pub qr: String,
    pub verified: bool,
    pub transparency: Word,
}

/// Switches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct SettingsView {
    pub read_receipts: bool,
    pub delivered_receipts: bool,
    pub typing: bool,
}

/// Who said something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct SenderView {
    pub user_id: String,
    pub address: String,
    pub display_name: String,
}

/// Everybody who reacted with one emoji.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct ReactionView {
    pub emoji: String,
    pub user_ids: Vec<String>,
}

/// How far an own message has come at somebody.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct ReceiptView {
    pub user_id: String,
    pub address: String,
    pub display_name: String,
    pub state: Word,
}

/// A text that a message had.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct VersionView {
    pub text: String,
    pub at: u64,
}

/// What a search looked for, as a stretch of a text in Unicode scalar values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct HighlightView {
    pub start: u32,
    pub length: u32,
}

/// A file of a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct AttachmentView {
    pub index: u32,
    pub kind: Word,
    pub name: String,
    pub mime: String,
    pub size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thumbnail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waveform: Vec<u8>,
    pub state: Word,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Word>,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct MessageView {
    pub message_id: String,
    pub chat_id: String,
    pub sender: SenderView,
    pub mine: bool,
    pub sent_at: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub received_at: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u64>,
    pub kind: Word,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entities: Vec<Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<AttachmentView>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub forwarded: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub silent: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub starred: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<LocationView>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<CardView>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poll: Option<PollView>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview: Option<PreviewView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    pub reactions: Vec<ReactionView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<Value>,
    pub state: Word,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub highlights: Vec<HighlightView>,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// A row of the chat list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct ChatView {
    pub chat_id: String,
    pub kind: Word,
    pub title: String,
    pub unread: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub mentions: u64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub marked_unread: bool,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub join_requests: u64,
    pub active_at: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_message: Option<Box<MessageView>>,
    pub requested: bool,
    pub left: bool,
    pub pinned: bool,
    pub archived: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub muted_until: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draft: Option<String>,
}

/// A member of a chat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct MemberView {
    pub user_id: String,
    pub address: String,
    pub display_name: String,
    pub role: Word,
    pub devices: u32,
}

/// The invite link of a group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct JoinLinkView {
    pub uri: String,
    pub approve: bool,
}

/// Somebody who wants to be let into a group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct JoinRequestView {
    pub user_id: String,
    pub address: String,
    pub display_name: String,
    pub asked_at: u64,
}

/// Who may do what in a group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct PolicyView {
    pub add_members: Word,
    pub edit_info: Word,
    pub send_messages: Word,
}

/// All about a chat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct ChatInfo {
    pub chat_id: String,
    pub kind: Word,
    pub title: String,
    pub description: String,
    pub members: Vec<MemberView>,
    pub epoch: u64,
    pub policy: PolicyView,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub join_link: Option<JoinLinkView>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub join_requests: Vec<JoinRequestView>,
    pub requested: bool,
    pub left: bool,
}

/// How the backup stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct BackupView {
    pub enabled: bool,
    pub confirmed: bool,
    pub writes: bool,
    pub complete: bool,
    pub full: bool,
    pub segments: u32,
    pub bytes: u64,
    pub limit: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<u64>,
}

/// What a command answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[allow(missing_docs)]
pub enum Answer {
    Empty {},
    Version { version: Word, protocol: u32 },
    Created { user_id: String, address: String, device_id: String },
    Account(AccountView),
    Record { record: Value },
    Settings(SettingsView),
    Devices { devices: Vec<DeviceView> },
    Contacts { contacts: Vec<ContactView> },
    Uri { uri: String },
    Code { code: String },
    RecoveryCode { code: WrittenCode },
    Device { device_id: String },
    Safety(SafetyView),
    Backup(BackupView),
    Chat { chat_id: String },
    Chats { chats: Vec<ChatView> },
    ChatInfo(ChatInfo),
    Message { message_id: String },
    Forwarded { message_ids: Vec<String> },
    Saved { path: String, bytes: u64 },
    Messages { messages: Vec<MessageView> },
    Versions { versions: Vec<VersionView> },
    Receipts { receipts: Vec<ReceiptView> },
}

/// What changed. Written only after it is on disk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
#[allow(missing_docs)]
pub enum Event {
    #[serde(rename = "connection")]
    Connection { state: Word },
    #[serde(rename = "chat.requested")]
    ChatRequested { chat: ChatView },
    #[serde(rename = "chat.updated")]
    ChatUpdated { chat: ChatView },
    #[serde(rename = "message.received")]
    MessageReceived { message: MessageView },
    #[serde(rename = "message.updated")]
    MessageUpdated { message: MessageView },
    #[serde(rename = "message.removed")]
    MessageRemoved { chat_id: String, message_id: String },
    #[serde(rename = "transfer.progress")]
    TransferProgress { message_id: String, index: u32, direction: Word, done: u64, total: u64 },
    #[serde(rename = "typing")]
    Typing { chat_id: String, user_id: String, typing: bool },
    #[serde(rename = "device.linked")]
    DeviceLinked { user_id: String, device_id: String },
    #[serde(rename = "device.removed")]
    DeviceRemoved { user_id: String, device_id: String },
    #[serde(rename = "account.deleted")]
    AccountDeleted { user_id: String },
    #[serde(rename = "link.code")]
    LinkCode { code: String },
    #[serde(rename = "link.failed")]
    LinkFailed { reason: Word },
    #[serde(rename = "link.done")]
    LinkDone { user_id: String, device_id: String },
    #[serde(rename = "link.progress")]
    LinkProgress { done: u64, total: u64, ended: bool },
    #[serde(rename = "backup.updated")]
    BackupUpdated { segments: u32, bytes: u64, complete: bool },
    #[serde(rename = "restore.progress")]
    RestoreProgress { done: u64, total: u64, ended: bool },
}

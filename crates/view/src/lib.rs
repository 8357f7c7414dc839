//! The boundary between the core and whatever a person or a program sees: commands in; answers, view models
//! and events out, all of it plain data with fixed names (`docs/rpc.md`).
//!
//! Absent on purpose: keys, database rows, MLS words.

mod command;
mod error;
pub mod json;
mod kinds;
mod model;
pub mod rpc;

pub use command::{
    AccountCreate, AccountRestore, AccountUpdate, ChatFlags, ChatPolicy, ChatRole, ChatTitle,
    Command, Format, HistoryFrom, InvalidCommand, JoinAnswer, LinkStart, Mention, MessageEdit,
    MessagesForward, MessagesSearch, MessagesSend, NewCode, ReadAttachment, RecoveryCode,
    SaveAttachment, SettingsChange, StopAttachment, WrittenCode,
};
pub use error::{Code, Failure, Retry};
pub use kinds::{
    CardView, Degrees, LocationView, Metres, NewContact, NewLocation, NewPoll, NewPreview,
    PollOptionView, PollView, PreviewView, SendAs,
};
pub use model::{
    AccountView, Answer, AttachmentView, BackupView, ChatInfo, ChatView, ContactView, DeviceView,
    Event, HighlightView, JoinLinkView, JoinRequestView, MemberView, MessageView, PolicyView,
    ReactionView, ReceiptView, SafetyView, SenderView, SettingsView, VersionView, Word,
};

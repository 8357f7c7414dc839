//! Commands: each is checked, carried out in this step or turned into an intent, and answered once.

mod chats;
mod files;
mod groups;
mod history;
mod invites;
mod kinds;
mod messages;
mod polls;
mod search;

use crate::net::{Purpose, Waiting};
use crate::step::Step;
use crate::{Result, Ticket, account};
use parlor_store::chats::{Chat, ChatId};
use parlor_view::{Answer, Code, Command, Failure};
use parlor_wire::device::PersonMarks;
use parlor_wire::link::ContactLink;
use parlor_wire::relay::{MailboxStat, client_frame::Request};

impl Step<'_, '_> {
    pub fn command(&mut self, ticket: Ticket, command: Command) -> Result<()> {
        if let Some(failure) = self.refused_as_removed(&command)? {
            self.answer(ticket, Err(failure));
            return Ok(());
        }
        let needs_account = !matches!(
            command,
            Command::Version
                | Command::AccountCreate(_)
                | Command::LinkStart(_)
                | Command::AccountRestore(_)
        );
        if needs_account && !self.has_account()? {
            self.fail(ticket, Code::NoAccount, "This profile has no account yet.");
            return Ok(());
        }
        match command.clone() {
            Command::Version => {
                let version = env!("CARGO_PKG_VERSION");
                let protocol = parlor_wire::PROTOCOL_VERSION;
                self.answer(ticket, Ok(Answer::Version { version: version.into(), protocol }));
            }
            Command::Sync => self.sync(ticket, &command),
            Command::SettingsGet => {
                let settings = self.settings()?;
                self.answer(ticket, Ok(Answer::Settings(settings)));
            }
            Command::SettingsSet(change) => {
                self.set_settings(change)?;
                self.answer(ticket, Ok(Answer::Empty {}));
            }
            Command::AccountCreate(wish) => self.create_account(ticket, wish)?,
            Command::AccountInfo => {
                let view = self.account_view()?;
                self.answer(ticket, Ok(Answer::Account(view)));
            }
            Command::AccountRecord => self.ask_for_record(ticket, &command),
            Command::AccountDelete => self.delete_account(ticket, &command)?,
            Command::AccountRestore(wish) => self.start_restore(ticket, wish)?,
            Command::BackupStatus => self.backup_status(ticket)?,
            Command::BackupEnable => self.enable_backup(ticket, &command)?,
            Command::BackupCode => self.show_code(ticket)?,
            Command::BackupConfirm(wish) => self.confirm_code(ticket, wish.code.text())?,
            Command::BackupNewCode(wish) => {
                let code = wish.code.as_ref().map(|code| code.text());
                self.new_code(ticket, code, &command)?;
            }
            Command::AccountUpdate(wish) => self.update_account(ticket, wish)?,
            Command::DevicesList => {
                let devices = self.devices()?;
                self.answer(ticket, Ok(Answer::Devices { devices }));
            }
            Command::DevicesRemove { device_id } => {
                self.remove_device(ticket, &device_id, &command)?
            }
            Command::LinkStart(wish) => self.start_link(ticket, wish)?,
            Command::LinkApprove { uri } => self.approve_link(ticket, &uri, &command)?,
            Command::LinkConfirm => self.confirm_link(ticket, &command)?,
            Command::ContactsList => {
                let contacts = self.contacts()?;
                self.answer(ticket, Ok(Answer::Contacts { contacts }));
            }
            Command::InviteLink => {
                let server = account::text(self.tx, "server")?.unwrap_or_default();
                let uri = ContactLink { server, user: self.me()? }.uri();
                self.answer(ticket, Ok(Answer::Uri { uri }));
            }
            Command::OpenLink { uri } => self.open_link(ticket, &uri, &command)?,
            Command::Safety { user } => {
                self.with_person(ticket, &user, &command, |step, user| {
                    Ok(Answer::Safety(step.safety(&user)?))
                })?
            }
            Command::Verify { user } => {
                self.with_person(ticket, &user, &command, |step, user| {
                    let mut person = step.tx.person(&user)?;
                    person.verified = true;
                    step.tx.set_person(&person)?;
                    let marks = PersonMarks { verified: Some(true), ..PersonMarks::default() };
                    step.mark_person(&user, marks)?;
                    Ok(Answer::Empty {})
                })?
            }
            Command::Block { user, blocked } => {
                self.with_person(ticket, &user, &command, |step, user| {
                    let mut person = step.tx.person(&user)?;
                    person.blocked = blocked;
                    step.tx.set_person(&person)?;
                    let marks = PersonMarks { blocked: Some(blocked), ..PersonMarks::default() };
                    step.mark_person(&user, marks)?;
                    Ok(Answer::Empty {})
                })?;
            }
            chats => self.chat_command(ticket, chats)?,
        }
        Ok(())
    }

    fn chat_command(&mut self, ticket: Ticket, command: Command) -> Result<()> {
        match command.clone() {
            Command::Direct { address } => self.direct(ticket, &address, &command),
            Command::SelfChat => self.self_chat(ticket),
            Command::CreateGroup { title, members } => {
                self.create_group(ticket, title, &members, &command)
            }
            Command::ChatsList { limit, after } => self.list_chats(ticket, limit, after.as_deref()),
            Command::Accept { chat_id } => self.with_chat(ticket, &chat_id, Self::accept),
            Command::Decline { chat_id } => self.with_chat(ticket, &chat_id, Self::decline),
            Command::ChatInfo { chat_id } => self.with_chat(ticket, &chat_id, |step, chat| {
                Ok(Ok(Answer::ChatInfo(step.chat_info(&chat)?)))
            }),
            Command::AddMembers { chat_id, members } => {
                self.change_members(ticket, &chat_id, &members, true, &command)
            }
            Command::RemoveMembers { chat_id, members } => {
                self.change_members(ticket, &chat_id, &members, false, &command)
            }
            Command::Leave { chat_id } => self.with_chat(ticket, &chat_id, Self::leave),
            Command::CreateLink { chat_id, approve } => {
                self.create_link(ticket, &chat_id, approve, &command)
            }
            Command::SetLink { chat_id, approve } => self.set_link(ticket, &chat_id, approve),
            Command::RevokeLink { chat_id } => self.revoke_link(ticket, &chat_id),
            Command::Join { uri } => self.join_group(ticket, &uri, &command),
            Command::AnswerJoin(wish) => {
                self.answer_join(ticket, (&wish.chat_id, &wish.user, wish.accept), &command)
            }
            Command::SetTitle(wish) => self.set_title(ticket, wish),
            Command::SetRole(wish) => self.set_role(ticket, wish, &command),
            Command::SetPolicy(wish) => self.set_policy(ticket, wish),
            Command::SetFlags(flags) => {
                let id = flags.chat_id.clone();
                self.with_chat(ticket, &id, |step, chat| step.set_flags(chat, &flags))
            }
            Command::SetDraft { chat_id, text } => {
                self.with_chat(ticket, &chat_id, |step, chat| step.set_draft(chat, text))
            }
            Command::Typing { chat_id, typing } => {
                self.with_chat(ticket, &chat_id, |step, chat| {
                    step.send_typing(&chat.chat_id, typing)?;
                    Ok(Ok(Answer::Empty {}))
                })
            }
            Command::Send(wish) => self.send_command(ticket, *wish, &command),
            Command::History { chat_id, from, limit } => {
                self.with_chat(ticket, &chat_id, |step, chat| {
                    step.history(&chat, from.as_ref(), limit)
                })
            }
            Command::Messages { message_ids } => self.messages(ticket, &message_ids),
            Command::Retry { message_id } => {
                self.with_message(ticket, &message_id, |step, row| step.retry(row))
            }
            Command::Versions { message_id } => {
                self.with_message(ticket, &message_id, |step, row| step.versions(&row))
            }
            Command::Receipts { message_id } => {
                self.with_message(ticket, &message_id, |step, row| step.receipts(&row))
            }
            Command::Edit(wish) => self.edit_command(ticket, wish, &command),
            Command::Delete { message_id, for_everyone } => {
                self.with_message(ticket, &message_id, |step, row| step.delete(row, for_everyone))
            }
            Command::React { message_id, emoji } => {
                self.with_message(ticket, &message_id, |step, row| step.react(&row, &emoji))
            }
            Command::Star { message_id, starred } => {
                self.with_message(ticket, &message_id, |step, row| step.star(row, starred))
            }
            Command::Vote { message_id, options } => {
                self.with_message(ticket, &message_id, |step, row| step.vote(&row, options))
            }
            Command::ClosePoll { message_id } => {
                self.with_message(ticket, &message_id, |step, row| step.close_poll(&row))
            }
            Command::MarkRead { chat_id, up_to } => {
                self.with_chat(ticket, &chat_id, |step, chat| step.mark_read_command(&chat, &up_to))
            }
            Command::Forward(wish) => {
                self.with_chat(ticket, &wish.chat_id, |step, chat| step.forward(chat, &wish))
            }
            Command::SaveAttachment(wish) => self.save_attachment(ticket, wish, &command),
            Command::StopAttachment(wish) => {
                let answer = self.stop_attachment(&wish)?;
                self.answer(ticket, answer);
                Ok(())
            }
            Command::ReadAttachment(wish) => self.read_attachment(ticket, wish, &command),
            Command::Search(wish) => self.search(ticket, &wish),
            _ => {
                self.fail(ticket, Code::NotSupported, "This version cannot do that yet.");
                Ok(())
            }
        }
    }

    fn sync(&mut self, ticket: Ticket, command: &Command) {
        if !self.wait_for_connection(ticket, command) {
            self.engine.net.waiting.push(Waiting::Sync { ticket, tail: None });
            self.request(Request::MailboxStat(MailboxStat {}), Purpose::SyncStat { ticket });
        }
    }

    /// For commands about one chat.
    fn with_chat(
        &mut self,
        ticket: Ticket,
        chat_id: &str,
        work: impl FnOnce(&mut Self, Chat) -> Result<Result<Answer, Failure>>,
    ) -> Result<()> {
        let chat = match ChatId::parse(chat_id) {
            Ok(id) => self.tx.chat(&id)?,
            Err(_) => None,
        };
        match chat {
            Some(chat) => {
                let answer = work(self, chat)?;
                self.answer(ticket, answer);
            }
            None => self.fail(ticket, Code::NotFound, "There is no such chat."),
        }
        Ok(())
    }
}

/// A refusal with a sentence.
fn refused(message: &str) -> Failure {
    Failure::new(Code::Refused, message)
}

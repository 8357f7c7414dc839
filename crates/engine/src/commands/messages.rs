//! Saying things, and changing what was said.

use super::files::caption_problem;
use super::kinds::meant;
use super::refused;
use crate::content::{Said, text_body, thing_of};
use crate::media::{FileOrder, NewFile, Prepared};
use crate::own::one;
use crate::step::{Step, Touch};
use crate::{EngineError, Result, Ticket};
use parlor_store::chats::Chat;
use parlor_store::files::{FileRow, Problem, Remote};
use parlor_store::messages::{Kind, MessageRow, PENDING, State};
use parlor_store::outbox;
use parlor_view::{Answer, Code, Command, Failure, Format, Mention, MessageEdit, MessagesSend};
use parlor_wire::content::{
    Content, Delete, Edit, Entity, EntityKind, Reaction, Text, content::Body,
};
use parlor_wire::device::{HiddenMessage, Star, own_change::Change};
use parlor_wire::limits::{MAX_EMOJI_BYTES, MAX_ENTITIES, MAX_TEXT_BYTES};
use parlor_wire::{GroupId, Message, MessageId, UserId};

/// Bytes of the name that a program may give to what it sends.
const MAX_CLIENT_ID: usize = 64;
/// Such names that are remembered.
const CLIENT_IDS_KEPT: u32 = 10_000;

pub(super) type Answered = Result<Result<Answer, Failure>>;

impl Step<'_, '_> {
    pub(super) fn with_message(
        &mut self,
        ticket: Ticket,
        message_id: &str,
        work: impl FnOnce(&mut Self, MessageRow) -> Answered,
    ) -> Result<()> {
        let row = match MessageId::parse(message_id) {
            Ok(id) => self.tx.message(&id)?.filter(|row| !row.hidden),
            Err(_) => None,
        };
        match row {
            Some(row) => {
                let answer = work(self, row)?;
                self.answer(ticket, answer);
            }
            None => self.fail(ticket, Code::NotFound, "There is no such message."),
        }
        Ok(())
    }

    pub(super) fn send_command(
        &mut self,
        ticket: Ticket,
        wish: MessagesSend,
        command: &Command,
    ) -> Result<()> {
        if wish.view_once == Some(true) {
            self.fail(
                ticket,
                Code::NotSupported,
                "Messages to be seen once come with a later version.",
            );
            return Ok(());
        }
        let card: Vec<String> = wish.contact.iter().map(|contact| contact.user.clone()).collect();
        let Some(_) = self.find_all(ticket, &card, command)? else { return Ok(()) };
        let formatting = (&wish.mentions, &wish.entities);
        let Some(entities) = self.entities(ticket, formatting, command)? else { return Ok(()) };
        let id = wish.chat_id.clone();
        let client_id = wish.client_id.clone();
        if client_id.as_ref().is_some_and(|id| id.is_empty() || id.len() > MAX_CLIENT_ID) {
            self.fail(ticket, Code::TooLarge, "A client id has 1 to 64 bytes.");
            return Ok(());
        }
        let Prepared { files, page, .. } = self.take_prepared(ticket).unwrap_or_default();
        let mut taken = false;
        self.with_chat(ticket, &id, |step, chat| {
            if let Some(sent) =
                client_id.as_deref().map(|id| step.tx.message_of_client(id)).transpose()?.flatten()
            {
                return Ok(Ok(Answer::Message { message_id: sent.text() }));
            }
            let answer = match step.text_of(&wish, entities, &files, page)? {
                Ok(text) => step.send(chat, &wish, text, &files)?,
                Err(problem) => Err(problem),
            };
            taken = answer.is_ok();
            if let (Some(client_id), Ok(Answer::Message { message_id })) = (&client_id, &answer)
                && let Ok(message) = MessageId::parse(message_id)
            {
                step.tx.name_message(client_id, &message, CLIENT_IDS_KEPT)?;
            }
            Ok(answer)
        })?;
        if !taken {
            self.out.files.extend(files.iter().map(|new| FileOrder::Remove { file: new.file.id }));
        }
        Ok(())
    }

    pub(super) fn edit_command(
        &mut self,
        ticket: Ticket,
        wish: MessageEdit,
        command: &Command,
    ) -> Result<()> {
        let formatting = (&wish.mentions, &wish.entities);
        let Some(entities) = self.entities(ticket, formatting, command)? else { return Ok(()) };
        let id = wish.message_id.clone();
        self.with_message(ticket, &id, |step, row| step.edit(row, wish.text, entities))
    }

    /// Mentions and formatting as they travel. `None`: put off until names are known, or refused.
    fn entities(
        &mut self,
        ticket: Ticket,
        (mentions, formats): (&Option<Vec<Mention>>, &Option<Vec<Format>>),
        command: &Command,
    ) -> Result<Option<Vec<Entity>>> {
        let mentions = mentions.as_deref().unwrap_or_default();
        let names: Vec<String> = mentions.iter().map(|mention| mention.user.clone()).collect();
        let Some(_) = self.find_all(ticket, &names, command)? else { return Ok(None) };
        let mut entities = Vec::new();
        for mention in mentions {
            let crate::contacts::Found::User(user) = self.find(&mention.user)? else { continue };
            entities.push(Entity {
                start: mention.start,
                length: mention.length,
                kind: EntityKind::Mention as i32,
                value: String::new(),
                user_id: UserId::to_vec(user),
            });
        }
        for format in formats.as_deref().unwrap_or_default() {
            let Some(kind) = crate::project::format_of_name(&format.kind) else {
                self.fail(ticket, Code::Refused, "There is no formatting of that name.");
                return Ok(None);
            };
            entities.push(Entity {
                start: format.start,
                length: format.length,
                kind: kind as i32,
                value: format.value.clone().unwrap_or_default(),
                user_id: Vec::new(),
            });
        }
        Ok(Some(entities))
    }

    fn send(&mut self, chat: Chat, wish: &MessagesSend, text: Text, files: &[NewFile]) -> Answered {
        let meant = match meant(wish, files) {
            Ok(meant) => meant,
            Err(problem) => return Ok(Err(problem)),
        };
        let reply_to = match wish.reply_to.as_deref().map(MessageId::parse) {
            None => Vec::new(),
            Some(id) => match id.ok().map(|id| self.tx.message(&id)).transpose()?.flatten() {
                Some(row) if row.chat_id == chat.chat_id => row.message_id.to_vec(),
                _ => {
                    return Ok(Err(Failure::new(
                        Code::NotFound,
                        "The message to answer is not here.",
                    )));
                }
            },
        };
        let chat = match self.chat_to_send(chat)? {
            Ok(chat) => chat,
            Err(problem) => return Ok(Err(problem)),
        };
        let text = Text { reply_to, ..text };
        if !files.is_empty() {
            return self.send_files(&chat, text, files, &meant);
        }
        let message = self.send_text(&chat.chat_id, text, &[])?;
        Ok(Ok(Answer::Message { message_id: message.text() }))
    }

    /// A chat that this account may say something in, which accepts a request.
    pub(super) fn chat_to_send(&mut self, mut chat: Chat) -> Result<Result<Chat, Failure>> {
        if chat.left {
            return Ok(Err(Self::not_a_member()));
        }
        if let Some(group) = chat.group
            && !self.may_send(&group)?
        {
            return Ok(Err(refused("Only admins may send messages here.")));
        }
        if chat.requested {
            self.accept_chat(&mut chat)?;
        }
        Ok(Ok(chat))
    }

    /// A message is not shown on this account any more, and its files are not kept for it.
    pub fn hide(&mut self, row: &mut MessageRow) -> Result<()> {
        row.hidden = true;
        if self.forget_files(&row.message_id)? {
            row.state = State::Failed;
        }
        Ok(self.tx.set_message(row)?)
    }

    /// An own action on a message: applied here as it will be there, and queued.
    pub(super) fn act(&mut self, row: &MessageRow, body: Body) -> Answered {
        let Some(chat) = self.tx.chat(&row.chat_id)? else {
            return Ok(Err(Failure::new(Code::NotFound, "There is no such chat.")));
        };
        if chat.left {
            return Ok(Err(Self::not_a_member()));
        }
        let position = self.enqueue(&row.chat_id, outbox::Kind::Other, body.clone())?;
        let said = Said {
            chat: row.chat_id,
            group: chat.group.unwrap_or(GroupId([0; 16])),
            sender: self.me()?,
            device: self.identity()?.device,
            position,
            encoded: Vec::new(),
        };
        let content = parlor_wire::content::Content {
            version: 1,
            message_id: self.random::<16>().to_vec(),
            sent_at: self.now,
            body: Some(body),
            ..Default::default()
        };
        self.said(content, &said)?;
        Ok(Ok(Answer::Empty {}))
    }

    fn edit(&mut self, row: MessageRow, text: String, entities: Vec<Entity>) -> Answered {
        if !row.mine || row.kind != Kind::Text {
            return Ok(Err(refused("Only your own texts can be edited.")));
        }
        if thing_of(&row).is_some() {
            return Ok(Err(refused("A place, a person or a poll stays what it is.")));
        }
        let problem = match Self::attachments_of(&row).is_empty() {
            true => text_problem(&text, &entities),
            false => caption_problem(&text, &entities),
        };
        if let Some(problem) = problem {
            return Ok(Err(problem));
        }
        if let Some(entry) = self.tx.held_outbox(&row.message_id)? {
            return self.rewrite(row, &entry, text, entities);
        }
        let edit = Edit { target: row.message_id.to_vec(), text, entities, close_poll: false };
        self.act(&row, Body::Edit(edit))
    }

    pub(super) fn delete(&mut self, mut row: MessageRow, for_everyone: bool) -> Answered {
        if for_everyone {
            if !row.mine || row.kind != Kind::Text {
                return Ok(Err(refused("Only your own messages can be deleted for everyone.")));
            }
            if self.tx.held_outbox(&row.message_id)?.is_some() {
                // Nobody has it yet, and nobody will.
                return self.unsend(row);
            }
            return self.act(&row, Body::Delete(Delete { target: row.message_id.to_vec() }));
        }
        self.hide(&mut row)?;
        let hidden = HiddenMessage { message_id: row.message_id.to_vec() };
        self.keep_in_step(vec![one(Change::Hidden(hidden))])?;
        self.touch_chat(row.chat_id);
        self.touch_message(row.message_id, Touch::Updated);
        Ok(Ok(Answer::Empty {}))
    }

    /// Marks a message to be found again, or takes the mark away; nobody else is told.
    pub(super) fn star(&mut self, mut row: MessageRow, starred: bool) -> Answered {
        if row.kind != Kind::Text {
            return Ok(Err(refused("Only what people said can be starred.")));
        }
        if row.starred != starred {
            row.starred = starred;
            self.tx.set_message(&row)?;
            self.touch_message(row.message_id, Touch::Updated);
            let star = Star { message_id: row.message_id.to_vec(), starred };
            self.keep_in_step(vec![one(Change::Star(star))])?;
        }
        Ok(Ok(Answer::Empty {}))
    }

    /// Changes a text that has not left: nobody knows the old one.
    fn rewrite(
        &mut self,
        mut row: MessageRow,
        entry: &outbox::OutboxRow,
        text: String,
        entities: Vec<Entity>,
    ) -> Answered {
        let mut content = Content::decode(entry.content.as_slice())
            .map_err(|_| EngineError::Damaged("the outbox"))?;
        if let Some(Body::Text(said)) = &mut content.body {
            said.text.clone_from(&text);
            said.entities = entities;
            row.body = text_body(said);
        }
        row.text = text;
        self.tx.set_held(entry.id, &content.encode_to_vec())?;
        self.tx.set_message(&row)?;
        self.touch_message(row.message_id, Touch::Updated);
        self.touch_chat(row.chat_id);
        Ok(Ok(Answer::Empty {}))
    }

    fn unsend(&mut self, mut row: MessageRow) -> Answered {
        self.forget_files(&row.message_id)?;
        row.kind = Kind::Deleted;
        row.state = State::Failed;
        row.text = String::new();
        row.body = Vec::new();
        self.tx.set_message(&row)?;
        self.tx.forget_details(&row.message_id)?;
        self.touch_message(row.message_id, Touch::Updated);
        self.touch_chat(row.chat_id);
        Ok(Ok(Answer::Empty {}))
    }

    /// Sends a message that failed once more, under its own id: nobody has it yet.
    pub(super) fn retry(&mut self, mut row: MessageRow) -> Answered {
        let again = self.content_of(&row).filter(|_| row.mine && row.state == State::Failed);
        let Some(mut content) = again else {
            return Ok(Err(refused("Only what failed can be sent again.")));
        };
        let Some(chat) = self.tx.chat(&row.chat_id)? else {
            return Ok(Err(Failure::new(Code::NotFound, "There is no such chat.")));
        };
        let chat = match self.chat_to_send(chat)? {
            Ok(chat) => chat,
            Err(problem) => return Ok(Err(problem)),
        };
        let files = self.tx.files_of(&row.message_id)?;
        let lost = |file: &FileRow| {
            file.problem == Problem::Lost || (!file.here && file.remote != Remote::Ready)
        };
        if files.len() != Self::attachments_of(&row).len()
            || files.iter().any(|(_, file)| lost(file))
        {
            return Ok(Err(Failure::new(Code::NotFound, "A file of it is not here any more.")));
        }
        content.sent_at = self.now;
        let held = !files.is_empty();
        for (_, file) in files {
            self.file_goes_out(FileRow { problem: Problem::None, ..file })?;
        }
        let number = self.tx.enqueue(
            &chat.chat_id,
            &row.message_id,
            outbox::Kind::Message,
            &content.encode_to_vec(),
        )?;
        if held {
            self.tx.hold_outbox(number)?;
        }
        row.sent_at = self.now;
        row.state = State::Queued;
        row.position = PENDING + number.unsigned_abs();
        self.tx.set_message(&row)?;
        self.touch_message(row.message_id, Touch::Updated);
        self.touch_chat(row.chat_id);
        self.pump.insert(row.chat_id);
        Ok(Ok(Answer::Empty {}))
    }

    pub(super) fn react(&mut self, row: &MessageRow, emoji: &str) -> Answered {
        if emoji.len() > MAX_EMOJI_BYTES {
            return Ok(Err(Failure::new(Code::TooLarge, "A reaction is one emoji.")));
        }
        if !matches!(row.kind, Kind::Text | Kind::Unknown) {
            return Ok(Err(refused("There is nothing to react to.")));
        }
        if self.tx.held_outbox(&row.message_id)?.is_some() {
            return Ok(Err(refused("The message has not left yet.")));
        }
        let reaction =
            Reaction { target: row.message_id.to_vec(), emoji: emoji.to_string(), vote: None };
        self.act(row, Body::Reaction(reaction))
    }

    pub(super) fn mark_read_command(&mut self, chat: &Chat, up_to: &str) -> Answered {
        let row =
            MessageId::parse(up_to).ok().map(|id| self.tx.message(&id)).transpose()?.flatten();
        match row {
            Some(row) if row.chat_id == chat.chat_id => {
                let position = row.position.min(PENDING);
                self.mark_read(&chat.chat_id, position)?;
                Ok(Ok(Answer::Empty {}))
            }
            _ => Ok(Err(Failure::new(Code::NotFound, "There is no such message."))),
        }
    }
}

/// What is wrong with a text and its formatting, if anything.
pub(super) fn text_problem(text: &str, entities: &[Entity]) -> Option<Failure> {
    if text.trim().is_empty() {
        return Some(refused("There is nothing to send."));
    }
    if text.len() > MAX_TEXT_BYTES || entities.len() > MAX_ENTITIES {
        return Some(Failure::new(Code::TooLarge, "That text is too long."));
    }
    let count = text.chars().count() as u64;
    let outside = |e: &Entity| u64::from(e.start) + u64::from(e.length) > count;
    entities.iter().any(outside).then(|| refused("Formatting lies outside the text."))
}

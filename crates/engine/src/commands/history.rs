//! Reading what was said.

use super::messages::Answered;
use super::refused;
use crate::project::state_name;
use crate::step::Step;
use crate::{Result, Ticket};
use parlor_store::chats::Chat;
use parlor_store::messages::{Kind, MessageRow, PENDING, State};
use parlor_view::{Answer, Code, Failure, HistoryFrom, ReceiptView, VersionView};
use parlor_wire::MessageId;

/// Messages that can be asked for by their ids at once.
const MAX_ASKED: usize = 200;

impl Step<'_, '_> {
    pub(super) fn history(
        &mut self,
        chat: &Chat,
        from: Option<&HistoryFrom>,
        limit: u32,
    ) -> Answered {
        let named = match from {
            None => None,
            Some(HistoryFrom::Before(id) | HistoryFrom::After(id) | HistoryFrom::Around(id)) => {
                match MessageId::parse(id)
                    .ok()
                    .map(|id| self.tx.message(&id))
                    .transpose()?
                    .flatten()
                {
                    Some(row) if row.chat_id == chat.chat_id => Some(row),
                    _ => return Ok(Err(Failure::new(Code::NotFound, "There is no such message."))),
                }
            }
        };
        let place = |row: &MessageRow| (row.position, row.message_id);
        let rows = match (from, named) {
            (Some(HistoryFrom::After(_)), Some(row)) => {
                self.tx.history_behind(&chat.chat_id, place(&row), limit)?
            }
            (Some(HistoryFrom::Around(_)), Some(row)) => {
                let older = limit / 2;
                let at = place(&row);
                let mut rows = self.tx.history(&chat.chat_id, Some(at), older)?;
                // A message that was deleted for this account only still has its place.
                let shown = u32::from(!row.hidden);
                rows.extend((!row.hidden).then_some(row));
                let newer = limit.saturating_sub(older + shown);
                rows.extend(self.tx.history_behind(&chat.chat_id, at, newer)?);
                rows
            }
            (_, named) => self.tx.history(&chat.chat_id, named.as_ref().map(place), limit)?,
        };
        let messages = rows.iter().map(|row| self.message_view(row)).collect::<Result<_>>()?;
        Ok(Ok(Answer::Messages { messages }))
    }

    /// Messages by their ids; those that are not here are left out.
    pub(super) fn messages(&mut self, ticket: Ticket, ids: &[String]) -> Result<()> {
        if ids.len() > MAX_ASKED {
            self.fail(ticket, Code::TooLarge, "At most 200 messages can be asked for at once.");
            return Ok(());
        }
        let mut messages = Vec::new();
        for id in ids.iter().filter_map(|id| MessageId::parse(id).ok()) {
            if let Some(row) = self.tx.message(&id)?.filter(|row| !row.hidden) {
                messages.push(self.message_view(&row)?);
            }
        }
        self.answer(ticket, Ok(Answer::Messages { messages }));
        Ok(())
    }

    /// How far an own message has come at each of those who were there when it was said.
    pub(super) fn receipts(&mut self, row: &MessageRow) -> Answered {
        if !row.mine || row.kind != Kind::Text {
            return Ok(Err(refused("Only your own messages have receipts.")));
        }
        let group = self.tx.chat(&row.chat_id)?.and_then(|chat| chat.group);
        let members = group.map(|group| self.tx.members(&group)).transpose()?.unwrap_or_default();
        let placed = row.position < PENDING;
        let mut receipts = Vec::new();
        for member in members {
            if member.user_id == row.sender || (placed && member.joined > row.position) {
                continue;
            }
            // What is known of all of them is known of each, also when it came with a history.
            let state = match row.state {
                State::Sent if placed && member.read >= row.position => State::Read,
                State::Sent if placed && member.delivered >= row.position => State::Delivered,
                State::Delivered if member.read >= row.position => State::Read,
                state => state,
            };
            let person = self.sender_view(&member.user_id)?;
            receipts.push(ReceiptView {
                user_id: person.user_id,
                address: person.address,
                display_name: person.display_name,
                state: state_name(state).into(),
            });
        }
        Ok(Ok(Answer::Receipts { receipts }))
    }

    pub(super) fn versions(&mut self, row: &MessageRow) -> Answered {
        let mut versions: Vec<VersionView> = self
            .tx
            .versions(&row.message_id)?
            .into_iter()
            .map(|version| VersionView { text: version.text, at: version.at })
            .collect();
        if row.kind == Kind::Text {
            versions.push(VersionView {
                text: row.text.clone(),
                at: row.edited_at.unwrap_or(row.sent_at),
            });
        }
        Ok(Ok(Answer::Versions { versions }))
    }
}

//! Reading what was said.

use super::messages::Answered;
use crate::step::Step;
use crate::{Result, Ticket};
use parlor_store::chats::Chat;
use parlor_store::messages::{Kind, MessageRow};
use parlor_view::{Answer, Code, Failure, HistoryFrom, VersionView};
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

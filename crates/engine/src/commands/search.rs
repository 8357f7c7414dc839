//! Search: filters that a person or program names, and what was found as views.
//!
//! Absent on purpose: asking anybody; a search knows what this device knows.

use crate::step::Step;
use crate::{Result, Ticket};
use parlor_store::chats::ChatId;
use parlor_store::holds::Held;
use parlor_store::search::Query;
use parlor_view::{Answer, Code, Failure, HighlightView, MessagesSearch};
use parlor_wire::{UserId, username};

impl Step<'_, '_> {
    pub(super) fn search(&mut self, ticket: Ticket, wish: &MessagesSearch) -> Result<()> {
        let answer = self.searched(wish)?;
        self.answer(ticket, answer);
        Ok(())
    }

    fn searched(&self, wish: &MessagesSearch) -> Result<Result<Answer, Failure>> {
        let chat = match wish.chat_id.as_deref().map(ChatId::parse) {
            None => None,
            Some(id) => match id.ok().map(|id| self.tx.chat(&id)).transpose()?.flatten() {
                Some(chat) => Some(chat.chat_id),
                None => return Ok(Err(Failure::new(Code::NotFound, "There is no such chat."))),
            },
        };
        let sender = match wish.sender.as_deref() {
            None => None,
            Some(name) => match self.known_person(name)? {
                Some(user) => Some(user),
                None => {
                    return Ok(Err(Failure::new(Code::NotFound, "Nobody here has that address.")));
                }
            },
        };
        let holds = match wish.kind.as_deref() {
            // Whatever has words.
            None | Some("text") => None,
            Some(names) => {
                let held = names.split('|').filter_map(Held::of_name);
                match held.fold(0, |bits, held| bits | held.bit()) {
                    0 => return Ok(Ok(Answer::Messages { messages: Vec::new() })),
                    bits => Some(bits),
                }
            }
        };
        let query = Query {
            text: wish.query.clone(),
            chat,
            sender,
            holds,
            after: wish.after,
            before: wish.before,
            now: self.now,
            limit: wish.limit.unwrap_or_default(),
        };
        let mut messages = Vec::new();
        for found in self.tx.search(&query)? {
            let mut view = self.message_view(&found.message)?;
            let highlight = |(start, length)| HighlightView { start, length };
            view.highlights = found.highlights.into_iter().map(highlight).collect();
            messages.push(view);
        }
        Ok(Ok(Answer::Messages { messages }))
    }

    /// Somebody whom this profile has heard of, by address or id.
    fn known_person(&self, name: &str) -> Result<Option<UserId>> {
        if let Ok(user) = UserId::parse(name) {
            return Ok(Some(user));
        }
        let Ok(name) = username::normalise(name) else { return Ok(None) };
        Ok(self.tx.person_by_username(&name)?.map(|person| person.user_id))
    }
}

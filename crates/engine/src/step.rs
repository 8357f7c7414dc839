//! One step: everything a handler needs, and what it leaves behind.

use crate::net::{Purpose, Waiting};
use crate::{Ctx, Effects, Engine, EngineError, Result, Ticket, account};
use parlor_mls::{DeviceIdentity, Group, KeyValue, KvError, Mls, Suite};
use parlor_store::chats::ChatId;
use parlor_store::{StoreError, Tx};
use parlor_view::{Answer, Code, Event, Failure};
use parlor_wire::relay::{ClientFrame, client_frame::Request};
use parlor_wire::{GroupId, MessageId, UserId};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// The MLS library's corner of the database.
pub struct Area<'a, 't>(pub &'a Tx<'t>);

impl KeyValue for Area<'_, '_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, KvError> {
        self.0.mls_get(key).map_err(kv_error)
    }
    fn put(&self, key: &[u8], value: &[u8]) -> Result<(), KvError> {
        self.0.mls_put(key, value).map_err(kv_error)
    }
    fn delete(&self, key: &[u8]) -> Result<(), KvError> {
        self.0.mls_delete(key).map_err(kv_error)
    }
}

fn kv_error(error: StoreError) -> KvError {
    match error {
        StoreError::Full => KvError::Full,
        other => KvError::Failed(other.to_string()),
    }
}

/// How an event about a message is told.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Touch {
    Updated,
    Received,
}

pub struct Step<'a, 't> {
    pub engine: &'a mut Engine,
    pub tx: &'a Tx<'t>,
    pub now: u64,
    pub rng: parlor_crypto::Rng<'a>,
    pub out: Effects,
    touched_messages: Vec<(MessageId, Touch)>,
    touched_chats: BTreeMap<ChatId, bool>,
    /// Chats whose outbox may have something to send now.
    pub pump: BTreeSet<ChatId>,
    /// Intents may be able to go on.
    pub advance: bool,
}

impl<'a, 't> Step<'a, 't> {
    pub fn new(engine: &'a mut Engine, tx: &'a Tx<'t>, ctx: &'a mut Ctx<'_>) -> Result<Self> {
        if engine.identity.is_none() {
            engine.identity = account::identity(tx)?.map(Rc::new);
        }
        Ok(Self {
            engine,
            tx,
            now: ctx.now,
            rng: &mut *ctx.rng,
            out: Effects::default(),
            touched_messages: Vec::new(),
            touched_chats: BTreeMap::new(),
            pump: BTreeSet::new(),
            advance: false,
        })
    }

    /// The clock was set back by so many milliseconds: whatever waits for a time waits no longer for that.
    pub fn clock_went_back(&mut self, by: u64) -> Result<()> {
        let net = &mut self.engine.net;
        net.patience_until = net.patience_until.saturating_sub(by);
        net.history_patience = net.history_patience.saturating_sub(by);
        net.grant_patience = net.grant_patience.saturating_sub(by);
        net.deleting = net.deleting.map(|from| from.saturating_sub(by));
        self.engine.media.connected();
        self.backup_hastens(by)?;
        Ok(self.tx.hasten_intents(by)?)
    }

    /// Lets waiting work go on, then turns what was touched into events.
    pub fn finish(mut self) -> Result<Effects> {
        if self.out.emptied {
            return Ok(self.out);
        }
        self.retry_parked()?;
        self.due_work()?;
        self.grant_is_due()?;
        self.move_files()?;
        self.write_backup()?;
        self.pump_outboxes()?;
        self.deletion_goes_on()?;
        self.answer_syncs()?;
        self.typing_times_out();
        self.events()?;
        self.drop_prepared();
        self.out.wake_at = self.next_wake()?;
        Ok(self.out)
    }

    fn events(&mut self) -> Result<()> {
        let mut done = BTreeSet::new();
        let touched = std::mem::take(&mut self.touched_messages);
        let received: BTreeSet<MessageId> = touched
            .iter()
            .filter(|(_, touch)| *touch == Touch::Received)
            .map(|(message, _)| *message)
            .collect();
        for (message, _) in touched {
            if !done.insert(message) {
                continue;
            }
            let Some(row) = self.tx.message(&message)? else { continue };
            if row.hidden {
                self.out.events.push(Event::MessageRemoved {
                    chat_id: row.chat_id.text(),
                    message_id: row.message_id.text(),
                });
                continue;
            }
            let message_view = self.message_view(&row)?;
            self.out.events.push(if received.contains(&message) {
                Event::MessageReceived { message: message_view }
            } else {
                Event::MessageUpdated { message: message_view }
            });
        }
        for (chat, requested) in std::mem::take(&mut self.touched_chats) {
            let Some(row) = self.tx.chat(&chat)? else { continue };
            let chat = self.chat_view(&row)?;
            self.out.events.push(if requested {
                Event::ChatRequested { chat }
            } else {
                Event::ChatUpdated { chat }
            });
        }
        Ok(())
    }

    pub fn identity(&self) -> Result<Rc<DeviceIdentity>> {
        self.engine.identity.clone().ok_or(EngineError::Damaged("no account"))
    }

    pub fn me(&self) -> Result<UserId> {
        Ok(self.identity()?.user)
    }

    /// Works with the MLS library; what it stored is written when `work` succeeds.
    pub fn mls<T, E: From<parlor_mls::MlsError>>(
        &mut self,
        work: impl FnOnce(&mut Mls<'_>) -> Result<T, E>,
    ) -> Result<Result<T, E>> {
        let identity = self.identity()?;
        let area = Area(self.tx);
        let mut mls = Mls::new(&area, &mut *self.rng, &identity, Suite::XWing);
        let done = work(&mut mls);
        if done.is_ok() {
            mls.flush()?;
        }
        Ok(done)
    }

    /// Takes a group out of memory or loads it; put it back with [`Self::put_group`] when all went well.
    pub fn take_group(&mut self, id: &GroupId) -> Result<Option<Group>> {
        if let Some(group) = self.engine.groups.remove(id) {
            return Ok(Some(group));
        }
        match self.mls(|mls| Group::load(mls, id))? {
            Err(error @ parlor_mls::MlsError::Kv(_)) => Err(error.into()),
            // A state that cannot be read is a lost state: the group is joined again.
            loaded => Ok(loaded.unwrap_or(None)),
        }
    }

    /// Keeps a group in memory.
    pub fn put_group(&mut self, group: Group) {
        const KEPT: usize = 64;
        if self.engine.groups.len() >= KEPT {
            self.engine.groups.pop_first();
        }
        self.engine.groups.insert(group.id(), group);
    }

    /// Nobody has to be told of what was touched: it is all new here.
    pub fn untouch(&mut self) {
        self.touched_messages.clear();
        self.touched_chats.clear();
    }

    pub fn touch_message(&mut self, message: MessageId, touch: Touch) {
        self.touched_messages.push((message, touch));
    }

    pub fn touch_chat(&mut self, chat: ChatId) {
        self.touched_chats.entry(chat).or_insert(false);
    }

    pub fn touch_request(&mut self, chat: ChatId) {
        self.touched_chats.insert(chat, true);
    }

    /// Sends a request to the relay and remembers what the reply is for.
    pub fn request(&mut self, request: Request, purpose: Purpose) {
        let id = self.engine.net.remember(purpose);
        self.out.frames.push(ClientFrame { id, request: Some(request) });
    }

    pub fn answer(&mut self, ticket: Ticket, answer: Result<Answer, Failure>) {
        self.out.answers.push((ticket, answer));
    }

    /// Answers the commands that wait for this.
    pub fn answer_waiting(
        &mut self,
        answer: &Result<Answer, Failure>,
        of: impl Fn(&Waiting) -> bool,
    ) {
        for entry in self.engine.net.take_waiting(of) {
            self.answer(entry.ticket(), answer.clone());
        }
    }

    pub fn fail(&mut self, ticket: Ticket, code: Code, message: &str) {
        self.answer(ticket, Err(Failure::new(code, message)));
    }

    pub fn random<const N: usize>(&mut self) -> [u8; N] {
        parlor_crypto::random(&mut *self.rng)
    }
}

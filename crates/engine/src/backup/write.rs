//! Writing the backup, a segment at a time.
//!
//! | state    | on                                   | does                                             |
//! |----------|--------------------------------------|--------------------------------------------------|
//! | unknown  | connected                            | asks the relay how the backup stands             |
//! | in step  | changes, and a moment has passed     | makes and stores a segment, sends it             |
//! | sent     | Done                                 | forgets it; the next one if there is more        |
//! | sent     | another number of segments           | asks again; everything is written anew           |
//! | any      | no room, or the relay cannot write   | waits                                            |
//!
//! A segment that the relay has but did not say so is recognised by its hash. A relay that has lost segments, or got
//! some of another device, gets everything again behind what it has.

use super::Step;
use crate::history::{chat_record, person_record};
use crate::net::Purpose;
use crate::{EngineError, Result};
use parlor_crypto::kem;
use parlor_store::backup::Kind;
use parlor_store::chats::ChatId;
use parlor_store::groups::Status;
use parlor_store::messages::{Kind as MessageKind, PENDING};
use parlor_view::Event;
use parlor_wire::device::{
    BackupBody, BackupGroup, BackupKeys, BackupSegment, ProfileNow, Switches,
};
use parlor_wire::relay::{
    self, BackupAppend, BackupState, client_frame::Request, reply::Result as Outcome,
};
use parlor_wire::{GroupId, Message, MessageId, UserId, hash, padding, statement};
use std::collections::BTreeSet;

/// Changes are collected for so long, milliseconds.
const COLLECT: u64 = 30_000;
/// Bytes of records in a segment; padded and sealed it is below the relay's limit.
const SEGMENT_BYTES: usize = 96 * 1024;
/// Changes looked at for one segment.
const MOST_CHANGES: usize = 2_000;
/// Reactions that are kept of one message.
const MOST_REACTIONS: usize = 256;

const SEGMENT: &str = "backup_segment";

/// What is known of the backup on this connection.
#[derive(Default)]
pub struct BackupNow {
    /// The relay was asked how it stands.
    pub asked: bool,
    /// The relay has said how it stands.
    pub known: bool,
    /// The segment that is stored was sent.
    sent: bool,
    /// There is no room for more.
    pub full: bool,
    /// Not before this time is anything written.
    pub due: Option<u64>,
}

/// A segment that the relay has not confirmed.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Unconfirmed {
    #[prost(uint32, tag = "1")]
    index: u32,
    #[prost(bytes = "vec", tag = "2")]
    sealed: Vec<u8>,
}

/// What a segment is bound to besides its key.
pub(super) fn additional(locator: &[u8], index: u32) -> Vec<u8> {
    [locator, &index.to_be_bytes()].concat()
}

impl Step<'_, '_> {
    pub(super) fn segment(&self) -> Result<Option<Unconfirmed>> {
        let segment = self.tx.meta(SEGMENT)?.map(|bytes| Unconfirmed::decode(bytes.as_slice()));
        segment.transpose().map_err(|_| EngineError::Damaged("a segment of the backup"))
    }

    pub(super) fn forget_segment(&mut self) -> Result<()> {
        self.engine.net.backup.sent = false;
        Ok(self.tx.delete_meta(SEGMENT)?)
    }

    /// Compares what the relay has with what it should have.
    pub(super) fn backup_stands(&mut self, state: BackupState) -> Result<()> {
        let Some(keys) = self.backup_keys()? else { return Ok(()) };
        let state = match state.locator == keys.locator {
            true => state,
            // Another code's, which the first segment of this one replaces.
            false => BackupState { limit: state.limit, ..BackupState::default() },
        };
        if self.tx.writes_backup()? {
            let known = self.backup_state()?;
            let same = (known.count, &known.last_hash) == (state.count, &state.last_hash);
            let confirmed = self.segment()?.is_some_and(|segment| {
                segment.index.checked_add(1) == Some(state.count)
                    && state.last_hash == hash(&segment.sealed).0
            });
            if confirmed {
                self.forget_segment()?;
            } else if !same && !self.engine.net.backup.sent {
                self.forget_segment()?;
                self.tx.back_up_everything()?;
            }
        }
        self.set_backup_state(&state)
    }

    /// Goes on with the backup; called at the end of every step.
    pub fn write_backup(&mut self) -> Result<()> {
        let now = &self.engine.net.backup;
        if !self.engine.net.online() || !now.known || now.sent || now.full {
            return Ok(());
        }
        if !self.tx.writes_backup()? {
            return Ok(());
        }
        if let Some(segment) = self.segment()? {
            if self.engine.net.backup.due.is_none_or(|due| due <= self.now) {
                self.send_segment(segment)?;
            }
            return Ok(());
        }
        if !self.tx.has_backup_changes()? {
            self.engine.net.backup.due = None;
            return Ok(());
        }
        let due = *self.engine.net.backup.due.get_or_insert(self.now + COLLECT);
        if due > self.now {
            return Ok(());
        }
        if let Some(segment) = self.make_segment()? {
            self.send_segment(segment)?;
        }
        Ok(())
    }

    fn send_segment(&mut self, segment: Unconfirmed) -> Result<()> {
        let keys = self.backup_keys()?.unwrap_or_default();
        self.engine.net.backup.sent = true;
        let append = BackupAppend {
            locator: keys.locator,
            read_key: keys.read_key,
            index: segment.index,
            segment: segment.sealed.into(),
        };
        self.request(Request::BackupAppend(append), Purpose::Backup);
        Ok(())
    }

    /// The relay has a segment, or says why not.
    pub fn backup_appended(&mut self, result: Result<Outcome, relay::Failure>) -> Result<()> {
        self.engine.net.backup.sent = false;
        let Some(segment) = self.segment()? else { return Ok(()) };
        match result {
            Ok(_) => {
                let mut state = self.backup_state()?;
                state.count = segment.index + 1;
                state.bytes += segment.sealed.len() as u64;
                state.last_hash = hash(&segment.sealed).to_vec();
                state.updated = self.now;
                self.set_backup_state(&state)?;
                self.forget_segment()?;
                let complete = !self.tx.has_backup_changes()?;
                // What is left goes at once, what comes is collected again.
                self.engine.net.backup.due = (!complete).then_some(self.now);
                let (segments, bytes) = (state.count, state.bytes);
                self.out.events.push(Event::BackupUpdated { segments, bytes, complete });
            }
            Err(failure) => match failure.code() {
                relay::Code::LogConflict | relay::Code::Conflict => {
                    self.engine.net.backup.known = false;
                    self.ask_backup_state();
                }
                relay::Code::RateLimited | relay::Code::Unavailable => {
                    let pause = failure.retry_after.max(1_000);
                    self.engine.net.backup.due = Some(self.now + pause);
                }
                _ => self.engine.net.backup.full = true,
            },
        }
        Ok(())
    }

    /// Makes and stores the next segment. `None`: nothing of what changed belongs into the backup.
    fn make_segment(&mut self) -> Result<Option<Unconfirmed>> {
        let Some(keys) = self.backup_keys()? else { return Ok(None) };
        let state = self.backup_state()?;
        let mut body = self.segment_head(&state)?;
        let mut bytes = 0;
        let mut chats = BTreeSet::new();
        let changes = self.tx.backup_changes(MOST_CHANGES)?;
        for (kind, id) in &changes {
            bytes += self.add_change(&mut body, &mut chats, *kind, id)?;
            self.tx.backed_up(*kind, id)?;
            if bytes > SEGMENT_BYTES {
                break;
            }
        }
        let settings = changes.iter().any(|(kind, _)| *kind == Kind::Setting);
        if bytes == 0 && !settings {
            self.engine.net.backup.due = None;
            return Ok(None);
        }
        let sealed = self.seal_segment(&keys, &body)?;
        let segment = Unconfirmed { index: body.index, sealed };
        self.tx.set_meta(SEGMENT, &segment.encode_to_vec())?;
        Ok(Some(segment))
    }

    fn segment_head(&mut self, state: &BackupState) -> Result<BackupBody> {
        let identity = self.identity()?;
        let person = self.tx.person(&identity.user)?;
        Ok(BackupBody {
            version: 1,
            index: state.count,
            previous: state.last_hash.clone(),
            time: self.now,
            user_id: identity.user.to_vec(),
            device_id: identity.device.to_vec(),
            profile: Some(ProfileNow {
                display_name: person.display_name.unwrap_or_default(),
                about: person.about.unwrap_or_default(),
                avatar: person.avatar.unwrap_or_default(),
                version: self.tx.number("profile_version")?,
            }),
            switches: Some(Switches {
                read_receipts: Some(self.setting("no_read_receipts")?),
                delivered_receipts: Some(self.setting("no_delivered_receipts")?),
                typing: Some(self.setting("no_typing")?),
            }),
            account_key: self.account_key()?.expose().to_vec(),
            ..BackupBody::default()
        })
    }

    fn seal_segment(&mut self, keys: &BackupKeys, body: &BackupBody) -> Result<Vec<u8>> {
        let (index, body) = (body.index, body.encode_to_vec());
        let statement = statement::backup_segment(&keys.locator, &body);
        let signature = self.identity()?.sign(&statement).to_vec();
        let segment = padding::pad(&BackupSegment { body, signature }.encode_to_vec());
        let aad = additional(&keys.locator, index);
        kem::seal_to(&keys.opening_key, &aad, &segment, &mut *self.rng)
            .map_err(|_| EngineError::Damaged("the backup's keys"))
    }

    /// Adds what there is of a change; how many bytes it has.
    fn add_change(
        &mut self,
        body: &mut BackupBody,
        chats: &mut BTreeSet<ChatId>,
        kind: Kind,
        id: &[u8],
    ) -> Result<usize> {
        match kind {
            Kind::Person => {
                let record = person_record(&self.tx.person(&UserId::try_from(id)?)?);
                body.people.push(record);
                Ok(body.people.last().map_or(0, Message::encoded_len) + 4)
            }
            Kind::Chat => self.back_up_chat(body, chats, &ChatId::try_from(id)?),
            Kind::Group => self.back_up_group(body, &GroupId::try_from(id)?),
            Kind::Message => self.back_up_message(body, chats, &MessageId::try_from(id)?),
            Kind::Setting => Ok(0),
        }
    }

    fn back_up_chat(
        &mut self,
        body: &mut BackupBody,
        chats: &mut BTreeSet<ChatId>,
        id: &ChatId,
    ) -> Result<usize> {
        if !chats.insert(*id) {
            return Ok(0);
        }
        let Some(chat) = self.tx.chat(id)? else {
            body.gone_chats.push(id.to_vec());
            return Ok(ChatId::LEN + 4);
        };
        let Some(record) = chat_record(&chat) else { return Ok(0) };
        let bytes = record.encoded_len() + 4;
        body.chats.push(record);
        Ok(bytes)
    }

    fn back_up_group(&mut self, body: &mut BackupBody, id: &GroupId) -> Result<usize> {
        let Some(row) = self.tx.group(id)? else { return Ok(0) };
        let chat = self.tx.chat(&row.chat_id)?.as_ref().and_then(crate::history::chat_name);
        // One that is being founded comes when it is.
        if row.status == Status::Founding || chat.is_none() {
            return Ok(0);
        }
        let gone = row.status == Status::Gone;
        let members = self.tx.members(id)?.into_iter().map(|member| member.user_id.to_vec());
        let record = BackupGroup {
            group_id: id.to_vec(),
            chat,
            info_key: if gone { Vec::new() } else { row.info_key },
            members: if gone { Vec::new() } else { members.collect() },
        };
        let bytes = record.encoded_len() + 4;
        body.groups.push(record);
        Ok(bytes)
    }

    fn back_up_message(
        &mut self,
        body: &mut BackupBody,
        chats: &mut BTreeSet<ChatId>,
        id: &MessageId,
    ) -> Result<usize> {
        let Some(row) = self.tx.message(id)? else { return Ok(0) };
        // What has no place yet comes when it has one; a placeholder never does.
        if row.position >= PENDING || row.kind == MessageKind::Unreadable {
            return Ok(0);
        }
        let Some(chat) = self.tx.chat(&row.chat_id)? else { return Ok(0) };
        let Some(name) = crate::history::chat_name(&chat) else { return Ok(0) };
        let with_chat = self.back_up_chat(body, chats, &row.chat_id)?;
        let mut record = self.message_record(&row, Some(name))?;
        record.reactions.truncate(MOST_REACTIONS);
        let bytes = record.encoded_len() + 8;
        body.messages.push(record);
        Ok(with_chat + bytes)
    }
}

//! Making segments: what changed since the one before, signed and sealed to the code's key.

use crate::history::{chat_record, person_record};
use crate::step::Step;
use crate::{EngineError, Result};
use parlor_crypto::kem;
use parlor_store::backup::Kind;
use parlor_store::chats::ChatId;
use parlor_store::groups::Status;
use parlor_store::messages::{Kind as MessageKind, PENDING};
use parlor_wire::device::{
    BackupBody, BackupGroup, BackupKeys, BackupSegment, MessageRecord, ProfileNow, Switches,
};
use parlor_wire::relay::{BackupRewrite, BackupState};
use parlor_wire::{GroupId, Message, MessageId, UserId, hash, padding, statement};
use std::collections::BTreeSet;

/// Bytes of records in a segment; padded and sealed it is below the relay's limit.
const SEGMENT_BYTES: usize = 96 * 1024;
/// Changes looked at for one segment.
const MOST_CHANGES: usize = 2_000;
/// Reactions that are kept of one message.
const MOST_REACTIONS: usize = 256;

/// A segment that the relay has not confirmed.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Unconfirmed {
    #[prost(uint32, tag = "1")]
    pub index: u32,
    #[prost(bytes = "vec", tag = "2")]
    pub sealed: Vec<u8>,
    /// Name of the rewrite that it belongs to; empty: it goes behind the backup.
    #[prost(bytes = "vec", tag = "3")]
    pub rewrite: Vec<u8>,
    /// It completes the rewrite.
    #[prost(bool, tag = "4")]
    pub complete: bool,
}

impl Unconfirmed {
    /// Whether it is the newest of what the relay has: of the backup, or of its unfinished rewrite.
    pub fn is_there(&self, backup: &BackupState, rewrite: Option<&BackupRewrite>) -> bool {
        let newest = |count: u32, last_hash: &[u8]| {
            self.index.checked_add(1) == Some(count) && hash(&self.sealed).0 == last_hash
        };
        match rewrite {
            _ if self.rewrite.is_empty() || self.complete => {
                newest(backup.count, &backup.last_hash)
            }
            Some(it) => it.name == self.rewrite && newest(it.count, &it.last_hash),
            None => false,
        }
    }
}

/// What a segment is bound to besides its key.
pub(super) fn additional(locator: &[u8], index: u32) -> Vec<u8> {
    [locator, &index.to_be_bytes()].concat()
}

impl Step<'_, '_> {
    /// Makes and stores the next segment. `None`: nothing of what changed belongs into the backup; a rewrite goes on
    /// until there is something, or ends with what there is.
    pub(super) fn make_segment(
        &mut self,
        rewriting: Option<BackupRewrite>,
    ) -> Result<Option<Unconfirmed>> {
        let Some(keys) = self.backup_keys()? else { return Ok(None) };
        let mut body = self.segment_head(rewriting.as_ref())?;
        let (mut bytes, mut settings, mut chats) = (0, false, BTreeSet::new());
        loop {
            let changes = self.tx.backup_changes(MOST_CHANGES)?;
            settings |= changes.iter().any(|(kind, _)| *kind == Kind::Setting);
            for (kind, id) in &changes {
                bytes += self.add_change(&mut body, &mut chats, *kind, id)?;
                self.tx.backed_up(*kind, id)?;
                if bytes > SEGMENT_BYTES {
                    break;
                }
            }
            if rewriting.is_none() || bytes > 0 || changes.is_empty() {
                break;
            }
        }
        body.complete = rewriting.is_some() && !self.tx.has_backup_changes()?;
        if bytes == 0 && !settings && !body.complete {
            return Ok(None);
        }
        let (index, rewrite, complete) = (body.index, body.rewrite.clone(), body.complete);
        let sealed = self.seal_segment(&keys, &body)?;
        let segment = Unconfirmed { index, sealed, rewrite, complete };
        self.keep_segment(&segment)?;
        Ok(Some(segment))
    }

    fn segment_head(&mut self, rewriting: Option<&BackupRewrite>) -> Result<BackupBody> {
        let identity = self.identity()?;
        let person = self.tx.person(&identity.user)?;
        let (index, previous, rewrite) = match rewriting {
            Some(it) => (it.count, it.last_hash.clone(), it.name.clone()),
            None => {
                let state = self.backup_state()?;
                (state.count, state.last_hash, Vec::new())
            }
        };
        Ok(BackupBody {
            version: 1,
            index,
            previous,
            rewrite,
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
        let record = self.message_record(&row, Some(name))?;
        let mut record = match row.hidden {
            // That it was deleted here is kept, so that it does not come back; what it said is not.
            true => MessageRecord {
                text: String::new(),
                body: Vec::new(),
                versions: Vec::new(),
                reactions: Vec::new(),
                votes: Vec::new(),
                ..record
            },
            false => record,
        };
        record.reactions.truncate(MOST_REACTIONS);
        let bytes = record.encoded_len() + 8;
        body.messages.push(record);
        Ok(with_chat + bytes)
    }
}

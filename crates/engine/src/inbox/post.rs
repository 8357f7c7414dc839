//! Posts: reading them, and what cannot be read.

use super::Done;
use crate::Result;
use crate::content::Said;
use crate::step::{Step, Touch};
use parlor_mls::Received;
use parlor_store::groups::{GroupRow, Status};
use parlor_store::inbox::Unreadable;
use parlor_store::messages::{Kind, MessageRow, State};
use parlor_store::outbox;
use parlor_wire::content::{Content, EphemeralBox, EphemeralContent, ResendRequest, content::Body};
use parlor_wire::relay::{Live, MailboxItem};
use parlor_wire::{DeviceId, Hash, Message, MessageId, QueueId, UserId, padding, statement};

/// How long to wait before a post is asked for again, milliseconds.
const ASK_AGAIN: u64 = 3600 * 1000;

/// The id of the placeholder of a post that could not be read.
pub fn placeholder_id(hash: &Hash) -> MessageId {
    MessageId(std::array::from_fn(|at| hash.0[at]))
}

impl Step<'_, '_> {
    pub(super) fn post(&mut self, mut row: GroupRow, item: &MailboxItem) -> Result<Done> {
        self.count(&mut row, item)?;
        let hash = parlor_wire::hash(&item.payload);
        if let Some(entry) = self.tx.outbox_by_hash(&hash)? {
            self.accepted(&entry, item.group_seq, item.time)?;
            return Ok(Done::Processed);
        }
        if self.tx.sent(&hash)?.is_some() {
            return Ok(Done::Processed);
        }
        let Some(mut group) = self.take_group(&row.group_id)? else {
            self.cannot_read(&row, item, &hash)?;
            self.group_is_stale(&row.group_id)?;
            return Ok(Done::Processed);
        };
        if row.status == Status::Stale {
            self.put_group(group);
            self.cannot_read(&row, item, &hash)?;
            return Ok(Done::Processed);
        }
        let received = self.mls(|mls| group.receive(mls, &item.payload))?;
        let received = match received {
            Ok(received) => {
                self.put_group(group);
                received
            }
            Err(_) => {
                self.cannot_read(&row, item, &hash)?;
                self.group_is_stale(&row.group_id)?;
                return Ok(Done::Processed);
            }
        };
        match received {
            Received::Application { from, content } => {
                let Some(content) = padding::unpad(&content).ok().and_then(|bytes| {
                    Content::decode(bytes).ok().map(|content| (content, bytes.to_vec()))
                }) else {
                    self.cannot_read(&row, item, &hash)?;
                    return Ok(Done::Processed);
                };
                self.log_hinted(&from.leaf.user, content.0.log_seq)?;
                let said = Said {
                    chat: row.chat_id,
                    group: row.group_id,
                    sender: from.leaf.user,
                    device: from.leaf.device,
                    position: item.time,
                    encoded: content.1,
                };
                self.said(content.0, &said)?;
            }
            Received::Duplicate
            | Received::OwnMessage
            | Received::Commit(_)
            | Received::OwnCommit { .. } => {}
            Received::WrongEpoch { message } => {
                self.cannot_read(&row, item, &hash)?;
                if message > row.epoch {
                    self.group_is_stale(&row.group_id)?;
                }
            }
            Received::Unreadable(_) => self.cannot_read(&row, item, &hash)?,
        }
        Ok(Done::Processed)
    }

    /// A placeholder in its place, and a note to ask its author to send it again.
    fn cannot_read(&mut self, row: &GroupRow, item: &MailboxItem, hash: &Hash) -> Result<()> {
        if self.tx.unreadable(hash)?.is_some() {
            return Ok(());
        }
        self.tx.set_unreadable(&Unreadable {
            hash: *hash,
            chat_id: row.chat_id,
            group_id: row.group_id,
            position: item.time,
            asked_at: 0,
        })?;
        let message_id = placeholder_id(hash);
        self.tx.set_message(&MessageRow {
            message_id,
            chat_id: row.chat_id,
            position: item.time,
            sender: self.me()?,
            mine: false,
            kind: Kind::Unreadable,
            sent_at: item.time,
            received_at: Some(self.now),
            text: String::new(),
            body: Vec::new(),
            reply_to: None,
            edited_at: None,
            state: State::Received,
            hidden: false,
        })?;
        self.touch_message(message_id, Touch::Received);
        self.ask_again(row)
    }

    /// Asks the members of a group in step for posts that could not be read.
    pub fn ask_again(&mut self, row: &GroupRow) -> Result<()> {
        if row.status != Status::Active {
            return Ok(());
        }
        let wanted = self.tx.unasked(&row.group_id, self.now.saturating_sub(ASK_AGAIN).max(1))?;
        if wanted.is_empty() {
            return Ok(());
        }
        let post_hashes = wanted.iter().map(|unreadable| unreadable.hash.to_vec()).collect();
        self.enqueue(
            &row.chat_id,
            outbox::Kind::Other,
            Body::ResendRequest(ResendRequest { post_hashes }),
        )?;
        for unreadable in wanted {
            self.tx.set_unreadable(&Unreadable { asked_at: self.now, ..unreadable })?;
        }
        Ok(())
    }

    /// An ephemeral post: typing.
    pub fn live(&mut self, live: &Live) -> Result<()> {
        let Ok(queue) = QueueId::try_from(&live.queue_id) else { return Ok(()) };
        let row = match self.tx.queue(&queue)?.flatten() {
            Some(group) => self.tx.group(&group)?,
            None => None,
        };
        let Some(row) = row.filter(|row| row.status == Status::Active && row.epoch == live.epoch)
        else {
            return Ok(());
        };
        let Some((sender, content)) = self.open_ephemeral(&row, live)? else { return Ok(()) };
        if let Some(Body::Typing(typing)) = content.body {
            self.typing_came(&row, &sender, typing.typing)?;
        }
        Ok(())
    }

    fn open_ephemeral(&mut self, row: &GroupRow, live: &Live) -> Result<Option<(UserId, Content)>> {
        let Some(group) = self.take_group(&row.group_id)? else { return Ok(None) };
        let (key, members) = (group.ephemeral_key()?, group.members()?);
        self.put_group(group);
        let opened = EphemeralBox::decode(live.payload.as_ref()).ok().and_then(|sealed| {
            let bytes = [sealed.nonce, sealed.ciphertext].concat();
            let frame = parlor_crypto::aead::open(&key, row.group_id.as_bytes(), &bytes).ok()?;
            EphemeralContent::decode(padding::unpad(&frame).ok()?).ok()
        });
        let Some(opened) = opened else { return Ok(None) };
        let sender = DeviceId::try_from(&opened.device_id)
            .ok()
            .and_then(|device| members.into_iter().find(|member| member.leaf.device == device));
        let Some(sender) = sender else { return Ok(None) };
        let signed = statement::ephemeral(&row.group_id, live.epoch, &opened.content);
        if sender.leaf.key.verify(&signed, &opened.signature).is_err() {
            return Ok(None);
        }
        Ok(Content::decode(opened.content.as_slice())
            .ok()
            .map(|content| (sender.leaf.user, content)))
    }

    /// Items that never came, once nothing of our own can explain them.
    pub fn report_gaps(&mut self, row: &GroupRow) -> Result<()> {
        if let Some((count, position)) = self.tx.take_gaps(&row.group_id)? {
            let me = self.me()?;
            let notice = crate::notice::Notice::new("gap", me, None, &count.to_string());
            self.add_notice(
                &row.chat_id,
                &row.group_id,
                position,
                position.saturating_sub(1),
                notice,
            )?;
        }
        Ok(())
    }
}

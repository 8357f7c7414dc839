//! Posts: reading them, and what cannot be read.

use super::Done;
use crate::Result;
use crate::content::Said;
use crate::step::Step;
use parlor_mls::{Reason, Received};
use parlor_store::groups::{GroupRow, Status};
use parlor_wire::content::{Content, EphemeralBox, EphemeralContent, content::Body};
use parlor_wire::relay::{Live, MailboxItem};
use parlor_wire::{DeviceId, Message, QueueId, UserId, padding, statement};

impl Step<'_, '_> {
    pub(super) fn post(&mut self, mut row: GroupRow, item: &MailboxItem) -> Result<Done> {
        self.count(&mut row, item)?;
        let hash = parlor_wire::hash(&item.payload);
        if let Some(entry) = self.tx.outbox_by_hash(&hash)? {
            self.accepted(&entry, item.group_seq, item.time)?;
            return Ok(Done::Processed);
        }
        if self.tx.sent(hash.as_bytes())?.is_some() {
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
                self.follow(&row, &from.leaf.device, &content.0.previous, item.time, &hash)?;
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
            Received::Unreadable(reason) => {
                self.cannot_read(&row, item, &hash)?;
                if reason == Reason::Inauthentic {
                    self.doubt(&row.group_id)?;
                }
            }
        }
        Ok(Done::Processed)
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

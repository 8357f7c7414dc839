//! Posts that could not be read, or that never came: a placeholder in their place, and asking their authors for
//! them.
//!
//! Every post names the one before it by the same device in the same group, by its **mark**: the first eight
//! bytes of its hash. So a relay that keeps a post back, or says that it was taken and drops it, is found out by
//! the next one, however it counts. What is missing before the missing one is found when that comes again.
//!
//! A device that took the account up again from a backup does not know the newest post of each device; it asks for
//! what came before the first post that it hears, as far back as to the newest thing that the backup has.
//!
//! Whoever asks is answered by the author alone, and only about what was said while he was in the group.

use crate::Result;
use crate::content::Said;
use crate::step::{Step, Touch};
use parlor_store::chats::ChatId;
use parlor_store::groups::{GroupRow, Status};
use parlor_store::inbox::Unreadable;
use parlor_store::messages::{Kind, MessageRow, PENDING, State};
use parlor_store::outbox;
use parlor_wire::content::{Content, Resend, ResendRequest, content::Body};
use parlor_wire::relay::MailboxItem;
use parlor_wire::{DeviceId, GroupId, Hash, Message, MessageId};

/// How long to wait before a post is asked for again, milliseconds.
const ASK_AGAIN: u64 = 3600 * 1000;

/// Posts of a device that are looked for one after the other.
const MOST_STEPS: u32 = 256;

/// Stands for every device that was not heard since a restore.
const ANY_DEVICE: DeviceId = DeviceId([0; 16]);

const MARK: usize = 8;

/// What later posts call this one.
pub fn mark(hash: &Hash) -> Vec<u8> {
    hash.0.iter().copied().take(MARK).collect()
}

/// A mark in the place of a hash.
fn of_mark(mark: &[u8]) -> Option<Hash> {
    let whole = mark.len() == MARK;
    whole.then(|| Hash(std::array::from_fn(|at| mark.get(at).copied().unwrap_or(0))))
}

/// The hash, or the mark if no more is known.
fn known(hash: &Hash) -> &[u8] {
    let (mark, rest) = hash.0.split_at(MARK);
    if rest.iter().all(|byte| *byte == 0) { mark } else { &hash.0 }
}

/// The id of the placeholder of a post that could not be read.
pub fn placeholder_id(hash: &Hash) -> MessageId {
    MessageId(std::array::from_fn(|at| hash.0[at]))
}

/// Whether content is kept to be sent again, because no message row has it.
pub fn is_kept(content: &Content) -> bool {
    matches!(
        &content.body,
        Some(
            Body::Edit(_)
                | Body::Delete(_)
                | Body::Reaction(_)
                | Body::OwnState(_)
                | Body::FileWanted(_)
                | Body::FileAgain(_)
        )
    )
}

impl Step<'_, '_> {
    /// A post was read: was there one before it that never came?
    pub(super) fn follow(
        &mut self,
        row: &GroupRow,
        device: &DeviceId,
        previous: &[u8],
        position: u64,
        hash: &Hash,
    ) -> Result<()> {
        let heard = match self.tx.heard(&row.group_id, device)? {
            Some(heard) => Some(heard),
            None => self.tx.heard(&row.group_id, &ANY_DEVICE)?,
        };
        self.tx.set_heard(&row.group_id, device, hash, position)?;
        let (Some((heard, since)), Some(missing)) = (heard, of_mark(previous)) else {
            return Ok(());
        };
        let after = mark(&heard);
        if after == previous || self.tx.unreadable_mark(&row.group_id, previous)? {
            return Ok(());
        }
        self.is_missing(
            row,
            Unreadable {
                hash: missing,
                chat_id: row.chat_id,
                group_id: row.group_id,
                position: position.saturating_sub(1),
                asked_at: 0,
                after,
                since,
                steps: 0,
            },
        )
    }

    /// A group was restored: what was said in it after the newest thing that is here has to be asked for.
    pub fn heard_nobody(&mut self, group: &GroupId, chat: &ChatId, made_at: u64) -> Result<()> {
        let newest = self.tx.history(chat, None, 1)?.last().map(|row| row.position);
        let since = newest.filter(|position| *position < PENDING).unwrap_or(made_at);
        Ok(self.tx.set_heard(group, &ANY_DEVICE, &Hash([0; Hash::LEN]), since)?)
    }

    /// This device comes into a group by a welcome: everybody is followed anew, and if it is `back`, a hole that a
    /// restore has left stays one.
    pub(super) fn follow_anew(&mut self, group: &GroupId, back: bool) -> Result<()> {
        let hole = self.tx.heard(group, &ANY_DEVICE)?.filter(|_| back);
        self.tx.forget_heard(group)?;
        if let Some((nobody, since)) = hole {
            self.tx.set_heard(group, &ANY_DEVICE, &nobody, since)?;
        }
        Ok(())
    }

    /// A placeholder in its place, and a note to ask its author to send it again.
    pub(super) fn cannot_read(
        &mut self,
        row: &GroupRow,
        item: &MailboxItem,
        hash: &Hash,
    ) -> Result<()> {
        self.is_missing(
            row,
            Unreadable {
                hash: *hash,
                chat_id: row.chat_id,
                group_id: row.group_id,
                position: item.time,
                asked_at: 0,
                after: Vec::new(),
                since: 0,
                steps: 0,
            },
        )
    }

    fn is_missing(&mut self, row: &GroupRow, missing: Unreadable) -> Result<()> {
        if self.tx.unreadable(&missing.hash)?.is_some() {
            return Ok(());
        }
        self.tx.set_unreadable(&missing)?;
        let message_id = placeholder_id(&missing.hash);
        self.tx.set_message(&MessageRow {
            message_id,
            chat_id: row.chat_id,
            position: missing.position,
            sender: self.me()?,
            mine: false,
            kind: Kind::Unreadable,
            sent_at: missing.position,
            received_at: Some(self.now),
            text: String::new(),
            body: Vec::new(),
            reply_to: None,
            edited_at: None,
            state: State::Received,
            hidden: false,
            starred: false,
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
        let post_hashes = wanted.iter().map(|missing| known(&missing.hash).to_vec()).collect();
        self.enqueue(
            &row.chat_id,
            outbox::Kind::Other,
            Body::ResendRequest(ResendRequest { post_hashes }),
        )?;
        for missing in wanted {
            self.tx.set_unreadable(&Unreadable { asked_at: self.now, ..missing })?;
        }
        Ok(())
    }

    /// Somebody lacks posts: those of ours that were for him are sent again.
    pub fn resend(&mut self, request: &ResendRequest, said: &Said) -> Result<()> {
        let me = self.me()?;
        let members = self.tx.members(&said.group)?;
        let asker = members.into_iter().find(|member| member.user_id == said.sender);
        let Some(asker) = asker else { return Ok(()) };
        for hash in request.post_hashes.iter().take(100) {
            if hash.len() != MARK && hash.len() != Hash::LEN {
                continue;
            }
            let Some(sent) = self.tx.sent(hash)?.filter(|sent| sent.group == said.group) else {
                continue;
            };
            // What was said before somebody came in is not for him, except among own devices.
            let before = sent.position != 0 && sent.position <= asker.joined;
            if said.sender != me && before {
                continue;
            }
            let content = if sent.content.is_empty() {
                let row = self.tx.message(&sent.message)?;
                let row = row.filter(|row| row.sender == me && row.state != State::Failed);
                let content = row.and_then(|row| self.content_of(&row)).unwrap_or_default();
                content.encode_to_vec()
            } else {
                sent.content
            };
            let body = Body::Resend(Resend {
                post_hash: hash.clone(),
                content,
                previous: sent.previous,
                position: sent.position,
            });
            self.enqueue(&said.chat, outbox::Kind::Other, body)?;
        }
        Ok(())
    }

    /// A post comes again, by its author: it takes the placeholder's place.
    pub fn resent(&mut self, resend: &Resend, said: &Said) -> Result<()> {
        let whole = Hash::try_from(&resend.post_hash).ok();
        let Some(hash) = whole.or_else(|| of_mark(&resend.post_hash)) else { return Ok(()) };
        let Some(missed) = self.tx.unreadable(&hash)?.filter(|missed| missed.chat_id == said.chat)
        else {
            return Ok(());
        };
        let Ok(content) = Content::decode(resend.content.as_slice()) else { return Ok(()) };
        self.tx.delete_unreadable(&hash)?;
        self.tx.delete_message(&placeholder_id(&hash))?;
        self.touch_chat(said.chat);
        // A receipt or another thing without a message of its own: nothing is missing. And what was said before
        // something that came is no news: its author has forgotten what came after, as from an old backup.
        let place = Some(resend.position).filter(|at| *at > 0).unwrap_or(missed.position);
        if place <= missed.since {
            return Ok(());
        }
        self.one_more(&missed, &resend.previous)?;
        if content.message_id.is_empty() {
            return Ok(());
        }
        let position = if missed.after.is_empty() { missed.position } else { place };
        let position = position.min(missed.position);
        let said = Said { position, encoded: resend.content.clone(), ..said.clone() };
        self.said(content, &said)
    }

    /// The post before one that never came: perhaps that did not come either.
    fn one_more(&mut self, missed: &Unreadable, previous: &[u8]) -> Result<()> {
        let Some(hash) = of_mark(previous) else { return Ok(()) };
        let found = missed.after.is_empty()
            || missed.after == previous
            || missed.steps >= MOST_STEPS
            || self.tx.unreadable_mark(&missed.group_id, previous)?;
        let Some(row) = self.tx.group(&missed.group_id)?.filter(|_| !found) else { return Ok(()) };
        self.is_missing(
            &row,
            Unreadable {
                hash,
                position: missed.position.saturating_sub(1),
                asked_at: 0,
                steps: missed.steps + 1,
                ..missed.clone()
            },
        )
    }
}

//! What this device wants to become true of groups, durably: intents.
//!
//! | intent | until                                   | ends                                         |
//! |--------|------------------------------------------|----------------------------------------------|
//! | Found  | the founding commit came back            | done, or failed: somebody is not there       |
//! | Change | the group's state already is as wished   | done, superseded, refused by the rules       |
//! | Rejoin | the group is in step again               | done, or turned into a request to be re-added|
//!
//! Each try makes one commit, stored with its bundle before it leaves. It comes back through the own mailbox
//! in its place in the order, and only then is it merged; when another commit comes back instead, ours is
//! dropped and the intent is looked at again. At most one commit per group is under way.

mod build;
mod judge;
mod membership;
mod prepare;
mod rejoin;
pub mod rules;
mod tend;

use crate::net::{Purpose, Waiting};
use crate::step::Step;
use crate::{Result, Ticket};
pub use build::open_rejoin;
pub use judge::DeviceJudge;
pub use membership::Happened;
use parlor_store::chats::ChatId;
use parlor_store::groups::Status;
use parlor_store::intents::IntentRow;
use parlor_view::{Answer, Code, Failure};
use parlor_wire::content::{Departure, JoinLink, Role};
use parlor_wire::relay::{self, Bundle, client_frame::Request, reply::Result as Outcome};
use parlor_wire::{GroupId, Hash, Message};
pub use rejoin::RecordingJudge;

pub const FOUND: u8 = 0;
pub const CHANGE: u8 = 1;
pub const REJOIN: u8 = 2;

/// How long a leaf's keys are used in a group where this device speaks, milliseconds. A fresh member's are
/// renewed after its first message.
const REFRESH_EVERY: u64 = 7 * 24 * 3600 * 1000;
/// The time over which the renewals of many fresh members are spread, milliseconds.
const REFRESH_SPREAD: u64 = 60 * 1000;

/// What an intent of kind FOUND or CHANGE wishes; stored in its body.
#[derive(Clone, PartialEq, Message)]
pub struct Wish {
    /// People to bring in.
    #[prost(bytes = "vec", repeated, tag = "1")]
    pub add: Vec<Vec<u8>>,
    /// People to take out.
    #[prost(bytes = "vec", repeated, tag = "2")]
    pub remove: Vec<Vec<u8>>,
    /// People whose leaves are replaced, because their devices lost the group's state.
    #[prost(bytes = "vec", repeated, tag = "3")]
    pub readd: Vec<Vec<u8>>,
    #[prost(string, optional, tag = "4")]
    pub title: Option<String>,
    #[prost(string, optional, tag = "5")]
    pub description: Option<String>,
    #[prost(message, repeated, tag = "6")]
    pub roles: Vec<Role>,
    #[prost(int32, optional, tag = "7")]
    pub add_members: Option<i32>,
    #[prost(int32, optional, tag = "8")]
    pub edit_info: Option<i32>,
    #[prost(int32, optional, tag = "9")]
    pub send_messages: Option<i32>,
    /// Another invite link; none, when it is empty.
    #[prost(message, optional, tag = "16")]
    pub join_link: Option<JoinLink>,
    /// Kind of the chat, with FOUND.
    #[prost(int32, tag = "10")]
    pub kind: i32,
    /// The own keys are renewed.
    #[prost(bool, tag = "12")]
    pub refresh: bool,
    /// With `readd`: only the leaves of these devices.
    #[prost(bytes = "vec", repeated, tag = "13")]
    pub readd_devices: Vec<Vec<u8>>,
    /// With `remove`: that they asked for it.
    #[prost(message, repeated, tag = "15")]
    pub departures: Vec<Departure>,
    /// The leaves are as they should be; see `tend`.
    #[prost(bool, tag = "14")]
    pub tend: bool,
    /// The epoch a REJOIN begins at.
    #[prost(uint64, tag = "11")]
    pub epoch: u64,
}

/// What became of one look at an intent.
pub enum Progress {
    /// Something has to come first; it was asked for.
    Waits,
    /// As wished, by whomever.
    Done,
    /// It will not become true.
    Failed(Failure),
}

impl Step<'_, '_> {
    pub fn add_intent(
        &mut self,
        chat: ChatId,
        group: GroupId,
        kind: u8,
        wish: &Wish,
        due_at: u64,
    ) -> Result<i64> {
        self.advance = true;
        let row = IntentRow {
            id: 0,
            chat_id: chat,
            group_id: group,
            kind,
            body: wish.encode_to_vec(),
            due_at,
            attempts: 0,
        };
        Ok(self.tx.add_intent(&row)?)
    }

    /// Answers a command when its intent has ended; at once when there is no connection.
    pub fn answer_with_intent(&mut self, ticket: Ticket, intent: i64, answer: Answer) {
        if self.engine.net.online() {
            self.engine.net.waiting.push(Waiting::Intent { ticket, intent, answer });
        } else {
            self.answer(ticket, Ok(answer));
        }
    }

    /// Looks at every intent that may go on.
    pub fn due_work(&mut self) -> Result<()> {
        let mut rounds = 0;
        while self.engine.net.online() && (self.advance || rounds == 0) && rounds < 8 {
            rounds += 1;
            self.advance = false;
            self.tend_groups()?;
            self.serve_histories()?;
            for intent in self.tx.intents()? {
                if intent.due_at > self.now {
                    continue;
                }
                let progress = match intent.kind {
                    FOUND => self.found(&intent)?,
                    CHANGE => self.change(&intent)?,
                    _ => self.rejoin(&intent)?,
                };
                match progress {
                    Progress::Waits => {}
                    Progress::Done => self.end_intent(intent.id, None)?,
                    Progress::Failed(failure) => {
                        if intent.kind == FOUND {
                            self.not_founded(&intent.chat_id)?;
                        }
                        self.end_intent(intent.id, Some(failure))?;
                    }
                }
            }
        }
        Ok(())
    }

    /// A chat that came to nothing goes; one that has a history stays, and is left.
    fn not_founded(&mut self, chat: &ChatId) -> Result<()> {
        let Some(mut row) = self.tx.chat(chat)? else { return Ok(()) };
        if self.tx.history(chat, None, 1)?.is_empty() {
            return Ok(self.tx.delete_chat(chat)?);
        }
        if let Some(mut group) = row.group.map(|id| self.tx.group(&id)).transpose()?.flatten() {
            group.status = Status::Gone;
            self.tx.set_group(&group)?;
        }
        row.left = true;
        self.tx.set_chat(&row)?;
        self.touch_chat(*chat);
        self.fail_outbox(chat)
    }

    pub fn end_intent(&mut self, id: i64, failure: Option<Failure>) -> Result<()> {
        self.tx.delete_intent(id)?;
        let of_it = |of: &Waiting| matches!(of, Waiting::Intent { intent, .. } if *intent == id);
        for entry in self.engine.net.take_waiting(of_it) {
            if let Waiting::Intent { ticket, answer, .. } = entry {
                self.answer(ticket, failure.clone().map_or(Ok(answer), Err));
            }
        }
        Ok(())
    }

    /// When something has to be looked at again without anything coming in.
    pub fn next_wake(&self) -> Result<Option<u64>> {
        let intents = self.tx.intents()?.into_iter().map(|intent| intent.due_at);
        let patience = Some(self.engine.net.patience_until).filter(|_| self.engine.net.online());
        let history = Some(self.engine.net.history_patience);
        let grant = Some(self.engine.net.grant_patience);
        let deletion = self.engine.net.deleting;
        let files = self.engine.media.deadline().filter(|_| self.engine.net.online());
        let backup = self.backup_wakes()?;
        let times = intents
            .chain(self.engine.typing.deadlines())
            .chain(patience)
            .chain(history)
            .chain(grant)
            .chain(deletion)
            .chain(files)
            .chain(backup);
        Ok(times.filter(|due| *due > self.now).min())
    }

    /// Sends the stored bundle of a group once per connection. True: there is one under way.
    pub fn bundle_under_way(&mut self, group: &GroupId) -> Result<bool> {
        let Some(row) = self.tx.bundle(group)? else { return Ok(false) };
        if self.engine.net.bundles_sent.insert(*group) {
            let bundle = Bundle::decode(row.frame.as_slice())
                .map_err(|_| crate::EngineError::Damaged("a bundle"))?;
            let purpose = Purpose::Bundle { group: *group, hash: row.commit_hash };
            self.request(Request::Bundle(bundle), purpose);
        }
        Ok(true)
    }

    /// The relay's word on a bundle. What counts is what comes through the mailbox; this says only whether
    /// to wait for it.
    pub fn bundled(
        &mut self,
        group: &GroupId,
        hash: &Hash,
        result: Result<Outcome, relay::Failure>,
    ) -> Result<()> {
        let Err(failure) = result else { return Ok(()) };
        let Some(row) = self.tx.bundle(group)?.filter(|row| row.commit_hash == *hash) else {
            return Ok(());
        };
        let patience =
            matches!(failure.code(), relay::Code::RateLimited | relay::Code::Unavailable);
        // A device that was never in gets nothing of the group: it looks for itself what became of it.
        if !patience
            && self.tx.group(group)?.is_some_and(|at| at.status == Status::Stale && at.epoch == 0)
        {
            self.drop_bundle(group)?;
            self.engine.groups.remove(group);
            self.tx.touch_intent(row.intent_id, self.now + 1_000, 0)?;
            return Ok(());
        }
        match failure.code() {
            // Another commit won; it is on its way through the mailbox, and ours is dropped when it comes.
            relay::Code::WrongEpoch => self.wait_for_epoch(group, failure.current_epoch),
            relay::Code::RateLimited | relay::Code::Unavailable => {
                self.engine.net.bundles_sent.remove(group);
                let due = self.now + failure.retry_after.max(200);
                self.tx.touch_intent(row.intent_id, due, 0)?;
                Ok(())
            }
            _ => {
                let failure = self.relay_failure(&failure);
                self.drop_bundle(group)?;
                if let Some(intent) = self.tx.intent(row.intent_id)?
                    && intent.kind == FOUND
                {
                    self.not_founded(&intent.chat_id)?;
                }
                self.end_intent(row.intent_id, Some(failure))
            }
        }
    }

    /// Forgets the commit under way in a group.
    pub fn drop_bundle(&mut self, group: &GroupId) -> Result<()> {
        self.tx.delete_bundle(group)?;
        self.engine.net.bundles_sent.remove(group);
        if let Some(state) = self.take_group(group)?
            && let Some(kept) = self.mls(|mls| state.clear_pending(mls))??
        {
            self.put_group(kept);
        }
        Ok(())
    }

    /// Nothing more is sent to the group before it is at this epoch.
    pub fn wait_for_epoch(&mut self, group: &GroupId, epoch: u64) -> Result<()> {
        if let Some(mut row) = self.tx.group(group)? {
            row.wait_epoch = epoch;
            self.tx.set_group(&row)?;
            if !self.engine.net.asked(|purpose| matches!(purpose, Purpose::Stat)) {
                self.request(Request::MailboxStat(relay::MailboxStat {}), Purpose::Stat);
            }
        }
        Ok(())
    }

    /// Groups that the relay has moved on without us, though the mailbox is empty: they are joined anew.
    pub fn find_groups_behind(&mut self) -> Result<()> {
        for group in self.tx.groups()? {
            // What waits for a device log came through the mailbox and is not missing.
            if self.tx.is_parked(&group.queue_id)? {
                continue;
            }
            if group.status == Status::Active
                && group.wait_epoch != group.epoch
                && group.wait_epoch != 0
            {
                self.group_is_stale(&group.group_id)?;
            } else if group.status == Status::Active && self.engine.net.posts_sent.is_empty() {
                self.report_gaps(&group)?;
            }
        }
        Ok(())
    }

    /// Something in the epoch that this device is in does not fit its state, though nothing is missing: the
    /// others may have been shown another commit. What the relay has of the group now is joined; a member who
    /// sends rubbish can cause that once on each connection.
    pub fn doubt(&mut self, group: &GroupId) -> Result<()> {
        let Some(row) = self.tx.group(group)?.filter(|row| row.status == Status::Active) else {
            return Ok(());
        };
        if row.refused.is_some() || !self.engine.net.doubted.insert(*group) {
            return Ok(());
        }
        let notice = crate::notice::Notice::new("parted", self.me()?, None, "");
        self.add_notice(&row.chat_id, group, row.epoch, self.now, notice)?;
        self.group_is_stale(group)
    }

    /// The state here is of no use any more.
    pub fn group_is_stale(&mut self, group: &GroupId) -> Result<()> {
        let Some(mut row) = self.tx.group(group)? else { return Ok(()) };
        // A group whose newest commit was refused is not behind: joining anew would accept what was refused.
        if matches!(row.status, Status::Stale | Status::Gone) || row.refused.is_some() {
            return Ok(());
        }
        row.status = Status::Stale;
        // Who joins anew is where the group is; what was said of its epoch before may have been wrong.
        row.wait_epoch = 0;
        self.tx.set_group(&row)?;
        self.tx.delete_bundle(group)?;
        self.engine.net.bundles_sent.remove(group);
        for entry in self.tx.outbox(&row.chat_id, 1000)? {
            if entry.payload.is_some_and(|payload| payload.group == *group) {
                self.tx.clear_payload(entry.id)?;
                self.engine.net.posts_sent.remove(&entry.id);
            }
        }
        let wish = Wish { epoch: row.epoch, ..Wish::default() };
        self.add_intent(row.chat_id, *group, REJOIN, &wish, 0)?;
        Ok(())
    }

    /// After something was said: renews the own keys in a group when it is time, at a moment of chance so that
    /// not everybody does it at once.
    pub fn refresh_when_due(&mut self, group: &GroupId) -> Result<()> {
        let Some(row) = self.tx.group(group)?.filter(|row| row.status == Status::Active) else {
            return Ok(());
        };
        if row.refreshed_at + REFRESH_EVERY > self.now {
            return Ok(());
        }
        let intents = self.tx.intents()?;
        let planned = |intent: &IntentRow| {
            intent.group_id == *group && prepare::wish(intent).is_ok_and(|wish| wish.refresh)
        };
        if !intents.iter().any(planned) {
            let chance = u64::from(u16::from_be_bytes(self.random())) % REFRESH_SPREAD;
            let due = self.now + REFRESH_SPREAD / 8 + chance;
            let wish = Wish { refresh: true, ..Wish::default() };
            self.add_intent(row.chat_id, *group, CHANGE, &wish, due)?;
        }
        Ok(())
    }

    pub fn not_a_member() -> Failure {
        Failure::new(Code::NotAMember, "You are not in this chat any more.")
    }
}

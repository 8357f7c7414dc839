//! Votes, and the end of a poll.
//!
//! | what comes    | by                | place                    | does                                             |
//! |---------------|-------------------|--------------------------|--------------------------------------------------|
//! | a vote        | anybody           | not behind the end       | stands for all that this person chose before     |
//! | a vote        | anybody           | behind the end           | nothing                                          |
//! | the end       | who made the poll | before any other end     | votes behind it count no more, those before do   |
//!
//! The order of the chat decides, in whatever order things come. What this device did is behind everything until it
//! has its place. Absent on purpose: secret polls.

use super::Said;
use super::things::thing_of;
use crate::Result;
use crate::step::{Step, Touch};
use parlor_store::messages::{MessageRow, PENDING};
use parlor_store::votes::PollAct;
use parlor_wire::content::{Poll, Vote, text::Thing};
use parlor_wire::device::VoteRecord;
use parlor_wire::{MessageId, UserId};
use std::collections::BTreeMap;

/// Acts that are handed over with a poll; those that count go first.
const MOST_ACTS: usize = 512;

/// How a poll stands.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Where it ended.
    pub end: Option<u64>,
    /// What everybody chose who did.
    pub chosen: BTreeMap<UserId, Vec<u8>>,
}

/// Counts votes; they are in order for each person.
fn tally(acts: &[PollAct]) -> Tally {
    let ends = acts.iter().filter(|act| act.options.is_none());
    let end = ends.map(|act| act.at).min();
    let mut chosen = BTreeMap::new();
    for act in acts.iter().filter(|act| end.is_none_or(|end| act.at <= end)) {
        match &act.options {
            Some(options) if options.is_empty() => drop(chosen.remove(&act.user)),
            Some(options) => drop(chosen.insert(act.user, options.clone())),
            None => {}
        }
    }
    Tally { end, chosen }
}

/// The poll of a message.
pub fn poll_of(row: &MessageRow) -> Option<Poll> {
    match thing_of(row)? {
        Thing::Poll(poll) => Some(poll),
        _ => None,
    }
}

/// A choice as it is kept, in order; `None` when the poll does not allow it.
pub fn choice(poll: &Poll, options: &[u32]) -> Option<Vec<u8>> {
    let mut chosen = Vec::new();
    for option in options {
        let known = usize::try_from(*option).is_ok_and(|option| option < poll.options.len());
        chosen.push(u8::try_from(*option).ok().filter(|_| known)?);
    }
    chosen.sort_unstable();
    chosen.dedup();
    let one = poll.multiple || chosen.len() <= 1;
    (one && chosen.len() == options.len()).then_some(chosen)
}

impl Step<'_, '_> {
    /// How the poll of a message stands.
    pub fn tally(&self, message: &MessageId) -> Result<Tally> {
        Ok(tally(&self.tx.poll_acts(message)?))
    }

    pub(super) fn voted(&mut self, row: &MessageRow, vote: &Vote, said: &Said) -> Result<()> {
        let options = poll_of(row).and_then(|poll| choice(&poll, &vote.options));
        let Some(options) = options else { return Ok(()) };
        // An end without a place may yet turn out to be behind this.
        let end = self.tally(&row.message_id)?.end.filter(|end| *end < PENDING);
        if end.is_some_and(|end| said.position > end) {
            return Ok(());
        }
        self.poll_act(row, said, Some(options))
    }

    pub(super) fn poll_closed(&mut self, row: &MessageRow, said: &Said) -> Result<()> {
        let earlier = |end| end <= said.position;
        if row.sender != said.sender
            || poll_of(row).is_none()
            || self.tally(&row.message_id)?.end.is_some_and(earlier)
        {
            return Ok(());
        }
        self.poll_act(row, said, None)
    }

    fn poll_act(&mut self, row: &MessageRow, said: &Said, options: Option<Vec<u8>>) -> Result<()> {
        let act = PollAct { user: said.sender, at: said.position, options };
        self.tx.add_poll_act(&row.message_id, &act)?;
        self.touch_message(row.message_id, Touch::Updated);
        Ok(())
    }

    /// Something that this device did to a poll has its place, or will never have one.
    pub fn poll_act_settled(&mut self, waiting: u64, position: Option<u64>) -> Result<()> {
        for message in self.tx.settle_poll_acts(waiting, position)? {
            self.touch_message(message, Touch::Updated);
        }
        Ok(())
    }

    /// What was done to a poll, for another device. What has no place yet comes to it by itself.
    pub fn vote_records(&self, message: &MessageId) -> Result<Vec<VoteRecord>> {
        let mut acts = self.tx.poll_acts(message)?;
        acts.retain(|act| act.at < PENDING);
        let counts = tally(&acts).chosen;
        let first = |act: &PollAct| match &act.options {
            Some(options) => counts.get(&act.user) == Some(options),
            None => true,
        };
        acts.sort_by_key(|act| !first(act));
        acts.truncate(MOST_ACTS);
        let record = |act: PollAct| VoteRecord {
            user_id: UserId::to_vec(act.user),
            closes: act.options.is_none(),
            options: act.options.unwrap_or_default(),
            at: act.at,
        };
        Ok(acts.into_iter().map(record).collect())
    }

    /// What another own device knows of a poll.
    pub fn votes_come(&mut self, row: &MessageRow, records: Vec<VoteRecord>) -> Result<()> {
        let Some(poll) = poll_of(row) else { return Ok(()) };
        for record in records {
            let Ok(user) = UserId::try_from(&record.user_id) else { continue };
            let options: Vec<u32> = record.options.iter().copied().map(u32::from).collect();
            let options = choice(&poll, &options).filter(|_| !record.closes);
            if record.at < PENDING && (options.is_some() || record.closes && user == row.sender) {
                self.tx.add_poll_act(&row.message_id, &PollAct { user, at: record.at, options })?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn act(user: u8, at: u64, options: Option<&[u8]>) -> PollAct {
        PollAct { user: UserId([user; 32]), at, options: options.map(<[u8]>::to_vec) }
    }

    #[test]
    fn the_last_vote_before_the_end_counts() {
        let acts = [
            act(1, 10, Some(&[0])),
            act(1, 30, Some(&[1])),
            act(2, 12, Some(&[1])),
            act(2, 20, Some(&[])),
            act(3, 25, None),
            act(3, 40, None),
            act(4, 25, Some(&[0, 2])),
            act(5, 26, Some(&[0])),
        ];
        let counted = tally(&acts);
        assert_eq!(counted.end, Some(25));
        let chosen: Vec<_> =
            counted.chosen.iter().map(|(user, of)| (user.0[0], of.clone())).collect();
        assert_eq!(chosen, [(1, vec![0]), (4, vec![0, 2])]);
        assert_eq!(tally(&[]), Tally::default());
    }

    proptest! {
        #[test]
        fn a_choice_is_of_the_poll(options in prop::collection::vec(0u32..14, 0..5), multiple: bool) {
            let poll = Poll { options: vec!["x".into(); 12], multiple, ..Poll::default() };
            let mut sorted = options.clone();
            sorted.sort_unstable();
            sorted.dedup();
            let right = sorted.len() == options.len()
                && options.iter().all(|option| *option < 12)
                && (multiple || options.len() < 2);
            let kept = right.then(|| sorted.iter().map(|option| *option as u8).collect::<Vec<_>>());
            prop_assert_eq!(choice(&poll, &options), kept);
        }
    }
}

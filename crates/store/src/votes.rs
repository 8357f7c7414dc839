//! Votes in polls, and where polls were closed.
//!
//! A person's earlier votes are kept for a while: which one is the last before the end is known only when the end
//! has its place in the order.

use crate::messages::PENDING;
use crate::{Result, Tx, id};
use parlor_wire::{MessageId, UserId};

/// Votes of one person in one poll that are kept, the newest.
const KEPT: u32 = 16;

/// What somebody did to a poll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollAct {
    /// Who.
    pub user: UserId,
    /// Its place in the chat's order.
    pub at: u64,
    /// All that this person chooses; `None`: the poll is closed.
    pub options: Option<Vec<u8>>,
}

impl Tx<'_> {
    /// Notes something that was done to a poll.
    pub fn add_poll_act(&self, message: &MessageId, act: &PollAct) -> Result<()> {
        let (message, user) = (message.as_bytes(), act.user.as_bytes());
        self.execute(
            "INSERT INTO votes (message_id, user_id, at, options) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET options = excluded.options",
            (message, user, act.at, &act.options),
        )?;
        self.execute(
            "DELETE FROM votes WHERE message_id = ?1 AND user_id = ?2 AND options IS NOT NULL AND at <
               (SELECT at FROM votes WHERE message_id = ?1 AND user_id = ?2 AND options IS NOT NULL
                ORDER BY at DESC LIMIT 1 OFFSET ?3)",
            (message, user, KEPT - 1),
        )?;
        Ok(())
    }

    /// What was done to a poll, by person and in order.
    pub fn poll_acts(&self, message: &MessageId) -> Result<Vec<PollAct>> {
        self.all(
            "SELECT user_id, at, options FROM votes WHERE message_id = ?1 ORDER BY user_id, at",
            [message.as_bytes()],
            |row| {
                let (at, options) = (row.get("at")?, row.get("options")?);
                Ok(PollAct { user: id(row, "user_id")?, at, options })
            },
        )
    }

    /// What waited at a place has another now, or will never have one; the polls that it was done to.
    pub fn settle_poll_acts(&self, waiting: u64, position: Option<u64>) -> Result<Vec<MessageId>> {
        const WAITS: &str =
            "SELECT message_id FROM votes WHERE at = ?1 AND at >= 1152921504606846976";
        const MOVE: &str = "UPDATE OR REPLACE votes SET at = ?2
           WHERE at = ?1 AND at >= 1152921504606846976";
        const DROP: &str = "DELETE FROM votes WHERE at = ?1 AND at >= 1152921504606846976";
        const { assert!(PENDING == 1152921504606846976) };
        let polls = self.all(WAITS, [waiting], |row| id(row, "message_id"))?;
        if !polls.is_empty() {
            match position {
                Some(position) => self.execute(MOVE, (waiting, position))?,
                None => self.execute(DROP, [waiting])?,
            };
        }
        Ok(polls)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::Store;

    #[test]
    fn acts_get_their_place_and_few_are_kept() {
        let mut store = Store::in_memory().unwrap();
        let tx = store.begin().unwrap();
        let (poll, user) = (MessageId([1; 16]), UserId([2; 32]));
        let act = |at, options: Option<&[u8]>| {
            let act = PollAct { user, at, options: options.map(<[u8]>::to_vec) };
            tx.add_poll_act(&poll, &act).unwrap();
        };
        act(5, None);
        for at in 10..40 {
            act(at, Some(&[1]));
        }
        act(PENDING + 3, Some(&[]));
        act(PENDING + 4, None);
        assert_eq!(tx.poll_acts(&poll).unwrap().len(), KEPT as usize + 2);
        assert!(tx.settle_poll_acts(12, Some(50)).unwrap().is_empty());
        assert_eq!(tx.settle_poll_acts(PENDING + 3, Some(50)).unwrap(), [poll]);
        assert_eq!(tx.settle_poll_acts(PENDING + 4, None).unwrap(), [poll]);
        let acts = tx.poll_acts(&poll).unwrap();
        let ends = [acts.first().unwrap(), acts.last().unwrap()];
        assert_eq!(ends.map(|act| (act.at, act.options.clone())), [(5, None), (50, Some(vec![]))]);
    }
}

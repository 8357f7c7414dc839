//! Voting, and ending a poll.

use super::messages::Answered;
use super::refused;
use crate::content::{choice, poll_of};
use crate::step::Step;
use parlor_store::messages::{MessageRow, State};
use parlor_wire::MessageId;
use parlor_wire::content::{Edit, Poll, Reaction, Vote, content::Body};

impl Step<'_, '_> {
    pub(super) fn vote(&mut self, row: &MessageRow, options: Vec<u32>) -> Answered {
        let Some(poll) = poll_of(row) else { return Ok(Err(refused("That is no poll."))) };
        if choice(&poll, &options).is_none() {
            return Ok(Err(refused("The poll has no such choice.")));
        }
        if self.tally(&row.message_id)?.end.is_some() {
            return Ok(Err(refused("The poll is closed.")));
        }
        if row.state == State::Failed {
            return Ok(Err(refused("The poll was never sent.")));
        }
        let emoji = sign(&poll, &options);
        let vote = Some(Vote { options });
        self.act(
            row,
            Body::Reaction(Reaction { target: MessageId::to_vec(row.message_id), emoji, vote }),
        )
    }

    pub(super) fn close_poll(&mut self, row: &MessageRow) -> Answered {
        if poll_of(row).is_none() || !row.mine {
            return Ok(Err(refused("Only your own polls can be closed.")));
        }
        if self.tally(&row.message_id)?.end.is_some() {
            return Ok(Err(refused("The poll is closed.")));
        }
        if row.state == State::Failed {
            return Ok(Err(refused("The poll was never sent.")));
        }
        // For versions without polls an edit that changes nothing.
        let edit = Edit {
            target: row.message_id.to_vec(),
            text: row.text.clone(),
            entities: Vec::new(),
            close_poll: true,
        };
        self.act(row, Body::Edit(edit))
    }
}

/// A vote as the reaction that versions without polls show: the number that the text gives the answer.
fn sign(poll: &Poll, options: &[u32]) -> String {
    match options {
        [] => String::new(),
        [one @ 0..9] if !poll.multiple => format!("{}\u{fe0f}\u{20e3}", one + 1),
        _ => "\u{2611}\u{fe0f}".into(),
    }
}

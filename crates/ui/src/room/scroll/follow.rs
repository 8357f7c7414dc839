//! What the thread does when rows come, go or get another place: heights, drawn rows and what is seen follow.

use super::{Goal, Scroll};
use crate::heights::Heights;
use crate::room::files::is_picture;
use crate::state::thread::{Change, Row};
use leptos::prelude::*;
use parlor_view::MessageView;

/// Messages that came and are not shown yet.
#[derive(Debug, Clone, Copy, Default)]
pub struct Came {
    count: usize,
    /// Whether one of them is one's own.
    own: bool,
}

impl Scroll {
    /// Follows what became of the rows.
    pub fn follow(self, change: Change) {
        let guesses = |from: usize, to: usize| {
            self.thread.rows.with_value(|rows| {
                rows.get(from..to.min(rows.len()))
                    .unwrap_or_default()
                    .iter()
                    .map(guess)
                    .collect::<Vec<_>>()
            })
        };
        let count = self.thread.rows.with_value(Vec::len);
        match change {
            Change::All => {
                self.heights.set_value(Heights::new(guesses(0, count)));
                self.range.update_untracked(|range| *range = (0, 0));
                self.missed.set(0);
                let new = self.thread.new_from.get_untracked();
                let row = new.and_then(|(id, _)| self.thread.position(&id));
                self.aim(row.map_or(Goal::End, Goal::Row));
            }
            Change::Before(new) => {
                let guesses = guesses(0, new);
                let more: f64 = guesses.iter().sum();
                self.heights.update_value(|heights| heights.splice(0, 0, guesses));
                if let Goal::Row(row) = self.goal.get_value() {
                    self.goal.set_value(Goal::Row(row + new));
                }
                self.lowest.update_untracked(|lowest| *lowest += new);
                let (from, to) = self.range.get_untracked();
                self.draw(from + new, to + new);
                self.scroll_by(more);
            }
            Change::Behind(new) => {
                let guesses = guesses(count - new, count);
                self.heights.update_value(|heights| heights.splice(count - new, 0, guesses));
                self.look();
            }
            Change::LeftBefore(gone) => {
                let less = self.heights.with_value(|heights| heights.top(gone));
                self.heights.update_value(|heights| heights.splice(0, gone, []));
                if let Goal::Row(row) = self.goal.get_value() {
                    self.goal.set_value(Goal::Row(row.saturating_sub(gone)));
                }
                self.lowest.update_untracked(|lowest| *lowest = lowest.saturating_sub(gone));
                let (from, to) = self.range.get_untracked();
                self.draw(from.saturating_sub(gone), to.saturating_sub(gone));
                self.scroll_by(-less);
            }
            Change::LeftBehind(gone) => {
                self.heights.update_value(|heights| heights.splice(count, gone, []));
                let (from, to) = self.range.get_untracked();
                self.draw(from.min(count), to.min(count));
                self.look();
            }
            Change::Came(at) => {
                self.open(at, guesses(at, at + 1).first().copied().unwrap_or_default());
                let mine = self.thread.rows.with_value(|rows| {
                    rows.get(at).is_some_and(|row| row.message.with_untracked(|one| one.mine))
                });
                self.catch_up(mine && at + 1 == count);
            }
            Change::Gone(at) => {
                self.close(at);
                self.look();
            }
            Change::Moved(from, to) => {
                let height = self.close(from);
                self.open(to, height);
                self.look();
            }
        }
    }

    /// A row of this height is at this place now, and those from there on one further.
    fn open(self, at: usize, height: f64) {
        let above = self.is_above(at);
        self.heights.update_value(|heights| heights.splice(at, 0, [height]));
        let moved = |row: usize| if row >= at { row + 1 } else { row };
        self.place_anew(at, moved, |(from, to)| {
            // What comes behind the last that is drawn is drawn when it is seen.
            if at < from { (from + 1, to + 1) } else { (from, if at < to { to + 1 } else { to }) }
        });
        if above {
            self.scroll_by(height);
        }
    }

    /// The row at this place is gone; its height.
    fn close(self, at: usize) -> f64 {
        let above = self.is_above(at);
        let height = self.heights.with_value(|heights| heights.get(at));
        self.heights.update_value(|heights| heights.splice(at, 1, []));
        let moved = |row: usize| if row > at { row - 1 } else { row };
        self.place_anew(at, moved, |(from, to)| (moved(from), if at < to { to - 1 } else { to }));
        if above {
            self.scroll_by(-height);
        }
        height
    }

    /// Whether a place is above what is seen, so that what happens there must move nothing.
    fn is_above(self, at: usize) -> bool {
        if at >= self.range.get_untracked().1 || self.stays_at_end() {
            return false;
        }
        let Some((top, _, origin)) = self.view() else { return false };
        at <= self.heights.with_value(|heights| heights.row_at(top - origin))
            && matches!(self.goal.get_value(), Goal::Free)
    }

    /// One row came or went here: what names rows by their places names others.
    fn place_anew(
        self,
        at: usize,
        moved: impl Fn(usize) -> usize,
        range: impl Fn((usize, usize)) -> (usize, usize),
    ) {
        if let Goal::Row(row) = self.goal.get_value() {
            self.goal.set_value(Goal::Row(moved(row)));
        }
        self.lowest.update_untracked(|lowest| *lowest = moved(*lowest));
        let old = self.range.get_untracked();
        let (from, to) = range(old);
        self.box_off(from, to);
        // A row that is drawn may be another although the numbers are the same.
        if (from, to) != old || at < to {
            self.range.set((from, to));
        }
    }

    /// Shows with the next frame what came: however many messages come until then, they are laid out once.
    fn catch_up(self, own: bool) {
        let before = self.came.get_value();
        self.came.set_value(Came { count: before.count + 1, own: before.own || own });
        if before.count > 0 {
            return;
        }
        request_animation_frame(move || {
            let Some(came) = self.came.try_update_value(std::mem::take) else { return };
            if came.own || self.stays_at_end() {
                self.aim(Goal::End);
                self.thread.let_go();
            } else {
                self.missed.update(|missed| *missed += came.count);
                self.look();
            }
        });
    }
}

/// The likely height of a row that was never drawn.
fn guess(row: &Row) -> f64 {
    let stand = row.stand.with_untracked(|stand| *stand);
    let own = row.message.with_untracked(guess_message);
    let apart = if stand.place.opens() { 8.0 } else { 0.0 };
    let day = if stand.day { 46.0 } else { 0.0 };
    own + apart + day
}

fn guess_message(message: &MessageView) -> f64 {
    let text = message.text.as_deref().unwrap_or_default();
    let lines: usize = text.lines().map(|line| line.chars().count() / 56 + 1).sum();
    let pictures = message.attachments.iter().filter(|file| is_picture(file)).count();
    let files = message.attachments.len() - pictures;
    let reactions = if message.reactions.is_empty() { 0.0 } else { 20.0 };
    let quote = if message.reply_to.is_some() { 55.0 } else { 0.0 };
    let media = if pictures > 0 { 260.0 } else { 0.0 } + files as f64 * 75.0;
    17.0 + lines.clamp(1, 24) as f64 * 21.0 + media + reactions + quote
}

//! Which rows of the thread are drawn, and where one is in it. A hundred thousand messages have a handful of elements:
//! what is above and below is two empty boxes of the right height. Heights are guessed until a row is drawn, then
//! measured; the row at the upper edge stays where it is while others change ("anchored").
//!
//! | what happens | what stays in place |
//! |---|---|
//! | rows come before the first, or are let go there | the row at the upper edge |
//! | a row above the upper edge has another height | the row at the upper edge |
//! | a row comes behind the last | the end, if one is at the end; else the row at the upper edge |
//! | a row comes late, goes, or gets another place | the same |
//! | a message is wanted | that message, until one scrolls |

mod follow;

use crate::heights::Heights;
use crate::state::thread::{Row, Threads};
use crate::window;
use leptos::html;
use leptos::prelude::*;
use std::time::Duration;
use web_sys::HtmlElement;

/// Pixels that are drawn above and below what is seen: somebody who scrolls quickly comes so far in a few frames.
const BEYOND: f64 = 1200.0;
/// Of these so many at once where one is taken to.
const AROUND: f64 = 300.0;
/// So near to the end counts as being there.
const NEAR: f64 = 24.0;
/// With so few rows left above, older ones are asked for.
const FEW: usize = 120;
/// A place that is wanted is kept for so long, unless one scrolls.
const SETTLED: Duration = Duration::from_millis(900);

/// A message that the room should show.
#[derive(Clone, Copy)]
pub struct Wanted {
    /// Its id, with a number that grows.
    pub message: RwSignal<Option<(String, u32)>>,
    count: StoredValue<u32>,
}

impl Wanted {
    /// None.
    pub fn new() -> Self {
        Self { message: RwSignal::new(None), count: StoredValue::new(0) }
    }

    /// That of the room.
    pub fn here() -> Self {
        expect_context()
    }

    /// Asks for a message.
    pub fn show(self, message_id: &str) {
        self.count.update_value(|count| *count += 1);
        self.message.set(Some((message_id.to_string(), self.count.get_value())));
    }
}

/// Where the thread wants to be.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Goal {
    /// Where one scrolled to.
    Free,
    /// At the newest message.
    End,
    /// With this row a third below the upper edge.
    Row(usize),
}

/// The drawn stretch of the thread.
#[derive(Clone, Copy)]
pub struct Scroll {
    thread: Threads,
    heights: StoredValue<Heights>,
    goal: StoredValue<Goal>,
    /// Grows with every goal.
    aims: StoredValue<u32>,
    /// What came since the last frame.
    came: StoredValue<follow::Came>,
    /// Rows that are drawn: the first, and the one behind the last.
    pub range: RwSignal<(usize, usize)>,
    /// Whether one is at the newest message.
    pub at_end: RwSignal<bool>,
    /// Messages that came while one was elsewhere.
    pub missed: RwSignal<usize>,
    /// The row at the lower edge.
    pub lowest: RwSignal<usize>,
    /// What scrolls.
    pub node: NodeRef<html::Div>,
    /// The boxes above and below.
    pub above: NodeRef<html::Div>,
    pub below: NodeRef<html::Div>,
}

impl Scroll {
    /// Over the rows of the thread.
    pub fn new(thread: Threads) -> Self {
        Self {
            thread,
            heights: StoredValue::new(Heights::default()),
            goal: StoredValue::new(Goal::End),
            aims: StoredValue::new(0),
            came: StoredValue::new(follow::Came::default()),
            range: RwSignal::new((0, 0)),
            at_end: RwSignal::new(true),
            missed: RwSignal::new(0),
            lowest: RwSignal::new(0),
            node: NodeRef::new(),
            above: NodeRef::new(),
            below: NodeRef::new(),
        }
    }

    /// The rows that are drawn.
    pub fn drawn(self) -> Vec<Row> {
        let (from, to) = self.range.get();
        self.thread
            .rows
            .with_value(|rows| rows.get(from..to.min(rows.len())).unwrap_or_default().to_vec())
    }

    /// Whether one is at the newest message and not on the way to another.
    fn stays_at_end(self) -> bool {
        self.at_end.get_untracked() && !matches!(self.goal.get_value(), Goal::Row(_))
    }

    /// Goes to the newest message.
    pub fn to_end(self) {
        self.missed.set(0);
        if !self.thread.ends.get_untracked() {
            self.thread.back();
            return;
        }
        self.aim(Goal::End);
        self.settle();
    }

    /// Goes to a row.
    pub fn to_row(self, row: usize) {
        self.aim(Goal::Row(row));
        self.settle();
    }

    /// Whether a row can be seen as a whole.
    pub fn is_seen(self, row: usize) -> bool {
        let Some((top, height, origin)) = self.view() else { return false };
        let (from, to) =
            self.heights.with_value(|heights| (heights.top(row), heights.top(row + 1)));
        from + origin >= top && to + origin <= top + height
    }

    fn aim(self, goal: Goal) {
        self.goal.set_value(goal);
        self.aims.update_value(|aims| *aims += 1);
        let aim = self.aims.get_value();
        // Heights near the goal are known by then; who is at the end stays there all the same.
        set_timeout(
            move || {
                if self.aims.try_get_value() == Some(aim) {
                    // On a slow machine nothing may have been drawn until now.
                    self.settle();
                    self.freed();
                }
            },
            SETTLED,
        );
        let count = self.heights.with_value(Heights::len);
        let height = self.view().map_or(900.0, |(_, height, _)| height);
        let (from, to) = match goal {
            Goal::Free => return,
            Goal::End => self
                .heights
                .with_value(|heights| (heights.row_at(heights.total() - height - AROUND), count)),
            Goal::Row(row) => self.heights.with_value(|heights| {
                let top = heights.top(row);
                (heights.row_at(top - height - AROUND), heights.row_at(top + height + AROUND) + 1)
            }),
        };
        let to = to.min(count);
        // What is drawn next to it stays.
        let (drawn_from, drawn_to) = self.range.get_untracked();
        if drawn_from <= to && from <= drawn_to {
            self.draw(from.min(drawn_from), to.max(drawn_to.min(count)));
        } else {
            self.draw(from, to);
        }
    }

    /// Draws these rows, with boxes of the height of the others.
    fn draw(self, from: usize, to: usize) {
        self.box_off(from, to);
        if self.range.get_untracked() != (from, to) {
            self.range.set((from, to));
        }
    }

    /// Gives the boxes above and below these rows the height of all others.
    fn box_off(self, from: usize, to: usize) {
        let (above, below) = self
            .heights
            .with_value(|heights| (heights.top(from), heights.total() - heights.top(to)));
        for (node, height) in [(self.above, above), (self.below, below)] {
            if let Some(node) = node.get_untracked() {
                // The property exists in every browser.
                let _ = HtmlElement::style(&node)
                    .set_property("height", &format!("{:.2}px", height.max(0.0)));
            }
        }
    }

    /// Where one is: how far from the top, how much is seen, where the first row begins.
    fn view(self) -> Option<(f64, f64, f64)> {
        let node = self.node.get_untracked()?;
        let above = self.above.get_untracked()?;
        Some((node.scroll_top().into(), node.client_height().into(), above.offset_top().into()))
    }

    fn scroll_by(self, pixels: f64) {
        if pixels != 0.0
            && let Some(node) = self.node.get_untracked()
        {
            node.set_scroll_top(node.scroll_top() + pixels.round() as i32);
        }
    }

    /// Something below the last row came or went: who is at the end stays there.
    pub fn stay(self) {
        request_animation_frame(move || {
            let there = self.node.try_get_untracked().flatten().is_some();
            if there && self.stays_at_end() {
                self.to_end();
            }
        });
    }

    /// One scrolled by oneself: no place is kept for one any more.
    pub fn freed(self) {
        self.goal.set_value(Goal::Free);
    }

    /// Finds out what is seen now and draws what is near.
    pub fn look(self) {
        let Some((top, height, origin)) = self.view() else { return };
        let Some(node) = self.node.get_untracked() else { return };
        let count = self.heights.with_value(Heights::len);
        let at_end = f64::from(node.scroll_height()) - top - height < NEAR
            && self.thread.ends.get_untracked();
        if self.at_end.get_untracked() != at_end {
            self.at_end.set(at_end);
        }
        if at_end && self.missed.get_untracked() > 0 {
            self.missed.set(0);
        }
        let (wanted, seen, lowest) = self.heights.with_value(|heights| {
            let at = |place: f64| heights.row_at(place - origin);
            let rows = |more: f64| (at(top - more), (at(top + height + more) + 1).min(count));
            (rows(BEYOND), rows(0.0), at(top + height - NEAR))
        });
        if self.lowest.get_untracked() != lowest {
            self.lowest.set(lowest);
        }
        let (from, to) = window::next(self.range.get_untracked(), wanted, seen);
        self.draw(from, to);
        if wanted.0 < FEW {
            self.thread.older();
        }
        if wanted.1 + FEW > count {
            self.thread.newer();
        }
    }

    /// Takes the heights of rows that were measured.
    pub fn measured(self, rows: &[(usize, f64)]) {
        let Some((top, _, origin)) = self.view() else { return };
        let first = self.heights.with_value(|heights| heights.row_at(top - origin));
        let mut shift = 0.0;
        let mut changed = false;
        self.heights.update_value(|heights| {
            for (row, height) in rows {
                let difference = heights.set(*row, *height);
                changed |= difference.abs() > 0.01;
                if *row < first {
                    shift += difference;
                }
            }
        });
        if !changed {
            return;
        }
        match self.goal.get_value() {
            Goal::Free if self.at_end.get_untracked() => self.aim(Goal::End),
            Goal::Free => self.scroll_by(shift),
            Goal::End | Goal::Row(_) => {}
        }
        self.settle();
    }

    /// Goes to where one wants to be, as well as it is known.
    pub fn settle(self) {
        let Some(node) = self.node.get_untracked() else { return };
        match self.goal.get_value() {
            Goal::Free => {}
            Goal::End => node.set_scroll_top(node.scroll_height()),
            Goal::Row(row) => {
                if let Some((_, height, origin)) = self.view() {
                    let top = self.heights.with_value(|heights| heights.top(row));
                    node.set_scroll_top((top + origin - height / 3.0).round() as i32);
                }
            }
        }
        self.look();
    }
}

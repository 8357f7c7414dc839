//! How messages stand together: one after the other of the same author within three minutes form a group, whose
//! corners, names and faces are drawn once; a day begins with a chip.

use parlor_view::MessageView;

/// Between messages of one group, in milliseconds.
const TOGETHER: u64 = 3 * 60 * 1000;

/// Where a message stands in its group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Place {
    Solo,
    First,
    Middle,
    Last,
}

impl Place {
    /// From whether the message before and the one behind belong to the same group.
    pub fn new(joins_before: bool, joins_behind: bool) -> Self {
        match (joins_before, joins_behind) {
            (false, false) => Self::Solo,
            (false, true) => Self::First,
            (true, true) => Self::Middle,
            (true, false) => Self::Last,
        }
    }

    /// Whether the name of the author stands above it.
    pub fn opens(self) -> bool {
        matches!(self, Self::Solo | Self::First)
    }

    /// Whether the face of the author stands beside it.
    pub fn closes(self) -> bool {
        matches!(self, Self::Solo | Self::Last)
    }

    /// The class of this place.
    pub fn class(self) -> &'static str {
        match self {
            Self::Solo => "solo",
            Self::First => "first",
            Self::Middle => "mid",
            Self::Last => "last",
        }
    }
}

/// Whether two messages, one right after the other, belong to one group. `offset` is the local time zone's, in
/// minutes to add to UTC.
pub fn together(one: &MessageView, next: &MessageView, offset: i64) -> bool {
    one.kind != "notice"
        && next.kind != "notice"
        && one.sender.user_id == next.sender.user_id
        && next.sent_at.saturating_sub(one.sent_at) < TOGETHER
        && day(one.sent_at, offset) == day(next.sent_at, offset)
}

/// The number of the local day of a time.
pub fn day(at: u64, offset: i64) -> i64 {
    (i64::try_from(at).unwrap_or(i64::MAX) / 60_000).saturating_add(offset).div_euclid(24 * 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_local() {
        let evening = 23 * 3_600_000 + 30 * 60_000;
        assert_eq!(day(evening, 0), 0);
        assert_eq!(day(evening, 60), 1);
        assert_eq!(day(0, -60), -1);
    }

    #[test]
    fn places() {
        assert_eq!(Place::new(false, true), Place::First);
        assert!(Place::Solo.opens() && Place::Solo.closes() && !Place::Middle.opens());
    }
}

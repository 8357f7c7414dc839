//! Where a message stands in its chat: by its position, which is the same on every device, and where two have the same
//! by the bytes of their ids; behind all of these what waits to be sent, in the order in which it was queued.

use parlor_view::MessageView;
use std::cmp::Ordering;

/// Which of two messages of a chat stands first. Two that wait stand as they came.
pub fn order(one: &MessageView, other: &MessageView) -> Ordering {
    match (one.position, other.position) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (Some(at), Some(theirs)) => {
            at.cmp(&theirs).then_with(|| letters(&one.message_id).cmp(letters(&other.message_id)))
        }
    }
}

/// An id in the order of its bytes: in base32 digits come behind letters.
fn letters(id: &str) -> impl Iterator<Item = (bool, u8)> {
    id.bytes().map(|letter| (letter.is_ascii_digit(), letter))
}

/// The ends of the stretch of a chat that is held.
#[derive(Debug, Clone, Copy)]
pub struct Stretch {
    /// Whether there is nothing before it.
    pub whole: bool,
    /// Whether there is nothing behind it.
    pub ends: bool,
}

impl Stretch {
    /// The place of a message that is not among these rows, which stand in order: behind all that do not come after
    /// it. Nothing if it is before or behind what is held.
    pub fn place<T>(self, rows: &[T], order: impl Fn(&T) -> Ordering) -> Option<usize> {
        let at = rows.partition_point(|row| order(row).is_le());
        let before = at == 0 && !self.whole && !rows.is_empty();
        let behind = at == rows.len() && !self.ends;
        (!before && !behind).then_some(at)
    }
}

/// Whether a message that became another has to be given a place anew: it left, or waits once more.
pub fn moves(old: &MessageView, new: &MessageView) -> bool {
    old.position != new.position || (old.state == "failed" && new.state == "queued")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    fn message(id: &str, position: Option<u64>) -> MessageView {
        serde_json::from_value(json!({
            "message_id": id, "chat_id": "c", "sender": {"user_id": "u", "address": "a", "display_name": "n"},
            "mine": position.is_none(), "sent_at": 0, "position": position, "kind": "text", "reactions": [],
            "state": if position.is_none() { "queued" } else { "sent" },
        }))
        .unwrap()
    }

    fn place(rows: &[MessageView], new: &MessageView, whole: bool, ends: bool) -> Option<usize> {
        Stretch { whole, ends }.place(rows, |row| order(row, new))
    }

    #[test]
    fn the_order_of_a_chat() {
        let rows = [
            message("b", Some(5)),
            message("z", Some(7)),
            message("2", Some(7)),
            message("c", None),
            message("a", None),
        ];
        for (at, one) in rows.iter().enumerate() {
            for (behind, next) in rows.iter().enumerate().skip(at + 1) {
                let wanted = if at >= 3 && behind >= 3 { Ordering::Equal } else { Ordering::Less };
                assert_eq!(order(one, next), wanted, "{at} {behind}");
                assert_eq!(order(next, one), wanted.reverse(), "{behind} {at}");
            }
        }
    }

    #[test]
    fn late_ones_stand_where_they_belong() {
        let rows = [message("b", Some(5)), message("b", Some(9)), message("b", None)];
        let table = [
            // What comes last stands before what waits, and what waits behind all.
            (message("d", Some(12)), Some(2)),
            (message("d", None), Some(3)),
            // What was missed stands between.
            (message("d", Some(7)), Some(1)),
            (message("a", Some(9)), Some(1)),
            (message("c", Some(9)), Some(2)),
            (message("d", Some(1)), Some(0)),
        ];
        for (new, wanted) in table {
            assert_eq!(place(&rows, &new, true, true), wanted, "{:?}", new.position);
        }
    }

    #[test]
    fn what_is_beyond_the_stretch_has_no_place() {
        let rows = [message("b", Some(5)), message("b", Some(9))];
        let new = |at| message("d", at);
        assert_eq!(place(&rows, &new(Some(1)), false, true), None);
        assert_eq!(place(&rows, &new(Some(7)), false, false), Some(1));
        assert_eq!(place(&rows, &new(Some(12)), true, false), None);
        assert_eq!(place(&rows, &new(None), true, false), None);
        // The first of a chat.
        assert_eq!(place(&[], &new(Some(1)), false, true), Some(0));
    }

    #[test]
    fn what_leaves_or_waits_again_moves() {
        let (waits, sent) = (message("a", None), message("a", Some(4)));
        let failed = MessageView { state: "failed".into(), ..waits.clone() };
        assert!(moves(&waits, &sent) && moves(&failed, &waits));
        assert!(!moves(&waits, &failed) && !moves(&sent, &sent));
    }
}

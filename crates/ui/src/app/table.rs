//! Which keys do what, for those who look it up.

use crate::t;

/// What keys do, and which.
pub type Line = (String, &'static [&'static str]);
/// The name of a group of keys, and its lines.
pub type Group = (String, Vec<Line>);

/// The keys by group.
pub fn table() -> Vec<Group> {
    vec![
        (
            t!("keys-go"),
            vec![
                (t!("palette"), &["Ctrl", "K"] as &[_]),
                (t!("keys-next"), &["Alt", "↓"]),
                (t!("keys-previous"), &["Alt", "↑"]),
                (t!("keys-unread"), &["Alt", "Shift", "↓"]),
                (t!("keys-nth"), &["Alt", "1…9"]),
                (t!("keys-pane"), &["F6"]),
                (t!("keys-back"), &["Esc"]),
                (t!("settings"), &["Ctrl", ","]),
            ],
        ),
        (
            t!("keys-list"),
            vec![
                (t!("new-chat"), &["Alt", "N"] as &[_]),
                (t!("new-group"), &["Alt", "G"]),
                (t!("search-all"), &["Ctrl", "Shift", "F"]),
                (t!("pin"), &["Alt", "P"]),
                (t!("mute"), &["Alt", "M"]),
                (t!("mark-unread"), &["Alt", "U"]),
                (t!("archive"), &["Alt", "Shift", "E"]),
                (t!("chat-menu"), &["Shift", "F10"]),
            ],
        ),
        (
            t!("messages"),
            vec![
                (t!("keys-move"), &["↑", "↓"] as &[_]),
                (t!("keys-ends"), &["Home", "End"]),
                (t!("keys-older"), &["PgUp"]),
                (t!("reply"), &["R"]),
                (t!("react"), &["E"]),
                (t!("forward"), &["F"]),
                (t!("copy-text"), &["Ctrl", "C"]),
                (t!("star"), &["S"]),
                (t!("message-details"), &["I"]),
                (t!("edit"), &["Ctrl", "↑"]),
                (t!("delete"), &["Del"]),
                (t!("select"), &["Space"]),
                (t!("find"), &["Ctrl", "F"]),
            ],
        ),
        (
            t!("keys-writing"),
            vec![
                (t!("send"), &["Enter"] as &[_]),
                (t!("keys-line"), &["Shift", "Enter"]),
                (t!("send-silently"), &["Alt", "Enter"]),
                (t!("keys-edit-last"), &["↑"]),
                (t!("keys-bold"), &["Ctrl", "B"]),
                (t!("keys-italic"), &["Ctrl", "I"]),
                (t!("keys-code"), &["Ctrl", "E"]),
                (t!("emoji"), &["Ctrl", ";"]),
                (t!("attach"), &["Alt", "A"]),
                (t!("record"), &["Alt", "R"]),
                (t!("cancel-reply"), &["Esc"]),
            ],
        ),
        (
            t!("viewer"),
            vec![
                (t!("picture-older"), &["←"] as &[_]),
                (t!("picture-newer"), &["→"]),
                (t!("keys-zoom"), &["+", "−", "0"]),
                (t!("save"), &["Ctrl", "S"]),
                (t!("reply"), &["R"]),
                (t!("close"), &["Esc"]),
            ],
        ),
        (
            t!("keys-anywhere"),
            vec![
                (t!("shortcuts"), &["?"] as &[_]),
                (t!("switch-theme"), &["Alt", "T"]),
                (t!("pause-alerts"), &["Alt", "Z"]),
                (t!("lock-now"), &["Ctrl", "Shift", "X"]),
                (t!("accounts"), &["Alt", "Shift", "A"]),
            ],
        ),
    ]
}

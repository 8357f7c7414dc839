//! Keys as they are called where the person lives, and by their signs on a Mac.

use crate::t;
use leptos::prelude::*;

/// Whether the keyboard is most likely Apple's.
fn is_mac() -> bool {
    let platform = window().navigator().platform().unwrap_or_default();
    platform.starts_with("Mac") || platform.starts_with("iP")
}

/// What stands on a key.
fn cap(key: &'static str) -> String {
    let sign = match key {
        "Ctrl" => "⌘",
        "Alt" => "⌥",
        "Shift" => "⇧",
        "Enter" => "↩",
        "Del" => "⌦",
        _ => return t!("key", key = key),
    };
    if is_mac() { sign.to_string() } else { t!("key", key = key) }
}

/// Keys beside one another.
pub fn caps(keys: &[&'static str]) -> AnyView {
    let one = |key: &&'static str| draw! { <kbd class={"kbd"} dir={"ltr"}>{cap(key)}</kbd> };
    keys.iter().map(one).collect_view().into_any()
}

/// What something is called, and the keys that do it.
pub fn with_keys(name: String, keys: &[&'static str]) -> String {
    let keys: Vec<String> = keys.iter().map(|key| cap(key)).collect();
    t!("with-keys", name = name, keys = keys.join(" "))
}

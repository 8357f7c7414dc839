//! Which app this is: its version, and a number by which what the server gave out can be compared with a build of
//! one's own.

use crate::{dom, t};
use js_sys::Uint8Array;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::fmt::Write as _;

/// The list of all files with their hashes (`cargo xtask web` writes it).
const LIST: &str = "/app/files.json";
/// Digits in a group, as they are read aloud.
const GROUP: usize = 4;

#[component]
pub fn About() -> impl IntoView {
    let hash = RwSignal::new(None::<String>);
    spawn_local(async move {
        let read = fingerprint().await;
        // The page may be left by now.
        let _ = hash.try_set(read);
    });
    draw! {
        <div class={"list-card"}>
            <div class={"li no-ic"}>
                <span class={"t"}><b>{"Parlor"}</b><span>{t!("about-version", version = env!("CARGO_PKG_VERSION"))}</span></span>
            </div>
            {move || hash.get().map(|hash| draw! {
                <div class={"li no-ic"}>
                    <span class={"t"}><b>{t!("about-hash")}</b><code dir={"ltr"}>{hash}</code></span>
                </div>
            })}
        </div>
        <p class={"group-note"}>{t!("about-text")}</p>
        <p class={"group-note"}><a class={"link"} href={LIST} target={"_blank"} rel={"noreferrer"}>{t!("about-list")}</a></p>
    }
}

/// The SHA-256 of the list, in groups of digits; nothing where the server or the browser does not give it.
async fn fingerprint() -> Option<String> {
    let list = dom::fetched(LIST).await?;
    let subtle = dom::property(&dom::property(&window(), "crypto")?, "subtle")?;
    let bytes = Uint8Array::from(list.as_bytes());
    let digest = dom::method(&subtle, "digest", &["SHA-256".into(), bytes.into()])?;
    let mut hex = String::new();
    for (place, byte) in Uint8Array::new(&dom::wait(digest).await?).to_vec().iter().enumerate() {
        if place > 0 && place * 2 % GROUP == 0 {
            hex.push(' ');
        }
        // A text takes all that is written.
        let _ = write!(hex, "{byte:02x}");
    }
    Some(hex)
}

//! What the server knows: its own record of the account, asked for and shown whole.

use super::delete::DeleteAccount;
use super::rows::Waiting;
use crate::app::problems;
use crate::core::Problem;
use crate::locale::{self, Moment};
use crate::parts::icon::{self, Icon, icon};
use crate::state::session::Session;
use crate::{dom, t};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;
use serde_json::{Value, json};

const DAY: u64 = 24 * 60 * 60 * 1000;

#[derive(Deserialize)]
struct Answer {
    record: Value,
}

/// The parts of the record that have a line of their own. What else there is stands in the record as it came.
#[derive(Clone, Deserialize)]
struct Record {
    username: Option<String>,
    created_day: u64,
    #[serde(default)]
    devices: Vec<Device>,
    backup: Option<Backup>,
    #[serde(default)]
    log: Vec<Value>,
    #[serde(default)]
    uploaded: Vec<(u64, u64)>,
}

#[derive(Clone, Deserialize)]
struct Device {
    revoked: bool,
    #[serde(default)]
    mailbox_items: u64,
    #[serde(default)]
    mailbox_bytes: u64,
    #[serde(default)]
    one_time_key_packages: u64,
}

#[derive(Clone, Deserialize)]
struct Backup {
    bytes: u64,
}

#[component]
pub fn Server() -> impl IntoView {
    let session = Session::here();
    let (record, problem) = (RwSignal::new(None::<(Value, u64)>), RwSignal::new(None::<Problem>));
    let ask = move || {
        problem.set(None);
        spawn_local(async move {
            match session.ask::<Answer>("account.record", json!({})).await {
                Ok(Answer { record: came }) => {
                    let _ = record.try_set(Some((came, locale::now())));
                }
                Err(refused) => {
                    let _ = problem.try_set(Some(refused));
                }
            }
        });
    };
    ask();
    draw! {
        {move || problem.get().map(|problem| draw! { <p class={"callout"} role={"alert"}>{problems::words(&problem)}</p> })}
        {move || match record.get() {
            None if problem.with(Option::is_some) => ().into_any(),
            None => draw! { <Waiting /> }.into_any(),
            Some((whole, at)) => draw! { <Known whole=whole at=at /> }.into_any(),
        }}
        <div class={"row-acts"}>
            <button class={"btn soft"} on:click=move |_| ask()>{icon(icon::ARROWS_CLOCKWISE, "s18")}{t!("knows-again")}</button>
            <DeleteAccount />
        </div>
    }
}

#[component]
fn Known(whole: Value, at: u64) -> impl IntoView {
    let host = window().location().host().unwrap_or_default();
    let raw = serde_json::to_string_pretty(&whole).unwrap_or_default();
    let lines = parlor_view::json::read::<Record>(whole).ok().map(|record| lines(&record));
    let waiting = lines.as_ref().map_or(0, |(_, waiting)| *waiting);
    let lines = lines.map(|(lines, _)| lines).unwrap_or_default();
    let kinds = lines.len();
    let rows = lines.into_iter().map(|line| {
        draw! {
            <div class={"li"} role={"listitem"}>
                {icon(line.shape, "")}
                <span class={"t"}><b>{line.what}</b><span>{line.why}</span></span>
                <code dir={"ltr"}>{line.record}</code>
            </div>
        }
    });
    let rows = rows.collect::<Vec<_>>();
    let copied = raw.clone();
    let figure = |count: u64, class: &'static str, text: String| {
        draw! { <div class={class}><b>{locale::number(count as f64)}</b><span>{text}</span></div> }
    };
    draw! {
        <h2 class={"h-display"}>{t!("knows-title", server = host)}</h2>
        <p class={"lede"}>{t!("knows-text", time = locale::moment(at, Moment::Clock))}</p>
        <div class={"figures"}>
            {figure(kinds as u64, "figure", t!("knows-kinds", count = kinds))}
            {figure(waiting, "figure", t!("knows-waiting", count = waiting))}
            {figure(0, "figure lamp", t!("knows-readable"))}
        </div>
        <section>
            <h2 class={"group-label"}>{t!("knows-kept")}</h2>
            <div class={"list-card records"} role={"list"}>{rows}</div>
        </section>
        <section>
            <h2 class={"group-label"}>{t!("knows-passing")}</h2>
            <div class={"list-card"} role={"list"}>
                {said(icon::GLOBE, t!("knows-address"))}
                {said(icon::CLOCK, t!("knows-when"))}
                {said(icon::DEVICES, t!("knows-which"))}
            </div>
        </section>
        <section>
            <h2 class={"group-label"}>{t!("knows-not")}</h2>
            <div class={"list-card"} role={"list"}>
                {said(icon::CHATS_CIRCLE, t!("knows-not-said"))}
                {said(icon::USERS_THREE, t!("knows-not-groups"))}
                {said(icon::USER_CIRCLE, t!("knows-not-you"))}
            </div>
        </section>
        <details class={"raw"}>
            <summary>{t!("knows-raw")}</summary>
            <pre dir={"ltr"} tabindex={"0"}>{raw}</pre>
            <button class={"btn soft sm"} on:click=move |_| dom::copy(&copied)>{icon(icon::COPY, "s18")}{t!("copy-text")}</button>
        </details>
    }
}

fn said(shape: Icon, text: String) -> impl IntoView {
    draw! { <div class={"li"} role={"listitem"}>{icon(shape, "")}<span class={"t"}><span>{text}</span></span></div> }
}

/// A line of what is kept.
struct Line {
    shape: Icon,
    what: String,
    record: String,
    why: String,
}

/// The lines of a record, and how many messages wait on the server.
fn lines(record: &Record) -> (Vec<Line>, u64) {
    let active: Vec<&Device> = record.devices.iter().filter(|device| !device.revoked).collect();
    let items: u64 = record.devices.iter().map(|device| device.mailbox_items).sum();
    let bytes: u64 = record.devices.iter().map(|device| device.mailbox_bytes).sum();
    let packages: u64 = record.devices.iter().map(|device| device.one_time_key_packages).sum();
    let count = |number: usize| locale::number(number as f64);
    let mut lines = Vec::new();
    let mut line = |shape, what, record, why| lines.push(Line { shape, what, record, why });
    if let Some(username) = &record.username {
        line(icon::AT, t!("knows-handle"), username.clone(), t!("knows-handle-why"));
    }
    let made = locale::moment(record.created_day * DAY, Moment::Date);
    line(icon::CALENDAR_BLANK, t!("knows-made"), made, t!("knows-made-why"));
    line(icon::DEVICES, t!("knows-devices"), count(active.len()), t!("knows-devices-why"));
    line(icon::FILE_TEXT, t!("knows-log"), count(record.log.len()), t!("knows-log-why"));
    line(icon::KEY, t!("knows-keys"), locale::number(packages as f64), t!("knows-keys-why"));
    let waits = format!("{} · {}", locale::number(items as f64), locale::size(bytes));
    line(icon::ENVELOPE_SIMPLE, t!("knows-envelopes"), waits, t!("knows-envelopes-why"));
    if let Some(backup) = &record.backup {
        line(icon::ARCHIVE, t!("knows-backup"), locale::size(backup.bytes), t!("knows-backup-why"));
    }
    let uploaded: u64 = record.uploaded.iter().map(|(_, bytes)| bytes).sum();
    if uploaded > 0 {
        line(icon::FILE, t!("knows-uploaded"), locale::size(uploaded), t!("knows-uploaded-why"));
    }
    (lines, items)
}

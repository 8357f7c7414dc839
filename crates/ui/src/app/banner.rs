//! The state of the connection, when it changes what one can do: nothing is said in the first seconds. A device
//! without room is told of at once, and until the connection has held again for a while.

use crate::locale;
use crate::parts::icon::{self, icon};
use crate::state::session::{Connection, Session};
use crate::t;
use leptos::prelude::*;
use std::time::Duration;

/// What lasts less is not worth a word.
const PATIENCE: Duration = Duration::from_secs(3);

/// The banner, while there is no connection.
#[component]
pub fn Banner() -> impl IntoView {
    let session = Session::here();
    let late = RwSignal::new(false);
    let full = RwSignal::new(false);
    Effect::new(move || {
        let (state, since) = session.connection.get();
        late.set(false);
        if state == Connection::Full {
            full.set(true);
        }
        set_timeout(
            move || {
                if session.connection.try_get_untracked().map(|(_, at)| at) == Some(since) {
                    late.set(state != Connection::Online && locale::now() >= since);
                    if state == Connection::Online {
                        full.set(false);
                    }
                }
            },
            PATIENCE,
        );
    });
    let online = move || window().navigator().on_line();
    move || {
        if full.get() {
            return Some(
                draw! {
                    <div class={"banner bad"} role={"alert"}>
                        {icon(icon::WARNING_CIRCLE_FILL, "s20")}
                        <span><b>{t!("full")}</b>{" "}{t!("full-text")}</span>
                    </div>
                }
                .into_any(),
            );
        }
        late.get().then(|| {
            let server = session
                .account
                .with(|account| account.as_ref().map(|account| account.server.clone()));
            let server = server.unwrap_or_default();
            let host = server.split("://").last().unwrap_or_default().to_string();
            let (class, shape, title) = if online() {
                ("banner bad", icon::WARNING_CIRCLE_FILL, t!("unreachable", server = host))
            } else {
                ("banner", icon::WIFI_SLASH, t!("offline"))
            };
            draw! {
                <div class={class} role={"status"}>
                    {icon(shape, "s20")}
                    <span><b>{title}</b>{" "}{t!("offline-text")}</span>
                </div>
            }
            .into_any()
        })
    }
}

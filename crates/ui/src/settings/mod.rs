//! Settings: the list of pages, and the page that the address names. A page is a file of this folder and a line of
//! [`pages`].

mod notifications;
mod shortcuts;

use crate::parts::icon::{self, Icon, icon};
use crate::route::{Place, Router};
use crate::{dom, t};
use leptos::prelude::*;

/// A page of the settings.
struct Page {
    /// Its name in the address.
    name: &'static str,
    icon: Icon,
    title: String,
    draw: fn() -> AnyView,
}

/// All pages, in the order of the list.
fn pages() -> Vec<Page> {
    vec![
        Page {
            name: "notifications",
            icon: icon::BELL,
            title: t!("notifications"),
            draw: || draw! { <notifications::Notifications /> },
        },
        Page {
            name: "shortcuts",
            icon: icon::KEYBOARD,
            title: t!("shortcuts"),
            draw: || draw! { <shortcuts::Shortcuts /> },
        },
    ]
}

/// The panes of the settings.
#[component]
pub fn SettingsPane() -> impl IntoView {
    let router = Router::here();
    let narrow = dom::Narrow::here().0;
    let open = Memo::new(move |_| {
        router.place.with(|place| match place {
            Place::Settings(name) => name.clone(),
            _ => String::new(),
        })
    });
    // Beside the list there is always a page; alone on a phone, only the one that was chosen.
    let shown = Memo::new(move |_| {
        let wanted = open.get();
        let pages = pages();
        let known = pages.iter().any(|page| page.name == wanted);
        if known {
            wanted
        } else {
            pages.first().map(|page| page.name.to_string()).unwrap_or_default()
        }
    });
    let line = move |page: Page| {
        let name = page.name;
        let current =
            move || (!narrow.get() && shown.with(|shown| shown == name)).then_some("page");
        draw! {
            <a href={Place::Settings(name.into()).href()} aria-current=current>
                {icon(page.icon, "")}
                <span class={"clip"}>{page.title}</span>
            </a>
        }
    };
    draw! {
        <section
            class={"pane list"}
            role=move || (narrow.get() && open.with(String::is_empty)).then_some("main")
            aria-label={t!("settings")}
        >
            <header class={"pane-head"}><h1 class={"h-pane"}>{t!("settings")}</h1></header>
            <div class={"scroll"}>
                <nav class={"snav"} aria-label={t!("settings")}>{pages().into_iter().map(line).collect_view()}</nav>
            </div>
        </section>
        {move || {
            let name = shown.get();
            pages().into_iter().find(|page| page.name == name).map(|page| {
                let body = (page.draw)();
                draw! {
                    <main class={"room main"} aria-label={page.title.clone()}>
                        <header class={"room-head"}>
                            <a class={"icon-btn back"} href={Place::Settings(String::new()).href()} aria-label={t!("back-to-settings")}>
                                {icon(icon::CARET_LEFT_BOLD, "s22 flip")}
                            </a>
                            <h2 class={"h-sec grow"}>{page.title.clone()}</h2>
                        </header>
                        <div class={"scroll"} tabindex={"0"} role={"group"} aria-label={page.title.clone()}>{body}</div>
                    </main>
                }
            })
        }}
    }
}

//! Who is in a group: roles, adding, removing, its name.

use crate::app::problems;
use crate::fresh::PickPeople;
use crate::parts::avatar::{Face, face};
use crate::parts::dialog::Dialog;
use crate::parts::icon::{self, icon};
use crate::parts::menu::{Item, Menus};
use crate::state::people::People;
use crate::state::session::Session;
use crate::state::toasts::Toasts;
use crate::t;
use leptos::prelude::*;
use leptos::task::spawn_local;
use parlor_view::{ChatInfo, ChatView, MemberView};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use wasm_bindgen::JsCast;

/// What is asked of the group, and read again after it.
#[derive(Clone, Copy)]
pub struct Asking {
    session: Session,
    toasts: Toasts,
    chat: Memo<ChatView>,
    info: RwSignal<Option<ChatInfo>>,
}

impl Asking {
    /// Asks; what it changes is told by events.
    pub fn run(self, method: &'static str, mut params: Value) {
        let id = self.chat.with_untracked(|chat| chat.chat_id.clone());
        if let Some(params) = params.as_object_mut() {
            params.insert("chat_id".into(), id.into());
        }
        let id = self.chat.with_untracked(|chat| chat.chat_id.clone());
        spawn_local(async move {
            if let Err(problem) = self.session.tell(method, params).await {
                self.toasts.show(problems::words(&problem), None);
            }
            let read = self.session.ask::<ChatInfo>("chats.info", json!({"chat_id": id})).await;
            if let Ok(read) = read {
                let _ = self.info.try_set(Some(read));
            }
        });
    }
}

/// The members, and what the own role may do with them.
#[component]
pub fn MembersCard(chat: Memo<ChatView>, info: RwSignal<Option<ChatInfo>>) -> impl IntoView {
    let asking = Asking { session: Session::here(), toasts: Toasts::here(), chat, info };
    let (adding, naming) = (RwSignal::new(false), RwSignal::new(false));
    let linking = RwSignal::new(false);
    let own = asking.session.own_id();
    let role = {
        let own = own.clone();
        Memo::new(move |_| {
            info.with(|info| {
                let mut members = info.iter().flat_map(|info| &info.members);
                let mine = members.find(|member| member.user_id == own);
                mine.map(|member| member.role.to_string()).unwrap_or_default()
            })
        })
    };
    let may = move |which: fn(&ChatInfo) -> &str| {
        let all = info.with(|info| info.as_ref().is_some_and(|info| which(info) == "everyone"));
        !chat.with(|chat| chat.left) && (all || matches!(&*role.get(), "owner" | "admin"))
    };
    let rows = move || {
        info.with(|info| {
            let members = info.as_ref().map(|info| info.members.clone()).unwrap_or_default();
            members
                .into_iter()
                .map(|member| draw! { <MemberRow member=member own=own.clone() role=role asking=asking /> })
                .collect::<Vec<_>>()
        })
    };
    let count = move || info.with(|info| info.as_ref().map_or(0, |info| info.members.len()));
    draw! {
        <super::link::Asks info=info asking=asking />
        <section>
            <h2 class={"group-label"}>{move || t!("member-count", count = count())}</h2>
            <div class={"list-card"}>
                {move || may(|info| &info.policy.add_members).then(|| draw! {
                    <button class={"li"} on:click=move |_| adding.set(true)>{icon(icon::USER_PLUS, "")}<span class={"t"}><b>{t!("add-members")}</b></span></button>
                })}
                {move || may(|info| &info.policy.add_members).then(|| draw! {
                    <button class={"li"} on:click=move |_| linking.set(true)>{icon(icon::LINK, "")}<span class={"t"}><b>{t!("join-link")}</b></span></button>
                })}
                {move || may(|info| &info.policy.edit_info).then(|| draw! {
                    <button class={"li"} on:click=move |_| naming.set(true)>{icon(icon::PENCIL_SIMPLE, "")}<span class={"t"}><b>{t!("rename-group")}</b></span></button>
                })}
                {rows}
            </div>
        </section>
        {move || adding.get().then(|| draw! { <Add info=info asking=asking open=adding /> })}
        {move || linking.get().then(|| draw! { <super::link::LinkDialog info=info asking=asking open=linking /> })}
        {move || naming.get().then(|| draw! { <Rename info=info asking=asking open=naming /> })}
    }
}

#[component]
fn MemberRow(member: MemberView, own: String, role: Memo<String>, asking: Asking) -> impl IntoView {
    let (people, menus) = (People::here(), Menus::here());
    let me = member.user_id == own;
    let (id, called) = (member.user_id.clone(), member.display_name.clone());
    let drawn = move || {
        let photo = people.get(&id).and_then(|person| person.avatar);
        face(&Face { id: id.clone(), name: called.clone(), photo, ..Face::default() }, "s36")
    };
    let role_name = match &*member.role {
        "owner" => t!("role-owner"),
        "admin" => t!("role-admin"),
        _ => String::new(),
    };
    let name = if me { t!("you") } else { member.display_name.clone() };
    let lower = |role: &str| match role {
        "owner" => 2,
        "admin" => 1,
        _ => 0,
    };
    let rank = lower(&member.role);
    let above = Memo::new(move |_| !me && lower(&role.get()) > rank);
    let (user, is_admin) = (member.user_id.clone(), member.role == "admin");
    let label = t!("member-menu", name = &name);
    let open = move |event: web_sys::MouseEvent| {
        let Some(control) = event.current_target().and_then(|one| one.dyn_into().ok()) else {
            return;
        };
        let (remove, change) = (user.clone(), user.clone());
        let mut items = Vec::new();
        if role.get_untracked() == "owner" {
            let (text, new) = match is_admin {
                true => (t!("make-member"), "member"),
                false => (t!("make-admin"), "admin"),
            };
            items.push(Item::new(icon::USER_CIRCLE, text, move || {
                asking.run("chats.set_role", json!({"user": change, "role": new}));
            }));
        }
        items.push(
            Item::new(icon::TRASH, t!("remove-member"), move || {
                asking.run("chats.remove_members", json!({"members": [remove]}));
            })
            .bad(),
        );
        menus.open_below(&control, t!("members"), items);
    };
    draw! {
        <div class={"li"}>
            {drawn}
            <span class={"t"}><b dir={"auto"}>{name}</b><span>{role_name}</span></span>
            {move || above.get().then(|| draw! {
                <button class={"icon-btn sm"} aria-label={label.clone()} aria-haspopup={"menu"} on:click=open.clone()>{icon(icon::DOTS_THREE_BOLD, "s20")}</button>
            })}
        </div>
    }
}

#[component]
fn Add(info: RwSignal<Option<ChatInfo>>, asking: Asking, open: RwSignal<bool>) -> impl IntoView {
    let picked = RwSignal::new(BTreeSet::new());
    let without = info.with_untracked(|info| {
        let members = info.iter().flat_map(|info| &info.members);
        members.map(|member| member.user_id.clone()).collect::<Vec<_>>()
    });
    let close = Callback::new(move |()| open.set(false));
    let add = move |_| {
        asking.run("chats.add_members", json!({"members": picked.get_untracked()}));
        close.run(());
    };
    draw! {
        <Dialog title={t!("add-members")} on_close=close>
            <div class={"db"}><PickPeople picked=picked without=without /></div>
            <div class={"df"}>
                <button class={"btn plain"} on:click=move |_| close.run(())>{t!("cancel")}</button>
                <button class={"btn primary"} disabled=move || picked.with(BTreeSet::is_empty) on:click=add>{t!("add")}</button>
            </div>
        </Dialog>
    }
}

#[component]
fn Rename(info: RwSignal<Option<ChatInfo>>, asking: Asking, open: RwSignal<bool>) -> impl IntoView {
    let (title, text) = info.with_untracked(|info| {
        info.as_ref().map(|info| (info.title.clone(), info.description.clone())).unwrap_or_default()
    });
    let (title, text) = (RwSignal::new(title), RwSignal::new(text));
    let close = Callback::new(move |()| open.set(false));
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let wish = json!({"title": title.get_untracked().trim(), "description": text.get_untracked().trim()});
        asking.run("chats.set_title", wish);
        close.run(());
    };
    draw! {
        <Dialog title={t!("rename-group")} on_close=close>
            <form on:submit=save>
                <div class={"db stack"}>
                    <div class={"field"}>
                        <label class={"label"} for={"group-name"}>{t!("group-title")}</label>
                        <input class={"input"} id={"group-name"} dir={"auto"} maxlength={"128"} required={true} bind:value=title />
                    </div>
                    <div class={"field"}>
                        <label class={"label"} for={"group-about"}>{t!("group-description")}</label>
                        <input class={"input"} id={"group-about"} dir={"auto"} maxlength={"512"} bind:value=text />
                    </div>
                </div>
                <div class={"df"}>
                    <button class={"btn plain"} type={"button"} on:click=move |_| close.run(())>{t!("cancel")}</button>
                    <button class={"btn primary"} type={"submit"}>{t!("save")}</button>
                </div>
            </form>
        </Dialog>
    }
}

//! The accounts of this browser, to choose from; and the way back from where one more was to be made.

use crate::parts::avatar::{Face, face};
use crate::parts::dialog::Dialog;
use crate::parts::icon::{self, icon};
use crate::parts::later::{Where, later};
use crate::state::accounts::{Accounts, Known};
use crate::state::session::Session;
use crate::t;
use leptos::prelude::*;

/// Draws them while they are wanted.
#[component]
pub fn AccountsHost() -> impl IntoView {
    let accounts = Accounts::here();
    move || {
        let open = accounts.open.get();
        open.then(|| later(Where::Above, list(), move |list| list(accounts)))
    }
}

apart! {
    settings: fn list(accounts: Accounts) -> AnyView {
        let close = Callback::new(move |()| accounts.open.set(false));
        draw! {
            <Dialog title={t!("accounts")} on_close=close>
                <div class={"db stack"}>
                    <div class={"list-card"}>
                        {move || this(close)}
                        {move || others(accounts)}
                        <button class={"li"} on:click=move |_| accounts.add()>
                            {icon(icon::USER_PLUS, "")}
                            <span class={"t"}><b>{t!("accounts-add")}</b><span>{t!("accounts-add-text")}</span></span>
                        </button>
                    </div>
                </div>
            </Dialog>
        }
    }
}

/// The account of this tab.
fn this(close: Callback<()>) -> Option<AnyView> {
    let account = Session::here().account.get()?;
    Some(draw! {
        <button class={"li"} aria-current={"true"} on:click=move |_| close.run(())>
            {face(&Face::from(&account), "s36")}
            <span class={"t"}><b dir={"auto"}>{account.display_name.clone()}</b><span dir={"ltr"}>{account.address.clone()}</span></span>
            <span class={"check on"}>{icon(icon::CHECK_BOLD, "")}</span>
        </button>
    }
    .into_any())
}

fn others(accounts: Accounts) -> Vec<AnyView> {
    let one = |(number, known): (u32, Known)| {
        draw! {
            <button class={"li"} on:click=move |_| accounts.go(number)>
                {face(&Face::from(&known), "s36")}
                <span class={"t"}><b dir={"auto"}>{known.name}</b><span dir={"ltr"}>{known.address}</span></span>
            </button>
        }
        .into_any()
    };
    accounts.others.get().into_iter().map(one).collect()
}

/// Where there is no account yet: the ways to those that there are.
#[component]
pub fn Back() -> impl IntoView {
    let accounts = Accounts::here();
    move || {
        let one = |(number, known): (u32, Known)| {
            draw! {
                <button class={"btn ghost lg block"} type={"button"} on:click=move |_| accounts.go(number)>
                    {face(&Face::from(&known), "s28")}{t!("accounts-back", name = &known.name)}
                </button>
            }
        };
        accounts.others.get().into_iter().map(one).collect::<Vec<_>>()
    }
}

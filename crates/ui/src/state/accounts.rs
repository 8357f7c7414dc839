//! Several accounts in one browser. A tab shows one of them, and stays with it; a new tab begins with the one that was
//! chosen last. What is shown of the others is what their own tabs told ([`crate::core::Core::describe`]).

use super::session::{Phase, Session};
use crate::core::Storage;
use crate::dom;
use crate::parts::avatar::Face;
use crate::route::Place;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};

/// Under what the number of the account is kept, in the tab and in the browser.
const KEPT: &str = "account";

/// The number of the account that this tab shows: the one for which `start.js` started the worker.
fn number() -> u32 {
    let begun = dom::property(&window(), "parlor");
    let number = begun.and_then(|begun| dom::property(&begun, "account"));
    number.and_then(|number| number.as_f64()).map_or(1, |number| number as u32)
}

/// What is known of an account while another is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Whose it is; the colour of the face.
    pub user_id: String,
    /// The display name.
    pub name: String,
    /// The handle or the address.
    pub address: String,
}

impl From<&Known> for Face {
    fn from(known: &Known) -> Self {
        Self { id: known.user_id.clone(), name: known.name.clone(), ..Self::default() }
    }
}

/// The accounts of this browser.
#[derive(Clone, Copy)]
pub struct Accounts {
    session: Session,
    /// The one of this tab.
    pub number: u32,
    /// The others, by their numbers.
    pub others: RwSignal<Vec<(u32, Known)>>,
    /// Whether they are shown to choose from.
    pub open: RwSignal<bool>,
}

impl Accounts {
    /// Reads which there are, and keeps what is known of this one. To be called once.
    pub fn start(session: Session) {
        let accounts = Self {
            session,
            number: number(),
            others: RwSignal::new(Vec::new()),
            open: RwSignal::new(false),
        };
        provide_context(accounts);
        // Another tab may choose another.
        dom::keep_here(KEPT, &accounts.number.to_string());
        let known = Memo::new(move |_| match session.phase.get() {
            Phase::Out => Some(String::new()),
            Phase::In => session.account.with(|account| {
                let account = account.as_ref()?;
                let known = Known {
                    user_id: account.user_id.clone(),
                    name: account.display_name.clone(),
                    address: account.address.clone(),
                };
                serde_json::to_string(&known).ok()
            }),
            _ => None,
        });
        Effect::new(move || {
            if let Some(known) = known.get().filter(|_| accounts.are_kept()) {
                let core = session.core();
                spawn_local(async move {
                    // The account is there without it, and it is told again when the page is opened.
                    let _ = core.describe(&known).await;
                    accounts.read().await;
                });
            }
        });
    }

    /// Those of the page.
    pub fn here() -> Self {
        expect_context()
    }

    /// Whether this browser keeps accounts at all: some private windows do not.
    pub fn are_kept(self) -> bool {
        self.session.storage.get() == Storage::Persistent
    }

    /// Shows them.
    pub fn show(self) {
        if self.are_kept() {
            self.open.set(true);
            spawn_local(self.read());
        }
    }

    async fn read(self) {
        let all = self.session.core().accounts().await.unwrap_or_default();
        let others = all.into_iter().filter(|(number, _)| *number != self.number);
        let others =
            others.filter_map(|(number, known)| Some((number, parlor_view::json::parse(&known)?)));
        // The page may be gone.
        let _ = self.others.try_set(others.collect());
    }

    /// Goes on with another account, in this tab.
    pub fn go(self, number: u32) {
        let number = number.to_string();
        dom::keep(KEPT, &number);
        dom::keep_here(KEPT, &number);
        let location = window().location();
        // Its chats are others. A page that cannot be loaded again stays with the account it has.
        let _ = location.set_hash(&Place::Chats.href());
        let _ = location.reload();
    }

    /// Goes where one more account can be made.
    pub fn add(self) {
        let taken = |number: &u32| {
            *number == self.number
                || self.others.with_untracked(|others| others.iter().any(|(one, _)| one == number))
        };
        if let Some(free) = (1..).find(|number| !taken(number)) {
            self.go(free);
        }
    }
}

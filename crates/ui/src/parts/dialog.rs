//! Dialogs: the browser's own, so that focus stays inside, Escape closes, and what is behind is inert. On a phone they
//! come from below.

use super::icon::{X, icon};
use super::later::{Where, later};
use crate::t;
use leptos::html;
use leptos::prelude::*;

/// A dialog with a title, open as long as it is drawn. `on_close` takes it away.
#[component]
pub fn Dialog(
    /// Its name.
    #[prop(into)]
    title: String,
    /// Classes beside `dialog`.
    #[prop(optional)]
    class: &'static str,
    /// Asked when it should go.
    on_close: Callback<()>,
    children: Children,
) -> impl IntoView {
    let node: NodeRef<html::Dialog> = NodeRef::new();
    let opener = crate::dom::focused();
    Effect::new(move || {
        if let Some(dialog) = node.get().filter(|dialog| !dialog.open()) {
            // It is in the document and not open: it opens.
            let _ = dialog.show_modal();
        }
    });
    let opener = StoredValue::new_local(opener);
    on_cleanup(move || {
        if let Some(opener) = opener.get_value() {
            crate::dom::focus(&opener);
        }
    });
    let outside = move |event: web_sys::MouseEvent| {
        let dialog = node.get_untracked().map(web_sys::EventTarget::from);
        if event.target() == dialog {
            on_close.run(());
        }
    };
    draw! {
        <dialog
            node_ref=node
            class={format!("dialog {class}")}
            aria-label={title.clone()}
            on:cancel=move |event: web_sys::Event| {
                event.prevent_default();
                on_close.run(());
            }
            on:click=outside
        >
            <div>
                <div class={"dh"}>
                    <h2 class={"h-sec"}>{title.clone()}</h2>
                    <button class={"icon-btn"} aria-label={t!("close")} on:click=move |_| on_close.run(())>
                        {icon(X, "s20")}
                    </button>
                </div>
                {children()}
            </div>
        </dialog>
    }
}

/// A question before something that cannot be undone.
#[derive(Clone)]
pub struct Question {
    /// What is asked.
    pub title: String,
    /// What goes, where, for whom.
    pub text: String,
    /// The verb on the button.
    pub verb: String,
    /// What it does.
    pub act: Callback<()>,
}

/// The question that is open.
#[derive(Clone, Copy)]
pub struct Questions(pub RwSignal<Option<Question>>);

impl Questions {
    /// None.
    pub fn new() -> Self {
        let questions = Self(RwSignal::new(None));
        provide_context(questions);
        questions
    }

    /// That of the page.
    pub fn here() -> Self {
        expect_context()
    }

    /// Asks.
    pub fn ask(self, question: Question) {
        self.0.set(Some(question));
    }
}

/// Draws the question that is open.
#[component]
pub fn QuestionHost() -> impl IntoView {
    let open = Questions::here().0;
    move || {
        let question = open.get()?;
        Some(later(Where::Above, asked(), move |asked| asked(question.clone(), open)))
    }
}

apart! {
    tools: fn asked(question: Question, open: RwSignal<Option<Question>>) -> AnyView {
        let close = Callback::new(move |()| open.set(None));
        let act = question.act;
        draw! {
            <Dialog title=question.title on_close=close>
                <div class={"db"}><p>{question.text}</p></div>
                <div class={"df"}>
                    <button class={"btn plain"} on:click=move |_| close.run(())>{t!("cancel")}</button>
                    <button
                        class={"btn danger"}
                        on:click=move |_| {
                            close.run(());
                            act.run(());
                        }
                    >
                        {question.verb}
                    </button>
                </div>
            </Dialog>
        }
    }
}

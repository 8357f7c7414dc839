//! A picture at full size, on the stage.

use crate::parts::icon::{self, icon};
use crate::parts::later::{Where, later};
use crate::{dom, t};
use leptos::html;
use leptos::prelude::*;

/// The picture that is shown.
#[derive(Clone, Copy)]
pub struct Viewer(RwSignal<Option<(String, String)>>);

impl Viewer {
    /// None.
    pub fn new() -> Self {
        let viewer = Self(RwSignal::new(None));
        provide_context(viewer);
        viewer
    }

    /// That of the page.
    pub fn here() -> Self {
        expect_context()
    }

    /// Shows the picture at an address of the page.
    pub fn show(self, url: String, name: String) {
        self.0.set(Some((url, name)));
    }
}

/// Draws the picture that is shown.
#[component]
pub fn ViewerHost() -> impl IntoView {
    let viewer = Viewer::here();
    move || {
        let (url, name) = viewer.0.get()?;
        Some(later(Where::Above, stage(), move |stage| stage(url.clone(), name.clone(), viewer)))
    }
}

apart! {
    tools: fn stage(url: String, name: String, viewer: Viewer) -> AnyView {
        draw! { <Shown url=url name=name viewer=viewer /> }
    }
}

#[component]
fn Shown(url: String, name: String, viewer: Viewer) -> impl IntoView {
    let node: NodeRef<html::Dialog> = NodeRef::new();
    let opener = StoredValue::new_local(dom::focused());
    let close = move || {
        viewer.0.set(None);
        if let Some(opener) = opener.get_value() {
            dom::focus(&opener);
        }
    };
    Effect::new(move || {
        if let Some(dialog) = node.get().filter(|dialog| !dialog.open()) {
            // It is in the document and not open: it opens.
            let _ = dialog.show_modal();
        }
    });
    draw! {
        <dialog
            node_ref=node
            class={"stage viewer"}
            aria-label={name.clone()}
            on:cancel=move |event: web_sys::Event| {
                event.prevent_default();
                close();
            }
        >
            <header class={"vhead"}>
                <b class={"clip"}><bdi>{name.clone()}</bdi></b>
                <a class={"icon-btn"} href={url.clone()} download={name.clone()} aria-label={t!("save")} title={t!("save")}>
                    {icon(icon::DOWNLOAD_SIMPLE, "s22")}
                </a>
                <button class={"icon-btn"} aria-label={t!("close")} title={t!("close")} on:click=move |_| close()>
                    {icon(icon::X, "s22")}
                </button>
            </header>
            <div class={"vbody"} on:click=move |_| close()>
                <img src={url.clone()} alt={name.clone()} />
            </div>
        </dialog>
    }
}

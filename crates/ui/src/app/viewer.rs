//! The pictures and films of a chat at full size, on the stage: one after the other, larger and smaller.

mod album;
mod stage;

use crate::parts::later::{Where, later};
use crate::room::Actions;
use leptos::prelude::*;
use parlor_view::MessageView;

/// The picture or film that is shown.
#[derive(Clone)]
pub struct Shown {
    /// Whose message it is in.
    pub message: MessageView,
    /// Which attachment.
    pub index: u32,
    /// What can be done with messages there, if the chat is open.
    pub actions: Option<Actions>,
}

/// Shows pictures and films.
#[derive(Clone, Copy)]
pub struct Viewer(RwSignal<Option<Shown>>);

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

    /// Shows one, and from there all others of its chat.
    pub fn show(self, shown: Shown) {
        self.0.set(Some(shown));
    }

    fn close(self) {
        self.0.set(None);
    }
}

/// Draws what is shown.
#[component]
pub fn ViewerHost() -> impl IntoView {
    let viewer = Viewer::here();
    move || {
        let shown = viewer.0.get()?;
        Some(later(Where::Above, stage(), move |stage| stage(shown.clone(), viewer)))
    }
}

apart! {
    tools: fn stage(shown: Shown, viewer: Viewer) -> AnyView {
        draw! { <stage::Stage shown=shown viewer=viewer /> }
    }
}

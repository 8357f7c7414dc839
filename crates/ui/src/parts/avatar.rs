//! Faces: a photo, else initials on a colour of its own, else an icon. People are round, rooms have corners.

use super::icon::{self, Icon, icon};
use crate::faces;
use leptos::prelude::*;
use parlor_view::AccountView;

/// What is drawn.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Face {
    /// Whose colour it is: a user id or a chat id.
    pub id: String,
    /// For the initials.
    pub name: String,
    /// A JPEG in base64.
    pub photo: Option<String>,
    /// A room instead of a person.
    pub room: bool,
    /// The notes to oneself.
    pub notes: bool,
}

impl From<&AccountView> for Face {
    fn from(account: &AccountView) -> Self {
        Self {
            id: account.user_id.clone(),
            name: account.display_name.clone(),
            photo: account.avatar.clone(),
            ..Self::default()
        }
    }
}

/// A face. It says nothing: the name stands beside it.
pub fn face(face: &Face, class: &'static str) -> impl IntoView + use<> {
    let colour = if face.notes { "slate" } else { faces::gradient(&face.id) };
    let shape = if face.room { "ava room-shape" } else { "ava" };
    let initials = faces::initials(&face.name);
    let symbol = |shape: Icon| icon(shape, "").into_any();
    let inside = match &face.photo {
        Some(photo) => {
            draw! { <img src={format!("data:image/jpeg;base64,{photo}")} alt={""} /> }.into_any()
        }
        None if face.notes => symbol(icon::BOOKMARK_SIMPLE_FILL),
        // Drawn by the style, so that they are no part of the name of a control.
        None if !initials.is_empty() => ().into_any(),
        None if face.room => symbol(icon::USERS_THREE),
        None => symbol(icon::USER_CIRCLE_FILL),
    };
    let written = (face.photo.is_none() && !face.notes && !initials.is_empty()).then_some(initials);
    draw! {
        <span
            class={format!("{shape} {class}")}
            data-initials={written}
            aria-hidden={"true"}
            style=("--a", format!("var(--ava-{colour}-a)"))
            style=("--b", format!("var(--ava-{colour}-b)"))
        >
            {inside}
        </span>
    }
}

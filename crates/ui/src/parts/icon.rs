//! Icons (Phosphor, from `icons/`), drawn in the colour of the text. They are decoration: what they mean is in the
//! name of the control that they stand in. Elements here have computed attributes on purpose: what is constant would
//! be parsed as HTML by the framework, which the page's trusted types forbid.

use leptos::prelude::*;

/// The shape of an icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Icon(&'static str);

include!(concat!(env!("OUT_DIR"), "/icons.rs"));

/// An icon of a size: `s16`, `s18`, `s20`, `s22`, `s24`, `s28`, or nothing for that of the text.
pub fn icon(shape: Icon, class: &'static str) -> impl IntoView {
    draw! {
        <svg class={format!("ic {class}")} viewBox={"0 0 256 256"} aria-hidden={"true"}>
            <path d={shape.0}></path>
        </svg>
    }
}

/// An icon that says something by itself.
pub fn named_icon(shape: Icon, class: &'static str, name: String) -> impl IntoView {
    draw! {
        <svg class={format!("ic {class}")} viewBox={"0 0 256 256"} role={"img"} aria-label={name}>
            <path d={shape.0}></path>
        </svg>
    }
}

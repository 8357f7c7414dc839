//! The page of the web app: components, state, texts and styles. It talks to the engine through [`core::Core`] only.
//!
//! What decides (heights of rows, formatting, groups of messages, texts) is plain Rust, built and tested on any
//! machine. What touches the browser is built for WebAssembly only.

// `view!` nests types deeply.
#![recursion_limit = "512"]

#[cfg(target_family = "wasm")]
#[macro_use]
extern crate parlor_ui_macro;

/// What begins a part of the page that is loaded when it is wanted first, for `parts::later`: a function that fetches
/// the part of this name and gives what draws it or does something.
#[cfg(target_family = "wasm")]
macro_rules! apart {
    ($(#[$about:meta])* $part:ident: $sight:vis fn $name:ident($($given:ident: $kind:ty),*) $(-> $made:ty)? $done:block) => {
        $(#[$about])*
        #[::leptos::wasm_split::wasm_split($part, wasm_split_path = ::leptos::wasm_split, fallible)]
        $sight fn $name() -> $crate::parts::later::Part<fn($($kind),*) $(-> $made)?> {
            Ok(|$($given),*| $done)
        }
    };
}

pub mod blurhash;
pub mod emoji;
pub mod faces;
pub mod groups;
pub mod heights;
pub mod letters;
pub mod markup;
pub mod places;
pub mod search;
pub mod swipe;
pub mod waveform;
pub mod window;
pub mod words;

#[cfg(target_family = "wasm")]
mod app;
#[cfg(target_family = "wasm")]
pub mod core;
#[cfg(target_family = "wasm")]
mod details;
#[cfg(target_family = "wasm")]
mod dom;
#[cfg(target_family = "wasm")]
mod draw;
#[cfg(target_family = "wasm")]
mod fresh;
#[cfg(target_family = "wasm")]
mod list;
#[cfg(target_family = "wasm")]
mod locale;
#[cfg(target_family = "wasm")]
mod parts;
#[cfg(target_family = "wasm")]
mod room;
#[cfg(target_family = "wasm")]
mod route;
#[cfg(target_family = "wasm")]
mod settings;
#[cfg(target_family = "wasm")]
mod start;
#[cfg(target_family = "wasm")]
mod state;

#[cfg(target_family = "wasm")]
pub use app::mount;

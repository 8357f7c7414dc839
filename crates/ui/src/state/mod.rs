//! What the page knows: one file per subject, each a small `Copy` handle on signals that is provided as context
//! (`Chats::here()`). Events of the engine are handed to [`session`], which hands those of chats and messages on to
//! [`inside`]; nothing else changes them but the answers to their own requests.

pub mod accounts;
pub mod alerts;
pub mod chats;
pub mod inside;
pub mod lock;
pub mod people;
pub mod preferences;
pub mod session;
pub mod thread;
pub mod toasts;
pub mod transfers;
pub mod typing;

//! An own message as it was typed, to be changed: its formatting becomes signs again.

use super::formatted::entities;
use crate::markup::written::retyped;
use parlor_view::MessageView;

/// What one would type for this message.
pub fn typed(message: &MessageView) -> String {
    retyped(message.text.as_deref().unwrap_or_default(), &entities(message))
}

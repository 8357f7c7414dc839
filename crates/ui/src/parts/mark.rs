//! The mark: a speech bubble that is also a doorway with the light on.

use leptos::prelude::*;

const BUBBLE: &str = "M10 56.5C13.2 55.2 14 52.6 14 48.5V28C14 16.4 22.5 8 32 8s18 8.4 18 20v20.5c0 4.4-3.6 8-8 8H11.2c-1.5 0-2.1.3-1.2 0Z";
const DOOR: &str = "M25.5 56.5V31.5a6.5 6.5 0 0 1 13 0v25Z";

/// The mark, as large as its place.
#[component]
pub fn Mark() -> impl IntoView {
    draw! {
        <svg viewBox={"0 0 64 64"} aria-hidden={"true"}>
            <path class={"mark-bubble"} d={BUBBLE}></path>
            <path class={"mark-door"} d={DOOR}></path>
        </svg>
    }
}

//! How far an own message is: a shape each, so that colour never says it alone.

use crate::t;
use leptos::prelude::*;

const CHECK: &str = "M1.2 6.6 4.3 9.7 10.4 2.6";
const SECOND: &str = "M7.6 8 9.3 9.7 15.4 2.6";

/// What a state is called.
pub fn name(state: &str) -> String {
    match state {
        "sent" => t!("state-sent"),
        "delivered" => t!("state-delivered"),
        "read" => t!("state-read"),
        "failed" => t!("state-failed"),
        _ => t!("state-queued"),
    }
}

/// The sign of a state of `docs/rpc.md`.
pub fn tick(state: &str) -> impl IntoView + use<> {
    let (class, width) = match state {
        "sent" => ("tick sent", 17),
        "delivered" => ("tick delivered", 17),
        "read" => ("tick read", 24),
        "failed" => ("tick failed", 17),
        _ => ("tick sending", 17),
    };
    let inside = match state {
        "sent" => draw! {
            <g transform={"translate(5 0)"}><path d={CHECK}></path></g>
        }
        .into_any(),
        "delivered" => draw! { <path d={CHECK}></path><path d={SECOND}></path> }.into_any(),
        "read" => draw! {
            <path d={CHECK}></path>
            <path d={SECOND}></path>
            <circle class={"lamp"} cx={"20.7"} cy={"6.5"} r={"2.8"}></circle>
        }
        .into_any(),
        "failed" => draw! {
            <circle cx={"8.5"} cy={"6"} r={"5"}></circle>
            <path d={"M8.5 3.5v3M8.5 8.6v.1"}></path>
        }
        .into_any(),
        _ => draw! { <circle cx={"8.5"} cy={"6"} r={"4.6"} stroke-dasharray={"2 2.1"}></circle> }
            .into_any(),
    };
    draw! {
        <svg class={class} viewBox={format!("0 0 {width} 12")} role={"img"} aria-label={name(state)}>
            {inside}
        </svg>
    }
}

//! QR codes, always dark on white: cameras want it so, in every theme.

use leptos::prelude::*;
use qrcodegen::{QrCode, QrCodeEcc};

/// Light modules around the code, as the standard wants them.
const QUIET: i32 = 4;

/// A code that says this text. Nothing is drawn of a text that no code can hold (over two thousand bytes).
#[component]
pub fn Qr(text: String, name: String) -> impl IntoView {
    QrCode::encode_text(&text, QrCodeEcc::Low).ok().map(|code| {
        let side = code.size() + 2 * QUIET;
        draw! {
            <svg class={"qr"} viewBox={format!("{} {} {side} {side}", -QUIET, -QUIET)} role={"img"} aria-label={name} shape-rendering={"crispEdges"}>
                <rect x={(-QUIET).to_string()} y={(-QUIET).to_string()} width={side.to_string()} height={side.to_string()} rx={"2"} fill={"#fff"}></rect>
                <path d={modules(&code)} fill={"#2a1524"}></path>
            </svg>
        }
    })
}

/// The dark modules, a stroke for each run of a row.
fn modules(code: &QrCode) -> String {
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let mut end = x;
            while end < code.size() && code.get_module(end, y) {
                end += 1;
            }
            if end > x {
                path.push_str(&format!("M{x} {y}h{}v1h-{}z", end - x, end - x));
            }
            x = end + 1;
        }
    }
    path
}

//! The entry of the page: makes the engine's handle and draws the app. Nothing else belongs here.

#[cfg(target_family = "wasm")]
mod worker;

#[cfg(target_family = "wasm")]
fn main() {
    parlor_ui::mount(worker::start());
}

#[cfg(not(target_family = "wasm"))]
fn main() {
    eprintln!("this is the page of the web app: it is built for wasm32-unknown-unknown");
}

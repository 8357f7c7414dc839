//! The entry of the page: makes the engine's handle and draws the app. Nothing else belongs here.

#[cfg(all(target_family = "wasm", feature = "sample"))]
mod sample;
#[cfg(all(target_family = "wasm", not(feature = "sample")))]
mod worker;

#[cfg(all(target_family = "wasm", feature = "sample"))]
fn main() {
    parlor_ui::mount(sample::core());
}

#[cfg(all(target_family = "wasm", not(feature = "sample")))]
fn main() {
    parlor_ui::mount(worker::start());
}

#[cfg(not(target_family = "wasm"))]
fn main() {
    eprintln!("this is the page of the web app: it is built for wasm32-unknown-unknown");
}

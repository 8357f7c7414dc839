//! A target under libFuzzer, which looks for inputs that reach code that no other reached. `PARLOR_FUZZ` names it;
//! the arguments are libFuzzer's.

#![no_main]

use libfuzzer_sys::fuzz_target;
use parlor_fuzz::{Target, target, try_on};
use std::sync::OnceLock;

static CHOSEN: OnceLock<&Target> = OnceLock::new();

fn chosen() -> &'static Target {
    CHOSEN.get_or_init(|| {
        let name = std::env::var("PARLOR_FUZZ").unwrap_or_default();
        let Some(target) = target(&name) else {
            eprintln!("PARLOR_FUZZ has to name a target");
            std::process::exit(2);
        };
        target
    })
}

fuzz_target!(|bytes: &[u8]| {
    if let Err(error) = try_on(chosen(), bytes) {
        eprintln!("{error:#}");
        // How libFuzzer learns that this input is one to keep.
        std::process::abort();
    }
});

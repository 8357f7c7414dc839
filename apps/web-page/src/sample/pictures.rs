//! Pictures of nothing in particular, as SVG.

use js_sys::Array;
use web_sys::{Blob, BlobPropertyBag};

/// A picture that depends on its message.
pub fn blob(seed: &str, index: u32) -> Option<Blob> {
    let hash = seed.bytes().fold(index.wrapping_mul(97) + 7, |hash, byte| {
        hash.wrapping_mul(31).wrapping_add(byte.into())
    });
    let hue = hash % 360;
    let (hill, sun) = (120 + hash % 60, 60 + hash / 7 % 180);
    let svg = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 320 240' width='1280' height='960'>\
         <rect width='320' height='240' fill='hsl({hue} 60% 78%)'/>\
         <circle cx='{sun}' cy='80' r='30' fill='hsl({} 90% 72%)'/>\
         <path d='M0 {hill} q80 -60 160 0 t160 0 V240 H0Z' fill='hsl({} 40% 45%)'/>\
         <path d='M0 {} q60 -40 140 10 t180 -10 V240 H0Z' fill='hsl({} 45% 30%)'/></svg>",
        (hue + 40) % 360,
        (hue + 160) % 360,
        hill + 50,
        (hue + 170) % 360,
    );
    let options = BlobPropertyBag::new();
    options.set_type("image/svg+xml");
    Blob::new_with_str_sequence_and_options(&Array::of1(&svg.into()), &options).ok()
}

//! Looking at pictures with the browser's own decoders: their size, a thumbnail, a blurred preview. Files of
//! strangers are never looked at, only those that are sent from here.

use crate::js;
use js_sys::{Array, Reflect, Uint8Array, Uint8ClampedArray};
use parlor_driver::files::{AVATAR_SIDES, QUALITIES, THUMBNAIL_SIDES, blurhash};
use wasm_bindgen::prelude::{JsCast, JsValue};
use web_sys::File;

/// Of the picture that a preview is made of.
const PREVIEW_SIDE: f64 = 32.0;

/// What can be told of a picture.
#[derive(Debug, Default)]
pub struct Looks {
    /// As it is shown.
    pub width: u32,
    /// As it is shown.
    pub height: u32,
    /// JPEG.
    pub thumbnail: Vec<u8>,
    /// BlurHash.
    pub preview: String,
}

/// A decoded picture, turned as its metadata says.
struct Picture {
    bitmap: JsValue,
    width: f64,
    height: f64,
}

/// A stretch of a picture.
#[derive(Clone, Copy)]
struct Cut {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

/// Looks at a picture; `None` when it cannot be decoded.
pub async fn look(file: &File, most: usize) -> Option<Looks> {
    let picture = decode(file).await?;
    let whole = Cut { x: 0.0, y: 0.0, width: picture.width, height: picture.height };
    Some(Looks {
        width: picture.width as u32,
        height: picture.height as u32,
        thumbnail: jpeg(&picture, whole, &THUMBNAIL_SIDES, most).await.unwrap_or_default(),
        preview: preview(&picture, whole).unwrap_or_default(),
    })
}

/// A picture as a JPEG of at most so many bytes.
pub async fn small(file: &File, most: usize) -> Option<Vec<u8>> {
    let picture = decode(file).await?;
    let whole = Cut { x: 0.0, y: 0.0, width: picture.width, height: picture.height };
    jpeg(&picture, whole, &THUMBNAIL_SIDES, most).await
}

/// The middle of a picture as a small square of at most so many bytes.
pub async fn avatar(file: &File, most: usize) -> Option<Vec<u8>> {
    let picture = decode(file).await?;
    let side = picture.width.min(picture.height);
    let (x, y) = ((picture.width - side) / 2.0, (picture.height - side) / 2.0);
    jpeg(&picture, Cut { x, y, width: side, height: side }, &AVATAR_SIDES, most).await
}

async fn decode(file: &File) -> Option<Picture> {
    let bitmap = js::wait(&js::scope(), "createImageBitmap", &[file.into()]).await.ok()?;
    let side = |name| js::get(&bitmap, name).as_f64().filter(|side| *side >= 1.0);
    let (width, height) = (side("width")?, side("height")?);
    Some(Picture { bitmap, width, height })
}

impl Drop for Picture {
    fn drop(&mut self) {
        let _ = js::call(&self.bitmap, "close", &[]);
    }
}

/// A stretch of a picture, on white, no side longer than this; the canvas and its context.
fn draw(picture: &Picture, cut: Cut, longest: f64) -> Option<(JsValue, JsValue, f64, f64)> {
    let scale = (longest / cut.width.max(cut.height)).min(1.0);
    let side = |side: f64| (side * scale).round().max(1.0);
    let (width, height) = (side(cut.width), side(cut.height));
    let class: js_sys::Function = js::get(&js_sys::global(), "OffscreenCanvas").dyn_into().ok()?;
    let canvas = Reflect::construct(&class, &Array::of2(&width.into(), &height.into())).ok()?;
    let context = js::call(&canvas, "getContext", &["2d".into()]).ok()?;
    Reflect::set(&context, &"fillStyle".into(), &"#fff".into()).ok()?;
    let place = [0.0, 0.0, width, height];
    js::call(&context, "fillRect", &place.map(JsValue::from)).ok()?;
    Reflect::set(&context, &"imageSmoothingQuality".into(), &"high".into()).ok()?;
    let mut args = vec![picture.bitmap.clone()];
    args.extend([cut.x, cut.y, cut.width, cut.height].map(JsValue::from));
    args.extend(place.map(JsValue::from));
    js::call(&context, "drawImage", &args).ok()?;
    Some((canvas, context, width, height))
}

/// The largest and best of some sizes and qualities that has at most so many bytes.
async fn jpeg(picture: &Picture, cut: Cut, sides: &[u32], most: usize) -> Option<Vec<u8>> {
    for side in sides {
        let (canvas, ..) = draw(picture, cut, f64::from(*side))?;
        for quality in QUALITIES {
            let quality = f64::from(quality) / 100.0;
            let kind = js::object(&[("type", "image/jpeg".into()), ("quality", quality.into())]);
            let blob = js::wait(&canvas, "convertToBlob", &[kind]).await.ok()?;
            let bytes = js::wait(&blob, "arrayBuffer", &[]).await.ok()?;
            let bytes = Uint8Array::new(&bytes);
            if bytes.length() as usize <= most {
                return Some(bytes.to_vec());
            }
        }
    }
    None
}

fn preview(picture: &Picture, whole: Cut) -> Option<String> {
    let (_, context, width, height) = draw(picture, whole, PREVIEW_SIDE)?;
    let place = [0.0, 0.0, width, height];
    let pixels = js::call(&context, "getImageData", &place.map(JsValue::from)).ok()?;
    let pixels = Uint8ClampedArray::new(&js::get(&pixels, "data")).to_vec();
    let plain: Vec<u8> =
        pixels.chunks_exact(4).flat_map(|pixel| pixel.iter().take(3)).copied().collect();
    Some(blurhash(&plain, width as u32, 4, 3))
}

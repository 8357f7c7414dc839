//! Where one is, as the browser says, to be sent. Nobody else is asked: no map is drawn.

use super::Sending;
use crate::parts::dialog::Dialog;
use crate::parts::icon::{self, icon};
use crate::room::cards;
use crate::{dom, t};
use leptos::prelude::*;
use parlor_view::LocationView;
use serde_json::json;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};

/// The browser looks for so long, milliseconds.
const PATIENCE: u32 = 20_000;
/// Its word for a person who does not want to.
const DENIED: f64 = 1.0;

/// Asks the browser; `told` gets a place, or whether it was refused.
fn look(told: impl Fn(Result<LocationView, bool>) + Clone + 'static) {
    let Some(teller) = dom::property(&window().navigator(), "geolocation") else {
        return told(Err(false));
    };
    let failed = told.clone();
    let found = Closure::once_into_js(move |position: JsValue| {
        let of = |name| dom::property(&dom::property(&position, "coords")?, name)?.as_f64();
        let place = of("latitude").zip(of("longitude")).map(|(latitude, longitude)| {
            let accuracy = of("accuracy").map(|metres| metres.ceil() as u32);
            LocationView { latitude, longitude, accuracy, name: None }
        });
        told(place.ok_or(false));
    });
    let refused = Closure::once_into_js(move |error: JsValue| {
        let code = dom::property(&error, "code").and_then(|code| code.as_f64());
        failed(Err(code == Some(DENIED)));
    });
    let options = js_sys::Object::new();
    for (name, value) in [("enableHighAccuracy", JsValue::TRUE), ("timeout", PATIENCE.into())] {
        // A plain object takes every property.
        let _ = js_sys::Reflect::set(&options, &name.into(), &value);
    }
    dom::method(&teller, "getCurrentPosition", &[found, refused, options.unchecked_into()]);
}

/// Asks where one is, and what is there.
#[component]
pub fn PlaceDialog(close: Callback<()>) -> impl IntoView {
    let sending = Sending::new(close);
    let place = RwSignal::new(None::<LocationView>);
    let name = RwSignal::new(String::new());
    look(move |told| match told {
        Ok(found) => {
            place.try_set(Some(found));
        }
        Err(denied) => {
            let words = if denied { t!("location-denied") } else { t!("location-none") };
            sending.problem.try_set(Some(words));
        }
    });
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(place) = place.get_untracked() else { return };
        let name = name.get_untracked().trim().to_owned();
        let name = Some(name).filter(|name| !name.is_empty());
        let place = LocationView { name, ..place };
        sending.send("location", json!(place));
    };
    let card = move || {
        let words = match place.get() {
            Some(place) => {
                let about = place.accuracy.map(|metres| t!("location-about", metres = metres));
                draw! {
                    <b class={"num"} dir={"ltr"}>{cards::coordinates(&place)}</b>
                    <span class={"h"}>{about}</span>
                }
            }
            None if sending.problem.with(Option::is_some) => return None,
            None => draw! { <span role={"status"}>{t!("location-looking")}</span> },
        };
        Some(draw! {
            <div class={"contact"}>
                <span class={"disc"}>{icon(icon::MAP_PIN_FILL, "s24")}</span>
                <span>{words}</span>
            </div>
        })
    };
    let known = move || place.with(Option::is_some);
    draw! {
        <Dialog title={t!("location-title")} on_close=close>
            <form on:submit=send>
                <div class={"db stack tight"}>
                    {card}
                    {move || known().then(|| draw! {
                        <input
                            class={"input"}
                            id={"place-name"}
                            maxlength={"120"}
                            autocomplete={"off"}
                            aria-label={t!("location-name")}
                            placeholder={t!("location-name")}
                            bind:value=name
                        />
                    })}
                    {sending.trouble()}
                    <p class={"dim"}>{t!("location-text")}</p>
                </div>
                <div class={"df"}>
                    <button class={"btn primary"} type={"submit"} disabled=move || !known()>{t!("location-send")}</button>
                </div>
            </form>
        </Dialog>
    }
}

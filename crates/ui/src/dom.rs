//! What web-sys does not give: watching sizes, the clipboard, small conveniences. All of it best effort: where the
//! browser lacks something, nothing happens.

use js_sys::{Array, Function, Object, Promise, Reflect};
use leptos::prelude::*;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AddEventListenerOptions, Element, Event, HtmlElement};

/// Calls a method of a JavaScript value; nothing if there is none.
pub fn method(of: &JsValue, name: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let method: Function = Reflect::get(of, &name.into()).ok()?.dyn_into().ok()?;
    method.apply(of, &arguments.iter().collect::<Array>()).ok()
}

/// A property of a JavaScript value.
pub fn property(of: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(of, &name.into()).ok().filter(|value| !value.is_undefined() && !value.is_null())
}

/// A plain object with these properties.
pub fn object(pairs: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in pairs {
        // A plain object takes every property.
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}

/// What hears of an event. Dropped, it hears nothing more.
pub struct Heard {
    element: Element,
    name: &'static str,
    told: Closure<dyn FnMut(Event)>,
}

/// Hears of events on which nothing depends that the browser does next: it need not wait for the page.
pub fn hear_late(
    element: &Element,
    name: &'static str,
    told: impl FnMut(Event) + 'static,
) -> Heard {
    let told = Closure::<dyn FnMut(Event)>::new(told);
    let options = AddEventListenerOptions::new();
    options.set_passive(true);
    let function = told.as_ref().unchecked_ref();
    // Only a signal that was aborted is refused, and there is none.
    let _ = element
        .add_event_listener_with_callback_and_add_event_listener_options(name, function, &options);
    Heard { element: element.clone(), name, told }
}

impl Drop for Heard {
    fn drop(&mut self) {
        let function = self.told.as_ref().unchecked_ref();
        // Never refused.
        let _ = self.element.remove_event_listener_with_callback(self.name, function);
    }
}

/// Tells when the sizes of elements change. Dropped, it stops.
pub struct SizeWatch {
    observer: JsValue,
    _told: Closure<dyn FnMut(Array)>,
}

impl SizeWatch {
    /// `told` gets the elements whose size changed.
    pub fn new(mut told: impl FnMut(Vec<Element>) + 'static) -> Option<Self> {
        let closure = Closure::new(move |entries: Array| {
            let target = |entry: JsValue| property(&entry, "target")?.dyn_into().ok();
            told(entries.iter().filter_map(target).collect());
        });
        let class: Function = property(&window(), "ResizeObserver")?.dyn_into().ok()?;
        let observer = Reflect::construct(&class, &Array::of1(closure.as_ref())).ok()?;
        Some(Self { observer, _told: closure })
    }

    /// Watches one more.
    pub fn watch(&self, element: &Element) {
        method(&self.observer, "observe", &[element.into()]);
    }

    /// Watches it no more.
    pub fn leave(&self, element: &Element) {
        method(&self.observer, "unobserve", &[element.into()]);
    }
}

impl Drop for SizeWatch {
    fn drop(&mut self) {
        method(&self.observer, "disconnect", &[]);
    }
}

/// The element of this id.
pub fn by_id(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// Puts the focus on an element.
pub fn focus(element: &HtmlElement) {
    // An element that cannot take the focus leaves it where it is.
    let _ = element.focus();
}

/// Puts the focus on the element of this id.
pub fn focus_id(id: &str) {
    if let Some(element) = by_id(id) {
        focus(&element);
    }
}

/// What has the focus.
pub fn focused() -> Option<HtmlElement> {
    document().active_element()?.dyn_into().ok()
}

/// Whether a text is being typed somewhere.
pub fn is_typing() -> bool {
    let Some(element) = focused() else { return false };
    matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
        || element.is_content_editable()
}

/// Whether a dialog is open.
pub fn in_dialog() -> bool {
    document().query_selector("dialog[open]").is_ok_and(|found| found.is_some())
}

/// Puts a text on the clipboard.
pub fn copy(text: &str) {
    if let Some(clipboard) = property(&window().navigator(), "clipboard") {
        method(&clipboard, "writeText", &[text.into()]);
    }
}

/// What a promise brings; nothing if it is broken.
pub async fn wait(promise: JsValue) -> Option<JsValue> {
    JsFuture::from(promise.dyn_into::<Promise>().ok()?).await.ok()
}

/// What this page's server answers at a path, as text.
pub async fn fetched(path: &str) -> Option<String> {
    let answer = wait(method(&window(), "fetch", &[path.into()])?).await?;
    property(&answer, "ok")?.as_bool().filter(|ok| *ok)?;
    wait(method(&answer, "text", &[])?).await?.as_string()
}

/// The text of a file that lies beside the page: one that `index.html` names `parlor-NAME`.
pub async fn beside(name: &str) -> Option<String> {
    let selector = format!("meta[name=parlor-{name}]");
    let named = document().query_selector(&selector).ok()??.get_attribute("content")?;
    fetched(&named).await
}

/// A kept setting of this browser.
pub fn kept(name: &str) -> Option<String> {
    window().local_storage().ok()??.get_item(name).ok()?
}

/// Does something whenever another tab kept a setting.
pub fn on_kept_elsewhere(act: impl Fn() + 'static) {
    let handle = window_event_listener_untyped("storage", move |_| act());
    on_cleanup(move || handle.remove());
}

/// Sets a signal if that is something new.
pub fn renew<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|old| *old != value) {
        signal.set(value);
    }
}

/// Keeps a setting in this browser; an empty one is forgotten.
pub fn keep(name: &str, value: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        // A browser that keeps nothing asks again the next time.
        let _ = if value.is_empty() {
            storage.remove_item(name)
        } else {
            storage.set_item(name, value)
        };
    }
}

/// Keeps something for as long as this tab is open.
pub fn keep_here(name: &str, value: &str) {
    if let Ok(Some(storage)) = window().session_storage() {
        // A browser that keeps nothing forgets it when the page is loaded again.
        let _ = storage.set_item(name, value);
    }
}

/// Whether a media query holds now.
pub fn matches(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|list| list.matches())
}

/// Whether the pointer is a finger.
pub fn is_touch() -> bool {
    matches("(hover: none) and (pointer: coarse)")
}

/// Whether the page is one pane wide.
pub fn is_phone() -> bool {
    matches("(max-width: 639.98px)")
}

/// Whether the page is one pane wide, followed.
#[derive(Clone, Copy)]
pub struct Narrow(pub leptos::prelude::RwSignal<bool>);

impl Narrow {
    /// Follows the width of the page. To be called once.
    pub fn follow() {
        use leptos::prelude::{Set, provide_context, window_event_listener};
        let narrow = leptos::prelude::RwSignal::new(is_phone());
        let handle = window_event_listener(leptos::ev::resize, move |_| narrow.set(is_phone()));
        leptos::prelude::on_cleanup(move || handle.remove());
        provide_context(Self(narrow));
    }

    /// That of the page.
    pub fn here() -> Self {
        leptos::prelude::expect_context()
    }
}

/// Whether somebody looks at the page.
pub fn is_looked_at() -> bool {
    !document().hidden() && document().has_focus().unwrap_or(true)
}

/// A name that nothing else on this device has.
pub fn random_name() -> String {
    let part = || (js_sys::Math::random() * 2_f64.powi(52)) as u64;
    format!("{:x}-{:x}-{:x}", crate::locale::now(), part(), part())
}

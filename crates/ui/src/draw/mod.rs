//! What `draw!` is made of: an element is one type, whatever it is and holds, and what changes by itself is a boxed
//! closure. So the code that makes, changes and drops elements is in the page once, and a place that draws is a few
//! calls. Signals, owners, components and lists are those of Leptos, and all of it is an `AnyView` to them.
//!
//! Invariants: attributes are there before children are, properties after them (the value of a list of options is one
//! of its options); a drawing that is made anew at the same place becomes the elements that are there, so that focus,
//! scrolling and sound go on; handlers run under the owner of their place and are gone when the element is.

mod given;
mod value;

pub use given::{Given, Moving, Still};
pub use value::{Answer, Live, Value};

use leptos::ev::EventDescriptor;
use leptos::html::ElementType;
use leptos::prelude::*;
use leptos::tachys::html::attribute::Attribute;
use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::html::node_ref::NodeRefContainer;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::view::any_view::AnyViewState;
use leptos::tachys::view::iterators::StaticVec;
use leptos::tachys::view::{Mountable, Position, PositionState};
use send_wrapper::SendWrapper;
use std::ptr;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};

const PICTURES: &str = "http://www.w3.org/2000/svg";

/// A text.
pub fn text(text: &'static str) -> AnyView {
    text.into_any()
}

/// What stands side by side.
pub fn beside(views: Vec<AnyView>) -> AnyView {
    StaticVec::from(views).into_any()
}

/// An element of HTML that is about to be made; `place` is where in the code.
pub fn element(tag: &'static str, place: &'static u8) -> Element {
    Element(SendWrapper::new(Box::new(Making {
        tag,
        picture: false,
        place,
        parts: Vec::new(),
        children: Vec::new(),
    })))
}

/// An element of a picture (SVG).
pub fn picture(tag: &'static str, place: &'static u8) -> Element {
    let mut element = element(tag, place);
    element.0.picture = true;
    element
}

/// An element that is about to be made.
pub struct Element(SendWrapper<Box<Making>>);

struct Making {
    tag: &'static str,
    picture: bool,
    place: &'static u8,
    parts: Vec<Part>,
    children: Vec<AnyView>,
}

type Handler = Box<dyn FnMut(web_sys::Event)>;

/// What an element has besides children.
enum Part {
    Attribute(&'static str, Live<Value>),
    Class(&'static str, Live<bool>),
    Style(&'static str, Live<Value>),
    Property(&'static str, Live<Value>),
    On(String, Handler),
    Kept(Box<dyn FnOnce(&web_sys::Element)>),
}

impl Element {
    /// An attribute; nothing and false are none, true is an empty one.
    pub fn attribute<K>(&mut self, name: &'static str, value: impl Answer<Value, K>) {
        self.part(Part::Attribute(name, value.live()));
    }

    /// A class by itself, which is there or not.
    pub fn class<K>(&mut self, name: &'static str, value: impl Answer<bool, K>) {
        self.part(Part::Class(name, value.live()));
    }

    /// A property of the style.
    pub fn style<K>(&mut self, name: &'static str, value: impl Answer<Value, K>) {
        self.part(Part::Style(name, value.live()));
    }

    /// A property of the element as scripts see it.
    pub fn property<K>(&mut self, name: &'static str, value: impl Answer<Value, K>) {
        self.part(Part::Property(name, value.live()));
    }

    /// What is done at an event.
    pub fn on<E: EventDescriptor>(&mut self, event: E, mut act: impl FnMut(E::EventType) + 'static)
    where
        E::EventType: JsCast,
    {
        let act = move |event: web_sys::Event| act(event.unchecked_into());
        self.handler(event.name().into_owned(), Box::new(act));
    }

    fn handler(&mut self, name: String, mut act: Handler) {
        let owner = Owner::current().unwrap_or_default();
        self.part(Part::On(name, Box::new(move |event| owner.with(|| act(event)))));
    }

    /// A field that shows what a signal holds, which holds what is written.
    pub fn bind(
        &mut self,
        signal: impl Get<Value = String> + Set<Value = String> + Copy + 'static,
    ) {
        self.property("value", move || signal.get());
        self.handler("input".into(), Box::new(move |event| signal.set(event_target_value(&event))));
    }

    /// Tells a reference of the element.
    pub fn keep<E: ElementType>(&mut self, reference: impl NodeRefContainer<E>) {
        self.part(Part::Kept(Box::new(move |element| reference.load(element))));
    }

    /// A child, behind those it has.
    pub fn child(&mut self, child: AnyView) {
        self.0.children.push(child);
    }

    /// The element as a view.
    pub fn done(self) -> AnyView {
        self.into_any()
    }

    fn part(&mut self, part: Part) {
        self.0.parts.push(part);
    }
}

/// An element that is there.
pub struct Made {
    element: web_sys::Element,
    place: &'static u8,
    held: Vec<Held>,
    children: Vec<AnyViewState>,
}

/// What is kept of a part.
enum Held {
    /// What it was.
    Value(Value),
    /// What changes it.
    Moving(#[expect(dead_code, reason = "it is cancelled when it is dropped")] RenderEffect<()>),
    On(String, Closure<dyn FnMut(web_sys::Event)>),
    Nothing,
}

impl Part {
    fn is_property(&self) -> bool {
        matches!(self, Self::Property(..))
    }

    /// Makes it so; `old` is what is kept of the same part of the same element.
    fn apply(self, element: &web_sys::Element, old: Option<Held>) -> Held {
        let before = match &old {
            Some(Held::Value(value)) => Some(value),
            _ => None,
        };
        match self {
            Self::Attribute(name, value) => {
                follow(element, before, value, move |element, value| {
                    // A name that the markup has is one.
                    let _ = match value {
                        Some(value) => element.set_attribute(name, value),
                        None => element.remove_attribute(name),
                    };
                })
            }
            Self::Class(name, value) => {
                let value = value.map(|is: bool| is.then_some("".into()));
                follow(element, before, value, move |element, value| {
                    let _ = element.class_list().toggle_with_force(name, value.is_some());
                })
            }
            Self::Style(name, value) => follow(element, before, value, move |element, value| {
                let style = element.unchecked_ref::<web_sys::HtmlElement>().style();
                let _ = style.set_property(name, value.unwrap_or_default());
            }),
            Self::Property(name, value) => follow(element, before, value, move |element, value| {
                let value = value.map_or(JsValue::UNDEFINED, JsValue::from_str);
                let _ = js_sys::Reflect::set(element, &name.into(), &value);
            }),
            Self::On(name, act) => {
                let act = Closure::wrap(act);
                let function = act.as_ref().unchecked_ref();
                let _ = element.add_event_listener_with_callback(&name, function);
                if let Some(held) = old {
                    held.drop_from(element);
                }
                Held::On(name, act)
            }
            Self::Kept(keep) => {
                keep(element);
                Held::Nothing
            }
        }
    }
}

/// Sets what a part is, once or whenever it changes.
fn follow(
    element: &web_sys::Element,
    before: Option<&Value>,
    value: Live<Value>,
    set: impl Fn(&web_sys::Element, Option<&str>) + 'static,
) -> Held {
    match value {
        Live::Still(value) => {
            if before.map_or(value.is_some(), |before| *before != value) {
                set(element, value.as_deref());
            }
            Held::Value(value)
        }
        Live::Moving(value) => Held::Moving(moving(element.clone(), value, Box::new(set))),
    }
}

type Setter = Box<dyn Fn(&web_sys::Element, Option<&str>)>;

fn moving(
    element: web_sys::Element,
    value: Box<dyn Fn() -> Value>,
    set: Setter,
) -> RenderEffect<()> {
    let mut shown: Option<Value> = None;
    RenderEffect::new(move |_| {
        let value = value();
        if shown.as_ref().map_or(value.is_some(), |shown| *shown != value) {
            set(&element, value.as_deref());
        }
        shown = Some(value);
    })
}

impl Held {
    fn drop_from(self, element: &web_sys::Element) {
        if let Self::On(name, act) = self {
            let function = act.as_ref().unchecked_ref();
            let _ = element.remove_event_listener_with_callback(&name, function);
        }
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        for held in self.held.drain(..) {
            held.drop_from(&self.element);
        }
    }
}

impl Render for Element {
    type State = Made;

    fn build(self) -> Made {
        let making = self.0.take();
        let document = document();
        let made = match making.picture {
            true => document.create_element_ns(Some(PICTURES), making.tag),
            false => document.create_element(making.tag),
        };
        // A name that the markup has is one.
        let element = made.unwrap_or_else(|_| wasm_bindgen::throw_str(making.tag));
        let (last, first): (Vec<_>, Vec<_>) = making.parts.into_iter().partition(Part::is_property);
        let mut held: Vec<_> = first.into_iter().map(|part| part.apply(&element, None)).collect();
        let mut children: Vec<_> = making.children.into_iter().map(Render::build).collect();
        for child in &mut children {
            child.mount(&element, None);
        }
        held.extend(last.into_iter().map(|part| part.apply(&element, None)));
        Made { element, place: making.place, held, children }
    }

    fn rebuild(self, made: &mut Made) {
        if !ptr::eq(self.0.place, made.place) {
            let mut new = self.build();
            made.insert_before_this(&mut new);
            made.unmount();
            *made = new;
            return;
        }
        let making = self.0.take();
        let (last, first): (Vec<_>, Vec<_>) = making.parts.into_iter().partition(Part::is_property);
        let mut old = std::mem::take(&mut made.held).into_iter();
        let element = &made.element;
        let mut apply = |part: Part| part.apply(element, old.next());
        let mut held: Vec<_> = first.into_iter().map(&mut apply).collect();
        for (child, state) in making.children.into_iter().zip(&mut made.children) {
            child.rebuild(state);
        }
        held.extend(last.into_iter().map(apply));
        made.held = held;
    }
}

impl Mountable for Made {
    fn unmount(&mut self) {
        self.element.remove();
    }

    fn mount(&mut self, parent: &web_sys::Element, marker: Option<&web_sys::Node>) {
        // The marker is a child of the parent, or the framework is wrong.
        let _ = parent.insert_before(&self.element, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        let Some(parent) = self.element.parent_element() else { return false };
        child.mount(&parent, Some(&self.element));
        true
    }

    fn elements(&self) -> Vec<web_sys::Element> {
        vec![self.element.clone()]
    }
}

impl leptos::tachys::view::add_attr::AddAnyAttr for Element {
    type Output<Other: Attribute> = Self;

    fn add_any_attr<Other: Attribute>(self, _: Other) -> Self {
        self
    }
}

/// Pages are made in the browser alone.
impl RenderHtml for Element {
    type AsyncOutput = Self;
    type Owned = Self;
    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        _: &mut String,
        _: &mut Position,
        _: bool,
        _: bool,
        _: Vec<AnyAttribute>,
    ) {
    }

    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> Made {
        self.build()
    }

    fn into_owned(self) -> Self {
        self
    }
}

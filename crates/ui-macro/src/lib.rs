//! `draw!`: the markup of Leptos' `view!`, compiled to calls of few functions that are there once (`parlor_ui::draw`)
//! instead of types of its own for every element: what is sent to browsers becomes a good part smaller.
//!
//! Elements are made here; components are left to `view!`, with their children drawn by this.
//!
//! Absent on purpose: spread attributes, `use:`, `inner_html`, and whatever else of `view!` the page does not use.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use rstml::node::{KeyedAttribute, Node, NodeAttribute, NodeElement, NodeName};
use syn::spanned::Spanned;
use syn::{Block, Error, Expr, Ident, Result, Stmt};

/// Elements of pictures that the page has, which are of another namespace.
const PICTURE: [&str; 8] = ["svg", "path", "circle", "g", "rect", "use", "line", "polyline"];

/// Events of which the framework does not know the type.
const UNTYPED: [&str; 1] = ["cancel"];

/// Draws markup; one `AnyView`, whatever it is.
#[proc_macro]
pub fn draw(markup: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let drawn = rstml::parse2(markup.into()).and_then(|nodes| many(&nodes));
    drawn.unwrap_or_else(Error::into_compile_error).into()
}

/// What stands side by side.
fn many(nodes: &[Node]) -> Result<TokenStream> {
    let drawn = nodes.iter().map(one).collect::<Result<Vec<_>>>()?;
    Ok(match drawn.as_slice() {
        [one] => quote!(#one),
        _ => quote!(crate::draw::beside(::std::vec![#(#drawn),*])),
    })
}

fn one(node: &Node) -> Result<TokenStream> {
    match node {
        Node::Element(element) if is_component(element.name()) => component(element),
        Node::Element(made) => element(made),
        Node::Text(text) => {
            let text = &text.value;
            Ok(quote!(crate::draw::text(#text)))
        }
        Node::Block(block) => {
            let block = block.try_block().ok_or_else(|| odd(node, "this is no expression"))?;
            Ok(given(&plain(block)))
        }
        _ => Err(odd(node, "draw! knows elements, components, texts and blocks")),
    }
}

/// What an expression gives: a closure is drawn anew when what it reads changes.
fn given(value: &TokenStream) -> TokenStream {
    quote! {{
        #[allow(unused_imports)]
        use crate::draw::{Still as _, Moving as _};
        crate::draw::Given::new(#value).drawn()
    }}
}

/// A block as an expression, without braces around what stands alone.
fn plain(block: &Block) -> TokenStream {
    match block.stmts.as_slice() {
        [Stmt::Expr(one, None)] => one.to_token_stream(),
        _ => block.to_token_stream(),
    }
}

fn odd(what: impl ToTokens, text: &str) -> Error {
    Error::new_spanned(what, text)
}

/// Whether a name is one of ours, and not of HTML.
fn is_component(name: &NodeName) -> bool {
    let NodeName::Path(path) = name else { return false };
    let last = path.path.segments.last().map(|last| last.ident.to_string());
    last.is_some_and(|last| last.starts_with(char::is_uppercase))
}

/// A component with its children.
fn component(element: &NodeElement<rstml::Infallible>) -> Result<TokenStream> {
    let open = &element.open_tag;
    let markup = if element.children.is_empty() {
        quote!(#element)
    } else {
        let (children, close) = (many(&element.children)?, &element.close_tag);
        quote!(#open { #children } #close)
    };
    Ok(quote!(::leptos::prelude::IntoAny::into_any(::leptos::prelude::view! { #markup })))
}

fn element(element: &NodeElement<rstml::Infallible>) -> Result<TokenStream> {
    let tag = element.name().to_string();
    let made = match PICTURE.contains(&&*tag) {
        true => quote!(crate::draw::picture),
        false => quote!(crate::draw::element),
    };
    let attributes = element.attributes().iter().map(attribute).collect::<Result<Vec<_>>>()?;
    let children = element.children.iter().map(one).collect::<Result<Vec<_>>>()?;
    let own = own();
    Ok(quote! {{
        // Where it is made: one that is made there again becomes the one that is there.
        static PLACE_IN_CODE: u8 = 0;
        #[allow(unused_mut)]
        let mut #own = #made(#tag, &PLACE_IN_CODE);
        #(#attributes)*
        #(crate::draw::Element::child(&mut #own, #children);)*
        #own.done()
    }})
}

/// The element that is made, by a name that markup cannot have.
fn own() -> Ident {
    Ident::new("element", Span::mixed_site())
}

fn attribute(attribute: &NodeAttribute) -> Result<TokenStream> {
    let NodeAttribute::Attribute(keyed) = attribute else {
        return Err(odd(attribute, "an attribute has a name"));
    };
    let name = keyed.key.to_string();
    let (own, value) = (own(), value(keyed)?);
    let (kind, rest) = name.split_once(':').unwrap_or((&name, ""));
    Ok(match (kind, rest) {
        ("on", event) if UNTYPED.contains(&event) => {
            quote!(crate::draw::Element::on(&mut #own, ::leptos::ev::Custom::<::web_sys::Event>::new(#event), #value);)
        }
        ("on", event) => {
            let event = Ident::new(event, keyed.key.span());
            quote!(crate::draw::Element::on(&mut #own, ::leptos::ev::#event, #value);)
        }
        // As a text, the page's own rules (Content-Security-Policy) would not let it in.
        ("style", "") => {
            let parts = tuple(keyed).ok_or_else(|| odd(&keyed.key, "a style is a pair"))?;
            quote!(crate::draw::Element::style(&mut #own, #parts);)
        }
        ("class", name) if !name.is_empty() => {
            quote!(crate::draw::Element::class(&mut #own, #name, #value);)
        }
        ("style", name) if !name.is_empty() => {
            quote!(crate::draw::Element::style(&mut #own, #name, #value);)
        }
        ("prop", name) => quote!(crate::draw::Element::property(&mut #own, #name, #value);),
        ("bind", "value") => quote!(crate::draw::Element::bind(&mut #own, #value);),
        ("node_ref", "") => quote!(crate::draw::Element::keep(&mut #own, #value);),
        (name, "") => quote!(crate::draw::Element::attribute(&mut #own, #name, #value);),
        _ => return Err(odd(&keyed.key, "draw! does not know this kind of attribute")),
    })
}

/// The parts of a pair: a property of the style and its value.
fn tuple(keyed: &KeyedAttribute) -> Option<TokenStream> {
    match keyed.value()? {
        Expr::Tuple(tuple) => Some(tuple.elems.to_token_stream()),
        _ => None,
    }
}

/// The value of an attribute; one without is there.
fn value(keyed: &KeyedAttribute) -> Result<TokenStream> {
    match (keyed.value(), keyed.possible_value.to_value()) {
        (Some(Expr::Block(block)), _) if block.attrs.is_empty() => Ok(plain(&block.block)),
        (Some(value), _) => Ok(value.to_token_stream()),
        (None, None) => Ok(quote!(true)),
        (None, Some(_)) => Err(Error::new(Span::call_site(), "a value is no expression")),
    }
}

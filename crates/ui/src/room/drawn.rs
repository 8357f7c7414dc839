//! The elements of the rows that are drawn. Invariant: an element stays where it is in the document while other rows
//! come and go; it is moved only when its message has another place.
//!
//! By hand, because the framework's list takes most of the rows that it keeps out of the document and puts them in again
//! when some come at the beginning and as many go at the end, which is what scrolling does: their styles and their
//! layout were then found out anew in every frame.

use crate::dom::SizeWatch;
use crate::state::thread::Row;
use leptos::prelude::*;
use leptos::tachys::view::any_view::AnyViewState;
use leptos::tachys::view::{Mountable, Render};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;
use web_sys::{Element, Node};

/// The rows that are drawn, one below the other.
pub struct Drawn {
    /// Rows are owned by that of the thread: what is reactive in them ends with it at the latest.
    owner: Owner,
    watch: Option<Rc<SizeWatch>>,
    rows: Vec<One>,
}

/// The element of a row, and what keeps it up to date.
struct One {
    id: Arc<str>,
    owner: Owner,
    view: AnyViewState,
    element: Element,
    lit: bool,
}

impl Drawn {
    /// None yet.
    pub fn new(owner: Owner, watch: Option<Rc<SizeWatch>>) -> Self {
        Self { owner, watch, rows: Vec::new() }
    }

    /// Has these rows drawn, and no others, in the thread and above `end`.
    pub fn show(
        &mut self,
        rows: Vec<Row>,
        thread: &Element,
        end: &Node,
        draw: impl Fn(Row) -> AnyView,
    ) {
        let mut before: BTreeMap<Arc<str>, One> =
            self.rows.drain(..).map(|one| (one.id.clone(), one)).collect();
        let stay: BTreeSet<&str> = rows.iter().map(|row| &*row.id).collect();
        // First, so that those that stay are one another's neighbours.
        before.extract_if(.., |id, _| !stay.contains(&**id)).for_each(|(_, one)| self.remove(one));
        let mut next = end.clone();
        // From the last to the first: each goes above the one that follows.
        for row in rows.into_iter().rev() {
            let one = match before.remove(&row.id) {
                Some(one) => {
                    if one.element.next_sibling().as_ref() != Some(&next) {
                        // Both are children of the thread.
                        let _ = thread.insert_before(&one.element, Some(&next));
                    }
                    Some(one)
                }
                None => self.build(row, thread, &next, &draw),
            };
            if let Some(one) = one {
                next = one.element.clone().into();
                self.rows.push(one);
            }
        }
        self.rows.reverse();
    }

    fn build(
        &self,
        row: Row,
        thread: &Element,
        next: &Node,
        draw: &impl Fn(Row) -> AnyView,
    ) -> Option<One> {
        let owner = self.owner.child();
        let id = row.id.clone();
        let mut view = owner.with(|| draw(row).build());
        let element = view.elements().into_iter().next()?;
        view.mount(thread, Some(next));
        if let Some(watch) = &self.watch {
            watch.watch(&element);
        }
        Some(One { id, owner, view, element, lit: false })
    }

    fn remove(&self, mut one: One) {
        if let Some(watch) = &self.watch {
            watch.leave(&one.element);
        }
        one.view.unmount();
        one.owner.cleanup();
    }

    /// Lights the row of this message, and no other.
    pub fn light(&mut self, id: Option<&str>) {
        for one in &mut self.rows {
            let lit = id == Some(&*one.id);
            if one.lit != lit {
                one.lit = lit;
                // A class of this name can always be set.
                let _ = one.element.class_list().toggle_with_force("lit", lit);
            }
        }
    }
}

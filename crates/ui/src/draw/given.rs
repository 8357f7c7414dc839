//! What stands between tags: a closure is drawn anew when what it reads changes, everything else once.

use leptos::prelude::*;
use send_wrapper::SendWrapper;
use std::cell::Cell;

/// What an expression gave. Which of two ways it is drawn is found by the compiler: [`Moving`] is tried before
/// [`Still`].
pub struct Given<T>(Cell<Option<T>>);

impl<T> Given<T> {
    /// Of this.
    pub fn new(what: T) -> Self {
        Self(Cell::new(Some(what)))
    }
}

/// A closure.
pub trait Moving {
    /// It, drawn.
    fn drawn(self) -> AnyView;
}

impl<F: FnMut() -> V + 'static, V: IntoAny> Moving for Given<F> {
    fn drawn(self) -> AnyView {
        match self.0.into_inner() {
            Some(mut what) => moving(Box::new(move || what().into_any())),
            None => ().into_any(),
        }
    }
}

/// One closure for all that change.
fn moving(what: Box<dyn FnMut() -> AnyView>) -> AnyView {
    let mut what = SendWrapper::new(what);
    (move || what()).into_any()
}

/// Everything else.
pub trait Still {
    /// It, drawn.
    fn drawn(self) -> AnyView;
}

impl<V: IntoAny> Still for &Given<V> {
    fn drawn(self) -> AnyView {
        self.0.take().map_or_else(|| ().into_any(), IntoAny::into_any)
    }
}

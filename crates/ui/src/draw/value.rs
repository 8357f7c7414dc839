//! Values of attributes: what there is of kinds, still or moving.

use std::borrow::Cow;

/// The value of an attribute; nothing is none.
pub type Value = Option<Cow<'static, str>>;

/// What stays as it is, or what is asked again whenever something that it reads changes.
pub enum Live<T> {
    /// It stays.
    Still(T),
    /// It is asked.
    Moving(Box<dyn Fn() -> T>),
}

impl<T: 'static> Live<T> {
    /// The same as something else.
    pub fn map<U: 'static>(self, to: impl Fn(T) -> U + 'static) -> Live<U> {
        match self {
            Self::Still(value) => Live::Still(to(value)),
            Self::Moving(value) => Live::Moving(Box::new(move || to(value()))),
        }
    }
}

/// What can be given where a `T` is wanted: a value of some kind, or what is asked for one. `K` tells the ways apart.
pub trait Answer<T, K> {
    /// As it is kept.
    fn live(self) -> Live<T>;
}

/// A value.
pub struct Plain;
/// A closure.
pub struct Asked<V>(V);

/// What becomes a `T`.
pub trait Becomes<T> {
    /// It.
    fn become_it(self) -> T;
}

impl<T, V: Becomes<T>> Answer<T, Plain> for V {
    fn live(self) -> Live<T> {
        Live::Still(self.become_it())
    }
}

impl<T, V: Becomes<T>, F: Fn() -> V + 'static> Answer<T, Asked<V>> for F {
    fn live(self) -> Live<T> {
        Live::Moving(Box::new(move || self().become_it()))
    }
}

impl Becomes<bool> for bool {
    fn become_it(self) -> bool {
        self
    }
}

impl Becomes<Value> for &'static str {
    fn become_it(self) -> Value {
        Some(self.into())
    }
}

impl Becomes<Value> for String {
    fn become_it(self) -> Value {
        Some(self.into())
    }
}

impl Becomes<Value> for bool {
    fn become_it(self) -> Value {
        self.then_some("".into())
    }
}

impl<V: Becomes<Value>> Becomes<Value> for Option<V> {
    fn become_it(self) -> Value {
        self.and_then(Becomes::become_it)
    }
}

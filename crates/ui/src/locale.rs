//! The language of the page and what the browser knows of it: plurals, digits, times, dates. Set once, before
//! anything is drawn; another language is another load of the page.

use crate::words::{self, Argument, Language, Speaker};
use crate::{dom, letters};
use js_sys::{Array, Date, Intl, Object, Reflect};
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue};

thread_local! {
    static LOCALE: RefCell<Option<Locale>> = const { RefCell::new(None) };
}

struct Locale {
    language: Language,
    plural: Intl::PluralRules,
    number: Intl::NumberFormat,
    formats: Vec<(Moment, js_sys::Function)>,
    relative: js_sys::Function,
    /// The minute whose clock was said last, and how: many in a row ask for the same.
    clock: RefCell<(u64, String)>,
}

/// How a time is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// 10:52.
    Clock,
    /// Wed.
    Weekday,
    /// Wednesday.
    LongWeekday,
    /// 3 May.
    Day,
    /// 3/5/24.
    Short,
    /// 3 May 2024.
    Date,
    /// Wednesday, 3 May 2024.
    Long,
    /// 3 May 2024, 10:52.
    Full,
}

impl Speaker for Locale {
    fn plural(&self, number: f64) -> String {
        self.plural.select(number).as_string().unwrap_or_default()
    }
    fn number(&self, number: f64) -> String {
        let format = self.number.format();
        format
            .call1(&JsValue::NULL, &number.into())
            .ok()
            .and_then(|said| said.as_string())
            .unwrap_or_default()
    }
}

fn options(pairs: &[(&str, &str)]) -> Object {
    let object = Object::new();
    for (name, value) in pairs {
        // A plain object takes every property.
        let _ = Reflect::set(&object, &(*name).into(), &(*value).into());
    }
    object
}

/// Chooses the language: the person's choice if there is one, else the browser's; loads its texts. Tells `<html>`.
pub async fn choose(wanted: Option<&str>) {
    let navigator = leptos::prelude::window().navigator();
    let preferred: Vec<String> =
        navigator.languages().iter().filter_map(|code| code.as_string()).collect();
    let code = match wanted {
        Some(code) => words::best([code]),
        None => words::best(preferred.iter().map(String::as_str)),
    };
    let language = load(code).await.unwrap_or_else(Language::english);
    // The region that the person prefers decides the order of dates, if it is of this language.
    let tag = preferred.iter().find(|tag| tag.split('-').next() == Some(language.code()));
    let tags = Array::of1(&tag.map_or(language.code(), String::as_str).into());
    let format = |moment, pairs: &[(&str, &str)]| {
        (moment, Intl::DateTimeFormat::new(&tags, &options(pairs)).format())
    };
    let formats = vec![
        format(Moment::Clock, &[("timeStyle", "short")]),
        format(Moment::Weekday, &[("weekday", "short")]),
        format(Moment::LongWeekday, &[("weekday", "long")]),
        format(Moment::Day, &[("day", "numeric"), ("month", "short")]),
        format(Moment::Short, &[("dateStyle", "short")]),
        format(Moment::Date, &[("dateStyle", "medium")]),
        format(
            Moment::Long,
            &[("weekday", "long"), ("day", "numeric"), ("month", "long"), ("year", "numeric")],
        ),
        format(Moment::Full, &[("dateStyle", "medium"), ("timeStyle", "short")]),
    ];
    let relative = Intl::RelativeTimeFormat::new(&tags, &options(&[("numeric", "auto")]));
    let relative = Reflect::get(&relative, &"format".into())
        .ok()
        .and_then(|format| Some(format.dyn_into::<js_sys::Function>().ok()?.bind0(&relative)));
    let root = leptos::prelude::document().document_element();
    if let Some(root) = root {
        let direction = if language.is_rtl() { "rtl" } else { "ltr" };
        // Attributes of these names can always be set.
        let _ = root.set_attribute("lang", language.code());
        let _ = root.set_attribute("dir", direction);
    }
    let locale = Locale {
        language,
        plural: Intl::PluralRules::new(&tags, &Object::new()),
        number: Intl::NumberFormat::new(&tags, &Object::new()),
        formats,
        relative: relative.unwrap_or_else(|| js_sys::Function::new_no_args("")),
        clock: RefCell::default(),
    };
    LOCALE.with_borrow_mut(|slot| *slot = Some(locale));
}

/// A language that is no part of the page.
async fn load(code: &'static str) -> Option<Language> {
    let texts = dom::beside(&format!("texts-{code}")).await?;
    Language::loaded(code, texts)
}

fn with<T: Default>(ask: impl FnOnce(&Locale) -> T) -> T {
    LOCALE.with_borrow(|locale| locale.as_ref().map(ask).unwrap_or_default())
}

/// Says a text; [`t!`](crate::t) gives the place.
pub fn say(place: usize, arguments: &[(&str, Argument)]) -> String {
    with(|locale| locale.language.say(place, arguments, locale))
}

/// A number in the digits of the language.
pub fn number(number: f64) -> String {
    with(|locale| locale.number(number))
}

/// A time (Unix milliseconds) in words.
pub fn moment(at: u64, how: Moment) -> String {
    with(|locale| {
        let clock = (how == Moment::Clock).then_some(at / 60_000);
        let known = locale.clock.borrow().clone();
        if clock == Some(known.0) && !known.1.is_empty() {
            return known.1;
        }
        let date = Date::new(&(at as f64).into());
        let format = locale.formats.iter().find(|(moment, _)| *moment == how);
        let said = format.and_then(|(_, format)| format.call1(&JsValue::NULL, &date).ok());
        let said = said.and_then(|said| said.as_string()).unwrap_or_default();
        if let Some(minute) = clock {
            locale.clock.replace((minute, said.clone()));
        }
        said
    })
}

/// A time that the engine writes as `YYYY-MM-DD HH:MM UTC`, in words; what is no such time stays as it is.
pub fn written_moment(text: &str) -> String {
    let parts = text.strip_suffix(" UTC").and_then(|text| text.split_once(' '));
    let at = parts.map(|(day, clock)| Date::parse(&format!("{day}T{clock}Z")));
    match at.filter(|at| at.is_finite()) {
        Some(at) => moment(at as u64, Moment::Full),
        None => text.to_string(),
    }
}

/// The members of a list, one behind the other.
pub fn listed<T: AsRef<str>>(members: &[T]) -> String {
    let members: Vec<&str> = members.iter().map(AsRef::as_ref).collect();
    members.join(&format!("{} ", crate::t!("comma")))
}

/// "today", "yesterday": a day so many days from now.
fn relative_day(days: i64) -> String {
    let said = with(|locale| {
        locale
            .relative
            .call2(&JsValue::NULL, &(days as f64).into(), &"day".into())
            .ok()
            .and_then(|said| said.as_string())
    });
    let said = said.unwrap_or_default();
    let mut chars = said.chars();
    let first: String = chars.by_ref().take(1).collect();
    letters::capital(&first) + chars.as_str()
}

/// Minutes to add to UTC now.
pub fn offset() -> i64 {
    -(Date::new_0().get_timezone_offset() as i64)
}

/// Now, in Unix milliseconds.
pub fn now() -> u64 {
    Date::now() as u64
}

/// How many days ago a time was, by the calendar.
pub fn days_ago(at: u64) -> i64 {
    crate::groups::day(now(), offset()) - crate::groups::day(at, offset())
}

/// The time of a row of the chat list: the clock today, then the day, then the date.
pub fn row_time(at: u64) -> String {
    match days_ago(at) {
        ..=0 => moment(at, Moment::Clock),
        1 => relative_day(-1),
        2..=6 => moment(at, Moment::Weekday),
        7..=180 => moment(at, Moment::Day),
        _ => moment(at, Moment::Short),
    }
}

/// The chip above a day's messages.
pub fn day_name(at: u64) -> String {
    match days_ago(at) {
        days @ 0..=1 => relative_day(-days),
        2..=6 => moment(at, Moment::LongWeekday),
        _ => moment(at, Moment::Long),
    }
}

/// A size in bytes, in the unit that people read.
pub fn size(bytes: u64) -> String {
    let bytes = bytes as f64;
    let rounded = |value: f64| {
        number(if value < 10.0 { (value * 10.0).round() / 10.0 } else { value.round() })
    };
    match bytes {
        ..1000.0 => crate::t!("size-bytes", amount = rounded(bytes)),
        ..1e6 => crate::t!("size-kilobytes", amount = rounded(bytes / 1e3)),
        ..1e9 => crate::t!("size-megabytes", amount = rounded(bytes / 1e6)),
        _ => crate::t!("size-gigabytes", amount = rounded(bytes / 1e9)),
    }
}

/// A duration as on a clock: 0:42.
pub fn duration(milliseconds: u64) -> String {
    let seconds = milliseconds / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

/// Says a text of `texts/`, by its key and with its arguments: `t!("typing-one", name = "Ada")`.
#[macro_export]
macro_rules! t {
    ($key:literal $(, $name:ident = $value:expr)* $(,)?) => {{
        const PLACE: usize = $crate::words::place($key);
        $crate::locale::say(PLACE, &[$((stringify!($name), $crate::words::Argument::from($value))),*])
    }};
}

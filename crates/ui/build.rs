//! Turns `icons/*.svg` into constants and `texts/*/*.ftl` into tables, so that a missing icon or text is a
//! compile error and the page carries no parser; and lists the emoji. The languages are described in `src/words.rs`,
//! the list in `src/emoji.rs`.

use fluent_syntax::ast::{
    Entry, Expression, InlineExpression, Pattern, PatternElement, VariantKey,
};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

type Texts = BTreeMap<String, Pattern<String>>;

fn main() {
    println!("cargo::rerun-if-env-changed=PARLOR_CHECKOUT");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    for (name, code) in [("icons.rs", icons()), ("texts.rs", texts()), ("emoji.txt", Ok(emoji()))] {
        if let Err(error) = code.and_then(|code| Ok(fs::write(out.join(name), code)?)) {
            eprintln!("{name}: {error}");
            std::process::exit(1);
        }
    }
}

type Outcome = Result<String, Box<dyn std::error::Error>>;

/// The files of a folder with this ending, by name.
fn files(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut found: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_, std::io::Error>>()?;
    found.retain(|path| path.extension().is_some_and(|found| found == ending));
    found.sort();
    Ok(found)
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

fn icons() -> Outcome {
    let mut code = String::new();
    for path in files(Path::new("icons"), "svg")? {
        let svg = fs::read_to_string(&path)?;
        let shape = svg.split(" d=\"").nth(1).and_then(|rest| rest.split('"').next());
        let shape = shape.ok_or_else(|| format!("{} has no path", path.display()))?;
        let name = stem(&path).replace('-', "_").to_uppercase();
        let shape = round(shape);
        writeln!(code, "/// {}\npub const {name}: Icon = Icon({shape:?});", stem(&path))?;
    }
    Ok(code)
}

/// The numbers of a path, rounded to one digit behind the point: 256 units are 24 pixels or so.
fn round(path: &str) -> String {
    let mut rounded = String::new();
    let mut number = String::new();
    for c in path.chars().chain([' ']) {
        let goes_on = c.is_ascii_digit() || (c == '.' && !number.contains('.'));
        if !goes_on {
            match number.parse::<f64>() {
                // The point stays: what follows may begin with one.
                Ok(value) if number.contains('.') => rounded += &format!("{value:.1}"),
                _ => rounded += &number,
            }
            number.clear();
        }
        if goes_on || c == '.' {
            number.push(c);
        } else {
            rounded.push(c);
        }
    }
    rounded.trim_end().to_string()
}

/// What phones of the last years can draw.
const NEWEST: emojis::EmojiVersion = emojis::EmojiVersion::new(15, 1);
const TONE: char = '\u{1f3fd}';

/// A line per group (`#`) and per emoji: itself, `+` if it has skin tones, its name, other words for it.
fn emoji() -> String {
    let mut list = String::new();
    let mut group = None;
    for emoji in emojis::iter().filter(|emoji| emoji.emoji_version() <= NEWEST) {
        if group != Some(emoji.group()) {
            group = Some(emoji.group());
            list.push_str("#\n");
        }
        let toned =
            emoji.with_skin_tone(emojis::SkinTone::Medium).map(|toned| toned.as_str().to_string());
        let sign = if toned.is_some() && toned == with_tone(emoji.as_str()) { "+" } else { "" };
        let words: Vec<String> = emoji.shortcodes().map(|code| code.replace('_', " ")).collect();
        let words: Vec<&String> =
            words.iter().filter(|words| !emoji.name().contains(words.as_str())).collect();
        let words: String = words.iter().map(|words| format!(", {words}")).collect();
        list += &format!("{}\t{sign}{}{words}\n", emoji.as_str(), emoji.name());
    }
    list
}

/// The emoji with a skin tone, if that is a matter of its first character.
fn with_tone(emoji: &str) -> Option<String> {
    let mut chars = emoji.chars();
    let first = chars.next()?;
    let rest = chars.as_str();
    Some(format!("{first}{TONE}{}", rest.strip_prefix('\u{fe0f}').unwrap_or(rest)))
}

fn texts() -> Outcome {
    println!("cargo::rerun-if-changed=texts");
    let english = language("en")?;
    let mut code = String::new();
    let keys: Vec<&String> = english.keys().filter(|key| !key.starts_with('-')).collect();
    writeln!(code, "const KEYS: [&str; {}] = {keys:?};", keys.len())?;
    let mut codes: Vec<String> = fs::read_dir("texts")?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<Result<_, std::io::Error>>()?;
    codes.sort_by_key(|code| (code != "en", code.clone()));
    writeln!(code, "/// All languages, the one that others fall back to first.")?;
    writeln!(code, "pub const CODES: [&str; {}] = {codes:?};", codes.len())?;
    let mut languages = Vec::new();
    for name in codes {
        let own = language(&name)?;
        if let Some(key) = own.keys().find(|key| !english.contains_key(*key)) {
            return Err(format!("{name}: {key} is no text in English").into());
        }
        let missing: Vec<&&String> = keys.iter().filter(|key| !own.contains_key(**key)).collect();
        let mut all = String::new();
        for key in &keys {
            let (texts, pattern) = match own.get(*key) {
                Some(pattern) => (&own, pattern),
                None => (&english, &english[*key]),
            };
            all += &parts(texts, pattern).map_err(|problem| format!("{name}: {key}: {problem}"))?;
            all.push(LAST);
        }
        languages
            .push(format!("Table {{ code: {name:?}, missing: &{missing:?}, texts: {all:?} }}"));
    }
    let english = languages.first().ok_or("there are no languages")?;
    writeln!(code, "const ENGLISH: Table = {english};")?;
    // A page holds one of them; the others are files beside it.
    if env::var_os("CARGO_CFG_TARGET_FAMILY").is_none_or(|family| family != "wasm") {
        writeln!(code, "/// The texts of all languages.\npub const TABLES: &[Table] = &[")?;
        writeln!(code, "{}];", languages.join(",\n"))?;
    }
    Ok(code)
}

/// All texts of a language; the names of terms begin with `-`.
fn language(name: &str) -> Result<Texts, Box<dyn std::error::Error>> {
    let mut texts = Texts::new();
    for path in files(&Path::new("texts").join(name), "ftl")? {
        println!("cargo::rerun-if-changed={}", path.display());
        let resource = fluent_syntax::parser::parse(fs::read_to_string(&path)?)
            .map_err(|(_, errors)| format!("{}: {:?}", path.display(), errors.first()))?;
        for entry in resource.body {
            let (key, pattern) = match entry {
                Entry::Message(message) => (message.id.name, message.value),
                Entry::Term(term) => (format!("-{}", term.id.name), Some(term.value)),
                _ => continue,
            };
            let pattern = pattern.ok_or_else(|| format!("{key} has no text"))?;
            if texts.insert(key.clone(), pattern).is_some() {
                return Err(format!("{name}: {key} is there twice").into());
            }
        }
    }
    Ok(texts)
}

/// A text as `src/words.rs` reads it: signs for what is put in.
fn parts(texts: &Texts, pattern: &Pattern<String>) -> Outcome {
    let mut code = String::new();
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => code += value,
            PatternElement::Placeable { expression } => {
                code += &expression_code(texts, expression)?
            }
        }
    }
    Ok(code)
}

fn expression_code(texts: &Texts, expression: &Expression<String>) -> Outcome {
    match expression {
        Expression::Inline(inline) => inline_code(texts, inline),
        Expression::Select { selector, variants } => {
            let InlineExpression::VariableReference { id } = selector else {
                return Err("a choice is made by a variable".into());
            };
            // The default comes last.
            let mut list = String::new();
            let (others, default): (Vec<_>, Vec<_>) =
                variants.iter().partition(|variant| !variant.default);
            for variant in others.into_iter().chain(default) {
                let (VariantKey::Identifier { name: key }
                | VariantKey::NumberLiteral { value: key }) = &variant.key;
                let text = parts(texts, &variant.value)?;
                write!(list, "{VARIANT}{}{NAMED}{text}", if variant.default { "" } else { key })?;
            }
            Ok(format!("{CHOICE}{}{list}{END}", id.name))
        }
    }
}

const ARGUMENT: char = '\u{1}';
const NAMED: char = '\u{2}';
const CHOICE: char = '\u{3}';
const VARIANT: char = '\u{4}';
const END: char = '\u{5}';
const LAST: char = '\u{6}';

fn inline_code(texts: &Texts, inline: &InlineExpression<String>) -> Outcome {
    match inline {
        InlineExpression::StringLiteral { value } | InlineExpression::NumberLiteral { value } => {
            Ok(value.clone())
        }
        InlineExpression::VariableReference { id } => Ok(format!("{ARGUMENT}{}{NAMED}", id.name)),
        InlineExpression::TermReference { id, .. } => {
            let key = format!("-{}", id.name);
            parts(texts, texts.get(&key).ok_or_else(|| format!("there is no {key}"))?)
        }
        InlineExpression::MessageReference { id, .. } => {
            parts(texts, texts.get(&id.name).ok_or_else(|| format!("there is no {}", id.name))?)
        }
        InlineExpression::Placeable { expression } => expression_code(texts, expression),
        InlineExpression::FunctionReference { .. } => Err("functions are not used".into()),
    }
}

//! The shape of source files: length of files and functions, a `//!` header on every module, no `unsafe`.

use super::blank::{blank, has_word};
use super::tree::File;
use super::{Found, Problem};

/// Longer files fail.
const FILE_LIMIT: usize = 600;
/// Longer files are noted.
const FILE_NOTE: usize = 400;
/// Longer functions fail.
const FUNCTION_LIMIT: usize = 100;

pub fn check(file: &File, found: &mut Found) {
    let code = blank(&file.text);
    let lines: Vec<&str> = code.lines().collect();

    let length = lines.len();
    if length > FILE_LIMIT {
        found.problems.push(Problem::new(
            &file.path,
            0,
            format!("{length} lines; {FILE_LIMIT} is the limit"),
        ));
    } else if length > FILE_NOTE {
        found.notes.push(Problem::new(
            &file.path,
            0,
            format!("{length} lines; {FILE_NOTE} is the aim"),
        ));
    }
    for (index, _) in lines.iter().enumerate().filter(|(_, line)| starts_function(line)) {
        let length = item_end(&lines, index) - index + 1;
        if length > FUNCTION_LIMIT {
            let message = format!("a function of {length} lines; {FUNCTION_LIMIT} is the limit");
            found.problems.push(Problem::new(&file.path, index + 1, message));
        }
    }
    if file.path.contains("/src/") && !file.text.trim_start().starts_with("//!") {
        found.problems.push(Problem::new(
            &file.path,
            1,
            "a module opens with `//!`: what it owns, what never goes in",
        ));
    }
    if !may_be_unsafe(&file.path) {
        for (index, _) in lines.iter().enumerate().filter(|(_, line)| has_word(line, "unsafe")) {
            found.problems.push(Problem::new(
                &file.path,
                index + 1,
                "`unsafe` outside a crate that is named for it",
            ));
        }
    }
}

/// Crates whose name says that they talk to a platform or hold `unsafe` code.
fn may_be_unsafe(path: &str) -> bool {
    path.split('/').any(|part| part.ends_with("-sys") || part.ends_with("-unsafe"))
}

fn starts_function(line: &str) -> bool {
    let mut rest = line.trim_start();
    if let Some(after) = rest.strip_prefix("pub") {
        rest = match after.strip_prefix('(') {
            Some(scope) => scope.split_once(')').map_or("", |(_, rest)| rest),
            None => after,
        };
        rest = rest.trim_start();
    }
    while let Some(after) =
        ["const ", "async ", "unsafe ", "extern "].iter().find_map(|word| rest.strip_prefix(word))
    {
        rest = after.trim_start();
    }
    rest.starts_with("fn ")
}

/// The index of the last line of the item that starts at `start` (attributes before it included): where its
/// braces close, or where it ends with a semicolon.
pub fn item_end(lines: &[&str], start: usize) -> usize {
    let (mut braces, mut others) = (0_i64, 0_i64);
    for (index, line) in lines.iter().enumerate().skip(start) {
        for char in line.chars() {
            match char {
                '{' => braces += 1,
                '}' => braces -= 1,
                '(' | '[' => others += 1,
                ')' | ']' => others -= 1,
                _ => {}
            }
            let ends = char == '}' || char == ';';
            if ends && braces <= 0 && others <= 0 {
                return index;
            }
        }
    }
    lines.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> (Vec<String>, Vec<String>) {
        let mut found = Found::default();
        check(&File::new(path, text), &mut found);
        let texts = |problems: Vec<Problem>| {
            problems.into_iter().map(|problem| problem.to_string()).collect()
        };
        (texts(found.problems), texts(found.notes))
    }

    fn problems(path: &str, text: &str) -> Vec<String> {
        found(path, text).0
    }

    #[test]
    fn lengths_of_files() {
        let file = |lines: usize| format!("//! x\n{}", "\n".repeat(lines - 1));
        assert_eq!(found("a/src/b.rs", &file(400)), (vec![], vec![]));
        assert_eq!(found("a/src/b.rs", &file(401)).1, ["a/src/b.rs: 401 lines; 400 is the aim"]);
        assert_eq!(problems("a/src/b.rs", &file(601)), ["a/src/b.rs: 601 lines; 600 is the limit"]);
    }

    #[test]
    fn lengths_of_functions() {
        let function = |body: usize| {
            let body = "        if x { \"}\"; }\n".repeat(body);
            format!(
                "//! x\nimpl X {{\n    pub(crate) async fn f<T>(\n        x: [T; 2],\n    ) -> T {{\n{body}    }}\n}}\n"
            )
        };
        assert_eq!(problems("a/src/b.rs", &function(96)), Vec::<String>::new());
        let long = problems("a/src/b.rs", &function(97));
        assert_eq!(long, ["a/src/b.rs:3: a function of 101 lines; 100 is the limit"]);
        let declarations = format!(
            "//! x\ntrait X {{\n    fn f(x: [u8; 2]);\n    fn g() {{}}\n{}}}\n",
            "    // y\n".repeat(120)
        );
        assert_eq!(problems("a/src/b.rs", &declarations), Vec::<String>::new());
    }

    #[test]
    fn what_starts_a_function() {
        for line in
            ["fn f() {", "    pub fn f()", "pub(in a::b) const unsafe fn f()", "async fn f<T>("]
        {
            assert!(starts_function(line), "{line}");
        }
        for line in ["let f = |x| {", "pub struct Fn {", "x: fn (u8),", "publish fn f()", ""] {
            assert!(!starts_function(line), "{line}");
        }
    }

    #[test]
    fn headers() {
        let expected =
            ["a/src/b.rs:1: a module opens with `//!`: what it owns, what never goes in"];
        assert_eq!(problems("a/src/b.rs", "use x;\n"), expected);
        assert_eq!(problems("a/src/b.rs", "// note\n//! x\n"), expected);
        assert_eq!(problems("a/build.rs", "use x;\n"), Vec::<String>::new());
    }

    #[test]
    fn unsafe_code() {
        let text = "//! unsafe\n#![forbid(unsafe_code)]\nlet x = unsafe { y() };\n";
        let expected = ["crates/a/src/b.rs:3: `unsafe` outside a crate that is named for it"];
        assert_eq!(problems("crates/a/src/b.rs", text), expected);
        assert_eq!(problems("crates/audio-sys/src/b.rs", text), Vec::<String>::new());
    }
}

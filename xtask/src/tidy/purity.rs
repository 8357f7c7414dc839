//! Pure crates decide and do nothing else: their source mentions no clock, socket, file, thread or ambient
//! randomness. Tests beside the code may.

use super::blank::{blank, has_word};
use super::layers::{Layers, pure_folders};
use super::tree::File;
use super::{Problem, shape};
use std::collections::BTreeSet;

pub fn check(layers: &Layers, files: &[File]) -> Vec<Problem> {
    let folders = pure_folders(layers, files);
    let is_pure = |file: &&File| {
        let in_src = |folder: &String| file.path.starts_with(&format!("{folder}src/"));
        // A conformance suite is a test that other crates run; it may race threads.
        let suite = file.path.contains("/src/conformance/");
        file.path.ends_with(".rs") && !suite && folders.iter().any(in_src)
    };
    let sources: Vec<&File> = files.iter().filter(is_pure).collect();
    let test_only: BTreeSet<String> = sources.iter().flat_map(|file| test_modules(file)).collect();
    let counts = |file: &&&File| {
        let stem = file.path.trim_end_matches(".rs").trim_end_matches("/mod");
        !test_only.iter().any(|module| stem == module || stem.starts_with(&format!("{module}/")))
    };
    sources.iter().filter(counts).flat_map(|file| check_file(&layers.pure.words, file)).collect()
}

fn check_file(words: &[String], file: &File) -> Vec<Problem> {
    let code = blank(&file.text);
    let tests = test_lines(&code);
    let mut problems = Vec::new();
    for (number, line) in code.lines().enumerate().map(|(index, line)| (index + 1, line)) {
        if tests.contains(&number) {
            continue;
        }
        for word in words.iter().filter(|word| has_word(line, word)) {
            problems.push(Problem::new(
                &file.path,
                number,
                format!("a pure crate may not mention {word}"),
            ));
        }
    }
    problems
}

const TEST_MARK: &str = "#[cfg(test)]";

/// The lines (from 1) of items under `#[cfg(test)]`.
fn test_lines(code: &str) -> BTreeSet<usize> {
    let lines: Vec<&str> = code.lines().collect();
    if code.contains("#![cfg(test)]") {
        return (1..=lines.len()).collect();
    }
    let marked = (0..lines.len())
        .filter(|index| lines.get(*index).is_some_and(|line| line.trim() == TEST_MARK));
    marked.flat_map(|index| index + 1..=shape::item_end(&lines, index) + 1).collect()
}

/// Paths, without `.rs`, of the modules that a file declares for tests only.
fn test_modules(file: &File) -> Vec<String> {
    let code = blank(&file.text);
    let (folder, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
    let folder = match name {
        "lib.rs" | "main.rs" | "mod.rs" => folder.to_string(),
        name => format!("{folder}/{}", name.trim_end_matches(".rs")),
    };
    let lines: Vec<&str> = code.lines().map(str::trim).collect();
    let pairs = lines.iter().zip(lines.iter().skip(1));
    pairs
        .filter(|(mark, _)| **mark == TEST_MARK)
        .filter_map(|(_, item)| item.strip_suffix(';')?.rsplit_once("mod ").map(|(_, name)| name))
        .map(|name| format!("{folder}/{name}"))
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn problems(sources: &[(&str, &str)]) -> Vec<String> {
        let layers: Layers = toml::from_str(
            "[pure]\noutside = []\nwords = [\"SystemTime\", \"std::fs\"]\n\
             [crates.mls]\npure = true\nuses = []\n[crates.relay]\nuses = []\n",
        )
        .unwrap();
        let mut files = vec![
            File::new("crates/mls/Cargo.toml", "[package]\nname = \"parlor-mls\"\n"),
            File::new("crates/relay/Cargo.toml", "[package]\nname = \"parlor-relay\"\n"),
        ];
        files.extend(sources.iter().map(|(path, text)| File::new(path, text)));
        check(&layers, &files).into_iter().map(|problem| problem.to_string()).collect()
    }

    #[test]
    fn mentions_are_found() {
        let found = problems(&[(
            "crates/mls/src/lib.rs",
            "//! x\nuse std::fs;\nlet t = SystemTime::now();\n",
        )]);
        let expected = [
            "crates/mls/src/lib.rs:2: a pure crate may not mention std::fs",
            "crates/mls/src/lib.rs:3: a pure crate may not mention SystemTime",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn code_behind_a_test_is_still_looked_at() {
        let text = "#[cfg(test)]\nmod tests {\n    use std::fs;\n}\nuse std::fs;\n";
        let found = problems(&[("crates/mls/src/a.rs", text)]);
        assert_eq!(found, ["crates/mls/src/a.rs:5: a pure crate may not mention std::fs"]);
    }

    #[test]
    fn comments_tests_and_other_crates_are_free() {
        let sources = [
            (
                "crates/mls/src/lib.rs",
                "//! never SystemTime\n#[cfg(test)]\nmod world;\n#[cfg(test)]\nuse std::fs;\n",
            ),
            ("crates/mls/src/world.rs", "use std::fs;"),
            ("crates/mls/src/world/deep.rs", "use std::fs;"),
            ("crates/mls/examples/cost.rs", "use std::fs;"),
            ("crates/relay/src/lib.rs", "use std::fs;"),
        ];
        assert_eq!(problems(&sources), Vec::<String>::new());
    }
}

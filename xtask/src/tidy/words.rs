//! Words that no text file of the project may hold: paths of machines that built it.

use super::Problem;
use super::tree::File;

/// In two parts each, so that this file does not hold them itself.
const BANNED: [(&str, &str); 1] = [("/wo", "rk/")];

pub fn check(file: &File) -> Vec<Problem> {
    let banned: Vec<String> = BANNED.iter().map(|(head, tail)| format!("{head}{tail}")).collect();
    let lines = file.text.lines().enumerate();
    lines
        .flat_map(|(index, line)| {
            let words = banned.iter().filter(move |word| line.contains(word.as_str()));
            words.map(move |word| {
                Problem::new(
                    &file.path,
                    index + 1,
                    format!("{word:?} is a path of one machine only"),
                )
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_machines_are_found() {
        let text = format!("fine\nsee {}{}x\n", "/wo", "rk/");
        let found = check(&File::new("docs/a.md", &text));
        assert_eq!(found.iter().map(|problem| problem.line).collect::<Vec<_>>(), [2]);
        assert_eq!(check(&File::new("docs/a.md", "a workshop works / rests\n")), []);
    }
}
